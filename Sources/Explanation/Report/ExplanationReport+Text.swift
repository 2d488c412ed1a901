import AtomicFiles
import KSRModel
import Text

extension ExplanationReport {
  /// The explanation as text of at most 100 columns.
  package var text: String {
    ReportText(report: self).paragraphs.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  /// What the score is compared with, in words.
  var contrastWords: String {
    switch question.contrast {
    case .none: "score"
    case .catalogueMean: "over the average item"
    case .rivals: "over its rivals"
    case .item(let other): "over " + printable(model.itemNames[Int(other)], limit: 40)
    }
  }

  var title: String {
    let history =
      question.user.map { "user \(printable($0))" } ?? "the items given"
    return "Why \(printable(model.itemNames[Int(standing.item)], limit: 40)), after step "
      + "\(question.step + 1) of \(stepCount) of \(history)"
      + (question.edits.map { ", edited: \(printable($0, limit: 200))" } ?? "")
  }

  /// Where the item stands, in a line.
  var standingLine: String {
    var parts = ["rank \(Self.rankText(standing.rank))", "score \(decimal(standing.score))"]
    if let probability = standing.probability {
      parts.append("probability \(decimal(probability, places: 4))")
    }
    if let unedited {
      parts.append(
        "without the edits: rank \(Self.rankText(unedited.rank)), score \(decimal(unedited.score))")
    }
    if let next {
      parts.append(
        "chosen next: \(printable(model.itemNames[Int(next.item)], limit: 40)), "
          + "rank \(Self.rankText(next.rank))")
    }
    return parts.joined(separator: " · ")
  }

  /// Why, in a sentence fit for a terminal.
  var why: String { printable(facts.whySentence(in: model), limit: 1000) }

  /// What has to be known to read the numbers; nothing where it goes without saying.
  var remarks: [String] {
    var remarks: [String] = []
    let (unseen, settings) = (contributions.unseen, model.settings)
    if !unseen.isEmpty {
      let steps = unseen.count == 1 ? "Step 1 lies" : "Steps 1 to \(unseen.count) lie"
      remarks.append(
        "\(steps) before the window of \(settings.maxItemListLength) and "
          + "\(unseen.count == 1 ? "is" : "are") not seen.")
    }
    if settings.layerCount > 1 {
      remarks.append(
        "The GRU has \(settings.layerCount) layers; sequence cells are those of the top one.")
    }
    if let step = UnmissedStep(sums: contributions.stepSums, losses: attributions.losses) {
      let item = contributions.items[step.row]
      remarks.append(
        step.sentence(
          title: printable(model.itemNames[Int(item)], limit: 40), gain: decimal(step.gain)))
    }
    return remarks + (attentionWarning.map { [$0] } ?? [])
  }

  /// A rank, which may lie between two places.
  static func rankText(_ rank: Double) -> String {
    Int(exactly: rank).map(String.init) ?? decimal(rank, places: 1)
  }
}

private struct ReportText {
  private static let width = 100

  let report: ExplanationReport

  private var table: Contributions { report.contributions }
  private var model: TrainedModel { report.model }
  private var hasMemory: Bool { !report.slots.isEmpty }

  var paragraphs: [[String]] {
    [heading] + (report.checks.isEmpty ? [] : [checks])
      + [parts, facts, steps] + cells + (hasMemory ? [slots] : [])
  }

  private var heading: [String] {
    let memory = table.relationSums.reduce(0, +)
    let sum =
      "\(report.contrastWords) \(signed(table.score)) = sequence \(signed(table.sequenceSum)) · "
      + (hasMemory ? "memory \(signed(memory)) · " : "")
      + (table.repeated == 0 ? "" : "already seen \(signed(table.repeated)) · ")
      + "constant \(signed(table.bias)) · residual \(magnitude(table.residual))"
    var lines = [report.title, report.standingLine, sum, report.why].flatMap(wrapped)
    lines += report.remarks.flatMap(wrapped)
    return lines
  }

  /// What the sum says would happen, and what does.
  private var checks: [String] {
    ["Checked by running the model again"]
      + report.checks.flatMap { check -> [String] in
        let what =
          switch check.ablation {
          case .steps(let steps):
            "without "
              + steps.map { "\($0 + 1) \(name(table.items[$0 - table.steps.lowerBound]))" }
              .joined(separator: ", ")
          case .slot(let slot): "with \(printable(model.relationNames[slot])) silenced"
          }
        let warning =
          switch check.verdict {
          case .agrees: ""
          case .otherSign: " Beware: the two differ in sign."
          case .otherSize: " Beware: one change is more than twice the other."
          }
        return
          ("\(what): score \(signed(check.scoreBefore)) to \(signed(check.scoreAfter)), the sum says "
          + "\(signed(check.scorePredicted)); rank \(ExplanationReport.rankText(check.rankBefore)) to "
          + "\(ExplanationReport.rankText(check.rankAfter)), the sum says "
          + "\(ExplanationReport.rankText(check.rankPredicted)).\(warning)")
          .wrapped(to: Self.width, indent: 2)
      }
  }

  private var parts: [String] {
    var rows: [(name: String, amount: Float, note: String)] = [
      ("sequence", table.sequenceSum, "")
    ]
    if hasMemory {
      let last = report.attention.rows - 1
      rows += table.relationSums.enumerated().map { slot, amount in
        (
          shortRelation(model.relationNames[slot], 19), amount,
          "α \(decimal(report.attention[last, slot], places: 3))"
        )
      }
    }
    if table.repeated != 0 { rows.append(("already seen", table.repeated, "")) }
    rows.append(("constant", table.bias, ""))
    let most = rows.reduce(0) { max($0, abs($1.amount)) }
    return ["By part (█ for, ░ against)"]
      + rows.map { row in
        line("  " + fit(row.name, 20), row.amount, most, note: fit(row.note, 8))
      }
  }

  private var facts: [String] {
    let facts = report.facts
    var rows = facts.groups.map { group in
      (
        name: "\(model.relationNames[group.slot]): \(group.name)", amount: group.amount,
        note: names(group.steps)
      )
    }
    if rows.count > 13 {
      let rest = rows.dropFirst(12).reduce(0) { $0 + $1.amount }
      rows = rows.prefix(12) + [(name: "\(rows.count - 12) more facts", amount: rest, note: "")]
    }
    rows.append(("other steps", facts.other, names(facts.otherSteps)))
    if table.repeated != 0 { rows.append(("already seen", table.repeated, "")) }
    rows.append(("constant", facts.bias, ""))
    let most = rows.reduce(0) { max($0, abs($1.amount)) }
    return ["Grouped by known facts that a step's item shares with it; the sum is the same"]
      + rows.map { row in
        ("  " + fit(row.name, 34) + pad(signed(row.amount), 8) + "  "
          + fit(bar(row.amount, most, 16), 17) + row.note).cut(to: Self.width)
      }
  }

  private var steps: [String] {
    let most = table.stepSums.reduce(0) { max($0, abs($1)) }
    let methods = Attributions.reported.compactMap { method in
      method.columns.text.map { (method: method, column: $0) }
    }
    var head =
      "  step  " + fit("item", 28) + pad("sequence", 9) + (hasMemory ? pad("memory", 8) : "")
    for (_, column) in methods {
      head += pad(column.heading, column.width) + (column.hasRank ? pad("rank", 7) : "")
    }
    var lines = legend(methods.map(\.column)).flatMap(wrapped) + [head]
    for (row, step) in table.steps.enumerated() {
      let sum = table.stepSum(row: row)
      var line =
        pad("\(step + 1)", 6) + "  " + fit(name(table.items[row]), 28)
        + pad(signed(table.sequence[row]), 9)
        + (hasMemory ? pad(signed(sum - table.sequence[row]), 8) : "")
      for (method, column) in methods {
        line += pad(signed(report.value(method, row: row)), column.width)
        if column.hasRank {
          line += pad(report.attributions.rank(row: row).map(ExplanationReport.rankText) ?? "", 7)
        }
      }
      lines.append(line + "  " + bar(sum, most, 12))
    }
    return lines
  }

  /// What the columns hold, and what adds up.
  private func legend(_ columns: [AttributionColumns.Text]) -> [String] {
    let others = ["", "the other does", "the other two do", "the other three do"]
    let rest = columns.count - 1
    return [
      "By step: " + columns.dropLast().map { $0.meaning + ";" }.joined(separator: " "),
      "and \(columns.last?.meaning ?? ""). The first adds up to the score, "
        + (others.indices.contains(rest) ? others[rest] : "the others do") + " not.",
    ]
  }

  /// Step × relation, as many relations beside each other as fit.
  private var cells: [[String]] {
    guard hasMemory else { return [] }
    let (label, column) = (36, 8)
    let perBlock = (Self.width - label) / column
    return stride(from: 0, to: table.relationCount, by: perBlock).map { start in
      let slots = start..<min(start + perBlock, table.relationCount)
      var lines = [
        "Cells: step × relation",
        fit("  step  item", label)
          + slots.map { pad(shortRelation(model.relationNames[$0], column - 1), column) }.joined(),
      ]
      for (row, step) in table.steps.enumerated() {
        lines.append(
          fit(pad("\(step + 1)", 6) + "  " + fit(name(table.items[row]), label - 10), label)
            + slots.map { pad(signed(table.cell(row: row, relation: $0)), column) }.joined())
      }
      return lines
    }
  }

  private var slots: [String] {
    var lines = [
      "What the slots hold: known tails of the items written (exact); near tails (cosine)"
    ]
    for slot in report.slots {
      let held = slot.facts.prefix(3).map { "\(printable($0.name)) \(decimal($0.weight))" }
      var near: String
      switch slot.nearest {
      case .found(let tails, _):
        near = tails.map { "\(printable($0.name)) \(decimal($0.cosine))" }.joined(separator: ", ")
      case .unavailable(let why): near = why
      }
      near = "near: " + near
      lines.append(
        "  " + fit(shortRelation(model.relationNames[slot.slot], 13), 14)
          + (held.isEmpty ? "no known tail" : held.joined(separator: ", ")).cut(to: Self.width - 16)
      )
      lines.append(String(repeating: " ", count: 16) + near.cut(to: Self.width - 16))
    }
    return lines
  }

  // MARK: Pieces of lines

  private func line(_ label: String, _ amount: Float, _ most: Float, note: String) -> String {
    label + pad(signed(amount), 8) + "  " + note + bar(amount, most, 40)
  }

  private func name(_ item: Int32) -> String { printable(model.itemNames[Int(item)]) }

  private func names(_ steps: [SharedFacts.StepAmount]) -> String {
    let named = steps.prefix(3).map { "\($0.step + 1) \(name($0.item))" }
    return named.joined(separator: ", ") + (steps.count > 3 ? " …" : "")
  }

  private func signed(_ value: Float) -> String { decimal(value, signed: true) }

  private func bar(_ amount: Float, _ most: Float, _ width: Int) -> String {
    guard most > 0, amount.isFinite, most.isFinite else { return "" }
    let length = Int((abs(amount) / most * Float(width)).rounded())
    return String(repeating: amount < 0 ? "░" : "█", count: length)
  }

  private func pad(_ text: String, _ width: Int) -> String { text.filled(to: width, .right) }

  private func fit(_ text: String, _ width: Int) -> String {
    printable(text, limit: 200).cut(to: width - 1).filled(to: width)
  }

  private func wrapped(_ text: String) -> [String] { text.wrapped(to: Self.width) }
}
