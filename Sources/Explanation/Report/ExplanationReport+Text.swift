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
  var why: String {
    printable(facts.whySentence(in: model, missed: attributions.missed), limit: 1000)
  }

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
    if let step = UnmissedStep(facts, known: attributions) {
      remarks += step.sentences(
        title: printable(model.itemNames[Int(step.item)], limit: 40), gain: decimal(step.gain)
      ).prefix(1)
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
      + [steps] + (pairs.isEmpty ? [] : [pairs]) + [facts, parts] + cells
      + (hasMemory ? [slots] : [])
  }

  private var heading: [String] {
    let memory = table.relationSums.reduce(0, +)
    let sum =
      "\(report.contrastWords) \(signed(table.score)) = sequence \(signed(table.sequenceSum)) · "
      + (hasMemory ? "memory \(signed(memory)) · " : "")
      + (table.repeated == 0 ? "" : "already seen \(signed(table.repeated)) · ")
      + "bias \(signed(table.bias)) · residual \(magnitude(table.residual))"
    var lines = [report.title, report.standingLine, sum, report.why].flatMap(wrapped)
    lines += report.remarks.flatMap(wrapped)
    return lines
  }

  /// What was forecast, and what really happens.
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
        let ranks =
          "rank \(ExplanationReport.rankText(check.rankBefore)) to "
          + ExplanationReport.rankText(check.rankAfter)
        let said =
          if let forecast = check.forecast {
            "\(report.quantity) \(signed(Float(forecast.before))) to \(signed(Float(forecast.after))), "
              + "the forecast is \(signed(Float(forecast.forecast))); \(ranks)."
          } else {
            "score \(signed(check.scoreBefore)) to \(signed(check.scoreAfter)), the sum says "
              + "\(signed(check.scorePredicted)); \(ranks), the sum says "
              + "\(ExplanationReport.rankText(check.rankPredicted))."
          }
        return "\(what): \(said)\(warning)".wrapped(to: Self.width, indent: 2)
      }
  }

  /// Which steps say the same, and which need each other.
  private var pairs: [String] {
    let pairs = report.attributions.pairs
    guard !pairs.isEmpty else { return [] }
    return [
      "Pairs of steps, of \(report.quantity): removed together they cost more or less than one by one"
    ]
      + pairs.flatMap { pair -> [String] in
        let names = [pair.first, pair.second].map {
          "\($0 + 1) \(name(table.items[$0 - table.steps.lowerBound]))"
        }
        return
          ("\(names[0]) and \(names[1]) \(pair.isAlike ? "say the same" : "need each other"): "
          + "\(signed(pair.amount)) ± \(decimal(pair.error)).").wrapped(to: Self.width, indent: 2)
      }
  }

  private var parts: [String] {
    var rows: [(name: String, amount: Float, note: String)] = [("sequence", table.sequenceSum, "")]
    if hasMemory {
      let last = report.attention.rows - 1
      rows += table.relationSums.enumerated().map { slot, amount in
        (
          shortRelation(model.relationNames[slot], 19), amount,
          "α \(decimal(report.attention[last, slot], places: 3))  "
            + pad(report.attributions.slots[slot].map(signed) ?? "", 6)
        )
      }
    }
    if table.repeated != 0 { rows.append(("already seen", table.repeated, "")) }
    rows.append(("bias", table.bias, ""))
    let most = rows.reduce(0) { max($0, abs($1.amount)) }
    let silenced =
      hasMemory ? ", α, and what is lost of \(report.quantity) when it is silenced" : ""
    return ["By part: written (█ for, ░ against)\(silenced)"]
      + rows.map { row in
        line("  " + fit(row.name, 20), row.amount, most, note: fit(row.note, hasMemory ? 17 : 1))
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
    if !facts.common.isEmpty {
      let named = facts.common.prefix(3).map(\.name)
      rows.append(
        (
          "common facts", facts.commonAmount,
          named.map { printable($0) }.joined(separator: ", ") + (facts.common.count > 3 ? " …" : "")
        ))
    }
    rows.append(("other steps", facts.other, names(facts.otherSteps)))
    if table.repeated != 0 { rows.append(("already seen", table.repeated, "")) }
    rows.append(("bias", facts.bias, ""))
    let most = rows.reduce(0) { max($0, abs($1.amount)) }
    return ["Written, by known facts that a step's item shares with it, the most telling first"]
      + rows.map { row in
        ("  " + fit(row.name, 34) + pad(signed(row.amount), 8) + "  "
          + fit(bar(row.amount, most, 16), 17) + row.note).cut(to: Self.width)
      }
  }

  private var steps: [String] {
    let rows = report.table.ordered(by: .removal)
    let widths = Attributions.columns.map { max(8, $0.name.count + 2) }
    let label = Self.width - widths.reduce(0, +)
    func line(_ name: String, _ row: StepTable.Row) -> String {
      fit(name, label)
        + zip(row.values, widths).enumerated().map { column, entry in
          let text = entry.0.map {
            Attributions.columns[column] == .rankWithout
              ? ExplanationReport.rankText(Double($0)) : signed($0)
          }
          return pad(text ?? "", entry.1)
        }.joined()
    }
    return legend.wrapped(to: Self.width)
      + [
        fit("  step  item", label)
          + zip(Attributions.columns, widths).map { pad($0.name, $1) }.joined()
      ]
      + rows.map { row in
        guard case .step(let place) = row.kind else { return "" }
        return line(
          pad("\(table.steps.lowerBound + place + 1)", 6) + "  " + name(table.items[place]), row)
      }
      + (report.table.rest + [report.table.all]).map { row in
        line(StepTable.name(row.kind), row)
      }
  }

  /// What the columns hold, and what adds up.
  private var legend: String {
    let columns = Attributions.columns
    return "By step, of \(report.quantity). "
      + columns.map { "\($0.name): \($0.meaning)" }.joined(separator: "; ")
      + ". A step that is left out is removed. Removal adds up to \(report.quantity), written to the "
      + "score."
  }

  /// Step × relation, as many relations beside each other as fit.
  private var cells: [[String]] {
    guard hasMemory else { return [] }
    let (label, column) = (36, 8)
    let perBlock = (Self.width - label) / column
    let names = ["sequence"] + model.relationNames.prefix(table.relationCount)
    return stride(from: 0, to: names.count, by: perBlock).map { start in
      let parts = start..<min(start + perBlock, names.count)
      var lines = [
        "Written: step × part",
        fit("  step  item", label)
          + parts.map { pad(shortRelation(names[$0], column - 1), column) }.joined(),
      ]
      for (row, step) in table.steps.enumerated() {
        lines.append(
          fit(pad("\(step + 1)", 6) + "  " + fit(name(table.items[row]), label - 10), label)
            + parts.map { part in
              let cell =
                part == 0 ? table.sequence[row] : table.cell(row: row, relation: part - 1)
              return pad(signed(cell), column)
            }.joined())
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
