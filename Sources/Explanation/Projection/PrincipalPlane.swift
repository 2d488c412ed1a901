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
    vectors.values.withUnsafeBufferPointer { values in
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
    vectors.values.withUnsafeBufferPointer { values in
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
    vectors.values.withUnsafeBufferPointer { values in
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
