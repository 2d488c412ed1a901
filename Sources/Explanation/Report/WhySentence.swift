import KSRModel

extension SharedFacts {
  /// Why this item, in a sentence that says no more than the amounts do; the longest form first, and
  /// each of them names the items.
  ///
  /// "Mostly" is said of what makes more than half of all that speaks for the item; otherwise what
  /// makes most of it is "partly" the reason. Of the steps that share a fact, those that would be missed
  /// most are named, as far as that is known.
  ///
  /// - Parameters:
  ///   - isPlain: whether the parts of the model are told in words for people who have not
  ///     read the papers.
  ///   - missed: what would be missed of a step; nil where that is not known.
  package func whySentences(
    in model: TrainedModel, isPlain: Bool = false, missed: (Int) -> Float? = { _ in nil }
  ) -> [String] {
    let writer = WhyWriter(
      facts: self, model: model, isPlain: isPlain, found: WhyReasons(facts: self, missed: missed))
    let reasons = writer.reasons
    let forms = [reasons + writer.parts, reasons, writer.brief].map { $0 + "." }
    guard case .item(let other) = contributions.contrast else { return forms }
    let over = "Over \(model.itemNames[Int(other)]): "
    return forms.map { over + $0.prefix(1).lowercased() + $0.dropFirst() } + [forms[2]]
  }

  /// The longest form.
  package func whySentence(
    in model: TrainedModel, isPlain: Bool = false, missed: (Int) -> Float? = { _ in nil }
  ) -> String {
    whySentences(in: model, isPlain: isPlain, missed: missed)[0]
  }

  /// The step that the sentence names first; nil where it names none.
  package func namedStep(missed: (Int) -> Float? = { _ in nil }) -> StepAmount? {
    WhyReasons(facts: self, missed: missed).named.first?.first
  }
}

/// What speaks for an item: the most telling group of known facts, other steps, the constant part.
private struct WhyReasons {
  enum Reason { case group(SharedFacts.Group), other, constant }

  /// The largest first, at most two.
  let reasons: [Reason]
  let isMost: Bool
  /// By reason: the steps that speak for the item, those that would be missed most first.
  let named: [[SharedFacts.StepAmount]]

  init(facts: SharedFacts, missed: (Int) -> Float?) {
    func speaking(_ steps: [SharedFacts.StepAmount]) -> [SharedFacts.StepAmount] {
      let all = steps.filter { $0.amount > 0 }
      let known = all.filter { missed($0.step).map { $0 > 0 } ?? false }
      guard !known.isEmpty else { return all }
      return known.sorted {
        let (a, b) = (missed($0.step) ?? 0, missed($1.step) ?? 0)
        return a != b ? a > b : $0.step > $1.step
      }
    }
    let group = facts.groups.first.flatMap { $0.amount > 0 ? $0 : nil }
    // What is common explains nothing more than what shares nothing.
    let rest = facts.otherSteps + facts.common.flatMap(\.steps)
    let (other, bias) = (max(0, facts.other + facts.commonAmount), max(0, facts.bias))
    let all = facts.groups.reduce(other + bias) { $0 + max(0, $1.amount) }
    let most = max(group?.amount ?? 0, other, bias)
    isMost = most > all / 2
    if all <= 0 {
      (reasons, named) = ([], [])
    } else if let group, group.amount == most {
      (reasons, named) = ([.group(group)], [speaking(group.steps)])
    } else {
      let first = other == most ? Reason.other : .constant
      reasons = [first] + (group.map { [.group($0)] } ?? [])
      named =
        [other == most ? speaking(rest) : []] + (group.map { [speaking($0.steps)] } ?? [])
    }
  }
}

private struct WhyWriter {
  let facts: SharedFacts
  let model: TrainedModel
  let isPlain: Bool
  let found: WhyReasons

  var reasons: String {
    guard let first = found.reasons.first else { return "Nothing in the history speaks for it" }
    let opening = (found.isMost ? "Mostly" : "Partly") + " because of "
    var also = "; it shares no known fact that helps it"
    if found.reasons.count > 1, case .group(let group) = found.reasons[1] {
      also = "; then " + clause(group, found.named[1])
    }
    switch first {
    case .group(let group): return opening + clause(group, found.named[0])
    case .other:
      let named = items(found.named[0])
      let verb = named.isOne ? "shares" : "share"
      return opening + named.text
        + (facts.common.isEmpty
          ? ", which \(verb) no known fact with it" : ", which \(verb) with it only what many have")
        + (found.reasons.count > 1 ? also : "")
    case .constant: return opening + "the constant part, which no history changes" + also
    }
  }

  /// The items and what they share, and no more.
  var brief: String {
    guard let first = found.reasons.first else { return "Nothing in the history speaks for it" }
    let names = found.named[0].map { model.itemNames[Int($0.item)] }
    let more = names.count > 1 ? " and \(names.count - 1) more" : ""
    switch first {
    case .group(let group):
      return "Because of \(names.first ?? "")\(more): "
        + "\(model.relationNames[group.slot]) \(group.name)"
    case .other: return "Because of \(names.first ?? "")\(more)"
    case .constant: return "Because of the constant part"
    }
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

  private func clause(_ group: SharedFacts.Group, _ steps: [SharedFacts.StepAmount]) -> String {
    let named = items(steps)
    return named.text + ", which \(named.isOne ? "shares" : "share") "
      + "\(model.relationNames[group.slot]) \(group.name) with it (known facts)"
  }

  /// The items of some steps: two by name, the others by number.
  private func items(_ steps: [SharedFacts.StepAmount]) -> (text: String, isOne: Bool) {
    var items: [Int32] = []
    for step in steps where !items.contains(step.item) { items.append(step.item) }
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

/// The step that the sentence names first, where the item would be liked better without it: an amount
/// says what was written, and the model's other steps may have said it anyway, or louder.
package struct UnmissedStep: Sendable, Equatable {
  package let step: Int
  package let item: Int32
  /// By how much log p, or the score, is higher without the step.
  package let gain: Float
  let isOfLogProbability: Bool

  /// Nil where the step would be missed, and while that is not known.
  package init?(_ facts: SharedFacts, known: StepAttributions.Known) {
    guard let named = facts.namedStep(missed: known.missed), let whole = known.whole,
      let missed = known.missed(named.step), missed <= -0.005
    else { return nil }
    (step, item, gain) = (named.step, named.item, -missed)
    isOfLogProbability = whole.isOfLogProbability
  }

  /// What has to be said of it, the longest form first.
  ///
  /// - Parameters:
  ///   - title: the step's item.
  ///   - gain: the gain as it is written where the sentence stands.
  package func sentences(title: String, gain: String) -> [String] {
    let higher = isOfLogProbability ? "its log p is \(gain) higher" : "it scores \(gain) higher"
    return [
      "Beware: run without \(title) \(higher). The sentence says what was written, not what would be "
        + "missed.", "Beware: without \(title) \(higher).", "Beware: without it \(higher).",
    ]
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
