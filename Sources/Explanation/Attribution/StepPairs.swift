import KSRNumerics

/// Two steps whose removal together costs clearly more, or less, than their removals one by one.
///
///     v(all) − v(all without R) ≈ Σ_{t ∈ R} φ_t + Σ_{pairs ⊆ R} β        over the runs of ``RemovalValue``
///
/// β > 0: the two say the same, for each is missed only when the other is gone, too. β < 0: they need
/// each other, for without one the other is worth less.
package struct StepPair: Sendable, Equatable {
  /// Steps of the history, from 0, in ascending order.
  package let first: Int
  package let second: Int
  /// β, in the quantity of the removal values.
  package let amount: Float
  /// The standard error of ``amount``.
  package let error: Float

  package var isAlike: Bool { amount > 0 }

  /// An interaction counts from so many standard errors on: among the 435 pairs of 30 steps one in
  /// twenty histories has one by chance.
  private static let threshold = 4.0
  private static let least = 0.1
  private static let most = 5

  /// The pairs of a question whose runs are made, the largest first.
  ///
  /// One pair is added at a time, the one that explains most of what is left over, and all are fitted
  /// anew.
  static func found(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [StepPair] {
    let count = question.window.count
    let removing = RemovalValue.removing
    let rows = Attributions.leading.removals(question).compactMap { removal in
      runs.loss(of: Attributions.leading.quantity, under: question.without(removal.steps)).map {
        (steps: removal.steps, loss: $0, weight: removal.weight)
      }
    }
    // Each step alone says nothing of pairs.
    let whole = rows.reduce(0) { $0 + ($1.steps.count > 1 ? $1.weight : 0) }
    guard count > 2, whole > 0 else { return [] }
    var pairs: [(Int, Int)] = []
    func places(_ steps: [Int]) -> [Int] {
      let gone = Set(steps)
      return steps
        + pairs.indices.filter { gone.contains(pairs[$0].0) && gone.contains(pairs[$0].1) }
        .map { count + $0 }
    }
    while true {
      var equations = LeastSquares(count: count + pairs.count, ridge: RemovalValue.ridge)
      for row in rows {
        equations.add(ones: places(row.steps), equal: row.loss, weight: row.weight)
      }
      guard let values = equations.solution() else { return [] }
      // Over random removals (x_s − p)(x_t − p) goes along with no single step and no other pair.
      var (left, squares) = ([Double](repeating: 0, count: count * count), 0.0)
      for row in rows {
        let rest = row.loss - places(row.steps).reduce(0) { $0 + values[$1] }
        squares += row.weight * rest * rest
        var centred = [Double](repeating: -removing, count: count)
        for step in row.steps { centred[step] += 1 }
        for s in 1..<count {
          let product = row.weight * rest * centred[s]
          for t in 0..<s { left[s * count + t] += product * centred[t] }
        }
      }
      let spread = removing * (1 - removing)
      let error = (squares / whole).squareRoot() / (whole.squareRoot() * spread)
      func result() -> [StepPair] {
        pairs.enumerated().map { place, pair in
          StepPair(
            first: question.window.lowerBound + pair.0, second: question.window.lowerBound + pair.1,
            amount: Float(values[count + place]), error: Float(error))
        }.filter { abs($0.amount) >= Float(max(least, threshold * error)) }
          .sorted { abs($0.amount) > abs($1.amount) }
      }
      guard pairs.count < most, error > 0 else { return result() }
      var best = (size: 0.0, pair: (0, 0))
      for s in 1..<count {
        for t in 0..<s where !pairs.contains(where: { $0 == (t, s) }) {
          let size = abs(left[s * count + t]) / (whole * spread * spread)
          if size > best.size { best = (size, (t, s)) }
        }
      }
      guard best.size >= threshold * error else { return result() }
      pairs.append(best.pair)
    }
  }
}
