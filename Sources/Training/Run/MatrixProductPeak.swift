import KSRNumerics

/// How fast this machine multiplies matrices that are in the cache: what training is measured by.
public enum MatrixProductPeak {
  /// Floating-point operations a second of the given threads at once: the best of some rounds.
  ///
  /// - Complexity: about a tenth of a second.
  public static func measure(threads: Int) -> Double {
    let (side, products, rounds) = (384, 20, 12)
    let operations = 2 * Double(side * side * side * products * max(1, threads))
    nonisolated(unsafe) let buffers = (0..<max(1, threads)).map { _ in
      (MatrixBuffer(), MatrixBuffer(), MatrixBuffer())
    }
    for (a, b, c) in buffers {
      for buffer in [a, b, c] {
        buffer.reserve(rows: side, columns: side).base.update(repeating: 1, count: side * side)
      }
    }
    var best = Double.infinity
    for _ in 0..<rounds {
      let begin = ContinuousClock.now
      parallel(buffers.count, threads: buffers.count) { thread in
        let (a, b, c) = buffers[thread]
        for _ in 0..<products {
          multiply(a.view, b.view, into: c.all)
        }
      }
      best = min(best, (ContinuousClock.now - begin) / .seconds(1))
    }
    return operations / best
  }
}
