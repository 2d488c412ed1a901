import Evaluation
import KSRModel
import KSRNumerics
import Randomness

/// How well each method did, with intervals over users.
package struct FidelityReport: Sendable, Encodable {
  package struct Measurement: Sendable, Encodable {
    package let measure: FidelityMeasure
    /// How many cases it is defined for.
    package let caseCount: Int
    /// The mean over all k; of a single number, that number.
    package let mean: MeanInterval
    /// By k from 1; one entry for what has no k.
    package let bySize: [MeanInterval]
    /// The mean of the exact contributions less this one's, case by case; nil for themselves.
    package let exactLessThis: MeanInterval?
    /// The same of ``Attributions/leading``.
    package let removalLessThis: MeanInterval?
  }

  /// How well sums of a method's values forecast what is lost of its quantity, and how much of the whole
  /// they hand out.
  package struct Forecast: Sendable, Encodable {
    /// 1 − Σ (Σφ − loss)² / Σ loss² over random removals of 2, 3 and 5 steps, drawn apart from those
    /// that the methods use: 0 is forecasting that nothing is lost.
    package let few: MeanInterval
    /// The same over removals of half of the steps.
    package let half: MeanInterval
    /// Σφ of all steps over what is lost without all of them; the remainder is carried together.
    package let handedOut: MeanInterval
    /// Σφ of the five steps named first over what is lost without them.
    package let firstFive: MeanInterval
  }

  package struct Row: Sendable, Encodable {
    private enum CodingKeys: String, CodingKey { case explainer, measurements, forecast }

    /// The method's ``Attribution/id``.
    package let explainer: String
    package let name: String
    package let measurements: [Measurement]
    /// Nil for a method that says nothing of a quantity.
    package let forecast: Forecast?

    package subscript(measure: FidelityMeasure) -> Measurement? {
      measurements.first { $0.measure == measure }
    }
  }

  package let subject: FidelityStudy.Subject
  /// The number of users, one choice each.
  package let caseCount: Int
  /// The rows, in the order of ``Attributions/all``; then the greedy bound, which takes away at each k the
  /// step that costs log p most, by trying each.
  package let rows: [Row]
  /// The mean of |residual| / max(|score|, Σ|cells|) of the contributions.
  package let meanResidual: Double
  package let largestResidual: Double

  /// The row of a method by its ``Attribution/id``.
  package subscript(id: String) -> Row? { rows.first { $0.explainer == id } }

  init(
    subject: FidelityStudy.Subject, users: [Int], scored: [[CaseMeasures]],
    residuals: [Double], seed: UInt64
  ) {
    self.subject = subject
    caseCount = scored.count
    meanResidual = residuals.isEmpty ? 0 : residuals.reduce(0, +) / Double(residuals.count)
    largestResidual = residuals.max() ?? 0
    func interval(_ values: [Double?]) -> MeanInterval {
      // The same resamples for every method.
      var generator = SeededGenerator(seed: seed)
      let known = zip(values, users).filter { $0.0 != nil }
      return MeanInterval(
        known.map { $0.0 ?? 0 }, users: known.map(\.1), generator: &generator)
    }
    func means(_ method: Int, _ measure: FidelityMeasure) -> [Double?] {
      scored.map { Self.mean($0[method].values[measure] ?? []) }
    }
    let leading = Attributions.all.firstIndex { $0.id == Attributions.leading.id }
    func less(_ place: Int?, _ method: Int, _ measure: FidelityMeasure) -> MeanInterval? {
      guard let place, place != method else { return nil }
      let differences = zip(means(place, measure), means(method, measure)).map { a, b in
        a.flatMap { a in b.map { a - $0 } }
      }
      return differences.contains { $0 != nil } ? interval(differences) : nil
    }
    func ratio(
      _ method: Int, _ parts: (CaseMeasures.Forecast) -> (sum: Double, whole: Double)
    ) -> MeanInterval {
      var generator = SeededGenerator(seed: seed)
      let known = zip(scored.map { $0[method].forecast.map(parts) }, users).filter { $0.0 != nil }
      return MeanInterval(
        known.map { $0.0?.sum ?? 0 }, over: known.map { $0.0?.whole ?? 0 }, users: known.map(\.1),
        generator: &generator)
    }
    let names = Attributions.all.map { ($0.id, $0.name) } + [("greedy", "greedy bound")]
    rows = names.enumerated().map { place, method in
      let measurements = FidelityMeasure.allCases.compactMap { measure -> Measurement? in
        let own = means(place, measure)
        let defined = own.count { $0 != nil }
        guard defined > 0 else { return nil }
        let values = scored.map { $0[place].values[measure] ?? [] }
        let sizes = values.map(\.count).max() ?? 0
        return Measurement(
          measure: measure, caseCount: defined, mean: interval(own),
          bySize: (0..<sizes).map { k in
            interval(values.map { $0.indices.contains(k) ? $0[k] : nil })
          },
          exactLessThis: less(0, place, measure), removalLessThis: less(leading, place, measure))
      }
      let isForecast = scored.contains { $0[place].forecast != nil }
      return Row(
        explainer: method.0, name: method.1, measurements: measurements,
        forecast: !isForecast
          ? nil
          : Forecast(
            few: ratio(place) { ($0.few.whole - $0.few.error, $0.few.whole) },
            half: ratio(place) { ($0.half.whole - $0.half.error, $0.half.whole) },
            handedOut: ratio(place) { ($0.sum, $0.whole) },
            firstFive: ratio(place) { ($0.firstFive, $0.firstFiveLoss) }))
    }
  }

  private static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}

package enum FidelityMeasure: String, Sendable, CaseIterable, Codable {
  /// The item's probability less that without the k steps named first.
  case deletionProbability
  /// Its gain in NDCG@10 less that without the k steps named first.
  case deletionNDCG
  /// Its probability with the k steps named first and no others.
  case insertionProbability
  /// Its gain in NDCG@10 with the k steps named first and no others.
  case insertionNDCG
  /// Whether an item among the first 10 is no longer there without the k steps named first.
  case necessity
  /// Whether an item among the first 10 is still there with the k steps named first and no others.
  case sufficiency
  /// The share of the k steps named first that are the k most recent: how far a method can
  /// differ from recency at all.
  case recentShare
  /// Kendall's τ of the steps' weights with leave-one-out.
  case stepAgreement
  /// The share of steps without which the score moves against the sign of their weight.
  case stepViolations
  /// Kendall's τ, each pair of steps weighed by how far apart leave-one-out has them.
  case stepAgreementByEffect
  /// The share of what leave-one-out sees at steps without which the score moves against the sign of
  /// their weight.
  case stepViolationsByEffect
  /// The item's probability less that without the k slots named first, up to half of them.
  case slotComprehensiveness
  /// The item's probability less that with the k slots named first and no others; small is good.
  case slotSufficiency
  /// Kendall's τ of the slots' weights with leaving a slot out.
  case slotAgreement
  /// The share of slots without which the score moves against the sign of their weight.
  case slotViolations
}

/// The measures of one explanation: for each a number by k, or a single one; nil where undefined.
struct CaseMeasures: Sendable {
  private(set) var values: [FidelityMeasure: [Double?]] = [:]
  var forecast: Forecast?

  /// Squares and sums over the random removals of a case.
  struct Forecast: Sendable {
    /// Σ (Σφ − loss)² and Σ loss².
    var few = (error: 0.0, whole: 0.0)
    var half = (error: 0.0, whole: 0.0)
    /// Σφ of all steps, and what is lost without all of them.
    var sum = 0.0
    var whole = 0.0
    var firstFive = 0.0
    var firstFiveLoss = 0.0

    /// - Parameters:
    ///   - removals: places in the window.
    ///   - loss: what is lost without steps.
    init(_ weights: [Double], few: [[Int]], half: [[Int]], order: [Int], loss: ([Int]) -> Double) {
      func squares(_ removals: [[Int]]) -> (Double, Double) {
        removals.reduce((0, 0)) { squares, steps in
          let real = loss(steps)
          let error = steps.reduce(-real) { $0 + weights[$1] }
          return (squares.0 + error * error, squares.1 + real * real)
        }
      }
      (self.few, self.half) = (squares(few), squares(half))
      sum = weights.reduce(0, +)
      let five = order.prefix(5)
      firstFive = five.reduce(0) { $0 + weights[$1] }
      firstFiveLoss = loss(five.sorted())
    }
  }

  mutating func addCurves(full: AblationOutcome, _ outcomes: CurveOutcomes) {
    let isListed = full.rank <= Double(FidelityStudy.listLength)
    let gain = Self.gain(full)
    values[.deletionProbability] = outcomes.map { full.probability - $0.without.probability }
    values[.deletionNDCG] = outcomes.map { gain - Self.gain($0.without) }
    values[.insertionProbability] = outcomes.map(\.only.probability)
    values[.insertionNDCG] = outcomes.map { Self.gain($0.only) }
    values[.necessity] = outcomes.map { isListed ? 1 - Self.listed($0.without) : nil }
    values[.sufficiency] = outcomes.map { isListed ? Self.listed($0.only) : nil }
  }

  /// How many of the steps named first are the last of `count`.
  mutating func addOrder(_ order: [Int], of count: Int) {
    values[.recentShare] = FidelityStudy.sizes.map { k in
      Double(order.prefix(k).count { $0 >= count - k }) / Double(k)
    }
  }

  /// How the steps' weights go along with what really happens without each of them.
  mutating func addSteps(_ weights: [Double], effects: [Double]) {
    values[.stepAgreement] = [RankAgreement.kendall(weights, effects)]
    values[.stepViolations] = [RankAgreement.violations(weights, effects: effects)]
    values[.stepAgreementByEffect] = [RankAgreement.kendall(weights, effects, byEffect: true)]
    values[.stepViolationsByEffect] = [
      RankAgreement.violations(weights, effects: effects, byEffect: true)
    ]
  }

  /// The same for slots, and what happens without the first of them, and with no others.
  mutating func addSlots(
    _ weights: [Double], effects: [Double], full: AblationOutcome,
    _ question: AttributionQuestion, reruns: BatchedRuns
  ) {
    values[.slotAgreement] = [RankAgreement.kendall(weights, effects)]
    values[.slotViolations] = [RankAgreement.violations(weights, effects: effects)]
    func drop(reading slots: [Int]) -> Double {
      full.probability
        - reruns.outcome(under: question.terms(reading: slots), of: question.item).probability
    }
    let order = RankAgreement.order(weights)
    let sizes = 1...max(1, order.count / 2)
    values[.slotComprehensiveness] = sizes.map { drop(reading: order.dropFirst($0).sorted()) }
    values[.slotSufficiency] = sizes.map { drop(reading: order.prefix($0).sorted()) }
  }

  private static func gain(_ outcome: AblationOutcome) -> Double {
    RankingMetrics.gain(rank: outcome.rank, k: FidelityStudy.listLength)
  }

  private static func listed(_ outcome: AblationOutcome) -> Double {
    outcome.rank <= Double(FidelityStudy.listLength) ? 1 : 0
  }
}

/// How far two lists of weights agree.
enum RankAgreement {
  /// Kendall's τ-b of two lists of the same length; nil where one of them is constant.
  ///
  /// - Parameter byEffect: whether a pair weighs as much as its two y differ.
  static func kendall(_ x: [Double], _ y: [Double], byEffect: Bool = false) -> Double? {
    precondition(x.count == y.count, "lists of \(x.count) and \(y.count)")
    var (agreeing, onlyX, onlyY) = (0.0, 0.0, 0.0)
    for i in x.indices {
      for j in 0..<i {
        let (a, b) = (sign(x[i] - x[j]), sign(y[i] - y[j]))
        let weight = byEffect ? abs(y[i] - y[j]) : 1
        agreeing += a * b * weight
        if a != 0 { onlyX += weight }
        if b != 0 { onlyY += weight }
      }
    }
    guard onlyX > 0, onlyY > 0 else { return nil }
    return agreeing / (onlyX * onlyY).squareRoot()
  }

  /// The share of weights whose sign opposes what really happened; nil where nothing happened.
  ///
  /// - Parameter byEffect: whether each counts as much as what happened.
  static func violations(
    _ weights: [Double], effects: [Double], byEffect: Bool = false
  ) -> Double? {
    precondition(weights.count == effects.count)
    let felt = zip(weights, effects).filter { $0.1 != 0 }
    guard !felt.isEmpty else { return nil }
    func size(_ effect: Double) -> Double { byEffect ? abs(effect) : 1 }
    return felt.filter { $0.0 * $0.1 < 0 }.reduce(0) { $0 + size($1.1) }
      / felt.reduce(0) { $0 + size($1.1) }
  }

  /// The places of the weights, the largest first; of equal weights the later place.
  static func order(_ weights: [Double]) -> [Int] {
    weights.indices.sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 > $1 }
  }

  private static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
