import KSRNumerics

/// The Shapley value of each step of the window, absence meaning that the step is removed.
///
/// Kernel SHAP (Lundberg and Lee, 2017), in pairs of a set and its complement (Covert and Lee, 2021).
/// Sizes are enumerated whole from both ends as far as the runs go, the others drawn; where there are
/// few steps every set is tried, and the values are exact.
///
///     φ = argmin Σ_S k(|S|) (v(S) − v(∅) − Σ_{t ∈ S} φ_t)²    with Σ φ = v(all) − v(∅)
///     k(s) = (T − 1) / (C(T, s) s (T − s))
struct ShapleyValue: Attribution {
  let id: String
  let name: String
  let quantity: AttributedQuantity
  let runsModel = true
  let addsUp = true

  static let ofLogProbability = ShapleyValue(
    id: "shapleyOfLogProbability", name: "Shapley value of log p", quantity: .logProbability)
  static let ofScore = ShapleyValue(id: "shapley", name: "Shapley value", quantity: .score)

  /// How many histories are read, and up to how many steps every set is.
  private static let runs = 1000
  private static let exactSteps = 12
  private static let stream: UInt64 = 0x5348_4150

  func stepAblations(_ question: AttributionQuestion) -> [Ablation] {
    coalitions(question).map { question.without(missing($0, question)) } + [question.withoutAll]
  }

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    let count = question.window.count
    let unknown = [Double?](repeating: nil, count: count)
    guard let whole = runs.loss(of: quantity, under: question.withoutAll) else { return unknown }
    guard count > 1 else { return [whole] }
    var equations = LeastSquares(count: count)
    for coalition in coalitions(question) {
      guard
        let loss = runs.loss(of: quantity, under: question.without(missing(coalition, question)))
      else { return unknown }
      equations.add(ones: coalition.steps, equal: whole - loss, weight: coalition.weight)
    }
    return equations.solution(sum: whole).map { $0.map(Optional.some) } ?? unknown
  }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? { nil }

  private func missing(_ coalition: WeightedSteps, _ question: AttributionQuestion) -> [Int] {
    let kept = Set(coalition.steps)
    return (0..<question.window.count).filter { !kept.contains($0) }
  }

  /// All sets of steps that stay, but the empty and the whole one.
  private func coalitions(_ question: AttributionQuestion) -> [WeightedSteps] {
    let count = question.window.count
    guard count > 1 else { return [] }
    // Σ k over the sets of a size.
    var left = (0...count).map { size in
      size == 0 || size == count ? 0 : Double(count - 1) / Double(size * (count - size))
    }
    var budget = count <= Self.exactSteps ? 1 << count : max(Self.runs, 4 * count)
    var coalitions: [WeightedSteps] = []
    var size = 1
    while size <= count - size {
      let pair = size == count - size ? [size] : [size, count - size]
      let number = Self.combinations(count, size)
      let share = pair.reduce(0) { $0 + left[$1] } / left.reduce(0, +)
      // A size is whole if the runs that are its due would cover it.
      guard Double(budget) * share >= number * Double(pair.count) || count <= Self.exactSteps
      else { break }
      for size in pair {
        for kept in Self.subsets(of: count, size: size) {
          coalitions.append(WeightedSteps(steps: kept, weight: left[size] / number))
        }
        left[size] = 0
        budget -= Int(number)
      }
      size += 1
    }
    return coalitions + drawn(budget, left, question)
  }

  /// Random sets of the sizes that are left, each with its complement.
  private func drawn(
    _ budget: Int, _ left: [Double], _ question: AttributionQuestion
  ) -> [WeightedSteps] {
    let (count, whole) = (left.count - 1, left.reduce(0, +))
    guard whole > 0, budget > 1 else { return [] }
    var generator = question.generator(Self.stream)
    var sets = DrawnSteps()
    for _ in 0..<budget / 2 {
      var place = generator.unit() * whole
      var size = 0
      while size < count - 1, place >= left[size] {
        place -= left[size]
        size += 1
      }
      var steps = Array(0..<count)
      generator.shuffle(&steps)
      sets.add(steps.prefix(size).sorted())
      sets.add(steps.dropFirst(size).sorted())
    }
    return sets.weighted(whole / Double(2 * (budget / 2)))
  }

  static func combinations(_ n: Int, _ k: Int) -> Double {
    (0..<k).reduce(1.0) { ($0 * Double(n - $1) / Double($1 + 1)).rounded() }
  }

  /// All sets of a size, in lexical order.
  static func subsets(of count: Int, size: Int) -> [[Int]] {
    guard size > 0 else { return [[]] }
    var found: [[Int]] = []
    var places = Array(0..<size)
    while true {
      found.append(places)
      guard let i = places.indices.last(where: { places[$0] < count - size + $0 }) else {
        return found
      }
      places[i] += 1
      for j in places.indices.dropFirst(i + 1) { places[j] = places[j - 1] + 1 }
    }
  }
}
