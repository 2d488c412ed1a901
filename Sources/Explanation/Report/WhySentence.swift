import KSRModel

extension SharedFacts {
  /// Why this item, in a sentence that says no more than the amounts do.
  ///
  /// "Mostly" is said of what makes more than half of all that speaks for the item; otherwise what
  /// makes most of it is "partly" the reason.
  ///
  /// - Parameter isPlain: whether the parts of the model are told in words for people who have not
  ///   read the papers.
  package func whySentence(in model: TrainedModel, isPlain: Bool = false) -> String {
    let writer = WhyWriter(facts: self, model: model, isPlain: isPlain)
    let reasons = writer.reasons
    guard case .item(let other) = contributions.contrast else {
      return reasons + writer.parts + "."
    }
    return "Over \(model.itemNames[Int(other)]): " + reasons.prefix(1).lowercased()
      + reasons.dropFirst() + writer.parts + "."
  }
}

private struct WhyWriter {
  let facts: SharedFacts
  let model: TrainedModel
  let isPlain: Bool

  /// What speaks for the item: the largest group of known facts, other steps, the constant part.
  var reasons: String {
    let group = facts.groups.first.flatMap { $0.amount > 0 ? $0 : nil }
    let (other, bias) = (max(0, facts.other), max(0, facts.bias))
    let all = facts.groups.reduce(other + bias) { $0 + max(0, $1.amount) }
    guard all > 0 else { return "Nothing in the history speaks for it" }
    let most = max(group?.amount ?? 0, other, bias)
    let opening = (most > all / 2 ? "Mostly" : "Partly") + " because of "
    if let group, group.amount == most { return opening + clause(group) }
    let also = group.map { "; then " + clause($0) } ?? "; it shares no known fact that helps it"
    if other == most {
      let named = items(facts.otherSteps)
      return opening + named.text
        + ", which \(named.isOne ? "shares" : "share") no known fact with it"
        + (group == nil ? "" : also)
    }
    return opening + "the constant part, which no history changes" + also
  }

  /// Which part of the model the score lies in.
  var parts: String {
    guard model.settings.memory != .none else { return "; the model has no memory" }
    let sums = facts.contributions.relationSums
    guard let slot = sums.indices.max(by: { sums[$0] < sums[$1] }), sums[slot] > 0 else {
      return isPlain ? "; nothing remembered speaks for it" : "; no slot speaks for it"
    }
    let sequence = facts.contributions.sequenceSum > sums[slot]
    if isPlain {
      return (sequence ? "; the order of the history adds most" : "")
        + "; of what is remembered, \(model.relationNames[slot]) adds most"
    }
    return (sequence ? "; strongest part: sequence" : "")
      + "; strongest slot: \(model.relationNames[slot])"
  }

  private func clause(_ group: SharedFacts.Group) -> String {
    let named = items(group.steps)
    return named.text + ", which \(named.isOne ? "shares" : "share") "
      + "\(model.relationNames[group.slot]) \(group.name) with it (known facts)"
  }

  /// The items whose steps speak for the item: two by name, the others by number.
  private func items(_ steps: [SharedFacts.StepAmount]) -> (text: String, isOne: Bool) {
    var items: [Int32] = []
    for step in steps where step.amount > 0 && !items.contains(step.item) {
      items.append(step.item)
    }
    let names = items.map {
      model.itemNames[Int($0)] + ($0 == facts.contributions.item ? " itself" : "")
    }
    switch names.count {
    case 0, 1: return (names.first ?? "", true)
    case 2: return ("\(names[0]) and \(names[1])", false)
    default: return ("\(names[0]), \(names[1]) and \(names.count - 2) more", false)
    }
  }
}

/// The step that adds most to a score, where the item scores higher without it: an amount says what
/// was written, and the model's other steps may have said it anyway, or louder.
package struct UnmissedStep: Sendable, Equatable {
  package let row: Int
  /// By how much the item scores higher when the model runs again without the step.
  package let gain: Float

  /// Nil where the step that adds most would be missed, and while the model has not been run without
  /// it.
  ///
  /// - Parameters:
  ///   - sums: what each step adds, by row.
  ///   - losses: what is lost without each step, as far as that is known.
  package init?(sums: [Float], losses: [Float?]) {
    guard let row = sums.indices.max(by: { sums[$0] < sums[$1] }), sums[row] > 0,
      losses.indices.contains(row), let loss = losses[row], loss <= -0.005
    else { return nil }
    (self.row, gain) = (row, -loss)
  }

  /// What has to be said of it.
  ///
  /// - Parameters:
  ///   - title: the step's item.
  ///   - gain: the gain as it is written where the sentence stands.
  package func sentence(title: String, gain: String) -> String {
    "Run without \(title) it scores \(gain) higher: amounts say what was written, not what would be "
      + "missed."
  }
}

/// A relation's name in some characters.
///
/// Names like `film.film.directed_by` differ at their end, so that is what stays of them; of a word
/// the beginning stays.
func shortRelation(_ name: String, _ length: Int) -> String {
  guard name.count > length, length > 0 else { return name }
  guard name.contains(where: { $0 == "." || $0 == "/" }) else {
    return name.prefix(length - 1) + "…"
  }
  var rest = name[...]
  while let dot = rest.firstIndex(where: { $0 == "." || $0 == "/" }) {
    rest = rest[rest.index(after: dot)...]
    if !rest.isEmpty, rest.count < length { return "…" + rest }
  }
  return "…" + name.suffix(length - 1)
}
