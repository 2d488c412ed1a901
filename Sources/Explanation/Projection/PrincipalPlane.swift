import KSRModel
import KSRNumerics

/// The plane in which the items' vectors vary most: their first two principal components.
package struct PrincipalPlane: Sendable, Equatable {
  /// The mean of the vectors [E].
  package let mean: [Double]
  /// The two axes, orthonormal, the one of more variance first [2 E]; zeros where E is 1.
  package let axes: [[Double]]
  /// The eigenvalues of the covariance, the largest first [E].
  package let variances: [Double]
  /// Where each item lies, by identifier; the padding item 0 too, which was not counted.
  package let points: [PlanePoint]
  /// The least coordinates of all items but the padding item.
  package let least: PlanePoint
  package let most: PlanePoint

  init(mean: [Double], axes: [[Double]], variances: [Double], points: [PlanePoint]) {
    (self.mean, self.axes, self.variances, self.points) = (mean, axes, variances, points)
    var least = points.count > 1 ? points[1] : PlanePoint(x: 0, y: 0)
    var most = least
    for point in points.dropFirst() {
      least = PlanePoint(x: min(least.x, point.x), y: min(least.y, point.y))
      most = PlanePoint(x: max(most.x, point.x), y: max(most.y, point.y))
    }
    (self.least, self.most) = (least, most)
  }

  /// The share of all variance along each of the two axes; 0 where nothing varies.
  package var explained: [Double] {
    let all = variances.reduce(0, +)
    return (0..<2).map { all > 0 && $0 < variances.count ? max(0, variances[$0]) / all : 0 }
  }
}

/// A place in a ``PrincipalPlane``: coordinates along its axes, from the mean.
package struct PlanePoint: Sendable, Hashable {
  /// Along the first axis.
  package var x: Float
  /// Along the second.
  package var y: Float

  /// A place of two coordinates.
  package init(x: Float, y: Float) { (self.x, self.y) = (x, y) }
}

/// Finds the ``PrincipalPlane`` of a catalogue a portion at a time, so that nobody waits for it.
///
/// The covariance is summed up in double precision over the items but the padding item, then
/// diagonalised by ``SymmetricEigen``, then the items are projected.
package struct PlaneSearch: Sendable {
  /// The plane, when it has been found.
  package private(set) var plane: PrincipalPlane?
  /// Items summed up so far, and all of them.
  package var counted: (done: Int, of: Int) { (next - 1, vectors.rows - 1) }

  private let vectors: Matrix
  private var mean: [Double]
  private var hasMean = false
  private var products: [Double]
  private var next = 1
  private var eigen: SymmetricEigen?
  private var points: [PlanePoint] = []

  /// A search over vectors [N E]; row 0 is the padding item.
  package init(_ vectors: Matrix) {
    self.vectors = vectors
    mean = Array(repeating: 0, count: vectors.columns)
    products = Array(repeating: 0, count: vectors.columns * vectors.columns)
  }

  /// Goes on with about so many multiplications; false if there was nothing left to do.
  package mutating func work(multiplications: Int) -> Bool {
    guard plane == nil else { return false }
    let width = max(1, vectors.columns)
    if !hasMean {
      sumMean()
    } else if next < vectors.rows {
      sumProducts(rows: max(1, 2 * multiplications / (width * width)))
    } else if eigen?.isComplete != true {
      if eigen == nil { eigen = SymmetricEigen(covariance, size: vectors.columns) }
      eigen?.work(rotations: max(1, multiplications / (6 * width)))
    } else {
      project(rows: max(1, multiplications / (2 * width)))
    }
    return true
  }

  private var count: Double { Double(max(1, vectors.rows - 1)) }

  private mutating func sumMean() {
    let width = vectors.columns
    vectors.withValues { values in
      for row in 1..<max(1, vectors.rows) {
        for k in 0..<width { mean[k] += Double(values[row * width + k]) }
      }
    }
    for k in mean.indices { mean[k] /= count }
    hasMean = true
  }

  /// Σ (q − q̄)(q − q̄)ᵀ of some more rows, its upper half.
  private mutating func sumProducts(rows: Int) {
    let width = vectors.columns
    let end = min(vectors.rows, next + rows)
    var centred = [Double](repeating: 0, count: width)
    vectors.withValues { values in
      products.withUnsafeMutableBufferPointer { products in
        centred.withUnsafeMutableBufferPointer { centred in
          for row in next..<end {
            for k in 0..<width { centred[k] = Double(values[row * width + k]) - mean[k] }
            for a in 0..<width {
              let own = centred[a]
              for b in a..<width { products[a * width + b] += own * centred[b] }
            }
          }
        }
      }
    }
    next = end
  }

  private var covariance: [Double] { products.map { $0 / count } }

  private mutating func project(rows: Int) {
    guard let eigen else { return }
    let pairs = eigen.pairs
    let width = vectors.columns
    let axes = (0..<2).map { axis in
      axis < pairs.count ? pairs[axis].vector : Array(repeating: 0, count: width)
    }
    let end = min(vectors.rows, points.count + rows)
    vectors.withValues { values in
      for row in points.count..<end {
        var (x, y) = (0.0, 0.0)
        for k in 0..<width {
          let value = Double(values[row * width + k]) - mean[k]
          x += value * axes[0][k]
          y += value * axes[1][k]
        }
        points.append(PlanePoint(x: Float(x), y: Float(y)))
      }
    }
    guard end == vectors.rows else { return }
    plane = PrincipalPlane(
      mean: mean, axes: axes, variances: pairs.map(\.value), points: points)
    products = []
    points = []
  }
}

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
