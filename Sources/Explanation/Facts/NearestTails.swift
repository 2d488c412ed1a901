import KSRModel
import KSRNumerics

/// The tails nearest to a slot in embedding space, or why there are none to show.
package enum NearestTails: Sendable, Equatable {
  /// A tail and the cosine of its vector with the slot.
  package struct NearTail: Sendable, Equatable {
    package let tail: Int32
    package let name: String
    /// The cosine of its vector with the slot's value.
    package let cosine: Float
  }

  /// The nearest first; the note says where the comparison is weaker than it looks.
  case found([NearTail], note: String?)
  /// Why nothing can be compared.
  case unavailable(String)
}

extension TailIndex {
  /// The tails of a slot with the largest cosine to `value`; approximate by nature.
  package func nearest(
    to value: some Collection<Float>, under slot: Int, count: Int
  ) -> NearestTails {
    var search = NearestTailsSearch(to: Array(value), under: slot, count: count)
    var all = Int.max
    while true { if let found = search.work(&all, in: self) { return found } }
  }
}

/// Finds ``NearestTails`` a part at a time: a relation may have as many tails as there are people.
package struct NearestTailsSearch: Sendable {
  private let value: [Float]
  private let slot: Int
  private let count: Int
  private var leaders: [(tail: Int32, cosine: Float)] = []
  private var looked = 0

  /// A search for the `count` tails of a slot with the largest cosine to `value`.
  package init(to value: [Float], under slot: Int, count: Int) {
    (self.value, self.slot, self.count) = (value, slot, count)
  }

  /// Goes on with about so many multiplications as are left, and takes off those it has done.
  ///
  /// - Returns: the tails, or why there are none, when that is known.
  package mutating func work(_ left: inout Int, in index: TailIndex) -> NearestTails? {
    guard let directions = index.directions else {
      return .unavailable("The model file holds no vectors of the tails.")
    }
    let candidates = index.tails(under: slot)
    guard !candidates.isEmpty else {
      return .unavailable("No item has a known tail under this relation.")
    }
    guard norm(value) > 0 else { return .unavailable("The slot is still zero.") }
    let part = candidates.dropFirst(looked).prefix(max(256, left / max(1, value.count)))
    directions.look(for: value, among: part, count: count, &leaders)
    looked += part.count
    left -= part.count * value.count
    guard looked == candidates.count else { return nil }
    guard !leaders.isEmpty || count == 0 else {
      return .unavailable("The tails of this relation have no vectors.")
    }
    let note =
      index.entitiesWereTrained
      ? "Entity vectors were trained (freeze_kg: false); tails are compared in the original space."
      : nil
    return .found(
      leaders.map {
        .init(tail: $0.tail, name: index.tails.names[Int($0.tail)], cosine: $0.cosine)
      }, note: note)
  }
}
