import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import Testing

@testable import Explanation

@Suite("Projection")
struct ProjectionTests {
  /// A random symmetric matrix.
  private func matrix(_ size: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    var a = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in row..<size {
        a[row * size + column] = Double(generator.uniform(-1, 1))
        a[column * size + row] = a[row * size + column]
      }
    }
    return a
  }

  private func vectors(rows: Int, columns: Int, seed: UInt64 = 1) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    var result = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      // Directions of different spread.
      for k in 0..<columns { result[row, k] = generator.uniform(-1, 1) * Float(columns - k) + 3 }
    }
    return result
  }

  private func plane(_ vectors: Matrix, portion: Int = 1_000_000) throws -> PrincipalPlane {
    var search = PlaneSearch(vectors)
    while search.work(multiplications: portion) {}
    return try #require(search.plane)
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test("A v = λ v with orthonormal v, the largest λ first", arguments: [1, 2, 3, 5, 8, 24])
  func eigen(size: Int) {
    for seed in 0..<5 {
      let a = matrix(size, seed: UInt64(seed))
      var eigen = SymmetricEigen(a, size: size)
      eigen.work(rotations: .max)
      let pairs = eigen.pairs
      #expect(eigen.isComplete && pairs.count == size)
      for (i, pair) in pairs.enumerated() {
        for row in 0..<size {
          let image = dot(Array(a[row * size..<(row + 1) * size]), pair.vector)
          #expect(abs(image - pair.value * pair.vector[row]) < 1e-9)
        }
        for (j, other) in pairs.enumerated() {
          #expect(abs(dot(pair.vector, other.vector) - (i == j ? 1 : 0)) < 1e-12)
        }
        #expect(i == 0 || pairs[i - 1].value >= pair.value)
        let largest = pair.vector.max { abs($0) < abs($1) } ?? 0
        #expect(largest > 0, "the sign is fixed")
      }
      let trace = (0..<size).reduce(0.0) { $0 + a[$1 * size + $1] }
      #expect(abs(pairs.map(\.value).reduce(0, +) - trace) < 1e-10)
    }
  }

  @Test("matrices without anything to rotate, and one that is not of numbers")
  func specialMatrices() {
    for values in [[0, 0, 0, 0], [2, 0, 0, 2], [1, .nan, .nan, 1]] {
      var eigen = SymmetricEigen(values, size: 2)
      eigen.work(rotations: .max)
      #expect(eigen.isComplete)
    }
    #expect(SymmetricEigen([], size: 0).pairs.isEmpty)
    #expect(SymmetricEigen([7], size: 1).pairs[0].value == 7)
  }

  @Test("the variance along each axis is its eigenvalue, and no direction has more")
  func variance() throws {
    let vectors = vectors(rows: 50, columns: 7)
    let plane = try plane(vectors)
    #expect(abs(dot(plane.axes[0], plane.axes[0]) - 1) < 1e-12)
    #expect(abs(dot(plane.axes[1], plane.axes[1]) - 1) < 1e-12)
    #expect(abs(dot(plane.axes[0], plane.axes[1])) < 1e-12)
    let rows = (1..<50).map { row in
      zip(vectors.row(row), plane.mean).map { Double($0) - $1 }
    }
    func variance(_ direction: [Double]) -> Double {
      rows.reduce(0) { $0 + dot($1, direction) * dot($1, direction) } / Double(rows.count)
    }
    for axis in 0..<2 {
      #expect(abs(variance(plane.axes[axis]) - plane.variances[axis]) < 1e-9)
      let coordinates = plane.points.dropFirst().map { Double(axis == 0 ? $0.x : $0.y) }
      let mean = coordinates.reduce(0, +) / 49
      #expect(abs(mean) < 1e-5)
      let spread = coordinates.reduce(0) { $0 + $1 * $1 } / 49
      #expect(abs(spread - plane.variances[axis]) < 1e-4 * spread)
    }
    let total = rows.reduce(0) { $0 + dot($1, $1) } / 49
    #expect(abs(plane.variances.reduce(0, +) - total) < 1e-9 * total)
    #expect(abs(plane.explained[0] - plane.variances[0] / total) < 1e-12)
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<200 {
      var direction = (0..<7).map { _ in Double(generator.uniform(-1, 1)) }
      let length = dot(direction, direction).squareRoot()
      direction = direction.map { $0 / length }
      #expect(variance(direction) <= plane.variances[0] + 1e-9)
    }
  }

  @Test("vectors in a plane come back from their coordinates, and nothing is left unexplained")
  func reconstruction() throws {
    var generator = SeededGenerator(seed: 3)
    let (a, b) = ((0..<6).map { _ in generator.uniform(-1, 1) }, [1, 0, 2, 0, -1, 1] as [Float])
    var vectors = Matrix(rows: 30, columns: 6)
    for row in 0..<30 {
      let (s, t) = (generator.uniform(-2, 2), generator.uniform(-2, 2))
      for k in 0..<6 { vectors[row, k] = 5 + s * a[k] + t * b[k] }
    }
    let plane = try plane(vectors)
    #expect(abs(plane.explained.reduce(0, +) - 1) < 1e-6)
    for row in 1..<30 {
      for k in 0..<6 {
        let back =
          plane.mean[k] + Double(plane.points[row].x) * plane.axes[0][k]
          + Double(plane.points[row].y) * plane.axes[1][k]
        #expect(abs(back - Double(vectors[row, k])) < 1e-5)
      }
    }
  }

  @Test("portions change nothing, and the padding item is not counted")
  func portions() throws {
    var vectors = vectors(rows: 40, columns: 6)
    let whole = try plane(vectors)
    for portion in [1, 100, 700] { #expect(try plane(vectors, portion: portion) == whole) }
    for k in 0..<6 { vectors[0, k] = 1e6 }
    let other = try plane(vectors)
    #expect(other.axes == whole.axes && other.variances == whole.variances)
    #expect(other.most == whole.most && other.least == whole.least)
  }

  @Test("catalogues without items, of one item, of one dimension, and all alike")
  func smallCatalogues() throws {
    for (rows, columns) in [(1, 3), (2, 3), (5, 1), (0, 0)] {
      let plane = try plane(Matrix(rows: rows, columns: columns))
      #expect(plane.points.count == rows)
      #expect(plane.explained == [0, 0])
    }
    let line = try plane(vectors(rows: 9, columns: 1))
    #expect(line.explained == [1, 0])
    #expect(line.points.allSatisfy { $0.y == 0 })
  }

  @Test("the nearest items are those of the plain sums", arguments: ItemLikeness.allCases)
  func nearest(likeness: ItemLikeness) {
    let network = RandomNetwork(seed: 5).network()
    let nearest = NearestItems(network)
    for item in [Int32(1), 7, 40] {
      func plain(_ other: Int32) -> Float {
        let (a, b) = (network.itemVectors.row(Int(item)), network.itemVectors.row(Int(other)))
        return likeness == .cosine ? cosine(a, b) : dotProduct(a, b)
      }
      let found = nearest.nearest(to: item, by: likeness, count: 6)
      let wanted = (1..<Int32(network.itemCount)).filter { $0 != item }
        .sorted { plain($0) > plain($1) }.prefix(6)
      #expect(found.map(\.item) == Array(wanted))
      for one in found { #expect(abs(one.score - plain(one.item)) < 1e-5) }
    }
    #expect(likeness.other.other == likeness)
  }
}
