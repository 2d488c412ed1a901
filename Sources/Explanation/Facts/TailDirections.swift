import CKernels
import KSRModel
import KSRNumerics

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
