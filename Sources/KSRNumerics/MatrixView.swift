import CKernels

/// A block of a matrix to be read: all of it, some rows or some columns, as it lies or transposed.
///
/// A view of a ``Matrix`` keeps its elements alive; one of a buffer is good as long as the buffer is
/// not given another size.
package struct MatrixView: @unchecked Sendable {
  enum Memory {
    case values([Float], from: Int)
    case lent(LentFloats, from: Int)
    case address(UnsafePointer<Float>)

    func moved(by count: Int) -> Memory {
      switch self {
      case .values(let values, let start): .values(values, from: start + count)
      case .lent(let values, let start): .lent(values, from: start + count)
      case .address(let address): .address(address + count)
      }
    }
  }

  private let memory: Memory
  package let rows: Int
  package let columns: Int
  /// Elements from the start of one stored row to that of the next.
  private let stride: Int
  /// Whether a stored row is a column.
  private let isTransposed: Bool

  init(memory: Memory, rows: Int, columns: Int, stride: Int, isTransposed: Bool = false) {
    self.memory = memory
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.isTransposed = isTransposed
  }

  /// Rows one after the other in memory that somebody else keeps.
  package init(_ base: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.init(memory: .address(base), rows: rows, columns: columns, stride: columns)
  }

  package func rows(_ range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return MatrixView(
      memory: memory.moved(by: range.lowerBound * (isTransposed ? 1 : stride)), rows: range.count,
      columns: columns, stride: stride, isTransposed: isTransposed)
  }

  package func columns(_ range: Range<Int>) -> MatrixView {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
    return MatrixView(
      memory: memory.moved(by: range.lowerBound * (isTransposed ? stride : 1)), rows: rows,
      columns: range.count, stride: stride, isTransposed: isTransposed)
  }

  /// Rows and columns exchanged; nothing is moved.
  package var transposed: MatrixView {
    MatrixView(
      memory: memory, rows: columns, columns: rows, stride: stride, isTransposed: !isTransposed)
  }

  /// y = W x, with the kernel that scores items, whose sums are the same whatever the rows.
  package func apply(to x: [Float], into y: UnsafeMutablePointer<Float>) {
    precondition(x.count == columns, "\(x.count) elements for \(columns) columns")
    withAddress { w in x.withUnsafeBufferPointer { apply(w, $0.baseAddress, y) } }
  }

  /// y = W x for x of as many elements as there are columns.
  package func apply(to x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    withAddress { apply($0, x, y) }
  }

  private func apply(
    _ w: UnsafePointer<Float>?, _ x: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    precondition(!isTransposed, "rows of a transposed matrix do not lie together")
    ksr_matvec(rows, columns, w, stride, x, nil, y)
  }

  /// y = the view's transpose, copied.
  package func transpose(into y: MutableMatrixView) {
    precondition(
      !isTransposed && y.rows == columns && y.columns == rows,
      "\(rows)×\(columns) transposed into \(y.rows)×\(y.columns)")
    withAddress { ksr_transpose(rows, columns, $0, stride, y.base, y.stride) }
  }

  private func withAddress<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
    switch memory {
    case .address(let address): return body(address)
    case .lent(let values, let start):
      return withExtendedLifetime(values) { body(values.start + start) }
    case .values(let values, let start):
      return values.withUnsafeBufferPointer { values in
        assert(
          rows == 0 || columns == 0
            || start + ((isTransposed ? columns : rows) - 1) * stride
              + (isTransposed ? rows : columns) <= values.count,
          "a view beyond its matrix")
        return body(values.baseAddress.map { $0 + start })
      }
    }
  }

  fileprivate static func multiply(
    _ a: MatrixView, _ b: MatrixView, _ c: MutableMatrixView, adding: Bool
  ) {
    precondition(
      a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
      "\(a.rows)×\(a.columns) times \(b.rows)×\(b.columns) into \(c.rows)×\(c.columns)")
    a.withAddress { first in
      b.withAddress { second in
        ksr_sgemm(
          a.isTransposed, b.isTransposed, a.rows, b.columns, a.columns, first, a.stride, second,
          b.stride, adding ? 1 : 0, c.base, c.stride)
      }
    }
  }
}

/// A block of a matrix to be written, in memory that somebody else keeps.
///
/// Threads may write different blocks at the same time; nothing checks that they do.
public struct MutableMatrixView: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Float>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Elements from the start of one row to that of the next.
  public let stride: Int

  /// Rows that lie `stride` elements apart; without one, one after the other.
  package init(
    _ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil
  ) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// The same block, to be read.
  package var view: MatrixView {
    MatrixView(memory: .address(base), rows: rows, columns: columns, stride: stride)
  }

  package func rows(_ range: Range<Int>) -> MutableMatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return MutableMatrixView(
      base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  package func columns(_ range: Range<Int>) -> MutableMatrixView {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
    return MutableMatrixView(
      base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// The address of a row.
  @inlinable
  public func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    assert(index >= 0 && index < rows, "row \(index) of \(rows)")
    return base + index * stride
  }

  /// One element.
  @inlinable
  public subscript(row: Int, column: Int) -> Float {
    get {
      assert(column >= 0 && column < columns, "column \(column) of \(columns)")
      return self.row(row)[column]
    }
    nonmutating set {
      assert(column >= 0 && column < columns, "column \(column) of \(columns)")
      self.row(row)[column] = newValue
    }
  }

  /// Puts the same numbers into every row.
  package func fill(with row: [Float]) {
    precondition(row.count == columns, "\(row.count) elements for \(columns) columns")
    row.withUnsafeBufferPointer { row in
      guard let from = row.baseAddress else { return }
      for index in 0..<rows { self.row(index).update(from: from, count: columns) }
    }
  }
}

/// C = A B, or C += A B where `adding`: the one way to a matrix product.
package func multiply(
  _ a: MatrixView, _ b: MatrixView, into c: MutableMatrixView, adding: Bool = false
) {
  MatrixView.multiply(a, b, c, adding: adding)
}
