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

    var names = ["sequence"]
    var values = try [steps.map { try float($0["sequence"]) }]
    for slot in relations.indices {
      let cells = try steps.map { try floats($0["cells"])[slot] }
      // A relation of which nothing could be printed has no column.
      guard cells.contains(where: { abs($0) >= 0.005 }) else { continue }
      names.append(relations[slot])
      values.append(cells)
    }
    names += ["sum", "left out", "grad×in", "rank"]
    values += try ["sum", "leaveOneOut", "gradientTimesInput", "rankWithout"].map { key in
      try steps.map { try float($0[key]) }
    }
    try #require(table.columns.count == names.count)
    for (title, name) in zip(table.columns, names) {
      #expect(title == name || name.hasSuffix(title.drop { $0 == "…" }), "\(title) for \(name)")
    }
    #expect(table.rows.count == steps.count + 1)
    for (place, step) in steps.enumerated() {
      let number = try #require(step["step"] as? Int)
      let row = try #require(
        table.rows.first { $0.title.hasPrefix("\(number) ") }, "step \(number)")
      for (column, expected) in values.enumerated() {
        try expectEqual(row.texts[column], expected[place], isRank: names[column] == "rank")
      }
    }
    let constant = try #require(table.rows.first { $0.title == "constant" })
    let sum = values.count - 4
    try expectEqual(constant.texts[sum], try float(json["bias"]))
    try expectEqual(table.total.texts[sum], try float(json["score"]))
    try expectEqual(table.total.texts[0], try float(json["sequenceSum"]))
    // The report has the residual always, the screen where it is more than rounding.
    #expect(try abs(float(json["residual"])) < 1e-4 && table.total.title == "all")
    let title = try #require(lines.rows.first { $0.contains("Why ") })
    let score = try #require(
      title.split(separator: ": ").dropFirst().first?.split(separator: " ").first)
    try expectEqual(String(score), try float(json["score"]))
    #expect(lines.rows.contains { $0.contains((json["why"] as? String ?? "?").prefix(60)) })
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
      try expectEqual(table.total.texts[2], try float(step["sum"]))
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
    for (slot, name) in relations.enumerated() {
      let row = try #require(parts.rows.first { $0.title == name })
      try expectEqual(row.texts[2], sums[slot])
    }
    state.why.grouping = .facts
    let facts = try Screen(little.frame(state).canvas).table("by shared facts")
    let groups = try #require(json["sharedFacts"] as? [[String: Any]])
    #expect(facts.rows.count == groups.count + 2)
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
    let contrast: Contrast =
      switch question.comparison {
      case .average: .catalogueMean
      case .rivals: .rivals
      case .nothing: .none
      case .other: question.other.map { .item($0) } ?? .catalogueMean
      }
    let history = little.session.users[question.user]
    let report = ExplanationReport(
      .init(user: history.user, step: question.step, item: question.item, over: contrast),
      states: HistoryStates(network: little.session.network, items: history.items),
      model: little.session.model, index: TailIndex(little.session.model))
    return try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json.utf8)) as? [String: Any])
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
          && ["sum", "cell", "share"].contains { line.contains(" \($0) ") }
      })
    // Headings are words, but for one of two.
    var ends: [(title: String, end: Int)] = []
    var column = 0
    let line = cells[head]
    while column < line.count {
      guard line[column] != " " else {
        column += 1
        continue
      }
      var end = column
      while end < line.count, line[end] != " " { end += 1 }
      var word = text(head, column..<end)
      if word == "left" {
        end += 4
        word = "left out"
      }
      ends.append((word, end))
      column = end
    }
    let first = try #require(
      ends.firstIndex { ["sequence", "film", "cell", "share", "sum"].contains($0.title) })
    let rest = ends[first...].prefix { !$0.title.hasPrefix("▪") }
    let final = try #require(
      rest.firstIndex { ["rank", "α", "steps"].contains($0.title) }
        ?? rest.firstIndex { ["sum", "cell", "share"].contains($0.title) })
    let columns = Array(ends[first...final])
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
