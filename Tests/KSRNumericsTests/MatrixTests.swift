import KSRNumerics
import Randomness
import TestSupport
import Testing

@testable import KSRNumerics

@Suite struct MatrixTests {
  private func random(_ rows: Int, _ columns: Int, _ generator: inout SeededGenerator) -> Matrix {
    Matrix(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { _ in generator.uniform(-1, 1) })
  }

  private func transposed(_ x: Matrix) -> Matrix {
    var y = Matrix(rows: x.columns, columns: x.rows)
    for row in 0..<x.rows { for column in 0..<x.columns { y[column, row] = x[row, column] } }
    return y
  }

  /// Element by element.
  private func product(_ a: Matrix, _ b: Matrix, plus c: Matrix) -> Matrix {
    var result = c
    for i in 0..<a.rows {
      for j in 0..<b.columns {
        for k in 0..<a.columns { result[i, j] += a[i, k] * b[k, j] }
      }
    }
    return result
  }

  @Test(arguments: [false, true], [false, true])
  func productsOfBlocksAreThoseOfCopies(isATransposed: Bool, isBTransposed: Bool) {
    var generator = SeededGenerator(seed: 5)
    for (m, n, k) in [(1, 1, 1), (3, 5, 2), (7, 4, 9), (20, 33, 17)] {
      let (a, b, c) = (
        random(m, k, &generator), random(k, n, &generator), random(m, n, &generator)
      )
      // Each factor lies within a larger matrix, the way it is stored.
      func within(_ x: Matrix, isTransposed: Bool) -> MatrixView {
        let stored = isTransposed ? transposed(x) : x
        var large = random(stored.rows + 3, stored.columns + 4, &generator)
        for row in 0..<stored.rows {
          for column in 0..<stored.columns { large[row + 2, column + 1] = stored[row, column] }
        }
        let block = large.view.rows(2..<2 + stored.rows).columns(1..<1 + stored.columns)
        guard isTransposed else { return block }
        // The same block, cut after it was turned.
        return large.view.transposed.columns(2..<2 + stored.rows).rows(1..<1 + stored.columns)
      }
      for adding in [false, true] {
        var large = random(m + 2, n + 5, &generator)
        let before = large
        for row in 0..<m { for column in 0..<n { large[row + 1, column + 3] = c[row, column] } }
        large.withMutableView {
          multiply(
            within(a, isTransposed: isATransposed), within(b, isTransposed: isBTransposed),
            into: $0.rows(1..<1 + m).columns(3..<3 + n), adding: adding)
        }
        let expected = product(a, b, plus: adding ? c : Matrix(rows: m, columns: n))
        for row in 0..<large.rows {
          for column in 0..<large.columns {
            if (1..<1 + m).contains(row), (3..<3 + n).contains(column) {
              #expect(abs(large[row, column] - expected[row - 1, column - 3]) < 1e-4)
            } else {
              #expect(large[row, column] == before[row, column], "nothing else is written")
            }
          }
        }
      }
    }
  }

  @Test func vectorsThroughAMatrix() {
    var generator = SeededGenerator(seed: 6)
    let w = random(9, 6, &generator)
    let x = random(1, 6, &generator).values
    let y = w.applied(to: x)
    for row in 0..<9 {
      #expect(abs(y[row] - zip(w.row(row), x).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-5)
      #expect(w.product(row: row, x) == y[row])
    }
    #expect(w.applied(to: x, rows: 3..<7) == Array(y[3..<7]))
    #expect(w.applied(to: [x, x])[1] == y)
    #expect(relativeDifference(transposed(w).applied(transposedTo: x), y) < 1e-5)
    #expect(w.transposed == transposed(w))
    #expect(w.columns(2..<4).transposed.values == (2..<4).flatMap { transposed(w).row($0) })
  }

  @Test func emptyMatrices() {
    let none = Matrix(rows: 0, columns: 4)
    #expect(none.mapped(by: Matrix(rows: 3, columns: 4)) == Matrix(rows: 0, columns: 3))
    // A sum of nothing is zero.
    #expect(
      Matrix(rows: 2, columns: 0).mapped(by: Matrix(rows: 2, columns: 0))
        == Matrix(rows: 2, columns: 2))
    #expect(Matrix(rows: 2, columns: 0).applied(to: []) == [0, 0])
  }

  @Test func lengthsAndAngles() {
    #expect(norm([3, 4]) == 5)
    #expect(dotProduct([1, 2, 3], [4, 5, 6][...]) == 32)
    #expect(cosine([2, 0], [0, 3]) == 0)
    #expect(abs(cosine([1, 1], [2, 2]) - 1) < 1e-6)
    #expect(cosine([0, 0], [1, 2]) == 0)
  }

  @Test func buffersStartAtACacheLineAndGrow() {
    let buffer = AlignedBuffer<Int32>([1, 2, 3])
    #expect((0..<3).map { buffer[$0] } == [1, 2, 3])
    buffer.reserve(1000)
    #expect(buffer.count == 1000 && UInt(bitPattern: buffer.start) % 64 == 0)
    let copy = AlignedBuffer<Int32>(1000)
    buffer.part(999, count: 1).pointee = 7
    copy.copy(buffer)
    #expect(copy[999] == 7)
    let matrix = MatrixBuffer()
    matrix.zeros(rows: 3, columns: 2)[2, 1] = 4
    #expect(matrix.matrix.values == [0, 0, 0, 0, 0, 4])
    matrix.all.fill(with: [1, 2])
    #expect(matrix.matrix.values == [1, 2, 1, 2, 1, 2])
  }
}
