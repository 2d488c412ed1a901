import KSRModel
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Own viewers")
struct OwnUserTests {
  private let little: LittleData
  private let titles = "n,text=ver,Enter,text=psy,Enter"

  init() throws { little = try LittleData() }

  private func titles(_ state: State) -> [String] {
    little.cache.scene(for: state).user?.rows.map(\.title) ?? []
  }

  @Test("films typed are the history, and the model answers at once")
  func typing() throws {
    let end = try little.run(titles)
    #expect(titles(end.state) == ["Vertigo", "Psycho"])
    #expect(end.effects == [.keep])
    #expect(end.state.own.map(\.name) == ["me"] && end.state.step == 1)
    let scene = little.cache.scene(for: end.state)
    let states = HistoryStates(
      network: little.session.network, items: try #require(scene.user).rows.map(\.item))
    let scores = states.network.scores(states.terms(at: 1))
    let step = try #require(scene.step)
    #expect(step.step == 1 && step.recommendations.map(\.rank) == (1...12).map(Double.init))
    for item in step.recommendations { #expect(item.score == scores[Int(item.item)]) }
    #expect(scene.user?.isOwn == true)
    #expect(scene.user?.rows.allSatisfy { $0.mark == nil } == true)
    while little.cache.work(for: end.state) {}
    let survey = try #require(little.cache.scene(for: end.state).user)
    #expect(survey.ranks[1] != nil, "the second film has a rank")
    #expect(survey.hits == (0, 0), "that is no step left out of training")
  }

  @Test("the search finds a part of a title, beginnings first, and never the padding")
  func search() throws {
    func found(_ text: String) throws -> [String] {
      try little.scene("n,text=\(text)").found.map(\.title)
    }
    #expect(try found("").count == little.session.model.items.count - 1)
    #expect(try found("ER").first == "Vertigo", "the most watched of those that have it inside")
    #expect(try found("S ").isEmpty == false)
    #expect(try found("the").first == "The Shining")
    #expect(try found("zzz").isEmpty && found("[pad]").isEmpty)
    #expect(try little.run("n,text=zzz,Enter").state.own.isEmpty)
    let popular = try little.scene("n").found.map(\.token)
    let counts = popular.map { token in
      little.session.popularity[little.session.model.items.id(of: token).map { Int($0) } ?? 0]
    }
    #expect(counts == counts.sorted(by: >))
  }

  @Test("Backspace deletes letters first, then films, then the viewer")
  func removing() throws {
    let two = try little.run(titles).state
    let typed = try little.run("x,BSpace", from: two).state
    #expect(typed == two)
    let one = try little.run("BSpace", from: two)
    #expect(titles(one.state) == ["Vertigo"] && one.effects == [.keep] && one.state.step == 0)
    let none = try little.run("BSpace,BSpace", from: two).state
    #expect(none.own.isEmpty && none.user == nil && none.context == .ownItems)
    #expect(try little.run("BSpace,BSpace,BSpace", from: two).state == none)
    #expect(titles(try little.run("text=psy,Enter", from: none).state) == ["Psycho"])
  }

  @Test("without a film nobody is made, and the viewer before is there again")
  func nothing() throws {
    let before = try little.run("Right").state
    for keys in ["n,Escape", "N,Escape", "n,Enter,BSpace,Escape"] {
      let after = try little.run(keys, from: before).state
      #expect(after.user == before.user && after.step == before.step && after.own.isEmpty)
      #expect(after.overlay == nil)
    }
  }

  @Test("a new viewer is named once; names are not taken twice")
  func naming() throws {
    let anna = try little.run("\(titles),Escape,text=  anna  m ,Enter")
    #expect(anna.state.own.map(\.name) == ["anna m"] && anna.effects == [.keep])
    #expect(anna.state.overlay == nil)
    #expect(try little.run("\(titles),Escape,Enter").state.own.map(\.name) == ["me"])
    #expect(try little.run("\(titles),Escape,Escape").state.own.map(\.name) == ["me"])
    #expect(try little.run("n,Escape", from: anna.state).state.overlay == nil, "asked once")
    let second = try little.run("N,Enter,Escape", from: anna.state).state
    let again = try little.run("text=anna m,Enter", from: second).state
    #expect(again.context == .naming && again.toast?.text.contains("already") == true)
    #expect(try little.run("Escape", from: second).state.own.map(\.name) == ["anna m", "me"])
    #expect(OwnUser.freeName(among: [.init(name: "me", items: [])]) == "me 2")
  }

  @Test("n goes on with an own viewer")
  func extending() throws {
    let state = try little.run("\(titles),Escape,Enter,n,text=marn,Enter,Escape").state
    #expect(titles(state) == ["Vertigo", "Psycho", "Marnie"] && state.overlay == nil)
    #expect(state.own.count == 1)
    #expect(try little.run("r,n,Enter", from: state).state.own.count == 2)
  }

  @Test("own viewers come first in the list, are found, and deleted when asked twice")
  func list() throws {
    let state = try little.run("\(titles),Escape,text=Zoe,Enter,r").state
    func rows(_ keys: String) throws -> [String] {
      let scene = little.cache.scene(for: try little.run(keys, from: state).state)
      return try #require(scene.users).rows.map(\.user)
    }
    for sorts in ["v", "v,C-s", "v,C-s,C-s", "v,C-s,C-s,C-s"] {
      #expect(try rows(sorts).first == "Zoe" && rows(sorts).count == 9)
    }
    #expect(try rows("v,text=zo") == ["Zoe"])
    #expect(try rows("v,text=psy").first == "Zoe")
    #expect(titles(try little.run("v,Home,Enter", from: state).state) == ["Vertigo", "Psycho"])
    let asked = try little.run("v,Home,C-d", from: state)
    #expect(asked.state.own.count == 1 && asked.effects.isEmpty)
    #expect(try little.run("Down,Up,C-d", from: asked.state).state.own.count == 1, "asked anew")
    let gone = try little.run("C-d", from: asked.state)
    #expect(gone.state.own.isEmpty && gone.effects == [.keep])
    #expect(gone.state.user == state.user, "who is looked at stays")
    #expect(try little.run("v,End,C-d,C-d", from: state).state.own.count == 1, "not of the data")
    let own = try little.run("v,Home,Enter,v,C-d,C-d", from: state).state
    #expect(own.user == nil && own.own.isEmpty)
  }

  @Test("a model without data is enough")
  func modelAlone() throws {
    let cache = SceneCache(Session(little.session.model), name: "alone")
    let empty = State(size: Size(columns: 80, rows: 24))
    let text = Explorer.render(empty, cache.scene(for: empty), glyphs: .unicode).canvas.text
    #expect(text.contains("Press n and type films"))
    let keys = try KeyScript.parse("\(titles),Escape,Enter")
    let state = Explorer.run(keys, from: empty, with: cache, glyphs: .unicode).state
    while cache.work(for: state) {}
    #expect(cache.scene(for: state).user?.rows.map(\.title) == ["Vertigo", "Psycho"])
    let list = Explorer.run([.character("v")], from: state, with: cache, glyphs: .unicode).state
    while cache.work(for: list) {}
    #expect(cache.scene(for: list).users?.rows.map(\.user) == ["me"])
  }

  @Test("films that the model does not know are passed over, and kept")
  func unknownFilms() throws {
    var state = try little.run("").state
    let token = little.session.model.items[3]
    state.own = [OwnUser(name: "me", items: ["gone", token, "too"])]
    state.user = little.session.users.count
    #expect(titles(state).count == 1)
    state = try little.run("n,Enter", from: state).state
    #expect(state.own[0].items.prefix(3) == ["gone", token, "too"] && titles(state).count == 2)
    state.own = [OwnUser(name: "me", items: ["gone"])]
    #expect(little.cache.scene(for: state).user == nil)
  }

  @Test("an own viewer is found by :viewer, and y gives a command with the films")
  func byName() throws {
    let zoe = try little.run(titles + ",Escape,text=Zoe,Enter,Home,v,Home,Enter").state
    #expect(zoe.own.map(\.name) == ["Zoe"])
    let elsewhere = try little.run(":,text=viewer fay,Enter", from: zoe).state
    #expect(elsewhere.user != zoe.user)
    for typed in ["viewer Zoe", "viewer zoe"] {
      let there = try little.run(":,text=\(typed),Enter", from: elsewhere).state
      #expect(there.user == little.session.users.count && there.step == 1)
    }
    let films = try #require(zoe.own.first).items.joined(separator: ",")
    let end = try little.run(":,text=viewer Zoe,Enter,y", from: zoe)
    #expect(
      end.effects == [
        .copy("ksr-tui 'little model' --items \(films) --viewer Zoe --step 2")
      ])
  }

  @Test("films given at the start make a viewer, or find the one that has them")
  func atStart() {
    var state = State(size: Size(columns: 80, rows: 24))
    state.look(at: OwnUser(name: "me", items: ["a", "b"]), step: nil, userCount: 8)
    #expect(state.user == 8 && state.step == 1)
    state.look(at: OwnUser(name: "me", items: ["a", "b"]), step: 0, userCount: 8)
    #expect(state.user == 8 && state.step == 0 && state.own.count == 1)
    state.look(at: OwnUser(name: "me", items: ["c"]), step: nil, userCount: 8)
    #expect(state.user == 9 && state.own.map(\.name) == ["me", "me 2"])
  }
}
