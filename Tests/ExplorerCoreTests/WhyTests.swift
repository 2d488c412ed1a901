import Foundation
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

  /// What was written, by column of a table.
  private func written(_ row: WhyTable.Row, of table: WhyTable) -> Float? {
    guard let column = table.columns.firstIndex(where: { $0.title == "written" }) else {
      return row.amount
    }
    return row.values[column]
  }

  @Test("b goes round steps, relations and shared facts; what was written adds up to the score")
  func groupings() throws {
    for (keys, title) in [
      ("w", "by step, log p"), ("w,b", "by relation, log p"), ("w,b,b", "by shared facts"),
      ("w,b,b,b", "by step, log p"),
    ] {
      let table = try table(keys)
      let why = try #require(try little.scene(keys).why)
      #expect(table.title == title)
      let written = table.rows.compactMap { self.written($0, of: table) }.reduce(0, +)
      #expect(abs(written - why.contributions.score) < 1e-4)
      #expect(table.rows.last?.title == "bias")
      for row in table.rows where row.place != nil && table.isLed {
        let cells = table.columns.indices.filter { table.columns[$0].isCell }
        guard cells.contains(where: { row.values.indices.contains($0) && row.values[$0] != nil })
        else { continue }
        let sum = cells.reduce(0) { $0 + (row.values[$1] ?? 0) }
        #expect(abs(sum - (self.written(row, of: table) ?? .nan)) < 1e-4)
      }
    }
  }

  @Test("steps are ordered by what would be missed of them, s orders them otherwise")
  func order() throws {
    for (keys, column) in [("w", 0), ("w,s", 1), ("w,s,s", 3), ("w,s,s,s", 0)] {
      let (rows, why) = (try table(keys).rows, try #require(try little.scene(keys).why))
      #expect(why.comparison.isSettled)
      let steps = rows.filter { $0.place != nil }
      let amounts = steps.compactMap(\.amount)
      #expect(amounts.count == 6 && amounts == amounts.sorted(by: >))
      for row in steps {
        guard case .step(let step) = row.place else { continue }
        #expect(row.amount == why.table.steps[step].values[column])
      }
      #expect(
        rows.suffix(2).map(\.title) == ["carried by several items together", "bias"])
    }
    // With what is carried together and the bias they add up to log p.
    let last = try table("w")
    let whole = try #require(last.total)
    let sum = last.rows.reduce(0) { $0 + ($1.amount ?? 0) }
    #expect(abs(sum - whole) < 1e-4)
    let scene = try little.scene("w")
    let chance = try #require(scene.step?.recommendations.first?.probability)
    #expect(abs(exp(whole) - chance) < 1e-4)
    // What is selected stays selected.
    let third = try table("w,Down,Down")
    let state = try little.run("w,Down,Down,s,s").state
    #expect(state.why.row == 0, "another order begins at its top")
    #expect(third.selected(try little.run("w,Down,Down").state.why) == 2)
  }

  @Test("what is looked into adds up to what was written there, and Esc leads back")
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
        let written = try #require(self.written(row, of: outer))
        #expect(abs((inner.total ?? .nan) - written) < 1e-4, "\(keys) \(row.title)")
        for split in inner.rows where inner.columns.count == 2 {
          guard let film = split.values[0], let own = split.values[1] else { continue }
          #expect(abs(film + own - (split.amount ?? .nan)) < 1e-4)
        }
        let back = try little.run(keys + down + ",Enter,Escape").state
        #expect(back.why.path.isEmpty && back.showsWhy)
        #expect(outer.selected(back.why) == place, "Esc leads back to the row")
      }
    }
    // From a step to a relation to its steps, and back to what was looked into before.
    let deep = try little.run("w,Enter,Enter").state
    #expect(deep.why.path.count == 2)
    #expect(try little.run("w,Enter,Enter,Enter").state.why.path.count <= 3)
    #expect(try little.run("w,Enter,Escape,Escape").state.showsWhy == false)
    #expect(try little.run("w,z,Escape").state.why.isZoomed == false)
    #expect(try little.run("w,Enter,Right").state.why.path.isEmpty, "another step")
    let part = try #require(try table("w,b").rows.first?.place)
    #expect(try little.run("w,b,Enter,Right").state.why.path == [part], "the same part")
    #expect(
      try little.run("w,z,Tab").state.layout.panes.count > 1, "the whole screen has its focus")
    #expect(try little.run("w,z,Tab,BTab").state.layout.panes.map(\.pane) == [.why])
  }

  @Test("the known facts behind a cell are those of its item under its relation")
  func facts() throws {
    // The step that was written most is Vertigo; Psycho is explained.
    let rows = try table("w,s,s,Enter").rows
    let director = try #require(rows.first { $0.title == "film.film.directed_by" })
    #expect(director.note == "▪ Alfred Hitchcock")
    let genre = try #require(rows.first { $0.title == "film.film.genre" })
    #expect(genre.note.contains("▪ thriller"))
    let actor = try #require(rows.first { $0.title.hasSuffix("actor") })
    #expect(actor.note.contains("James Stewart") && !actor.note.contains("▪ James Stewart"))
    let text = try little.text("w,s,s,z", columns: 120, rows: 36)
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

  @Test("! runs the model without the steps that are marked or selected, or without a slot")
  func checks() throws {
    #expect(try little.scene("w").why?.claim == nil)
    let state = try little.run("w").state
    let user = try #require(state.user)
    let states = HistoryStates(
      network: little.session.network, items: little.session.users[user].items)
    let runs = AblationRuns(states, step: 5)
    let order = try table("w").rows.compactMap { row -> Int? in
      if case .step(let step) = row.place { step } else { nil }
    }
    for (keys, places) in [
      ("!", [0]), ("Down,!", [1]), ("x,!", [0]), ("x,x,!", [0, 1]), ("x,Down,x,!", [0, 2]),
      ("x,x,Up,x,!", [0]), ("!,Down", [1]),
    ] {
      let steps = places.map { order[$0] }.sorted()
      let why = try #require(try little.scene("w,\(keys)").why)
      #expect(why.leftOut == steps, "\(keys)")
      let without = runs.scoresWithout(steps: Set(steps))
      let claim = try #require(why.claim)
      #expect(claim.ablation == .steps(steps))
      #expect(claim.rankAfter == rank(of: why.item, in: without))
      let forecast = try #require(claim.forecast)
      #expect(
        abs(forecast.after - log(Double(probabilities(without)[Int(why.item)]))) < 1e-4)
      let values = steps.map { Double(why.comparison.missed($0) ?? .nan) }
      #expect(abs(forecast.forecast - (forecast.before - values.reduce(0, +))) < 1e-9)
    }
    #expect(try little.scene("w,!,!").why?.claim == nil)
    // Marks go with another step or item; what a fact's steps do together can be seen, too.
    #expect(try little.run("w,x,Right").state.why.marked.isEmpty)
    let fact = try #require(try little.scene("w,b,b,!").why)
    #expect(fact.claim?.ablation == .steps(fact.facts.groups[0].steps.map(\.step).sorted()))
    let slot = try #require(
      try table("w,b").rows.firstIndex { $0.title == "film.film.directed_by" })
    let down = String(repeating: "Down,", count: slot)
    let why = try #require(try little.scene("w,b,\(down)!").why)
    #expect(why.claim == runs.check(.slot(0), on: why.item))
    #expect(try little.scene("w,b,\(down)Enter,!").why?.claim == why.claim)
    #expect(try little.scene("w,b,\(down)!,!").why?.claim == nil)
    let bottom = String(repeating: "Down,", count: 9)
    #expect(try little.run("w,b,\(bottom)!").state.toast?.text.contains("Nothing to run") == true)
    // It stays on while the steps go on.
    #expect(try little.scene("w,!,Right").why?.claim != nil)
  }

  @Test("where the first film that is named would not be missed, the view says so at any size")
  func caution() throws {
    var why = try #require(try little.scene("w").why)
    let named = try #require(why.facts.namedStep())
    let row = try #require(why.row(of: named.step))
    let title = why.steps[row].title
    func cautions(_ value: Float?) -> [String] {
      why.comparison[Attributions.leading] = why.steps.indices.map { _ in value }
      return why.cautions(.unicode)
    }
    #expect(cautions(nil).isEmpty && cautions(0.3).isEmpty && cautions(-0.004).isEmpty)
    #expect(
      cautions(-0.3).first?.hasPrefix("Beware: run without \(title) its log p is .30") == true)
    // Steps of the bundled-like data whose named film is not missed: the word is on every screen.
    let state = try little.run("w").state
    for (columns, rows) in [(40, 12), (80, 24), (120, 36), (200, 60), (20, 8)] {
      for step in 0..<9 {
        var shown = state
        (shown.step, shown.size) = (step, Size(columns: columns, rows: rows))
        let frame = little.frame(shown)
        let why = try #require(little.cache.scene(for: shown).why)
        #expect(
          frame.canvas.text.contains("Beware") == !why.cautions(.unicode).isEmpty,
          "\(columns)x\(rows), step \(step + 1)")
        guard columns >= 40, let named = why.facts.namedStep(missed: why.comparison.missed) else {
          continue
        }
        let title = why.steps[try #require(why.row(of: named.step))].title
        let text = frame.canvas.text.replacing("│", with: "").split(separator: "\n")
          .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        #expect(text.contains(title), "\(columns)x\(rows), step \(step + 1)")
      }
    }
  }

  @Test(
    "a forecast says what is forecast, and what really happened where it was checked",
    arguments: [38, 78, 120])
  func words(width: Int) throws {
    var why = try #require(try little.scene("w,x,x,x").why)
    #expect(why.leftOut.count == 3)
    let forms = why.forecast(.terms(.unicode), .unicode)
    #expect(forms.allSatisfy { $0.lowercased().contains("forecast") && $0.contains(" → ") })
    #expect(forms.contains { $0.wrapped(to: width).count == 1 })
    for (forecast, after, warning) in [
      (-2.0, -2.5, ""), (-2, -9, "Beware"), (-2, 0.5, "Beware"),
    ] {
      var claim = AblationCheck(
        ablation: .steps(why.leftOut), scoreBefore: 10, scorePredicted: 2, scoreAfter: 3,
        rankBefore: 1, rankPredicted: 7, rankAfter: 12)
      claim.forecast = .init(
        isOfLogProbability: true, before: -1, forecast: forecast, after: after)
      why.claim = claim
      let forms = why.forecast(.terms(.unicode), .unicode)
      for text in forms {
        for part in [
          "1 → 12", Glyphs.unicode.probability(Float(exp(forecast))),
          Glyphs.unicode.probability(Float(exp(after))),
        ] { #expect(text.contains(part)) }
        #expect(text.contains("Beware") == !warning.isEmpty)
      }
      #expect(forms.contains { $0.wrapped(to: width).count <= (width < 60 ? 3 : 2) })
    }
  }

  @Test("values come in portions, at once from each step left out alone, and not twice")
  func background() throws {
    let cache = SceneCache(little.session, name: "little")
    var state = try little.run("w").state
    func known(_ state: State) -> StepAttributions.Known {
      cache.scene(for: state).why?.comparison ?? .init()
    }
    #expect(known(state).whole == nil, "nothing is computed before the picture")
    // What was written orders the rows until then, and each number that is to come is marked.
    let before = try #require(Explorer.table(state, cache.scene(for: state)))
    #expect(before.rows.filter { $0.place != nil }.allSatisfy { $0.amount == nil && $0.isPending })
    var portions = 0
    while !known(state).isSettled {
      #expect(cache.work(for: state))
      portions += 1
      // The removal values begin with what is lost of each step alone.
      let alone = known(state)[Attributions.reported[1]]
      if alone.contains(where: { $0 != nil }) {
        #expect(known(state)[Attributions.leading].count { $0 != nil } == alone.count { $0 != nil })
      }
    }
    #expect(portions <= 6)
    let first = state
    state.recommendation = 1
    #expect(known(state).whole == nil && known(first).isSettled)
    while cache.work(for: state) {}
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
    let fact = try #require(why.facts.groups.first)
    #expect(keys != "w,b,b" || text.contains(fact.name))
  }

  @Test("rows answer clicks and the wheel")
  func mouse() throws {
    let text = try little.text("w", rows: 36).split(separator: "\n").map(String.init)
    let row = try #require(text.lastIndex { $0.contains("4 Rear Window") })
    let state = try little.run("w,Click@10:\(row)", rows: 36).state
    let place = try #require(try table("w").rows.firstIndex { $0.title == "Rear Window" })
    #expect(state.focus == .why && state.why.row == place)
    #expect(try little.run("w,WheelDown@10:\(row)", rows: 36).state.why.row == 1)
  }
}
