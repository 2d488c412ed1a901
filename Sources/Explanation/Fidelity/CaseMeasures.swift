import Evaluation
import KSRModel

/// The measures of one explanation: for each a number by k, or a single one; nil where undefined.
struct CaseMeasures: Sendable {
  private(set) var values: [FidelityMeasure: [Double?]] = [:]

  /// The curves of deletion and insertion.
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
  }

  /// The same for slots, and what happens without the first of them, and with no others.
  mutating func addSlots(
    _ weights: [Double], effects: [Double], full: AblationOutcome,
    _ question: AttributionQuestion, reruns: BatchedRuns
  ) {
    values[.slotAgreement] = [RankAgreement.kendall(weights, effects)]
    values[.slotViolations] = [RankAgreement.violations(weights, effects: effects)]
    func drop(reading slots: [Int]) -> Double {
      let preference = question.network.preference(
        question.trace, row: question.row, reading: slots)
      return full.probability - reruns.outcome(under: preference, of: question.item).probability
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
  static func kendall(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "lists of \(x.count) and \(y.count)")
    var (agreeing, onlyX, onlyY) = (0, 0, 0)
    for i in x.indices {
      for j in 0..<i {
        let (a, b) = (sign(x[i] - x[j]), sign(y[i] - y[j]))
        agreeing += a * b
        if a != 0 { onlyX += 1 }
        if b != 0 { onlyY += 1 }
      }
    }
    guard onlyX > 0, onlyY > 0 else { return nil }
    return Double(agreeing) / (Double(onlyX) * Double(onlyY)).squareRoot()
  }

  /// The share of weights whose sign opposes what really happened; nil where nothing happened.
  static func violations(_ weights: [Double], effects: [Double]) -> Double? {
    precondition(weights.count == effects.count)
    let felt = zip(weights, effects).filter { $0.1 != 0 }
    guard !felt.isEmpty else { return nil }
    return Double(felt.count { $0.0 * $0.1 < 0 }) / Double(felt.count)
  }

  /// The places of the weights, the largest first; of equal weights the later place.
  static func order(_ weights: [Double]) -> [Int] {
    weights.indices.sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 > $1 }
  }

  private static func sign(_ x: Double) -> Int { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
