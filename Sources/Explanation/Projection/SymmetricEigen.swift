/// The eigenvectors of a symmetric matrix by Jacobi's rotations, a portion at a time.
///
/// Every rotation makes one pair of off-diagonal elements zero; sweeps over all pairs repeat until
/// what is left off the diagonal is rounding. The order of the pairs is fixed, so the same matrix
/// gives the same bits.
package struct SymmetricEigen: Sendable {
  /// The number of rows and columns E.
  package let size: Int
  package private(set) var isComplete: Bool
  private var a: [Double]
  private var v: [Double]
  private var next = (p: 0, q: 1)
  private var sweeps = 0
  private let tolerance: Double

  /// More sweeps than any matrix has been seen to need.
  private static let mostSweeps = 40

  /// The matrix [E E], row after row; only its upper half is read.
  package init(_ matrix: [Double], size: Int) {
    precondition(matrix.count == size * size)
    self.size = size
    a = matrix
    v = Array(repeating: 0, count: size * size)
    var sum = 0.0
    for row in 0..<size {
      v[row * size + row] = 1
      for column in 0..<row { a[row * size + column] = a[column * size + row] }
      for column in 0..<size { sum += a[row * size + column] * a[row * size + column] }
    }
    tolerance = sum * 1e-30
    isComplete = size < 2 || sum == 0 || !sum.isFinite
  }

  /// Does some rotations, each of about 6 E multiplications.
  package mutating func work(rotations: Int) {
    var left = rotations
    while left > 0, !isComplete {
      rotate(next.p, next.q)
      left -= 1
      next.q += 1
      if next.q == size { next = (next.p + 1, next.p + 2) }
      if next.p == size - 1 {
        next = (0, 1)
        sweeps += 1
        isComplete = sweeps == Self.mostSweeps || offDiagonal <= tolerance
      }
    }
  }

  /// Eigenvalues, the largest first, with their unit vectors; a vector's largest component (the
  /// first of equal ones) is positive.
  package var pairs: [(value: Double, vector: [Double])] {
    (0..<size).map { row in
      var vector = Array(v[row * size..<(row + 1) * size])
      let largest = vector.indices.max { abs(vector[$0]) < abs(vector[$1]) } ?? 0
      if !vector.isEmpty, vector[largest] < 0 { vector = vector.map { -$0 } }
      return (a[row * size + row], vector)
    }.sorted { $0.value > $1.value }
  }

  private var offDiagonal: Double {
    var sum = 0.0
    for row in 0..<size {
      for column in row + 1..<max(row + 1, size) {
        sum += 2 * a[row * size + column] * a[row * size + column]
      }
    }
    return sum
  }

  private mutating func rotate(_ p: Int, _ q: Int) {
    let n = size
    let pq = a[p * n + q]
    guard pq != 0 else { return }
    // The smaller of the two angles that make a_pq zero.
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * pq)
    let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    a.withUnsafeMutableBufferPointer { a in
      for k in 0..<n where k != p && k != q {
        let (kp, kq) = (a[k * n + p], a[k * n + q])
        a[k * n + p] = c * kp - s * kq
        a[k * n + q] = s * kp + c * kq
        a[p * n + k] = a[k * n + p]
        a[q * n + k] = a[k * n + q]
      }
      a[p * n + p] -= t * pq
      a[q * n + q] += t * pq
      a[p * n + q] = 0
      a[q * n + p] = 0
    }
    v.withUnsafeMutableBufferPointer { v in
      for k in 0..<n {
        let (pk, qk) = (v[p * n + k], v[q * n + k])
        v[p * n + k] = c * pk - s * qk
        v[q * n + k] = s * pk + c * qk
      }
    }
  }
}
