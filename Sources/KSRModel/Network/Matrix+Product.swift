import CKernels

extension Matrix {
  /// X Wᵀ (+ bias on every row): a linear map W [outputs, columns] applied to each row.
  package func mapped(by weight: Matrix, bias: [Float]? = nil) -> Matrix {
    precondition(columns == weight.columns, "\(columns) inputs for a map of \(weight.columns)")
    var result = Matrix(rows: rows, columns: weight.rows)
    if let bias {
      precondition(bias.count == weight.rows)
      for row in 0..<rows {
        result.values.replaceSubrange(row * weight.rows..<(row + 1) * weight.rows, with: bias)
      }
    }
    ksr_sgemm(
      false, true, rows, weight.rows, columns, values, columns, weight.values, columns,
      bias == nil ? 0 : 1, &result.values, weight.rows)
    return result
  }

  /// W x for one column vector x.
  package func applied(to x: some Collection<Float>) -> [Float] {
    applied(to: Array(x), rows: 0..<rows)
  }

  /// Some rows of W x: the same numbers as of all rows.
  package func applied(to x: [Float], rows range: Range<Int>) -> [Float] {
    precondition(x.count == columns, "\(x.count) elements for \(columns) columns")
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    var result = [Float](repeating: 0, count: range.count)
    values.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      ksr_matvec(
        range.count, columns, w + range.lowerBound * columns, columns, x, nil, &result)
    }
    return result
  }

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
package func dotProduct(_ x: some Collection<Float>, _ y: some Collection<Float>) -> Float {
  precondition(x.count == y.count, "vectors of \(x.count) and \(y.count) elements")
  var sum: Float = 0
  for (a, b) in zip(x, y) { sum += a * b }
  return sum
}

/// The cosine of the angle between two vectors; 0 where one of them is zero.
@inlinable
package func cosine(_ x: some Collection<Float>, _ y: some Collection<Float>) -> Float {
  let norms = dotProduct(x, x).squareRoot() * dotProduct(y, y).squareRoot()
  return norms > 0 ? dotProduct(x, y) / norms : 0
}
