import CKernels
import Foundation
import Randomness
import TestSupport
import Testing

/// The kernels of graph embeddings, on every path, against the plainest way to write them down.
extension PlainKernelTests {
  @Test(arguments: paths) func distancesOfAllSmallShapes(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 41)
      for rows in [1, 3, 4, 5, 9] {
        for columns in [1, 2, 31, 32, 33, 70] {
          for width in [1, 16, 19, 48] {
            let q = random(rows * width, &generator)
            let x = random(columns * width, &generator)
            for isL1 in [true, false] {
              var d = [Float](repeating: 0, count: rows * columns)
              if isL1 {
                ksr_distances_l1(rows, columns, width, q, x, &d)
              } else {
                var qq = [Float](repeating: 0, count: rows)
                var xx = [Float](repeating: 0, count: columns)
                ksr_row_squares(rows, width, q, &qq)
                ksr_row_squares(columns, width, x, &xx)
                ksr_sgemm(false, true, rows, columns, width, q, width, x, width, 0, &d, columns)
                ksr_distances_l2(rows, columns, qq, xx, &d)
              }
              let expected = (0..<rows * columns).map { place in
                plain(q, place / columns, x, place % columns, width, isL1)
              }
              // Lengths and products cancel where Euclidean distances are small.
              #expect(
                relativeDifference(d, expected) < (isL1 ? 1e-5 : 1e-3),
                "\(rows) \(columns) \(width) \(isL1)")
            }
          }
        }
      }
    }
  }

  private func plain(
    _ q: [Float], _ row: Int, _ x: [Float], _ column: Int, _ width: Int, _ isL1: Bool
  ) -> Float {
    let gaps = (0..<width).map { Double(q[row * width + $0]) - Double(x[column * width + $0]) }
    return Float(
      isL1 ? gaps.reduce(0) { $0 + abs($1) } : gaps.reduce(0) { $0 + $1 * $1 }.squareRoot())
  }

  @Test(arguments: paths) func gradientsOfDistances(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 42)
      for (rows, columns, width) in [(1, 1, 16), (7, 5, 16), (8, 40, 32), (19, 33, 48)] {
        let q = random(rows * width, &generator)
        let x = random(columns * width, &generator)
        let c = random(rows * columns, &generator)
        for isL1 in [true, false] {
          // dLoss/dq and dLoss/dx, one pair of rows after the other.
          var dq = [Double](repeating: 0, count: rows * width)
          var dx = [Double](repeating: 0, count: columns * width)
          for b in 0..<rows {
            for n in 0..<columns {
              let d = Double(plain(q, b, x, n, width, isL1))
              for k in 0..<width {
                let gap = Double(q[b * width + k] - x[n * width + k])
                let g = Double(c[b * columns + n]) * (isL1 ? (gap < 0 ? -1 : 1) : gap / d)
                dq[b * width + k] += g
                dx[n * width + k] -= g
              }
            }
          }
          var foundQ = [Float](repeating: 0, count: rows * width)
          var foundX = [Float](repeating: 0, count: columns * width)
          if isL1 {
            ksr_gradient_l1(rows, columns, width, q, x, c, &foundQ, &foundX)
          } else {
            let d = (0..<rows * columns).map {
              plain(q, $0 / columns, x, $0 % columns, width, false)
            }
            var w = c
            var rowSum = [Float](repeating: 9, count: rows)
            var columnSum = [Float](repeating: 9, count: columns)
            ksr_gradient_l2(rows, columns, d, &w, &rowSum, &columnSum)
            ksr_sgemm(
              false, false, rows, width, columns, w, columns, x, width, 0, &foundQ, width)
            ksr_scaled_minus(rows, width, rowSum, q, &foundQ)
            ksr_sgemm(true, false, columns, width, rows, w, columns, q, width, 0, &foundX, width)
            ksr_scaled_minus(columns, width, columnSum, x, &foundX)
          }
          #expect(relativeDifference(foundQ, dq.map(Float.init)) < 1e-4)
          #expect(relativeDifference(foundX, dx.map(Float.init)) < 1e-4)
        }
      }
    }
  }

  @Test(arguments: paths) func pairsAndRows(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 43)
      for width in [1, 16, 35] {
        let table = random(6 * width, &generator)
        let (from, by): ([Int32], [Int32]) = ([0, 5, 2], [3, 3, 1])
        let sign: [Float] = [1, -1, 1]
        var q = [Float](repeating: 0, count: 3 * width)
        var y = q
        ksr_translate_rows(3, width, table, from, by, sign, &q)
        ksr_gather_rows(3, width, table, [1, 5, 4], &y)
        for row in 0..<3 {
          for k in 0..<width {
            let moved =
              table[Int(from[row]) * width + k] + sign[row] * table[Int(by[row]) * width + k]
            #expect(q[row * width + k] == moved)
            #expect(y[row * width + k] == table[[1, 5, 4][row] * width + k])
          }
        }
        for isL1 in [true, false] {
          var d = [Float](repeating: 0, count: 3)
          ksr_pair_distances(3, width, isL1, q, y, &d)
          #expect(
            relativeDifference(d, (0..<3).map { plain(q, $0, y, $0, width, isL1) }) < 1e-5)
          var dq = [Float](repeating: 1, count: 3 * width)
          var dy = [Float](repeating: 1, count: 3 * width)
          let c: [Float] = [0.5, -2, 0]
          ksr_pair_gradient(3, width, isL1, q, y, d, c, &dq, &dy)
          for place in 0..<3 * width {
            let row = place / width
            let gap = q[place] - y[place]
            let expected = c[row] * (isL1 ? (gap < 0 ? -1 : 1) : gap / d[row])
            #expect(abs(dy[place] + expected) < 1e-5 && abs(dq[place] - 1 - expected) < 1e-5)
          }
        }
      }
      var (dq, dy): ([Float], [Float]) = ([0], [1])
      ksr_pair_gradient(1, 1, false, [3], [3], [0], [1], &dq, &dy)
      #expect(dq == [0] && dy == [0])
    }
  }

  @Test(arguments: paths, 0..<3) func rankingLosses(path: String, kind: Int) {
    use(path) {
      var generator = SeededGenerator(seed: 44)
      for columns in [1, 5, 16, 40] {
        let p = (0..<3).map { _ in generator.uniform(0, 9) }
        var d = (0..<3 * columns).map { _ in generator.uniform(0, 9) }
        if columns > 1 { d[1] = KSR_MASKED }
        let settings = ksr_ranking_loss_settings(
          kind: Int32(kind), margin: 3, temperature: 0.7, scale: 0.5)
        var c = d
        var dp = p
        let loss = ksr_ranking_loss(3, columns, settings, p, d, &c, &dp)
        var expected = 0.0
        for row in 0..<3 {
          let others = (0..<columns).map { Double(d[row * columns + $0]) }
          let (value, own, slopes) = plainLoss(kind, Double(p[row]), others)
          expected += value
          #expect(abs(Double(dp[row]) - 0.5 * own) < 1e-5)
          for (n, slope) in slopes.enumerated() {
            #expect(abs(Double(c[row * columns + n]) - 0.5 * slope) < 1e-5, "\(kind) \(columns)")
          }
        }
        #expect(abs(loss - expected) < 1e-4 * max(1, abs(expected)))
      }
    }
  }

  /// The loss of one row, its slope for the true distance, and those for the others.
  private func plainLoss(
    _ kind: Int, _ p: Double, _ d: [Double]
  ) -> (value: Double, own: Double, slopes: [Double]) {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    let counts = d.map { $0 < 1e29 }
    let number = Double(counts.count { $0 })
    switch kind {
    case 0:
      let gaps = d.map { max(0, 3 + p - $0) }
      let slopes = gaps.map { $0 > 0 ? -1 / number : 0 }
      return (gaps.reduce(0, +) / number, -slopes.reduce(0, +), slopes)
    case 1:
      let raw = zip(d, counts).map { $1 ? exp(-0.7 * $0) : 0 }
      let weights = raw.map { $0 / raw.reduce(0, +) }
      let parts = zip(weights, d).map { $0 == 0 ? 0 : -$0 * log(sigmoid($1 - 3)) }
      return (
        (-log(sigmoid(3 - p)) + parts.reduce(0, +)) / 2, sigmoid(p - 3) / 2,
        zip(weights, d).map { -$0 * sigmoid(3 - $1) / 2 }
      )
    default:
      let raw = zip(d, counts).map { $1 ? exp(p - $0) : 0 }
      let all = 1 + raw.reduce(0, +)
      return (log(all), 1 - 1 / all, raw.map { -$0 / all })
    }
  }

  @Test(arguments: paths) func adagradAndSums(path: String) {
    use(path) {
      for count in [1, 7, 16, 65] {
        let gradient = (0..<count).map { Float($0 % 5) - 2.5 }
        var parameter = [Float](repeating: 1, count: count)
        var square: Float = 2
        ksr_adagrad_step(count, 0.5, 0, &parameter, gradient, &square)
        let mean = gradient.reduce(0) { $0 + $1 * $1 } / Float(count)
        #expect(abs(square - 2 - mean) < 1e-5)
        for (value, g) in zip(parameter, gradient) {
          #expect(abs(value - (1 - 0.5 * g / (2 + mean).squareRoot())) < 1e-5)
        }
        ksr_add_scaled(count, -2, gradient, &parameter)
        for (index, value) in parameter.enumerated() {
          let before = 1 - 0.5 * gradient[index] / (2 + mean).squareRoot()
          #expect(abs(value - (before - 2 * gradient[index])) < 1e-5)
        }
      }
    }
  }
}
