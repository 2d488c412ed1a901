extension Contributions {
  /// What each row adds over all columns [T].
  package var stepSums: [Float] {
    sequence.indices.map { row in
      (0..<relationCount).reduce(sequence[row]) { $0 + cell(row: row, relation: $1) }
    }
  }

  /// The steps of the history that speak most for the item, most first; of equals the later one.
  package func topSteps(_ count: Int) -> [Int] {
    let sums = stepSums
    return sums.indices.sorted { sums[$0] != sums[$1] ? sums[$0] > sums[$1] : $0 > $1 }
      .prefix(max(0, count)).map { steps.lowerBound + $0 }
  }

  /// What each slot adds over all rows [R].
  package var relationSums: [Float] {
    (0..<relationCount).map { relation in
      sequence.indices.reduce(Float(0)) { $0 + cell(row: $1, relation: relation) }
    }
  }

  /// What the sequence adds over all rows: q·W_uh h.
  package var sequenceSum: Float { sequence.reduce(0, +) }

  /// The score less the sum of all cells and the bias: rounding.
  package var residual: Float {
    Float(Double(score) - forEachCell(Double(bias)) { $0 + Double($1) })
  }

  /// Σ|cells|, the bias included: what the rounding is measured by.
  package var magnitude: Float {
    Float(forEachCell(Double(abs(bias))) { $0 + Double(abs($1)) })
  }

  /// Whether the cells add up to the score within rounding.
  ///
  /// |residual| ≤ 1e-4 · max(|score|, Σ|cells|)
  package var addsUp: Bool { abs(residual) <= 1e-4 * max(abs(score), magnitude) }

  private func forEachCell(_ start: Double, _ combine: (Double, Float) -> Double) -> Double {
    var result = sequence.reduce(start, combine)
    for row in sequence.indices {
      for relation in 0..<relationCount {
        result = combine(result, cell(row: row, relation: relation))
      }
    }
    return result
  }
}
