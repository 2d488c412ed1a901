import KSRModel

/// The tails nearest to a slot in embedding space, or why there are none to show.
public enum NearestTails: Sendable, Equatable {
  /// A tail and the cosine of its vector with the slot.
  public struct NearTail: Sendable, Equatable {
    /// The tail.
    public let tail: Int32
    /// What to call it.
    public let name: String
    /// The cosine of its vector with the slot's value.
    public let cosine: Float
  }

  /// The nearest first; the note says where the comparison is weaker than it looks.
  case found([NearTail], note: String?)
  /// Why nothing can be compared.
  case unavailable(String)
}

extension TailIndex {
  /// The tails of a slot with the largest cosine to `value`; approximate by nature.
  public func nearest(
    to value: some Collection<Float>, under slot: Int, count: Int
  ) -> NearestTails {
    guard let directions else {
      return .unavailable("The model file holds no vectors of the tails.")
    }
    let candidates = tails(under: slot)
    guard !candidates.isEmpty else {
      return .unavailable("No item has a known tail under this relation.")
    }
    let value = Array(value)
    guard norm(value) > 0 else { return .unavailable("The slot is still zero.") }
    let nearest = directions.nearest(to: value, among: candidates, count: count)
    guard !nearest.isEmpty || count == 0 else {
      return .unavailable("The tails of this relation have no vectors.")
    }
    let note =
      entitiesWereTrained
      ? "Entity vectors were trained (freeze_kg: false); tails are compared in the original space."
      : nil
    return .found(
      nearest.map {
        .init(tail: $0.tail, name: tails.names[Int($0.tail)], cosine: $0.cosine)
      }, note: note)
  }
}
