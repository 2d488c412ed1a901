import Explanation
import Foundation
import KSRModel
import Testing

@testable import ExplorerCore

/// The numbers on the screen, read from its text, against those of `ksr explain --format json`.
@Suite("Screen and JSON agree")
struct WhyAgreementTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  struct Question: Sendable, CustomTestStringConvertible {
    let user, step: Int
    let item: Int32
    let comparison: WhyView.Comparison
    var other: Int32?

    var testDescription: String {
      "viewer \(user), step \(step + 1), item \(item), over \(comparison) \(other ?? 0)"
    }
  }

  /// Steps within the window of six and beyond it.
  static let questions = [
    Question(user: 0, step: 0, item: 3, comparison: .average),
    Question(user: 1, step: 4, item: 5, comparison: .nothing),
    Question(user: 2, step: 5, item: 12, comparison: .rivals),
    Question(user: 6, step: 5, item: 4, comparison: .average),
    Question(user: 6, step: 8, item: 9, comparison: .average),
    Question(user: 6, step: 8, item: 1, comparison: .other, other: 7),
    Question(user: 7, step: 1, item: 2, comparison: .other, other: 11),
  ]

  @Test("cell by cell, to the printed digits", arguments: questions)
  func cells(question: Question) throws {
    let state = state(question)
    let json = try report(question)
    let relations = try relations(json)
    let lines = Screen(little.frame(state).canvas)
    let steps = try #require(json["history"] as? [[String: Any]])
    let table = try lines.table("by step")

    var names = Attributions.columns.map(\.name)
    var values = try Attributions.columns.map { column in
      try steps.map { try float($0[column.key]) }
    }
    let parts =
      try [("sequence", steps.map { try float($0["sequence"]) })]
      + relations.indices.map { slot in
        (relations[slot], try steps.map { try floats($0["cells"])[slot] })
      }
    // A relation of which nothing could be printed has no column.
    for (name, cells) in parts
    where name == "sequence" || cells.contains(where: { abs($0) >= 0.005 }) {
      names.append(name)
      values.append(cells)
    }
    try #require(table.columns.count == names.count)
    for (title, name) in zip(table.columns, names) {
      #expect(title == name || name.hasSuffix(title.drop { $0 == "…" }), "\(title) for \(name)")
    }
    let removal = try #require(json["removal"] as? [String: Any])
    let rows = table.rows.filter { $0.title.first?.isNumber == true }
    #expect(rows.count == steps.count)
    for (place, step) in steps.enumerated() {
      let number = try #require(step["step"] as? Int)
      let row = try #require(rows.first { $0.title.hasPrefix("\(number) ") }, "step \(number)")
      for (column, expected) in values.enumerated() {
        try expectEqual(row.texts[column], expected[place], isRank: names[column] == "rank without")
      }
    }
    let together = try #require(table.rows.first { $0.title.hasPrefix("carried by several") })
    try expectEqual(together.texts[0], try float(removal["carriedTogether"]))
    let bias = try #require(table.rows.last)
    #expect(bias.title == "bias")
    try expectEqual(bias.texts[0], try float(removal["bias"]))
    try expectEqual(bias.texts[3], try float(json["bias"]))
    try expectEqual(table.total.texts[0], try float(removal["all"]))
    try expectEqual(table.total.texts[3], try float(json["score"]))
    try expectEqual(table.total.texts[5], try float(json["sequenceSum"]))
    // The report has the residual always, the screen where it is more than rounding.
    #expect(try abs(float(json["residual"])) < 1e-4 && table.total.title == "all")
    try exports(question, steps)
    let title = try #require(lines.rows.first { $0.contains("Why ") })
    let score = try #require(
      title.split(separator: ": ").dropFirst().first?.split(separator: " ").first)
    try expectEqual(String(score), try float(json["score"]))
    #expect(lines.rows.contains { $0.contains((json["why"] as? String ?? "?").prefix(60)) })
  }

  /// The columns of text, CSV and figure against those of the JSON.
  private func exports(_ question: Question, _ steps: [[String: Any]]) throws {
    let report = explanation(question)
    let columns = Attributions.columns
    func printed(_ text: some StringProtocol) -> Float? {
      Float(String(text).replacing("−", with: "-"))
    }
    let text = report.text.split(separator: "\n").map(String.init)
    let head = try #require(text.firstIndex { $0.hasPrefix("  step  item") })
    #expect(
      text[head].hasSuffix(columns.map { "  \($0.name)" }.joined())
        || text[head].contains(columns[2].name))
    let csv = report.csv.split(separator: "\n").map(String.init)
    let fields = csv[0].split(separator: ",").map(String.init)
    #expect(Array(fields.suffix(columns.count)) == columns.map(\.field))
    // Texts of the figure by the line that they stand on.
    let texts = report.svg().matches(of: /<text x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</)
      .map { (x: Double($0.1) ?? 0, y: Double($0.2) ?? 0, text: String($0.3)) }
    let headings = try columns.map { column in
      try #require(texts.last { $0.text == column.name }, "\(column.name)")
    }
    for step in steps {
      let number = try #require(step["step"] as? Int)
      let values = try columns.map { try float(step[$0.key]) }
      let line = try #require(
        text[(head + 1)...].first {
          $0.prefix(6).trimmingCharacters(in: .whitespaces) == "\(number)"
        })
      let words = line.split(separator: " ").map(String.init)
        .filter { !$0.contains("█") && !$0.contains("░") }
      let row = try #require(csv.first { $0.hasPrefix("\(number),") && $0.contains(",sequence,") })
      let name = try #require(step["name"] as? String)
      let label = try #require(
        texts.first {
          $0.text.hasPrefix("\(number) \(name.prefix(20).replacing("&", with: "&amp;"))")
        })
      let numbers = texts.filter { abs($0.y - label.y) < 0.1 && $0.text != label.text }
      for (place, (column, value)) in zip(columns, values).enumerated() {
        let isRank = column == .rankWithout
        let inText = try #require(printed(words[words.count - columns.count + place]))
        #expect(abs(inText - value) < (isRank ? 0.06 : 0.00501), "\(column.name) in \(line)")
        let inCSV = row.split(separator: ",", omittingEmptySubsequences: false)
        #expect(Float(inCSV[inCSV.count - columns.count + place]) == value)
        let inFigure = try #require(numbers.first { abs($0.x - headings[place].x) < 0.1 })
        #expect(abs((printed(inFigure.text) ?? .nan) - value) < (isRank ? 0.06 : 0.00501))
      }
    }
  }

  @Test("each cell split in the film's part and the relation's", arguments: questions)
  func parts(question: Question) throws {
    var state = state(question)
    let json = try report(question)
    let relations = try relations(json)
    for step in try #require(json["history"] as? [[String: Any]]) {
      let number = try #require(step["step"] as? Int)
      state.why.path = [.step(number - 1)]
      let table = try Screen(little.frame(state).canvas).table("\(number) ")
      try #require(table.columns == ["film", "relation", "cell"])
      let (cells, items, own) = try (
        floats(step["cells"]), floats(step["itemParts"]), floats(step["relationParts"])
      )
      #expect(table.rows.count == relations.count + 1)
      for (slot, name) in relations.enumerated() {
        let row = try #require(table.rows.first { $0.title == name })
        for (text, value) in zip(row.texts, [items[slot], own[slot], cells[slot]]) {
          try expectEqual(text, value)
        }
      }
      try expectEqual(table.total.texts[2], try float(step["written"]))
    }
  }

  @Test("relations, and what the steps share with the item", arguments: questions)
  func groups(question: Question) throws {
    var state = state(question)
    let json = try report(question)
    let relations = try relations(json)
    state.why.grouping = .relations
    let parts = try Screen(little.frame(state).canvas).table("by relation")
    let sums = try floats(json["relationSums"])
    let silenced = try floats(json["relationsLeftOutAlone"])
    for (slot, name) in relations.enumerated() {
      let row = try #require(parts.rows.first { $0.title == name })
      let written = try #require(parts.columns.firstIndex(of: "written"))
      try expectEqual(row.texts[written], sums[slot])
      try expectEqual(row.texts[0], silenced[slot])
    }
    state.why.grouping = .facts
    let facts = try Screen(little.frame(state).canvas).table("by shared facts")
    let groups = try #require(json["sharedFacts"] as? [[String: Any]])
    let common = try #require(json["commonFacts"] as? [[String: Any]])
    #expect(facts.rows.count == groups.count + (common.isEmpty ? 2 : 3))
    for group in groups {
      let name = try #require(group["name"] as? String)
      let relation = try #require((group["relation"] as? String)?.split(separator: ".").last)
      let row = try #require(
        facts.rows.first { $0.title.hasSuffix(" \(name)") && $0.title.contains(relation) })
      try expectEqual(row.texts[0], try float(group["amount"]))
    }
    let other = try #require(facts.rows.first { $0.title == "no known fact shared" })
    try expectEqual(other.texts[0], try float(json["otherSteps"]))
  }

  // MARK: The two sides

  private func state(_ question: Question) -> State {
    var state = State(
      size: Size(columns: 400, rows: 60), user: question.user, step: question.step)
    state.showsWhy = true
    state.focus = .why
    state.why.isZoomed = true
    state.why.item = question.item
    state.why.comparison = question.comparison
    state.why.other = question.other
    return state
  }

  private func report(_ question: Question) throws -> [String: Any] {
    let text = try explanation(question).json
    return try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func explanation(_ question: Question) -> ExplanationReport {
    let contrast: Contrast =
      switch question.comparison {
      case .average: .catalogueMean
      case .rivals: .rivals
      case .nothing: .none
      case .other: question.other.map { .item($0) } ?? .catalogueMean
      }
    let history = little.session.users[question.user]
    return ExplanationReport(
      .init(user: history.user, step: question.step, item: question.item, over: contrast),
      states: HistoryStates(network: little.session.network, items: history.items),
      model: little.session.model, index: TailIndex(little.session.model))
  }

  private func relations(_ json: [String: Any]) throws -> [String] {
    let model = try #require(json["model"] as? [String: Any])
    return try #require(model["relations"] as? [[String: Any]]).compactMap { $0["name"] as? String }
  }

  private func float(_ value: Any?) throws -> Float {
    Float(try #require(value as? NSNumber).doubleValue)
  }

  private func floats(_ value: Any?) throws -> [Float] {
    try #require(value as? [NSNumber]).map { Float($0.doubleValue) }
  }

  private func expectEqual(
    _ text: String, _ value: Float, isRank: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // What is less than half of the last digit is a dot.
    let printed =
      text == "·" ? 0 : try #require(Float(text.replacing("−", with: "-")), "\(text)")
    #expect(
      abs(printed - (isRank ? value.rounded(.up) : value)) < 0.00501, "\(text) for \(value)",
      sourceLocation: sourceLocation)
  }
}

/// A picture read as a person reads it: rows of text, and numbers that stand under their headings.
private struct Screen {
  struct Table {
    struct Row {
      let title: String
      let texts: [String]
    }
    let columns: [String]
    let rows: [Row]
    let total: Row
  }

  /// One character for each column.
  private let cells: [[Character]]

  init(_ canvas: Canvas) {
    cells = (0..<canvas.size.rows).map { row in
      canvas.row(row).map { cell in
        cell.width == 0
          ? "\u{0}"
          : cell.scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
            .first ?? " "
      }
    }
  }

  var rows: [String] { cells.map { String($0.filter { $0 != "\u{0}" }) } }

  private func text(_ row: Int, _ columns: Range<Int>) -> String {
    let part = cells[row][columns].filter { $0 != "\u{0}" }
    return String(part).trimmingCharacters(in: .whitespaces)
  }

  /// The table whose heading begins so; its numbers end where their headings do.
  func table(_ start: String) throws -> Table {
    let head = try #require(
      cells.indices.first { row in
        let line = text(row, 0..<cells[row].count).drop { $0 == "│" }
        return line.trimmingCharacters(in: .whitespaces).hasPrefix(start)
          && ["written", "sum", "cell", "share"].contains { line.contains(" \($0)") }
      })
    // Headings of several words are those of the columns.
    let names = Attributions.columns.map(\.name).filter { $0.contains(" ") }
    var ends: [(title: String, end: Int)] = []
    var column = 0
    let line = cells[head]
    while column < line.count {
      guard line[column] != " " else {
        column += 1
        continue
      }
      let rest = text(head, column..<line.count)
      var end = column
      if let name = names.first(where: rest.hasPrefix) {
        end += name.count
      } else {
        while end < line.count, line[end] != " " { end += 1 }
      }
      ends.append((text(head, column..<end), end))
      column = end
    }
    let firsts = ["removal", "left out alone", "film", "cell", "share", "sum", "written", "steps"]
    let first = try #require(ends.firstIndex { firsts.contains($0.title) })
    let rest = ends[first...].prefix {
      !$0.title.hasPrefix("▪") && $0.title != "by" && $0.title != "│" && Int($0.title) == nil
    }
    let columns = Array(rest)
    func row(_ index: Int) -> Table.Row {
      var start = 1
      var title: String?
      var texts: [String] = []
      for column in columns {
        // Numbers stand at the right edge of their column; the first one has the title before it.
        let whole = text(index, start..<column.end)
        let isThere = cells[index][column.end - 1] != " "
        let number = isThere ? whole.split(separator: " ").last.map(String.init) ?? "" : ""
        if title == nil {
          title = whole.dropLast(number.count).trimmingCharacters(in: .whitespaces)
        }
        texts.append(number)
        start = column.end
      }
      return .init(title: title ?? "", texts: texts)
    }
    var rows: [Table.Row] = []
    var index = head + 1
    while index < cells.count - 1, !["all", "residual"].contains(where: row(index).title.hasPrefix)
    {
      rows.append(row(index))
      index += 1
    }
    return Table(columns: columns.map(\.title), rows: rows, total: row(index))
  }
}
