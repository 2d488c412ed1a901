import CKernels
import Foundation
import Randomness
import TestSupport
import Testing

/// Every kernel on every path this machine can run, against the plainest way to write it down.
@Suite struct PlainKernelTests {
  static let paths = ["portable", "avx2", "avx512"].filter { path in
    let bits: [String: UInt32] = ["portable": 1, "avx2": 2, "avx512": 4]
    return ksr_kernel_paths_available() & (bits[path] ?? 0) != 0
  }

  @Test(arguments: paths) func elementFunctions(path: String) {
    use(path) {
      let x = (0...4000).map { Float($0 - 2000) / 40 } + [-200, 200, 1e-6, -1e-6]
      var values = x
      ksr_exp(values.count, &values)
      for (found, x) in zip(values, x) where x > -87 && x < 88 {
        #expect(abs(found / Float(exp(Double(x))) - 1) < 3e-7, "exp \(x)")
      }
      values = x
      ksr_sigmoid(values.count, &values)
      for (found, x) in zip(values, x) {
        #expect(abs(found - Float(1 / (1 + exp(-Double(x))))) < 2e-7, "sigmoid \(x)")
      }
      values = x
      ksr_tanh(values.count, &values)
      for (found, x) in zip(values, x) {
        let expected = Float(tanh(Double(x)))
        #expect(abs(found - expected) <= 1e-6 * abs(expected), "tanh \(x)")
      }
    }
  }

  @Test(arguments: paths) func matrixProductsOfAllSmallShapes(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 3)
      let sizes = [1, 2, 3, 7, 8, 9, 17, 33, 40]
      for m in sizes {
        for n in sizes {
          for k in [1, 5, 16, 300] {
            for transposed in 0..<4 {
              check(m, n, k, transposed & 1 != 0, transposed & 2 != 0, &generator)
            }
          }
        }
      }
      check(150, 130, 520, false, true, &generator)
    }
  }

  @Test func oneDNNAgreesWithThePlainProduct() {
    guard String(cString: ksr_sgemm_library()) != "plain" else { return }
    var generator = SeededGenerator(seed: 5)
    for (m, n, k) in [(1, 384, 128), (512, 384, 64), (64, 1683, 64), (1683, 64, 200)] {
      let a = random(m * k, &generator)
      let b = random(n * k, &generator)
      var library = [Float](repeating: 0, count: m * n)
      var plain = library
      ksr_sgemm(false, true, m, n, k, a, k, b, k, 0, &library, n)
      ksr_sgemm_use_library(false)
      ksr_sgemm(false, true, m, n, k, a, k, b, k, 0, &plain, n)
      ksr_sgemm_use_library(true)
      #expect(relativeDifference(plain, library) < 1e-5)
    }
  }

  @Test(arguments: paths) func softmaxAndItsGradient(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 9)
      for columns in [1, 2, 5, 16, 25, 33] {
        let x = random(3 * columns, &generator)
        var y = x
        ksr_softmax(3, columns, 2.5, &y)
        for row in 0..<3 {
          let part = Array(x[row * columns..<(row + 1) * columns]).map { exp(2.5 * Double($0)) }
          let sum = part.reduce(0, +)
          let found = y[row * columns..<(row + 1) * columns]
          #expect(relativeDifference(found, part.map { Float($0 / sum) }) < 1e-5)
        }
        let up = random(3 * columns, &generator)
        var dx = up
        ksr_softmax_gradient(3, columns, 2.5, y, &dx)
        for row in 0..<3 {
          let range = row * columns..<(row + 1) * columns
          let mean = zip(y[range], up[range]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
          let expected = zip(y[range], up[range]).map { 2.5 * $0 * ($1 - mean) }
          for (a, b) in zip(dx[range], expected) { #expect(abs(a - b) < 1e-5) }
        }
      }
    }
  }

  @Test(arguments: paths) func crossEntropyIsStableForLargeScores(path: String) {
    use(path) {
      let scores: [Float] = [1000, 999, -1000, 0, 0, 0]
      var (logits, inverse) = (scores, [Float](repeating: 0, count: 2))
      let loss = ksr_cross_entropy(2, 3, &logits, [1, 2], &inverse)
      #expect(abs(loss - (log(1 + exp(-1.0)) + 1 + log(3))) < 1e-5)
      let first = 1 / (1 + exp(-1.0))
      let expected: [Double] = [first, 1 - first, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3]
      for (i, value) in expected.enumerated() {
        #expect(abs(Double(logits[i] * inverse[i / 3]) - value) < 1e-6)
      }
      var tile = scores
      ksr_exp_rows(2, 3, [1000, 0], &tile)
      #expect(tile == logits)
    }
  }

  @Test(arguments: paths) func crossEntropyOfManyWidths(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 21)
      for columns in [1, 7, 16, 63, 64, 65, 129, 300] {
        let scores = random(columns, &generator).map { 20 * $0 }
        var (logits, inverse) = (scores, [Float](repeating: 0, count: 1))
        let target = columns / 2
        let loss = ksr_cross_entropy(1, columns, &logits, [Int32(target)], &inverse)
        let sum = scores.reduce(0) { $0 + exp(Double($1)) }
        #expect(abs(loss - (log(sum) - Double(scores[target]))) < 1e-4)
        for (found, score) in zip(logits, scores) {
          #expect(abs(Double(found * inverse[0]) - exp(Double(score)) / sum) < 1e-6)
        }
      }
    }
  }

  /// dp and dq of softmax minus one-hot, put together from the parts.
  @Test(arguments: paths) func scaledRowsAndTargets(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 23)
      let (rows, width, items) = (5, 19, 4)
      let p = random(rows * width, &generator)
      let q = random(items * width, &generator)
      let target: [Int32] = [3, 0, 3, 1, 2]
      let factor = random(rows, &generator)
      var dp = p
      ksr_scale_rows(rows, width, 0.5, factor, p, &dp)
      var dq = q
      var expected = (p: dp, q: q)
      for i in dp.indices { #expect(abs(dp[i] - 0.5 * factor[i / width] * p[i]) < 1e-6) }
      ksr_target_gradient(rows, width, 0.25, target, p, q, &dp, &dq)
      for row in 0..<rows {
        for k in 0..<width {
          expected.p[row * width + k] -= 0.25 * q[Int(target[row]) * width + k]
          expected.q[Int(target[row]) * width + k] -= 0.25 * p[row * width + k]
        }
      }
      for (a, b) in zip(dp + dq, expected.p + expected.q) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test(arguments: paths) func rowsAreGatheredScatteredAndTransposed(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 25)
      for (rows, width) in [(1, 1), (3, 17), (16, 16), (33, 40)] {
        let table = random(6 * width, &generator)
        let index = (0..<rows).map { _ in Int32(generator.integer(below: 6)) }
        var x = [Float](repeating: 0, count: rows * width)
        ksr_gather_rows(rows, width, table, index, &x)
        #expect(
          x.indices.allSatisfy { x[$0] == table[Int(index[$0 / width]) * width + $0 % width] })
        var sums = table
        ksr_scatter_add(rows, width, index, 2, 5, x, &sums)
        var expected = table
        var columns = [Float](repeating: 0, count: width)
        for i in x.indices where (2..<5).contains(index[i / width]) {
          expected[Int(index[i / width]) * width + i % width] += x[i]
        }
        #expect(sums == expected)
        ksr_add_rows(rows, width, x, &columns)
        for (k, sum) in columns.enumerated() {
          #expect(abs(sum - (0..<rows).reduce(0) { $0 + x[$1 * width + k] }) < 1e-4)
        }
        var turned = [Float](repeating: -1, count: width * (rows + 1))
        ksr_transpose(rows, width, x, width, &turned, rows + 1)
        for i in x.indices { #expect(turned[i % width * (rows + 1) + i / width] == x[i]) }
        var mean = x.map { 3 - $0 }
        ksr_ema(mean.count, 0.25, x, &mean)
        for i in x.indices { #expect(abs(mean[i] - (0.75 * (3 - x[i]) + 0.25 * x[i])) < 1e-5) }
        var taken = x
        ksr_accumulate_and_clear(taken.count, &taken, &x)
        #expect(taken.allSatisfy { $0 == 0 })
      }
    }
  }

  /// The share of zeros is right, in whatever part of the numbers; another seed chooses others; all
  /// paths choose the same.
  @Test func dropoutFollowsFromItsSeed() {
    let count = 40_000
    func scale(_ seed: UInt64, _ probability: Float) -> [Float] {
      var x = [Float](repeating: 1, count: count)
      ksr_dropout(count, seed, probability, &x)
      return x
    }
    for probability in [Float(0.1), 0.5, 0.9] {
      var all: [[Float]] = []
      for path in Self.paths { use(path) { all.append(scale(7, probability)) } }
      #expect(all.allSatisfy { $0 == all[0] })
      let kept = 1 / (1 - probability)
      #expect(all[0].allSatisfy { $0 == 0 || abs($0 - kept) < 1e-5 })
      for start in stride(from: 0, to: count, by: 10_000) {
        let zeros = all[0][start..<start + 10_000].count { $0 == 0 }
        #expect(abs(Float(zeros) / 10_000 - probability) < 0.02)
      }
    }
    let (a, b) = (scale(7, 0.5), scale(8, 0.5))
    let (c, d) = (scale(7 + 1 << 32, 0.5), scale(7, 0.5))
    #expect(a == d)
    for other in [b, c] {
      let alike = zip(a, other).count { $0 == $1 }
      #expect(abs(Double(alike) / Double(count) - 0.5) < 0.02)
    }
    // A number and its neighbour are as good as independent.
    let pairs = zip(a, a.dropFirst()).count { $0 == $1 }
    #expect(abs(Double(pairs) / Double(count) - 0.5) < 0.02)
  }

  /// Two steps of Adam against the formula in double precision.
  @Test(arguments: paths) func adam(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 27)
      let count = 37
      var (x, mean, variance) = (
        random(count, &generator), [Float](repeating: 0, count: count),
        [Float](repeating: 0, count: count)
      )
      var (dx, dmean, dvariance) = (
        x.map(Double.init), mean.map(Double.init), mean.map(Double.init)
      )
      for step in 1...2 {
        let gradient = random(count, &generator)
        let corrections = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
        let settings = ksr_adam(
          rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
          correction1: Float(1 / corrections.0), correction2: Float(1 / corrections.1),
          weight_decay: 0.1, parameter_decay: 0.2)
        ksr_adam_step(count, settings, &x, gradient, &mean, &variance)
        for i in 0..<count {
          let g = Double(gradient[i]) + 0.1 * dx[i]
          dmean[i] = 0.9 * dmean[i] + 0.1 * g
          dvariance[i] = 0.999 * dvariance[i] + 0.001 * g * g
          let move = dmean[i] / corrections.0 / ((dvariance[i] / corrections.1).squareRoot() + 1e-8)
          dx[i] -= 0.01 * (move + 0.2 * dx[i])
          #expect(abs(Double(x[i]) - dx[i]) < 1e-5)
        }
      }
    }
  }

  @Test(arguments: paths) func countsAndSums(path: String) {
    use(path) {
      var generator = SeededGenerator(seed: 1)
      for count in 0...70 {
        let x = (0..<count).map { _ in Float(generator.integer(below: 5)) }
        var (greater, equal) = (0, 0)
        ksr_count_above(count, x, 2, &greater, &equal)
        #expect(greater == x.count { $0 > 2 } && equal == x.count { $0 == 2 })
        #expect(ksr_sum_of_squares(count, x) == x.reduce(0) { $0 + Double($1 * $1) })
      }
    }
  }

  private func check(
    _ m: Int, _ n: Int, _ k: Int, _ transA: Bool, _ transB: Bool,
    _ generator: inout SeededGenerator
  ) {
    let a = random(m * k, &generator)
    let b = random(k * n, &generator)
    let start = random(m * n, &generator)
    var c = start
    ksr_sgemm_use_library(false)
    defer { ksr_sgemm_use_library(true) }
    ksr_sgemm(transA, transB, m, n, k, a, transA ? m : k, b, transB ? k : n, 0.5, &c, n)
    var worst: Float = 0
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.5 * Double(start[i * n + j])
        for p in 0..<k {
          sum +=
            Double(transA ? a[p * m + i] : a[i * k + p])
            * Double(transB ? b[j * k + p] : b[p * n + j])
        }
        worst = max(worst, abs(c[i * n + j] - Float(sum)))
      }
    }
    #expect(worst < 1e-5 * Float(k).squareRoot() * 4, "\(m)×\(n)×\(k) \(transA) \(transB)")
  }

  func use(_ path: String, _ body: () -> Void) {
    let before = String(cString: ksr_kernel_path())
    #expect(ksr_kernel_select(path))
    body()
    _ = ksr_kernel_select(before)
  }

  func random(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in generator.uniform(-1, 1) }
  }
}
