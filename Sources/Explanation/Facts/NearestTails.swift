import CKernels
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
    guard let vectors = tails.vectors else {
      return .unavailable("The model file holds no vectors of the tails.")
    }
    let candidates = tails(under: slot)
    guard !candidates.isEmpty else {
      return .unavailable("No item has a known tail under this relation.")
    }
    let value = Array(value)
    let norm = dotProduct(value, value).squareRoot()
    guard norm > 0 else { return .unavailable("The slot is still zero.") }
    let best = mostSimilar(value, candidates, vectors, count: count)
    guard !best.isEmpty else {
      return .unavailable("The tails of this relation have no vectors.")
    }
    let note =
      entitiesWereTrained
      ? "Entity vectors were trained (freeze_kg: false); tails are compared in the original space."
      : nil
    return .found(
      best.map {
        .init(tail: $0.tail, name: tails.names[Int($0.tail)], cosine: $0.product / norm)
      }, note: note)
  }

  /// The candidates with the largest product of `value` and their unit vectors, best first.
  private func mostSimilar(
    _ value: [Float], _ candidates: ArraySlice<Int32>, _ vectors: Matrix, count: Int
  ) -> [(tail: Int32, product: Float)] {
    var best: [(tail: Int32, product: Float)] = []
    guard count > 0 else { return best }
    let width = vectors.columns
    var products = [Float](repeating: 0, count: candidates.count)
    vectors.values.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress else { return }
      products.withUnsafeMutableBufferPointer { products in
        guard let products = products.baseAddress else { return }
        candidates.withUnsafeBufferPointer { ids in
          // Tails that first appear with the same item have neighbouring identifiers: one product.
          var start = 0
          while start < ids.count {
            var end = start + 1
            while end < ids.count, ids[end] == ids[end - 1] + 1 { end += 1 }
            ksr_matvec(
              end - start, width, table + Int(ids[start]) * width, width, value, nil,
              products + start)
            start = end
          }
        }
      }
    }
    for (tail, product) in zip(candidates, products) where inverseNorms[Int(tail)] > 0 {
      let product = product * inverseNorms[Int(tail)]
      guard best.count < count || product > best[best.count - 1].product else { continue }
      let place = best.firstIndex { $0.product < product } ?? best.count
      best.insert((tail, product), at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }
}
