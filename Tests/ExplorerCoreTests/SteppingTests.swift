import Testing
import Text
import Workspace

@testable import ExplorerCore

@Suite("Stepping")
struct SteppingTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func step(_ keys: String) throws -> Int { try little.run(keys).state.step }

  @Test("keys go where they say, and never out of the history")
  func steps() throws {
    #expect(try step("") == 5)
    #expect(try ["Right", "l", "."].map { try step($0) } == [6, 6, 6])
    #expect(try step("Left,h,Comma") == 2)
    #expect(try ["Home", "g,Left"].map { try step($0) } == [0, 0])
    #expect(try ["End", "G,Right,Right"].map { try step($0) } == [8, 8])
    #expect(try (0...9).map { try step("\($0)") } == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try ["S-Right", "S-Left", "Down,Down", "k"].map { try step($0) } == [6, 4, 7, 4])
    #expect(try step("PageDown") == 8)
  }

  @Test("brackets go to the steps at which another slot is read most")
  func changes() throws {
    let scene = try little.scene("")
    let leaders = try #require(scene.user).leaders.map { $0 ?? -1 }
    let changes = leaders.indices.dropFirst().filter { leaders[$0] != leaders[$0 - 1] }
    #expect(!changes.isEmpty)
    let (next, previous) = (changes.first { $0 > 5 } ?? 5, changes.last { $0 < 5 } ?? 5)
    #expect(try step("]") == next)
    #expect(try step("[") == previous)
    let all = Array(repeating: "]", count: changes.count).joined(separator: ",")
    #expect(try step("Home,\(all)") == changes.last)
    #expect(try little.text("End,]").contains("does not change after"))
  }

  @Test("playing goes on at each tick, and stops at the end and at a key")
  func play() throws {
    var state = try little.run("Space").state
    #expect(state.playback.isRunning && state.playback.stepsPerSecond == 1)
    func tick() {
      state = Explorer.reduce(state, .tick, in: little.cache.scene(for: state)).state
    }
    tick()
    #expect(state.step == 6)
    for _ in 0..<5 { tick() }
    #expect(state.step == 8 && !state.playback.isRunning)
    #expect(try little.run("Space,Right").state.playback.isRunning == false)
    #expect(try little.run("Space,+,+").state.playback.stepsPerSecond == 4)
    #expect(try little.run("-,-,-,-").state.playback.stepsPerSecond == 0.5)
    #expect(try little.run("End,Space").state.step == 0, "from the end it begins again")
    tick()
    #expect(state.step == 8, "a tick that comes late does nothing")
  }

  @Test("without a history, what needs one says so and changes nothing else")
  func nobody() throws {
    let cache = SceneCache(Session(little.session.model), name: "m")
    let start = State(size: Size(columns: 40, rows: 12))
    for keys in ["Right", "End", "]", "S-Left", "Space", "+", "w", "/", "Enter"] {
      var state = Explorer.run(
        try KeyScript.parse(keys), from: start, with: cache, glyphs: .unicode
      ).state
      #expect(state.toast?.text == "There is no history; v lists viewers, n makes one", "\(keys)")
      state.toast = nil
      #expect(state == start, "\(keys)")
    }
  }

  @Test("the list of viewers searches, sorts and chooses")
  func users() throws {
    func rows(_ keys: String) throws -> [String] {
      try #require(try little.scene(keys).users).rows.map(\.user)
    }
    #expect(try rows("v") == ["anna", "bo", "céline", "dai", "eve", "fay", "guest0", "hugo0"])
    #expect(try rows("Escape,text=GUE") == ["guest0"], "Escape goes up to the list")
    // The title is written with a combining mark.
    let found = try rows("v,text=poulain")
    #expect(!found.isEmpty)
    for typed in ["am\u{E9}lie", "ame\u{301}lie", "amelie", "AM\u{C9}LIE"] {
      #expect(try rows("v,text=\(typed)") == found, "\(typed)")
    }
    #expect(try rows("v,text=celine") == ["céline"], "a name with an accent")
    #expect(try rows("v,text=st0") == ["guest0"], "a part of an id that is not its beginning")
    #expect(try rows("v,text=delica") == ["anna", "céline", "dai", "eve"])
    #expect(try rows("v,text=[pad]").isEmpty)
    #expect(try rows("v,C-s").prefix(3) == ["anna", "guest0", "bo"])
    #expect(try rows("v,C-s,C-s").first == "anna")
    let chosen = try little.run("v,text=hugo,Enter").state
    #expect(chosen.overlay == nil && chosen.step == 0)
    #expect(try little.scene("v,text=hugo,Enter").user?.name == "hugo0")
    #expect(try little.scene("v,Enter").user?.name == "guest0", "the list opens at the viewer")
    #expect(try little.scene("v,C-s,Enter").user?.name == "anna", "another order at its top")
    #expect(try little.scene("v,Up,Enter").user?.name == "fay")
    #expect(try little.scene("v,Home,Down,Down,Enter").user?.name == "céline")
    #expect(try little.run("v,Escape").state == little.run("").state)
  }

  @Test("a random viewer follows from the seed and is one of the data")
  func randomUser() throws {
    var seen: Set<Int> = []
    var state = try little.run("").state
    for _ in 0..<60 {
      state =
        Explorer.run([.character("r")], from: state, with: little.cache, glyphs: .unicode)
        .state
      let user = try #require(state.user)
      #expect(state.step == max(0, little.session.users[user].count - 2))
      seen.insert(user)
    }
    #expect(seen == Set(little.session.users.indices))
    #expect(try little.run("r,r").state.user == little.run("r,r").state.user)
  }

  @Test("finding a title goes to its step")
  func find() throws {
    #expect(try step("/,text=psy,Enter") == 4)
    #expect(try step("/,text=zzz,Enter") == 5)
    #expect(try little.run("/,text=zzz,Enter").state.overlay != nil)
  }

  @Test("y copies a command line that a shell understands")
  func copy() throws {
    #expect(
      try little.run("y").effects == [
        .copy("ksr-tui 'little model' --viewer guest0 --step 6")
      ])
    #expect(shellWord("it's") == "'it'\\''s'" && shellWord("") == "''")
  }

  @Test("the command that y copies leads to the same panes, orders and selections")
  func commandLine() throws {
    for keys in [
      "w", "Tab", "w,BTab", "Tab,Tab", "s,s", "x,BTab,Down,Down,Tab", "p,w,Tab,Tab", "Tab,w",
      "w,b,a,z", "w,a,a,!,!,b,b,Down", "w,Down,Enter,Down", "w,b,Down,Enter,Down", "w,b,Down,!",
      "w,f,text=de,Down,Enter,Down", "w,V,text=marn,Enter,a", "w,b,b,Enter",
      "Tab,d", "m",
    ] {
      for size in ["120x36", "80x24", "40x12"] {
        let state = try little.run("Resize@\(size),\(keys)").state
        let words = Explorer.commandLine(state, little.cache.scene(for: state)).split(
          separator: " ")
        let given = try #require(words.lastIndex(of: "--keys").map { words[$0 + 1] })
          .replacing("'", with: "")
        let again = try little.run("Resize@\(size),\(given)").state
        var (a, b) = (state, again)
        (a.toast, b.toast) = (nil, nil)
        #expect(a == b, "\(keys) at \(size): \(given)")
      }
    }
  }

  @Test("L lists the states of all users that are most like this one; Enter goes there, ^P pins it")
  func similarStates() throws {
    let little = try LittleData()
    let open = try little.run("L").state
    while little.cache.work(for: open) {}
    let list = try #require(little.cache.scene(for: open)[SimilarStatesList.self])
    #expect(list.compared == list.total && list.rows.count == 10)
    #expect(list.total == little.session.users.reduce(0) { $0 + $1.count } - 9)
    #expect(!list.rows.contains { $0.user == "guest0" })
    let gone = try little.run("Down,Enter", from: open).state
    #expect(
      gone.overlay == nil && gone.user == list.rows[1].place && gone.step == list.rows[1].step)
    let pinned = try little.run("C-t", from: open).state
    #expect(
      pinned.pin
        == .view(PinnedView(user: list.rows[0].place, step: list.rows[0].step, edits: [])))
    #expect(pinned.user == open.user && pinned.step == open.step)
    // Letters leave the rows that have them.
    let typed = try little.run("text=\(list.rows[3].user)", from: open).state
    let rows = (typed.overlay as? SimilarStatesMenu)?.rows(
      typed, little.cache.scene(for: typed), .terms(.unicode), .unicode)
    #expect(rows?.isEmpty == false && rows?.allSatisfy { $0.user == list.rows[3].user } == true)
  }
}
