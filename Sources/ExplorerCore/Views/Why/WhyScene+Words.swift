import Explanation

extension WhyScene {
  /// The score as the sum of its parts, as many of them as fit; the smallest go together.
  func equation(
    width: Int, _ model: ModelScene, _ words: Terminology, _ glyphs: Glyphs
  ) -> String {
    let table = contributions
    let names = model.relationNames.map { $0.shortened(glyphs) }
    let parts =
      [(words.sequence, table.sequenceSum)] + zip(names, table.relationSums)
      + [(words.constant, table.bias)]
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

  /// What has to be said of the step that adds most, where its item is ranked higher without it.
  ///
  /// Nil while the model has not been run without it.
  func warning(_ glyphs: Glyphs) -> String? {
    UnmissedStep(sums: steps.map(\.sum), losses: comparison.losses).map {
      $0.sentence(title: steps[$0.row].title, gain: glyphs.decimal($0.gain))
    }
  }
}

extension AblationCheck {
  /// What was tried, what the sum said of it and what really happened, with a warning where the two
  /// disagree; the longest form first.
  func words(_ why: WhyScene, _ words: Terminology, _ glyphs: Glyphs) -> [String] {
    let to = glyphs.marks.minus == "-" ? "->" : "→"
    let ranks = "\(words.rank) \(glyphs.rank(rankBefore)) \(to) \(glyphs.rank(rankAfter))"
    let scores =
      "\(words.score) \(glyphs.signed(scoreBefore)) \(to) \(glyphs.signed(scoreAfter))"
    let predicted = (glyphs.rank(rankPredicted), glyphs.signed(scorePredicted))
    let long =
      "\(ranks) (the sum says \(predicted.0)), \(scores) (the sum says \(predicted.1))."
    let short = "\(ranks) (sum: \(predicted.0)), \(scores) (sum: \(predicted.1))."
    return [
      "Checked \(names(why)): \(long)\(warning)", "Checked \(number(why)): \(long)\(warning)",
      "Checked \(number(why)): \(short)\(shortWarning)",
    ]
  }

  private func names(_ why: WhyScene) -> String {
    guard case .steps(let steps) = ablation else { return number(why) }
    let titles = steps.compactMap { step in
      why.row(of: step).map { "\(step + 1) \(why.steps[$0].title)" }
    }
    return "without " + titles.joined(separator: ", ")
  }

  private func number(_ why: WhyScene) -> String {
    switch ablation {
    case .steps(let steps):
      steps.count == 1 ? "without step \(steps[0] + 1)" : "without the top \(steps.count)"
    case .slot(let slot): "with \(why.relationNames[slot]) silenced"
    }
  }

  private var warning: String {
    switch verdict {
    case .agrees: return ""
    case .otherSign:
      return " Beware: by the sum the score \(predictedChange < 0 ? "falls" : "rises");"
        + " really it \(realChange < 0 ? "falls" : "rises")."
    case .otherSize:
      let isMore = abs(realChange) > abs(predictedChange)
      return " Beware: it really changes by"
        + (isMore ? " more than twice what the sum says." : " less than half of what the sum says.")
    }
  }

  private var shortWarning: String {
    switch verdict {
    case .agrees: ""
    case .otherSign: " Beware: other sign."
    case .otherSize: " Beware: other size."
    }
  }
}
