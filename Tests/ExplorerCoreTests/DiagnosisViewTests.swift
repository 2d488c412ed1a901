import Explanation
import Testing
import Workspace

@testable import ExplorerCore

@Suite("The model as a whole on the screen")
struct DiagnosisViewTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  /// The state after `d`, when everything has been counted.
  private func open(columns: Int = 120, rows: Int = 40) throws -> State {
    let state = try little.run("d", columns: columns, rows: rows).state
    while little.cache.work(for: state) {}
    return state
  }

  @Test("counts in portions, and ends with what the command counts")
  func portions() throws {
    let state = try little.run("d").state
    #expect(little.cache.scene(for: state).diagnosis?.report == nil)
    var done: [Int] = []
    while little.cache.work(for: state) {
      done.append(try #require(little.cache.scene(for: state).diagnosis).counted.done)
    }
    let scene = try #require(little.cache.scene(for: state).diagnosis)
    #expect(done == done.sorted() && scene.counted == (8, 8))
    var plain = ModelDiagnosis(little.session)
    while plain.work(multiplications: 1 << 40) {}
    #expect(scene.report?.all.ndcg == plain.report.all.ndcg)
    #expect(scene.report?.relations.map(\.change) == plain.report.relations.map(\.change))
    #expect(scene.report?.best == plain.report.best)
  }

  @Test("Enter on a viewer opens it, on a relation its slot")
  func opening() throws {
    let state = try open()
    let scene = try #require(little.cache.scene(for: state).diagnosis)
    let report = try #require(scene.report)
    let first = try #require(report.best.first)
    let chosen = try little.run("Tab,Tab,Enter", from: state).state
    #expect(chosen.fullView == nil && chosen.user == first.place)
    let last = try little.run("End,Enter", from: state).state
    #expect(last.user == report.worst.last?.place)
    let slot = try little.run("Down,Enter", from: state).state
    #expect(slot.slot == 1 && slot.focus == .memory && slot.fullView == nil)
    let slice = try little.run("Tab,Enter", from: state).state
    #expect(slice.fullView != nil && slice.toast != nil)
    #expect(try little.run("Tab,Tab,Enter,d", from: state).state.context == .diagnosis)
  }

  @Test("the selection stays among the rows")
  func selecting() throws {
    let state = try open()
    let count = try #require(little.cache.scene(for: state).diagnosis).rows.count
    func row(_ keys: String) throws -> Int? {
      try little.run(keys, from: state).state.view(DiagnosisView.self)?.row
    }
    #expect(try row("Up") == 0)
    #expect(try row("End,Down") == count - 1)
    #expect(try row("PageDown,PageDown") == count - 1)
    #expect(try row("G,g") == 0)
    #expect(try row("Tab,Tab,Tab") == 0)
    #expect(try row("WheelDown@5:5") == 1)
    #expect(try row("d") == nil)
    #expect(try row("Escape") == nil)
  }

  @Test("a click selects a row, another opens it")
  func clicks() throws {
    let state = try open()
    let lines = little.frame(state).canvas.text.split(separator: "\n")
    let row = try #require(lines.firstIndex { $0.contains(" genre ") })
    let once = try little.run("Click@5:\(row)", from: state).state
    #expect(once.view(DiagnosisView.self)?.row == 1)
    #expect(try little.run("Click@5:\(row)", from: once).state.slot == 1)
  }

  @Test(
    "every row can be reached and seen at every size",
    arguments: [(120, 36), (80, 24), (40, 12), (24, 8)])
  func reachable(columns: Int, rows: Int) throws {
    var state = try open(columns: columns, rows: rows)
    let all = try #require(little.cache.scene(for: state).diagnosis).rows
    for row in all.indices {
      let canvas = little.frame(state).canvas
      let lines = (0..<rows).filter { line in
        canvas.row(line).contains { $0.style.role == .selection }
      }
      #expect(lines.count == 1, "row \(row)")
      state = try little.run("Down", from: state).state
    }
  }

  @Test("names of items and entities are compared where the data has both")
  func links() throws {
    let state = try open()
    let links = try #require(little.cache.scene(for: state).diagnosis).links
    let names = try #require(try LinkNames(little.session))
    #expect(
      links
        == (names.compared == 0
          ? .nothingToCompare
          : .compared(
            names.compared, different: names.different.count,
            titles: names.different.prefix(3).map { little.session.model.itemNames[$0] })))
  }

  @Test("without viewers a sentence says so")
  func withoutUsers() throws {
    let cache = SceneCache(.init(little.session.model), name: "m")
    var state = State(size: Size(columns: 80, rows: 24))
    state = Explorer.run([.character("d")], from: state, with: cache, glyphs: .unicode).state
    while cache.work(for: state) {}
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
    #expect(text.contains("No viewers: the model has no data here"))
  }
}
