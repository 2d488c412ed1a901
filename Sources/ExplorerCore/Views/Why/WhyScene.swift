import Explanation
import Glibc
import KSRModel
import Workspace

/// Why an item: the table that adds up to its score, and what it shares with the history.
package struct WhyScene: Sendable {
  package let item: Int32
  package let title: String
  /// Its place among all items, from 1.
  package let rank: Double
  /// What the item it is compared with is called; nil unless it is compared with one.
  package let otherTitle: String?
  /// The table, grouped by known facts.
  package let facts: SharedFacts
  /// The reasons, the longest form first, in the words that are in use.
  package internal(set) var sentences: [String] = []
  /// What has to be known to read the table; empty where it goes without saying.
  package let note: String
  /// The steps of the table, oldest first.
  package let steps: [Step]
  /// What to call each slot; empty for a model without memory.
  package let relationNames: [String]
  /// What to call the relation of each known fact; without memory the graph still has facts.
  let factRelationNames: [String]
  /// α at the step; empty for a model without memory.
  package let attention: [Float]
  /// What other methods say about the steps, as far as it has been computed.
  var comparison = StepAttributions.Known()
  /// Whether the removal values are of log p.
  let isOfLogProbability: Bool
  /// The steps that a check would leave out.
  var leftOut: [Int] = []
  var claim: AblationCheck?

  package struct Step: Sendable {
    /// The step, from 0.
    package let step: Int
    package let title: String
    package let cells: [Float]
    package let sum: Float
    /// The known tails of its item by slot, those that it shares with the explained one first.
    package let tails: [[Tail]]
  }

  package struct Tail: Sendable, Equatable {
    package let name: String
    package let isShared: Bool
  }

  package var sentence: String { sentences.first ?? "" }
  /// Steps and what belongs to none, as every export has them.
  var table: StepTable { StepTable(contributions, comparison) }

  package var contributions: Contributions { facts.contributions }
  package var contrast: Contrast { contributions.contrast }

  /// The row of a step of the history.
  func row(of step: Int) -> Int? {
    contributions.steps.contains(step) ? step - contributions.steps.lowerBound : nil
  }
}

extension WhyScene {
  init(
    _ item: Int32, over contrast: Contrast, at step: Int, of states: HistoryStates,
    session: Session, tails: TailIndex
  ) {
    let model = session.model
    let table = Contributions(states, step: step, item: item, over: contrast)
    let facts = SharedFacts(table, index: tails)
    self.item = item
    title = model.itemNames[Int(item)]
    rank = KSRModel.rank(of: item, in: states.scores(at: step))
    if case .item(let other) = contrast {
      otherTitle = model.itemNames[Int(other)]
    } else {
      otherTitle = nil
    }
    self.facts = facts
    isOfLogProbability =
      AttributionQuestion(states, step: step, item: item, over: contrast).isOfLogProbability
    note = WhyScene.note(table, model)
    let (trace, row) = states.pass(through: step)
    let readsMemory = model.settings.memory != .none
    relationNames = readsMemory ? model.relationNames : []
    factRelationNames = model.relationNames
    attention = readsMemory ? Array(trace.attention.row(row)) : []
    let slots = readsMemory ? table.relationCount : 0
    steps = zip(table.steps, table.stepSums).enumerated().map { row, entry in
      Step(
        step: entry.0, title: model.itemNames[Int(table.items[row])],
        cells: [table.sequence[row]] + (0..<slots).map { table.cell(row: row, relation: $0) },
        sum: entry.1,
        tails: (0..<slots).map { WhyScene.tails(of: table.items[row], under: $0, item, tails) })
    }
  }

  private static func note(_ table: Contributions, _ model: TrainedModel) -> String {
    var parts: [String] = []
    if !table.unseen.isEmpty {
      let last = table.unseen.upperBound
      parts.append(
        "The model does not see \(last == 1 ? "step 1" : "steps 1 to \(last)"), before its window of "
          + "\(model.settings.maxItemListLength).")
    }
    if model.settings.layerCount > 1 {
      parts.append(
        "Of the GRU's \(model.settings.layerCount) layers, sequence cells are those of the top one."
      )
    }
    return parts.joined(separator: " ")
  }

  private static func tails(
    of item: Int32, under slot: Int, _ explained: Int32, _ index: TailIndex
  ) -> [Tail] {
    let known = index.tails.of(item: Int(explained), slot: slot)
    let all = index.tails.of(item: Int(item), slot: slot)
    return (all.filter(known.contains) + all.filter { !known.contains($0) }).map {
      Tail(name: index.tails.names[Int($0)], isShared: known.contains($0))
    }
  }
}

extension WhyScene {
  /// The score as the sum of its parts, as many of them as fit; the smallest go together.
  func equation(
    width: Int, _ model: ModelScene, _ words: Terminology, _ glyphs: Glyphs
  ) -> String {
    let table = contributions
    let names = model.relationNames.map { $0.shortened(glyphs) }
    let parts =
      [(words.sequence, table.sequenceSum)] + zip(names, table.relationSums)
      + [("already seen", table.repeated), (words.constant, table.bias)]
    let order = parts.indices.filter { abs(parts[$0].1) >= 0.005 }
      .sorted {
        let (a, b) = (abs(parts[$0].1), abs(parts[$1].1))
        return a != b ? a > b : $0 < $1
      }
    let dot = " \(glyphs.marks.separator) "
    let starts = starts(words, glyphs)
    for count in stride(from: order.count, through: 1, by: -1) {
      let named = order.prefix(count)
      let rest = parts.indices.filter { !named.contains($0) }
        .reduce(Float(0)) { $0 + parts[$1].1 }
      var texts = order.prefix(count).map { "\(parts[$0].0) \(glyphs.signed(parts[$0].1))" }
      if abs(rest) >= 0.005 { texts.append("others \(glyphs.signed(rest))") }
      if !table.addsUp { texts.append("\(words.residual) \(glyphs.tiny(table.residual))") }
      let sum = " = " + texts.joined(separator: dot)
      if let start = starts.first(where: { $0.columns + sum.columns <= width }) {
        return start + sum
      }
    }
    return starts.first { $0.columns <= width } ?? starts[starts.count - 1]
  }

  /// What is explained and over what, the longest first; what it is compared with goes last.
  private func starts(_ words: Terminology, _ glyphs: Glyphs) -> [String] {
    let amount = glyphs.signed(contributions.score)
    let place = ", \(words.rank) \(glyphs.rank(rank))"
    func all(_ contrasts: [String]) -> [String] {
      contrasts.map { "Why \(title)\(place)\($0): \(amount)" }
    }
    switch contrast {
    case .catalogueMean: return all([", over the average item", ", over the average", ""])
    case .rivals: return all([", over its rivals"])
    case .none: return all([", over nothing"])
    case .item: return all([", over \(otherTitle ?? "")"])
    }
  }

  /// What has to be said of the step that the sentence names first, where it would not be missed; the
  /// longest form first, empty where nothing has to be said or nothing is known.
  func cautions(_ glyphs: Glyphs) -> [String] {
    guard let step = UnmissedStep(facts, known: comparison) else { return [] }
    let title = row(of: step.step).map { steps[$0].title } ?? ""
    return step.sentences(title: title, gain: glyphs.decimal(step.gain))
  }

  /// Which steps say the same, for removed together they cost more than one by one, and which need each
  /// other.
  func pairs(_ words: Terminology, _ glyphs: Glyphs) -> [String] {
    comparison.pairs.map { pair in
      let names = [pair.first, pair.second].map { step in
        "\(step + 1) " + (row(of: step).map { steps[$0].title.elided(to: 20, glyphs) } ?? "")
      }
      return "\(glyphs.signed(pair.amount)) \(pair.isAlike ? "alike" : "need each other"): "
        + names.joined(separator: ", ")
    }
  }

  /// The steps that a check leaves out: those that are marked, or else those of the selected row.
  func leftOut(_ view: WhyView, _ table: WhyTable) -> [Int] {
    guard view.marked.isEmpty else {
      return view.marked.filter(contributions.steps.contains).sorted()
    }
    let row = table.rows.isEmpty ? nil : table.rows[table.selected(view)].place
    for place in [row, view.path.last] {
      switch place {
      case .step(let step): return [step]
      case .fact(let slot, let tail):
        return facts.group(slot: slot, tail: tail)?.steps.map(\.step).sorted() ?? []
      case .noFact: return facts.otherSteps.map(\.step).sorted()
      case .part, .commonFacts, nil: continue
      }
    }
    return []
  }

  /// What is forecast without the steps that are marked or selected, and what really happens once that
  /// is checked.
  ///
  /// With a slot silenced, what the sum says of it. The longest form first; empty where there is nothing
  /// to say.
  func forecast(_ words: Terminology, _ glyphs: Glyphs) -> [String] {
    if let claim, claim.forecast == nil { return claim.words(self, words, glyphs) }
    guard let forecast = claim?.forecast ?? comparison.forecast(without: .steps(leftOut)),
      !leftOut.isEmpty
    else { return [] }
    let to = glyphs.marks.minus == "-" ? "->" : "→"
    func amount(_ value: Double) -> String {
      forecast.isOfLogProbability
        ? glyphs.probability(Float(exp(value))) : glyphs.signed(Float(value))
    }
    let quantity = forecast.isOfLogProbability ? words.probability : words.score
    let titles = leftOut.compactMap { step in row(of: step).map { "\(step + 1) \(steps[$0].title)" }
    }
    let names = [
      "Without " + titles.joined(separator: ", "),
      leftOut.count == 1 ? "Without \(titles[0])" : "Without \(leftOut.count) steps",
      leftOut.count == 1 ? "Without step \(leftOut[0] + 1)" : "Without \(leftOut.count) steps",
    ]
    let before = amount(forecast.before)
    let said = "\(quantity) \(before) \(to) \(amount(forecast.forecast))"
    guard let claim else {
      let mark = comparison.isSettled ? "" : " \(glyphs.marks.about)"
      return names.map { "\($0): forecast \(said)\(mark). ! runs it." }
        + [
          "Forecast, "
            + (leftOut.count == 1 ? "\(leftOut[0] + 1) out: " : "\(leftOut.count) steps out: ")
            + said
        ]
    }
    let real =
      "really \(amount(forecast.after)), \(words.rank) \(glyphs.rank(claim.rankBefore)) \(to) "
      + "\(glyphs.rank(claim.rankAfter))."
    return names.map { "\($0): forecast \(said), \(real)\(claim.warning)" }
      + ["\(names[2]): \(said), \(real)\(claim.shortWarning)"]
  }
}

extension AblationCheck {
  /// A slot that was silenced: what the sum said of it and what really happened, with a warning where
  /// the two disagree; the longest form first.
  func words(_ why: WhyScene, _ words: Terminology, _ glyphs: Glyphs) -> [String] {
    guard case .slot(let slot) = ablation else { return [] }
    let to = glyphs.marks.minus == "-" ? "->" : "→"
    let ranks = "\(words.rank) \(glyphs.rank(rankBefore)) \(to) \(glyphs.rank(rankAfter))"
    let scores =
      "\(words.score) \(glyphs.signed(scoreBefore)) \(to) \(glyphs.signed(scoreAfter))"
    let predicted = (glyphs.rank(rankPredicted), glyphs.signed(scorePredicted))
    let name = "with \(why.relationNames[slot]) silenced"
    return [
      "Checked \(name): \(ranks) (the sum says \(predicted.0)), \(scores) (the sum says "
        + "\(predicted.1)).\(warning)",
      "Checked \(name): \(ranks) (sum: \(predicted.0)), \(scores) (sum: \(predicted.1))."
        + shortWarning,
    ]
  }

  fileprivate var warning: String {
    let (said, real) =
      forecast.map { ($0.forecastChange, $0.realChange) }
      ?? (Double(predictedChange), Double(realChange))
    let by = forecast == nil ? "the sum" : "the forecast"
    switch verdict {
    case .agrees: return ""
    case .otherSign:
      return " Beware: by \(by) it \(said < 0 ? "falls" : "rises"); really it "
        + "\(real < 0 ? "falls" : "rises")."
    case .otherSize:
      return " Beware: it really changes by "
        + (abs(real) > abs(said)
          ? "more than twice what \(by) says." : "less than half of what \(by) says.")
    }
  }

  fileprivate var shortWarning: String {
    switch verdict {
    case .agrees: ""
    case .otherSign: " Beware: other sign."
    case .otherSize: " Beware: other size."
    }
  }
}
