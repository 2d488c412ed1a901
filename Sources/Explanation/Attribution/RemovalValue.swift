import KSRNumerics

/// What a step takes away on average, each other step being kept with probability .8: a weighted
/// Banzhaf value (Li and Yu, 2023), by least squares through the whole history.
///
///     φ = argmin Σ_R w_R (v(all) − v(all without R) − Σ_{t ∈ R} φ_t)² + ridge |φ|²
///
/// over each step alone and random sets R of steps, v being ``AttributionQuestion``'s quantity once
/// the model has run without them. Where there are few steps every set is tried, and its weight is
/// its probability; the value then has no noise. Single values do not add up to what the history
/// as a whole is worth: items stand in for one another. ``together(_:_:beside:)`` says how much several
/// carry together.
struct RemovalValue: Attribution {
  let id: String
  let name: String
  let quantity: AttributedQuantity
  let runsModel = true

  /// The column of an explanation is that of log p.
  var column: AttributionColumn? {
    guard quantity == .logProbability else { return nil }
    return AttributionColumn(
      name: "removal", short: "removal",
      meaning: "what is lost without it on average, each other step staying with probability .8")
  }

  /// Of log p of the item.
  static let ofLogProbability = RemovalValue(
    id: "removalOfLogProbability", name: "removal value of log p", quantity: .logProbability)
  /// Of the score.
  static let ofScore = RemovalValue(
    id: "removal", name: "removal value", quantity: .score)

  /// How many histories are read in all, the whole one aside; at least as many random ones as steps.
  private static let runs = 300
  static let removing = 0.2
  static let ridge = 1e-3
  private static let stream: UInt64 = 0x5245_4D4F

  func stepAblations(_ question: AttributionQuestion) -> [Ablation] {
    removals(question).map { question.without($0.steps) } + [question.withoutHistory]
  }

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    let count = question.window.count
    var equations = LeastSquares(count: count, ridge: Self.ridge)
    for removal in removals(question) {
      guard let loss = runs.loss(of: quantity, under: question.without(removal.steps)) else {
        continue
      }
      equations.add(ones: removal.steps, equal: loss, weight: removal.weight)
    }
    // Until a step has been removed once, nothing is known of it but the ridge's 0.
    let alone = (0..<count).map { runs[question.without([$0])] != nil }
    guard let values = equations.solution() else { return alone.map { _ in nil } }
    return zip(values, alone).map { $1 ? $0 : nil }
  }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? { nil }

  /// What single steps do not carry; nil where a run is missing.
  ///
  /// With it, the values of all steps add up to what the quantity loses without any history.
  ///
  /// - Parameter values: those of ``steps(_:_:)``.
  func together(
    _ question: AttributionQuestion, _ runs: AblationOutcomes, beside values: [Double?]
  ) -> Double? {
    guard let whole = runs.loss(of: quantity, under: question.withoutHistory),
      !values.contains(nil)
    else { return nil }
    return whole - values.reduce(0) { $0 + ($1 ?? 0) }
  }

  /// Each step alone, then the random sets, each once with the number of times that it was drawn.
  func removals(_ question: AttributionQuestion) -> [WeightedSteps] {
    let count = question.window.count
    let alone = (0..<count).map { WeightedSteps(steps: [$0], weight: 1) }
    let drawn = max(Self.runs - count, count)
    if count < 63, 1 << count <= drawn {
      let all = (1..<1 << count).map { mask in (0..<count).filter { mask >> $0 & 1 == 1 } }
      return alone
        + all.map { steps in
          var share = 1.0
          for step in 0..<count {
            share *= steps.contains(step) ? Self.removing : 1 - Self.removing
          }
          return WeightedSteps(steps: steps, weight: Double(drawn) * share)
        }
    }
    var generator = question.generator(Self.stream)
    var sets = DrawnSteps()
    for _ in 0..<drawn {
      let steps = (0..<count).filter { _ in generator.unit() < Self.removing }
      if !steps.isEmpty { sets.add(steps) }
    }
    return alone + sets.weighted()
  }
}
