import CKernels

/// Numbers in memory that somebody else keeps, such as a mapped file, for as long as this lives.
public final class LentFloats: @unchecked Sendable {
  @usableFromInline let start: UnsafePointer<Float>
  @usableFromInline let count: Int
  private let owner: AnyObject
  private let giveBack: (@Sendable (Range<Int>) -> Void)?

  /// - Parameters:
  ///   - owner: what keeps the numbers, which never change.
  ///   - giveBack: frees the memory of some of them, if they can be had again.
  package init(
    _ start: UnsafePointer<Float>, count: Int, owner: AnyObject,
    giveBack: (@Sendable (Range<Int>) -> Void)? = nil
  ) {
    (self.start, self.count, self.owner) = (start, count, owner)
    self.giveBack = giveBack
  }

  /// Says that these numbers are not needed for now.
  package func release(_ range: Range<Int>) { giveBack?(range) }

  @usableFromInline var all: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: start, count: count)
  }
}

/// A dense row-major matrix of single-precision numbers.
///
/// Its numbers are its own, or lent and read where they lie; those are copied when one is changed.
public struct Matrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Empty where they are lent.
  @usableFromInline var own: [Float]
  @usableFromInline var lent: LentFloats?

  /// The elements, row after row; of lent ones a copy, which ``withValues(_:)`` spares.
  @inlinable public var values: [Float] {
    get { lent.map { Array($0.all) } ?? own }
    _modify {
      if let numbers = lent { (own, lent) = (Array(numbers.all), nil) }
      yield &own
    }
  }

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    own = Array(repeating: 0, count: rows * columns)
  }

  /// A matrix of the given elements, row after row.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) elements for \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    own = values
  }

  /// A matrix of lent elements, row after row.
  package init(rows: Int, columns: Int, lent: LentFloats) {
    precondition(lent.count == rows * columns, "\(lent.count) elements for \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    own = []
    self.lent = lent
  }

  /// Says that these rows are not needed for now: lent ones may leave memory.
  package func release(rows: Range<Int>) {
    lent?.release(rows.lowerBound * columns..<rows.upperBound * columns)
  }

  /// How many elements there are.
  package var count: Int { rows * columns }

  /// Calls `body` with all elements, wherever they lie.
  package func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
    if let lent { return body(lent.all) }
    return own.withUnsafeBufferPointer(body)
  }

  /// One row.
  @inlinable
  public func row(_ index: Int) -> ArraySlice<Float> {
    if let lent {
      return Array(
        UnsafeBufferPointer(rebasing: lent.all[index * columns..<(index + 1) * columns]))[...]
    }
    return own[index * columns..<(index + 1) * columns]
  }

  /// Copies rows of the matrix, by their numbers, side by side.
  package func gather(_ rows: UnsafePointer<Int32>, into target: MutableMatrixView) {
    withValues { ksr_gather_rows(target.rows, columns, $0.baseAddress, rows, target.base) }
  }

  /// Puts other numbers into a row.
  @inlinable
  public mutating func setRow(_ index: Int, to row: some Collection<Float>) {
    precondition(row.count == columns, "\(row.count) elements for \(columns) columns")
    values.replaceSubrange(index * columns..<(index + 1) * columns, with: row)
  }

  /// One element.
  @inlinable
  public subscript(row: Int, column: Int) -> Float {
    get {
      assert(column >= 0 && column < columns, "column \(column) of \(columns)")
      return lent?.all[row * columns + column] ?? own[row * columns + column]
    }
    set {
      assert(column >= 0 && column < columns, "column \(column) of \(columns)")
      values[row * columns + column] = newValue
    }
  }

  /// The columns `range` of every row.
  package func columns(_ range: Range<Int>) -> Matrix {
    var result = Matrix(rows: rows, columns: range.count)
    for row in 0..<rows {
      for (target, source) in range.enumerated() { result[row, target] = self[row, source] }
    }
    return result
  }

  /// ‖row‖ of every row.
  package var rowLengths: [Float] {
    withValues { values in
      (0..<rows).map { row in
        Float(
          ksr_sum_of_squares(columns, values.baseAddress.map { $0 + row * columns }).squareRoot())
      }
    }
  }

  /// Rows and columns exchanged.
  package var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    result.withMutableView { view.transpose(into: $0) }
    return result
  }

  /// All of it, to be read by a product; its rows and columns make blocks.
  package var view: MatrixView {
    MatrixView(
      memory: lent.map { .lent($0, from: 0) } ?? .values(own, from: 0), rows: rows,
      columns: columns, stride: columns)
  }

  /// All of it, to be written.
  ///
  /// - Precondition: `body` keeps the view to itself.
  package mutating func withMutableView<Result>(_ body: (MutableMatrixView) -> Result) -> Result {
    let (rows, columns) = (rows, columns)
    return values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else {
        var none: Float = 0
        return withUnsafeMutablePointer(to: &none) {
          body(MutableMatrixView($0, rows: rows, columns: columns))
        }
      }
      return body(MutableMatrixView(base, rows: rows, columns: columns))
    }
  }

  /// X Wᵀ (+ bias on every row): a linear map W [outputs, columns] applied to each row.
  package func mapped(by weight: Matrix, bias: [Float]? = nil) -> Matrix {
    var result = Matrix(rows: rows, columns: weight.rows)
    if let bias { for row in 0..<rows { result.setRow(row, to: bias) } }
    result.withMutableView {
      multiply(view, weight.view.transposed, into: $0, adding: bias != nil)
    }
    return result
  }

  /// W x for one column vector x.
  package func applied(to x: some Collection<Float>) -> [Float] {
    applied(to: Array(x), rows: 0..<rows)
  }

  /// Some rows of W x: the same numbers as of all rows.
  package func applied(to x: [Float], rows range: Range<Int>) -> [Float] {
    var result = [Float](repeating: 0, count: range.count)
    result.withUnsafeMutableBufferPointer { result in
      if let base = result.baseAddress { view.rows(range).apply(to: x, into: base) }
    }
    return result
  }

  /// Wᵀ x for one column vector x.
  package func applied(transposedTo x: [Float]) -> [Float] {
    var result = Matrix(rows: 1, columns: columns)
    result.withMutableView {
      multiply(Matrix(rows: 1, columns: x.count, values: x).view, view, into: $0)
    }
    return result.values
  }

  /// One row times a vector: the same number as among all rows.
  package func product(row: Int, _ x: [Float]) -> Float { applied(to: x, rows: row..<row + 1)[0] }

  /// W x for several column vectors x: the same numbers as one after the other, but a large matrix
  /// comes from memory only once.
  package func applied(to vectors: [[Float]]) -> [[Float]] {
    // As many rows as the nearer caches hold.
    let height = max(1, 32_768 / max(1, columns))
    var results = vectors.map { _ in [Float]() }
    for place in results.indices { results[place].reserveCapacity(rows) }
    for start in stride(from: 0, to: rows, by: height) {
      for (place, x) in vectors.enumerated() {
        results[place] += applied(to: x, rows: start..<min(rows, start + height))
      }
    }
    return results
  }
}

extension Matrix: Equatable {
  /// Whether both have one shape and equal elements, wherever these lie.
  public static func == (a: Matrix, b: Matrix) -> Bool {
    guard a.rows == b.rows, a.columns == b.columns else { return false }
    if a.lent == nil, b.lent == nil { return a.own == b.own }
    return a.withValues { a in b.withValues { a.elementsEqual($0) } }
  }
}

/// Σ x·y of two vectors of the same length.
@inlinable
public func dotProduct(_ x: some Collection<Float>, _ y: some Collection<Float>) -> Float {
  precondition(x.count == y.count, "vectors of \(x.count) and \(y.count) elements")
  var result: Float = 0
  ksr_matvec(1, x.count, Array(x), x.count, Array(y), nil, &result)
  return result
}

/// ‖x‖.
@inlinable
public func norm(_ x: some Collection<Float>) -> Float {
  Float(ksr_sum_of_squares(x.count, Array(x)).squareRoot())
}

/// The cosine of the angle between two vectors; 0 where one of them is zero.
@inlinable
public func cosine(_ x: some Collection<Float>, _ y: some Collection<Float>) -> Float {
  let norms = norm(x) * norm(y)
  return norms > 0 ? dotProduct(x, y) / norms : 0
}
