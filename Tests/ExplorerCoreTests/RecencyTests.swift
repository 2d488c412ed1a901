import Explanation
import Foundation
import KSRModel
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Recency: attribution by age of the step")
struct RecencyTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  /// The state after `W`, when everybody has been evaluated.
  private func open(columns: Int = 120, rows: Int = 40) throws -> State {
    let state = try little.run("W", columns: columns, rows: rows).state
    while little.cache.work(for: state) {}
    return state
  }

  @Test("the shares are the means of every user's cells, summed the plain way")
  func shares() throws {
    let scene = try #require(little.cache.scene(for: try open())[RecencyScene.self])
    let survey = scene.survey
    #expect(survey.evaluated == little.session.users.count && survey.userCount == 8)
    var sums: [[(sequence: Double, memory: Double)]] = []
    for history in little.session.users {
      let states = HistoryStates(network: little.session.network, items: history.items)
      let step = history.count - 1
      let first = try #require(topItems(states.scores(at: step), count: 1).first)
      let table = Contributions(states, step: step, item: first.item)
      let cells = table.sequence.indices.map { row in
        let memory = (0..<table.relationCount).map { table.cell(row: row, relation: $0) }
        return (Double(abs(table.sequence[row])), Double(abs(memory.reduce(0, +))))
      }
      let total = cells.reduce(0) { $0 + $1.0 + $1.1 }
      for (age, cell) in cells.reversed().enumerated() {
        if age == sums.count { sums.append([]) }
        sums[age].append((cell.0 / total, cell.1 / total))
      }
    }
    #expect(survey.ages.count == sums.count)
    for (age, users) in zip(survey.ages, sums) {
      let count = Double(users.count)
      #expect(age.users == users.count)
      #expect(abs(age.sequence - users.reduce(0) { $0 + $1.sequence } / count) < 1e-6)
      #expect(abs(age.memory - users.reduce(0) { $0 + $1.memory } / count) < 1e-6)
      if let interval = age.interval { #expect(interval.contains(age.share)) }
    }
  }

  @Test("a survey in portions ends as one at a stroke, and says how far it is")
  func portions() throws {
    var all = RecencySurvey(little.session)
    while all.work(multiplications: 1 << 40) {}
    var parts = RecencySurvey(little.session)
    var counts = [parts.evaluated]
    while parts.work(multiplications: 1) { counts.append(parts.evaluated) }
    #expect(counts == Array(0...8) && parts.ages == all.ages)
    let begun = little.frame(try little.run("").state)
    #expect(!begun.canvas.text.contains("evaluated"))
    #expect(little.frame(try open()).canvas.text.contains("8 viewers evaluated"))
  }

  @Test("keys and clicks select an age; W and Esc close")
  func keys() throws {
    let state = try open()
    let last = try #require(little.cache.scene(for: state)[RecencyScene.self]).survey.ages.count - 1
    func row(_ keys: String) throws -> Int? {
      try little.run(keys, from: state).state.view(RecencyView.self)?.row
    }
    #expect(try row("Up") == 0 && row("Down") == 1 && row("End,Down") == last)
    #expect(try row("PageDown,PageDown,g") == 0 && row("WheelDown@5:5") == 1)
    #expect(try row("Click@9:5") == 2)
    #expect(try row("W") == nil && row("Escape") == nil)
    #expect(try little.run("y", from: state).effects.description.contains("--keys W"))
  }

  @Test("is drawn at every size, and written as text and JSON")
  func output() throws {
    for columns in stride(from: 1, through: 130, by: 9) {
      for rows in [1, 6, 12, 24, 40] {
        let frame = little.frame(try open(columns: columns, rows: rows))
        #expect(frame.canvas.size == Size(columns: columns, rows: rows))
      }
    }
    let state = try open()
    let json = try #require(
      try little.cache.export(of: state, as: .json, glyphs: .unicode)
    ).text
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["evaluatedUsers"] as? Int == 8)
    let ages = try #require(object["ages"] as? [[String: Any]])
    #expect(ages.first?["age"] as? Int == 1)
    let text = try #require(try little.cache.export(of: state, as: .text, glyphs: .unicode))
    #expect(text.name == "little-recency" && text.text.contains("Recency"))
  }

  @Test("without viewers the key is not offered, and a sentence says so")
  func withoutUsers() throws {
    let cache = SceneCache(.init(little.session.model), name: "m")
    var state = State(size: Size(columns: 80, rows: 24))
    state = Explorer.run([.character("W")], from: state, with: cache, glyphs: .unicode).state
    while cache.work(for: state) {}
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
    #expect(text.contains("No viewers: the model has no data here"))
  }
}
