import KSRModel
import ModelTestSupport
import Testing
import Workspace

@testable import Explanation
@testable import ExplorerCore

/// The reasons: what their keys do, and that every table adds up.
@Suite("Reasons")
struct WhyTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func table(_ keys: String) throws -> WhyTable {
    let state = try little.run(keys).state
    while little.cache.work(for: state) {}
    return try #require(Explorer.table(state, little.cache.scene(for: state)))
  }

  @Test("b goes round steps, relations and shared facts; all add up to the score")
  func groupings() throws {
    for (keys, title) in [
      ("w", "by step"), ("w,b", "by relation"), ("w,b,b", "by shared facts"),
      ("w,b,b,b", "by step"),
    ] {
      let table = try table(keys)
      let why = try #require(try little.scene(keys).why)
      #expect(table.title == title)
      #expect(abs(table.total - why.contributions.score) < 1e-4)
      let amounts = table.rows.map { abs($0.amount) }
      #expect(amounts == amounts.sorted(by: >))
      for row in table.rows where title == "by step" && row.place != nil {
        let cells = table.columns.indices.filter { table.columns[$0].isCell }
        #expect(abs(cells.reduce(0) { $0 + (row.values[$1] ?? 0) } - row.amount) < 1e-4)
      }
      for row in table.rows where title == "by relation" {
        guard case .part(let part) = row.place, part > 0 else { continue }
        #expect(abs((row.values[1] ?? 0) + (row.values[2] ?? 0) - row.amount) < 1e-4)
      }
    }
  }

  @Test("what is looked into adds up to the row that it was, and Esc leads back")
  func drill() throws {
    for keys in ["w", "w,b", "w,b,b"] {
      let outer = try table(keys)
      for (place, row) in outer.rows.enumerated() {
        let down = Array(repeating: "Down", count: place).map { "," + $0 }.joined()
        let state = try little.run(keys + down + ",Enter").state
        guard row.place != nil else {
          #expect(state.why.path.isEmpty && state.toast != nil, "\(row.title)")
          continue
        }
        let inner = try table(keys + down + ",Enter")
        #expect(abs(inner.total - row.amount) < 1e-4, "\(keys) \(row.title)")
        for split in inner.rows where inner.columns.count == 2 {
          guard let film = split.values[0], let own = split.values[1] else { continue }
          #expect(abs(film + own - split.amount) < 1e-4)
        }
        let back = try little.run(keys + down + ",Enter,Escape").state
        #expect(back.why.path.isEmpty && back.showsWhy)
      }
    }
    // From a step to a relation to its steps, and back to what was looked into before.
    let deep = try little.run("w,Enter,Enter").state
    #expect(deep.why.path.count == 2)
    #expect(try little.run("w,Enter,Enter,Enter").state.why.path.count <= 3)
    #expect(try little.run("w,Enter,Escape,Escape").state.showsWhy == false)
    #expect(try little.run("w,z,Escape").state.why.isZoomed == false)
    #expect(try little.run("w,Enter,Right").state.why.path.isEmpty, "another step")
    #expect(try little.run("w,b,Down,Enter,Right").state.why.path == [.part(1)], "the same part")
    #expect(
      try little.run("w,z,Tab").state.layout.panes.count > 1, "the whole screen has its focus")
    #expect(try little.run("w,z,Tab,BTab").state.layout.panes.map(\.pane) == [.why])
  }

  @Test("the known facts behind a cell are those of its item under its relation")
  func facts() throws {
    // The largest step is Vertigo; Psycho is explained.
    let rows = try table("w,Enter").rows
    let director = try #require(rows.first { $0.title == "film.film.directed_by" })
    #expect(director.note == "▪ Alfred Hitchcock")
    let genre = try #require(rows.first { $0.title == "film.film.genre" })
    #expect(genre.note.contains("▪ thriller"))
    let actor = try #require(rows.first { $0.title.hasSuffix("actor") })
    #expect(actor.note.contains("James Stewart") && !actor.note.contains("▪ James Stewart"))
    let text = try little.text("w,z", columns: 120, rows: 36)
    #expect(text.contains("6 Vertigo: ▪ shared with Psycho"))
    #expect(text.contains("directed_by ▪ Alfred"))
  }

  @Test("contrasts: the average, the rivals, nothing, and an item that was searched for")
  func contrasts() throws {
    #expect(try little.scene("w").why?.contrast == .catalogueMean)
    #expect(try little.scene("w,a").why?.contrast == .rivals)
    #expect(try little.scene("w,a,a").why?.contrast == Contrast.none)
    #expect(try little.scene("w,a,a,a").why?.contrast == .catalogueMean)
    let over = try little.run("w,V,text=marn,Enter").state
    let why = try #require(little.cache.scene(for: over).why)
    let marnie = try #require(
      little.session.model.itemNames.firstIndex(of: "Marnie").map(Int32.init))
    #expect(why.contrast == .item(marnie) && why.otherTitle == "Marnie")
    #expect(try little.run("a,a,a,a", from: over).state.why.comparison == .other)
    #expect(try little.text("w,V,text=marn,Enter,z").contains("Why Psycho, rank 1, over Marnie"))
    #expect(try little.text("w,V,text=marn,Enter,z").contains("Over Marnie: "))
    let same = try little.run("w,V,text=psych,Enter").state
    #expect(same.why.comparison == .average && same.toast != nil)
    // An item is not compared with itself.
    let itself = try little.run("f,text=marn,Enter", from: over).state
    #expect(little.cache.scene(for: itself).why?.contrast == .catalogueMean)
  }

  @Test("any item of the catalogue is explained, wherever it is in the ranking")
  func anyItem() throws {
    for keys in [
      "w,f,text=delica,Enter", "/,text=delica,C-f,Enter",
      ":,text=of the catalogue,Enter,text=Delica,Enter",
    ] {
      let scene = try little.scene(keys)
      let why = try #require(scene.why, "\(keys)")
      #expect(why.title == "Delicatessen")
      let step = try #require(scene.step)
      #expect(step.recommendations.first { $0.item == why.item }?.rank == why.rank)
    }
    let text = try little.text("w,f,text=delica,Enter,z")
    #expect(text.contains("Why Delicatessen, rank 8"))
    #expect(try little.text("w,f,text=zzz").contains("No item has these letters"))
    // It stays while the steps go on, and goes with the next choice.
    #expect(try little.scene("w,f,text=delica,Enter,Right").why?.title == "Delicatessen")
    #expect(try little.scene("w,f,text=delica,Enter,BTab,Down").why?.title == "Marnie")
    #expect(try little.run("w,f,text=delica,Enter,r").state.why.item == nil)
    let token = little.session.model.items[3]
    #expect(try little.run("w,f,text=\(token),Enter").state.why.item == 3)
  }

  @Test("check it: without the top 1, 2, 3 steps, without a slot, and no more")
  func checks() throws {
    #expect(try little.scene("w").why?.claim == nil)
    let state = try little.run("w").state
    let user = try #require(state.user)
    let states = HistoryStates(
      network: little.session.network, items: little.session.users[user].items)
    let runs = AblationRuns(states, step: 5)
    for (keys, steps) in [("!", [5]), ("!,!", [5, 4]), ("!,!,!", [5, 4, 3])] {
      let why = try #require(try little.scene("w,\(keys)").why)
      #expect(why.claim == runs.check(.steps(steps), on: why.item))
      let without = runs.scoresWithout(steps: Set(steps))
      #expect(why.claim?.rankAfter == rank(of: why.item, in: without))
    }
    #expect(try little.scene("w,!,!,!,!").why?.claim == nil)
    let slot = try #require(
      try table("w,b").rows.firstIndex { $0.title == "film.film.directed_by" })
    let down = String(repeating: "Down,", count: slot)
    let why = try #require(try little.scene("w,b,\(down)!").why)
    #expect(why.claim == runs.check(.slot(0), on: why.item))
    #expect(try little.scene("w,b,\(down)Enter,!").why?.claim == why.claim)
    #expect(try little.scene("w,b,\(down)!,!").why?.claim == nil)
    #expect(try little.run("w,b,!").state.toast?.text.contains("Only a relation") == true)
    // It stays on while the steps go on.
    #expect(try little.scene("w,!,Right").why?.claim?.ablation == .steps([6]))
  }

  @Test("where the item is ranked higher without the step that adds most, the view says so")
  func warning() throws {
    var why = try #require(try little.scene("w").why)
    let top = try #require(why.steps.indices.max { why.steps[$0].sum < why.steps[$1].sum })
    #expect(why.steps[top].sum > 0)
    why.comparison.losses = Array(repeating: nil, count: why.steps.count)
    #expect(why.warning(.unicode) == nil)
    for other in why.steps.indices where other != top {
      why.comparison.losses[other] = -1
    }
    #expect(why.warning(.unicode) == nil)
    why.comparison.losses[top] = 0.3
    #expect(why.warning(.unicode) == nil)
    why.comparison.losses[top] = -0.3
    #expect(
      why.warning(.unicode)?.hasPrefix("Run without \(why.steps[top].title) it scores .30 higher")
        == true)
  }

  @Test(
    "a check says both ranks and scores, and warns where they disagree", arguments: [38, 78, 120])
  func words(width: Int) throws {
    let why = try #require(try little.scene("w").why)
    for (predicted, after, warning) in [
      (Float(2), Float(3), ""), (2, 9, "Beware"), (2, 12, "Beware"), (9, 2, "Beware"),
    ] {
      let claim = AblationCheck(
        ablation: .steps([5, 4, 3]), scoreBefore: 10, scorePredicted: predicted, scoreAfter: after,
        rankBefore: 1, rankPredicted: 7, rankAfter: 12)
      let forms = claim.words(why, .terms(.unicode), .unicode)
      for text in forms {
        for part in ["1 → 12", "7", "+10.00 →", Glyphs.unicode.signed(predicted), warning] {
          #expect(text.contains(part) || part.isEmpty)
        }
        #expect(warning.isEmpty == !text.contains("Beware"))
      }
      #expect(forms[0].contains("without 6 Vertigo, 5 Psycho, 4 Rear Window"))
      #expect(forms.contains { $0.wrapped(to: width).count <= (width < 60 ? 3 : 4) })
    }
  }

  @Test("leave-one-out comes in portions, the newest question first, and is not done twice")
  func background() throws {
    let cache = SceneCache(little.session, name: "little")
    var state = try little.run("w").state
    func known(_ state: State) -> (gradient: Bool, without: Int) {
      let known = cache.scene(for: state).why?.comparison
      let gradient = Attributions.onScreen.first { !$0.runsModel }.map { known?[$0] ?? [] }
      return (gradient?.isEmpty == false, known?.losses.count { $0 != nil } ?? 0)
    }
    #expect(known(state) == (false, 0), "nothing is computed before the picture")
    #expect(cache.work(for: state) && known(state) == (true, 0))
    for portion in 1...2 {
      #expect(cache.work(for: state) && known(state) == (true, portion))
    }
    // The largest step was first: it stands first on the screen.
    let rows = try #require(Explorer.table(state, cache.scene(for: state))).rows
    let column = try #require(rows[0].values.dropLast(2).indices.last)
    #expect(rows[0].values[column] != nil && rows[5].values[column] == nil)
    let before = state
    state.recommendation = 1
    #expect(known(state) == (false, 0))
    _ = cache.work(for: state)
    #expect(known(state) == (true, 0) && known(before) == (true, 2), "the newest goes on")
    #expect(cache.work(for: before) && known(before) == (true, 3), "and what was begun is kept")
    while cache.work(for: state) {}
    #expect(known(state) == (true, 6))
    let report = try #require(cache.scene(for: state).why)
    let states = HistoryStates(
      network: little.session.network,
      items: little.session.users[try #require(state.user)].items)
    let runs = AblationRuns(states, step: 5)
    #expect(
      report.comparison.ranks
        == (0..<6).map { rank(of: report.item, in: runs.scoresWithout(steps: [$0])) })
  }

  @Test("without a memory, data or viewer nothing breaks, and what there is is said")
  func otherModels() throws {
    for memory in MemoryKind.allCases {
      var random = RandomNetwork(seed: 3)
      random.settings.memory = memory
      random.settings.loss = .bpr
      let cache = SceneCache(Session(random.model()), name: "random")
      let state = State(size: Size(columns: 120, rows: 30))
      let keys = "n,Enter,Enter,Enter,Escape,Enter,w,b,!,Down,!,Enter,!,z,b,b,Enter,Enter,a,V,Enter"
      let end = Explorer.run(
        try KeyScript.parse(keys), from: state, with: cache, glyphs: .unicode
      ).state
      while cache.work(for: end) {}
      let text = Explorer.render(end, cache.scene(for: end), glyphs: .unicode).canvas.text
      #expect(text.contains("Why Item"))
      if memory == .none {
        #expect(cache.scene(for: end).why?.sentence.contains("the model has no memory") == true)
        let slots = cache.scene(for: end).why?.attention
        #expect(slots == [])
      }
      let nobody = Explorer.run(
        try KeyScript.parse("w,f,V,b,!,Enter,z"), from: state, with: cache, glyphs: .unicode
      ).state
      #expect(nobody.overlay == nil && !nobody.showsWhy)
    }
    #expect(try little.run("w,f").state.overlay != nil)
  }

  @Test("what the table leaves out is said: steps before the window, layers below the top one")
  func notes() throws {
    #expect(try little.scene("w").why?.note == "")
    let late = try little.text("w,End,z", columns: 80, rows: 24)
    #expect(late.contains("The model does not see steps 1 to 3, before its window of 6."))
    var random = RandomNetwork(seed: 3, layers: 2)
    random.settings.memory = .none
    let cache = SceneCache(Session(random.model()), name: "random")
    let state = Explorer.run(
      try KeyScript.parse("n,Enter,Escape,Enter,w,z"),
      from: State(size: Size(columns: 80, rows: 24)), with: cache, glyphs: .unicode
    ).state
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
    #expect(text.contains("Of the GRU's 2 layers, sequence cells are those of the top one."))
  }

  @Test("known facts are named where the model has no memory", arguments: ["w", "w,b", "w,b,b"])
  func factsWithoutMemory(keys: String) throws {
    let folder = try #require(little.session.folder)
    var model = little.session.model
    model.settings.memory = .none
    let cache = SceneCache(try Session(model, folder: folder), name: "without memory")
    let state = Explorer.run(
      try KeyScript.parse(keys), from: try little.start(Size(columns: 120, rows: 30)),
      with: cache, glyphs: .unicode
    ).state
    while cache.work(for: state) {}
    let why = try #require(cache.scene(for: state).why)
    #expect(why.relationNames.isEmpty && !why.facts.groups.isEmpty)
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
    #expect(text.contains("the model has no memory"))
    #expect(keys != "w,b,b" || text.contains("directed_by Alfred Hitchcock"))
  }

  @Test("rows answer clicks and the wheel")
  func mouse() throws {
    let text = try little.text("w", rows: 36).split(separator: "\n").map(String.init)
    let row = try #require(text.lastIndex { $0.contains("4 Rear Window") })
    let state = try little.run("w,Click@10:\(row)", rows: 36).state
    #expect(state.focus == .why && state.why.row == 2)
    #expect(try little.run("w,WheelDown@10:\(row)", rows: 36).state.why.row == 1)
  }
}
