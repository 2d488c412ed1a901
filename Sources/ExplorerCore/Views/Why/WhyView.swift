/// How the reasons are looked at: what is compared, in which groups, and how deep.
package struct WhyView: Equatable, Sendable {
  /// What the rows are, when nothing has been looked into.
  package enum Grouping: String, CaseIterable, Sendable {
    case steps
    /// Sequence, relations and the constant part.
    case relations
    /// The known facts that steps share with the item.
    case facts
  }

  /// What the item's score is compared with.
  package enum Comparison: String, CaseIterable, Sendable {
    /// The average item of the catalogue.
    case average
    /// What the model would recommend instead, by probability.
    case rivals
    case nothing
    case other
  }

  /// Something that has been looked into.
  package enum Place: Hashable, Sendable {
    /// The parts of a step of the history, from 0.
    case step(Int)
    /// The steps of a part: 0 is the sequence, then the slots.
    case part(Int)
    /// The steps that share a tail under a slot with the item.
    case fact(slot: Int, tail: Int32)
    /// The steps that share no known fact with it.
    case noFact
  }

  package internal(set) var grouping = Grouping.steps
  /// What has been looked into, the last at the end.
  package internal(set) var path: [Place] = []
  package internal(set) var row = 0
  /// The item that was searched for; nil for the selected recommendation.
  package internal(set) var item: Int32?
  package internal(set) var comparison = Comparison.average
  /// The item to compare with, once one has been searched for.
  package internal(set) var other: Int32?
  /// What is checked; nil for nothing.
  package internal(set) var check: Check?
  /// Whether the reasons take the whole screen while they have the focus.
  package internal(set) var isZoomed = false
  /// The pane that had the focus before.
  var cameFrom = Pane.recommendations

  /// A claim to check by running the model.
  package enum Check: Hashable, Sendable {
    /// What happens without the steps that speak most for the item, this many of them.
    case topSteps(Int)
    /// What happens without a slot.
    case slot(Int)
  }

  /// The most steps that are left out at once.
  static let mostSteps = 3

  /// Looks at something else: what was looked into means nothing there.
  mutating func startOver() {
    row = 0
    path = []
  }

  /// Looks at another step or item: the parts of the model are the same there.
  mutating func lookElsewhere() {
    row = 0
    path.removeAll { if case .part = $0 { false } else { true } }
  }

  /// Goes into a row, or back to where it was looked into before.
  mutating func enter(_ place: Place) {
    path = path.prefix { $0 != place } + [place]
    row = 0
  }
}
