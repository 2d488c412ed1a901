import CKernels
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

/// The vectors of the tails and their lengths, for finding those that point the way a slot does.
struct TailDirections: Sendable {
  /// The vectors themselves [tails K].
  private let vectors: Matrix
  /// 1/‖vector‖ by tail; 0 where there is no direction.
  private let inverseNorms: [Float]

  init(_ vectors: Matrix) {
    self.vectors = vectors
    inverseNorms = (0..<vectors.rows).map { tail in
      let inverse = 1 / norm(vectors.row(tail))
      // Not so for zeros, and for what is no number.
      return inverse > 0 && inverse.isFinite ? inverse : 0
    }
  }

  /// Finds the candidates with the largest cosine to `value` among some more of them; none has no
  /// direction.
  ///
  /// - Parameter leaders: those found so far, best first; never more than `count`.
  func look(
    for value: [Float], among candidates: ArraySlice<Int32>, count: Int,
    _ leaders: inout [(tail: Int32, cosine: Float)]
  ) {
    let length = norm(value)
    guard count > 0, length > 0, length.isFinite else { return }
    let (unit, width) = (value.map { $0 / length }, vectors.columns)
    // Laid side by side first: the processor then waits for many of them at a time.
    let height = 256
    var rows = [Float](repeating: 0, count: height * width)
    var products = [Float](repeating: 0, count: height)
    var rest = candidates
    while !rest.isEmpty {
      let some = Array(rest.prefix(height))
      rest = rest.dropFirst(height)
      ksr_gather_rows(some.count, width, vectors.values, some, &rows)
      ksr_matvec(some.count, width, rows, width, unit, nil, &products)
      for (product, tail) in zip(products, some) where inverseNorms[Int(tail)] > 0 {
        let cosine = product * inverseNorms[Int(tail)]
        if leaders.count == count {
          guard cosine > leaders[count - 1].cosine else { continue }
          leaders.removeLast()
        }
        // Of equals the first to come stays in front.
        let place = leaders.firstIndex { $0.cosine < cosine } ?? leaders.count
        leaders.insert((tail, cosine), at: place)
      }
    }
  }
}
