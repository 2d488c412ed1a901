import Foundation
import FoundationXML
import KSRModel
import ModelTestSupport
import Testing

@testable import Explanation

@Suite("Explanations written out")
struct ReportTests {
  private func report(
    _ test: NetworkCase, over contrast: Contrast = .catalogueMean, steps: Int = 14, step: Int = 12
  ) -> ExplanationReport {
    var model = test.random.model()
    var names = Array(model.itemNames)
    names[7] = "<Tricky> & \"quoted\", \u{7}\nand long, far beyond what a line can hold"
    model.itemNames = NameList(names)
    model.relationNames[1] = "a relation <& with a long name"
    let network = KSRNetwork(model)
    var items = test.random.history(steps)
    items[step] = 7
    return ExplanationReport(
      .init(user: "42", step: step, item: 21, over: contrast),
      states: HistoryStates(network: network, items: items), model: model,
      index: TailIndex(model))
  }

  @Test("JSON holds the cells of the table bit for bit", arguments: NetworkCase.all)
  func json(test: NetworkCase) throws {
    let report = report(test)
    let table = report.contributions
    let parsed = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json.utf8)) as? [String: Any])
    func float(_ value: Any?) -> Float? { (value as? NSNumber).map { Float($0.doubleValue) } }
    let history = try #require(parsed["history"] as? [[String: Any]])
    #expect(history.count == table.items.count)
    var sum = Double(try #require(float(parsed["bias"])))
    for (row, step) in history.enumerated() {
      #expect(step["step"] as? Int == table.steps.lowerBound + row + 1)
      #expect(float(step["sequence"]) == table.sequence[row])
      let cells = try #require(step["cells"] as? [NSNumber]).map { Float($0.doubleValue) }
      #expect(cells == (0..<4).map { table.cell(row: row, relation: $0) })
      for (column, value) in zip(Attributions.columns, report.table.steps[row].values) {
        #expect(float(step[column.key]) == value && value != nil)
      }
      for method in Attributions.reported where method.id != "contributions" {
        let key = try #require(method.column).key
        #expect(float(step[key]) == report.attributions.value(method, row: row))
      }
      sum += Double(table.sequence[row]) + cells.reduce(0.0) { $0 + Double($1) }
    }
    let removal = try #require(parsed["removal"] as? [String: Any])
    let parts = try ["bias", "carriedTogether"].map { try #require(float(removal[$0])) }
    let values = history.compactMap { float($0["removal"]) }
    let whole = try #require(float(removal["all"]))
    #expect(abs((parts + values).reduce(0, +) - whole) < 1e-3 * (1 + abs(whole)))
    let score = try #require(float(parsed["score"]))
    sum += Double(try #require(float(parsed["alreadySeen"])))
    #expect(abs(sum - Double(score)) <= 1e-4 * Double(max(abs(score), table.magnitude)))
    #expect(float(parsed["bias"]) == table.bias && parsed["over"] as? String == "catalogue mean")
    #expect(parsed["step"] as? Int == 13 && parsed["steps"] as? Int == 14)
    #expect((parsed["slots"] as? [Any])?.count == (test.memory != .none ? 4 : 0))
    #expect((parsed["similarity"] as? [[Any]])?.count == table.items.count)
  }

  @Test("CSV has a row for each cell, and its values add up", arguments: NetworkCase.all)
  func csv(test: NetworkCase) throws {
    let report = report(test, over: .item(3))
    // Names with commas are quoted, so the numbers are taken from the end.
    let lines = report.csv.split(whereSeparator: \.isNewline).map(String.init)
    let rows = lines.dropFirst().filter { $0.hasSuffix(",") || $0.last?.isNumber == true }
    let methods = Attributions.columns.count
    var sum = 0.0
    var count = 0
    for row in rows {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      guard let value = Double(fields[fields.count - 3 - methods]) else { continue }
      sum += value
      count += 1
    }
    let table = report.contributions
    #expect(count == table.items.count * 5 + (table.repeated != 0 ? 2 : 1))
    #expect(abs(sum - Double(table.score)) <= 1e-4 * Double(max(abs(table.score), table.magnitude)))
    #expect(report.csv.contains("\"<Tricky> & \"\"quoted\"\", "))
  }

  @Test("Text keeps within 100 columns and its control characters out", arguments: NetworkCase.all)
  func text(test: NetworkCase) {
    for contrast in [Contrast.catalogueMean, .rivals, .none, .item(7)] {
      let text = report(test, over: contrast).text
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
      #expect(!text.contains("\u{7}") && text.contains("Why Item 21, after step 13 of 14"))
    }
  }

  @Test("SVG is well-formed and asks for nothing from outside", arguments: NetworkCase.all)
  func svg(test: NetworkCase) {
    for (steps, step) in [(14, 12), (1, 0), (2, 1)] {
      let svg = report(test, over: .rivals, steps: steps, step: step).svg()
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      for word in ["href", "url(", "@import", "<script", "\"nan", "\"inf", "\"-inf"] {
        #expect(!svg.contains(word))
      }
      #expect(svg.components(separatedBy: "http").count == 2, "only the name space")
      let cells = svg.components(separatedBy: ": relation ").count
      #expect((cells > 1) == (test.memory != .none))
    }
  }

  @Test("What is lost without a step is the change of the score over its contrast")
  func without() throws {
    for test in NetworkCase.all where test.seed == 1 {
      let report = report(test, over: .item(9))
      let network = KSRNetwork(report.model)
      var items = test.random.history(14)
      items[12] = 7
      let runs = AblationRuns(HistoryStates(network: network, items: items), step: 12)
      for (row, step) in report.contributions.steps.enumerated() {
        let changed = runs.scoresWithout(steps: [step])
        let loss = (runs.scores[21] - runs.scores[9]) - (changed[21] - changed[9])
        let found = try #require(report.table.steps[row].values[1])
        #expect(abs(found - loss) < 1e-4 * (1 + abs(loss)))
        #expect(report.attributions.rank(row: row) == rank(of: 21, in: changed))
      }
      #expect(report.next?.item == items[13])
    }
  }

  @Test("The report warns where the step that is named first would not be missed, and only there")
  func unmissed() throws {
    var (warned, silent) = (0, 0)
    for test in NetworkCase.all {
      let report = report(test)
      let named = report.facts.namedStep(missed: report.attributions.missed)
      let missed = named.flatMap { report.attributions.missed($0.step) }
      let isUnmissed = (missed ?? 0) <= -0.005
      let text = report.text.replacing("\n", with: " ")
      #expect(text.contains("Beware: run without") == isUnmissed)
      if isUnmissed { warned += 1 } else { silent += 1 }
      // Where another step of those that speak for the item would be missed, that one is named.
      guard isUnmissed, let named else { continue }
      let group = report.facts.groups.first { $0.steps.contains { $0.step == named.step } }
      for step in group?.steps ?? [] where step.amount > 0 {
        #expect((report.attributions.missed(step.step) ?? 0) <= 0)
      }
    }
    #expect(warned > 0 && silent > 0)
  }

  @Test("Over the rivals is the direction in which the log of the probability grows")
  func rivals() {
    let random = RandomNetwork(seed: 2)
    let network = random.network()
    let states = HistoryStates(network: network, items: random.history(6))
    let terms = states.terms(at: 5)
    let p = terms.preference
    let direction = ContrastedItem(11, over: .rivals, under: terms, in: network).vector
    func log(_ p: [Float]) -> Double {
      let scores = network.scores(ScoreTerms(preference: p)).map(Double.init)
      let most = scores.max() ?? 0
      let sum = scores.reduce(0) { $0 + Foundation.exp($1 - most) }
      return scores[11] - most - Foundation.log(sum)
    }
    for k in p.indices {
      var (up, down) = (p, p)
      up[k] += 0x1p-6
      down[k] -= 0x1p-6
      let slope = (log(up) - log(down)) / 0x1p-5
      #expect(abs(slope - Double(direction[k])) < 2e-3 * (1 + abs(slope)))
    }
  }
}
