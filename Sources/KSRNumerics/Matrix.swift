import CKernels

/// A dense row-major matrix of single-precision numbers.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements, row after row.
  public var values: [Float]

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    values = Array(repeating: 0, count: rows * columns)
  }

  /// A matrix of the given elements, row after row.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) elements for \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// One row.
  @inlinable
  public func row(_ index: Int) -> ArraySlice<Float> {
    values[index * columns..<(index + 1) * columns]
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
      return values[row * columns + column]
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

  /// Rows and columns exchanged.
  package var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    result.withMutableView { view.transpose(into: $0) }
    return result
  }

  /// All of it, to be read by a product; its rows and columns make blocks.
  package var view: MatrixView {
    MatrixView(memory: .values(values, from: 0), rows: rows, columns: columns, stride: columns)
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
