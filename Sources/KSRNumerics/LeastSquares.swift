import Glibc

/// A weighted least-squares problem min_x Σ_k w_k (b_k − Σ_j a_kj x_j)² + ridge |x|², of which the
/// rows are added one by one; in double precision.
package struct LeastSquares {
  private let count: Int
  /// Σ w a aᵀ, of which only the lower half is kept [n n], and Σ w a b [n].
  private var square: [Double]
  private var right: [Double]

  /// No row yet, for so many unknowns.
  package init(count: Int, ridge: Double = 0) {
    self.count = count
    square = Array(repeating: 0, count: count * count)
    right = Array(repeating: 0, count: count)
    for j in 0..<count { square[j * count + j] = ridge }
  }

  /// Adds a row whose coefficients are 1 at some places, in ascending order, and 0 elsewhere.
  package mutating func add(ones places: [Int], equal value: Double, weight: Double = 1) {
    for (k, i) in places.enumerated() {
      right[i] += weight * value
      for j in places[...k] { square[i * count + j] += weight }
    }
  }

  /// The solution; nil where the rows do not determine it.
  ///
  /// - Parameter sum: what Σ x has to be, exactly; nil if it may be anything.
  package func solution(sum: Double? = nil) -> [Double]? {
    guard let factor = factor() else { return nil }
    var x = solve(factor, right)
    guard let sum else { return x }
    // With a multiplier for the sum: x − A⁻¹1 · (Σ x − sum) / (1ᵀ A⁻¹ 1).
    let ones = solve(factor, Array(repeating: 1, count: count))
    let whole = ones.reduce(0, +)
    guard count > 0, whole > 0 else { return nil }
    let excess = (x.reduce(0, +) - sum) / whole
    for j in 0..<count { x[j] -= ones[j] * excess }
    return x
  }

  /// Cholesky's factor L with L Lᵀ = `square`; nil where that is singular to rounding.
  private func factor() -> [Double]? {
    var l = square
    let largest = (0..<count).map { square[$0 * count + $0] }.max() ?? 0
    for j in 0..<count {
      for i in j..<count {
        var sum = l[i * count + j]
        for k in 0..<j { sum -= l[i * count + k] * l[j * count + k] }
        if i == j {
          guard sum > 1e-12 * largest else { return nil }
          l[j * count + j] = sum.squareRoot()
        } else {
          l[i * count + j] = sum / l[j * count + j]
        }
      }
    }
    return l
  }

  private func solve(_ l: [Double], _ b: [Double]) -> [Double] {
    var x = b
    for i in 0..<count {
      for k in 0..<i { x[i] -= l[i * count + k] * x[k] }
      x[i] /= l[i * count + i]
    }
    for i in stride(from: count - 1, through: 0, by: -1) {
      for k in i + 1..<max(i + 1, count) { x[i] -= l[k * count + i] * x[k] }
      x[i] /= l[i * count + i]
    }
    return x
  }
}
