import KSRNumerics
import Randomness
import Testing

@Suite("Least squares")
struct LeastSquaresTests {
  /// Rows of ones and zeros, with what they equal and weigh.
  private func rows(_ count: Int, _ seed: UInt64) -> [(ones: [Int], value: Double, weight: Double)]
  {
    var generator = SeededGenerator(seed: seed)
    return (0..<4 * count + 2).map { _ in
      (
        (0..<count).filter { _ in generator.unit() < 0.5 }, generator.unit() - 0.5,
        generator.unit() + 0.1
      )
    }
  }

  @Test("The error cannot be made smaller, with and without a given sum", arguments: 1...9)
  func smallest(count: Int) throws {
    for ridge in [0, 0.3] {
      let rows = rows(count, UInt64(count))
      var problem = LeastSquares(count: count, ridge: ridge)
      for row in rows { problem.add(ones: row.ones, equal: row.value, weight: row.weight) }
      func error(_ x: [Double]) -> Double {
        rows.reduce(ridge * x.reduce(0) { $0 + $1 * $1 }) { sum, row in
          let off = row.value - row.ones.reduce(0) { $0 + x[$1] }
          return sum + row.weight * off * off
        }
      }
      for sum in [nil, 2.5] {
        let x = try #require(problem.solution(sum: sum))
        if let sum { #expect(abs(x.reduce(0, +) - sum) < 1e-9) }
        for i in 0..<count {
          for j in 0..<count where sum == nil || i != j {
            for step in [1e-3, -1e-3] {
              var other = x
              other[i] += step
              if sum != nil { other[j] -= step }
              #expect(error(other) >= error(x) - 1e-12)
            }
          }
        }
      }
    }
  }

  @Test("What no row speaks of has no solution without a ridge")
  func singular() {
    var problem = LeastSquares(count: 2)
    problem.add(ones: [0], equal: 1)
    #expect(problem.solution() == nil)
    problem.add(ones: [0, 1], equal: 3)
    #expect(problem.solution()?.map { ($0 * 1e9).rounded() / 1e9 } == [1, 2])
  }
}
