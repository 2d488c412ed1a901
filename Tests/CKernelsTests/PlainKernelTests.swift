import CKernels
import Foundation
import Randomness
import TestSupport
import Testing

/// Every kernel on every path this machine can run, against the plainest way to write it down.
@Suite(.serialized) struct PlainKernelTests {
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
      var logits: [Float] = [1000, 999, -1000, 0, 0, 0]
      let loss = ksr_cross_entropy(2, 3, &logits, [1, 2], 0.5)
      #expect(abs(loss - (log(1 + exp(-1.0)) + 1 + log(3))) < 1e-5)
      let first = 1 / (1 + exp(-1.0))
      let expected: [Double] = [
        0.5 * first, 0.5 * (1 - first) - 0.5, 0, 0.5 / 3, 0.5 / 3, 0.5 / 3 - 0.5,
      ]
      for (a, b) in zip(logits, expected) { #expect(abs(Double(a) - b) < 1e-6) }
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
