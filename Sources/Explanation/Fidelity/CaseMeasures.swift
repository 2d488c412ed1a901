import Evaluation
import KSRModel

/// The measures of one explanation: for each a number by k, or a single one; nil where undefined.
struct CaseMeasures: Sendable {
  private(set) var values: [FidelityMeasure: [Double?]] = [:]

  /// The curves of deletion and insertion.
  mutating func addCurves(full: Reruns.Answer, _ answers: CurveAnswers) {
    let isListed = full.rank <= Double(FidelityStudy.listLength)
    let gain = Self.gain(full)
    values[.deletionProbability] = answers.map { full.probability - $0.without.probability }
    values[.deletionNDCG] = answers.map { gain - Self.gain($0.without) }
    values[.insertionProbability] = answers.map(\.only.probability)
    values[.insertionNDCG] = answers.map { Self.gain($0.only) }
    values[.necessity] = answers.map { isListed ? 1 - Self.listed($0.without) : nil }
    values[.sufficiency] = answers.map { isListed ? Self.listed($0.only) : nil }
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
    _ weights: [Double], effects: [Double], full: Reruns.Answer, test: FidelityCase, item: Int32,
    reruns: Reruns
  ) {
    values[.slotAgreement] = [RankAgreement.kendall(weights, effects)]
    values[.slotViolations] = [RankAgreement.violations(weights, effects: effects)]
    let (trace, row) = test.states.pass(through: test.step)
    func drop(reading slots: [Int]) -> Double {
      let preference = test.states.network.preference(trace, row: row, reading: slots)
      return full.probability - reruns.standing(preference, of: item).probability
    }
    let order = RankAgreement.order(weights)
    let sizes = 1...max(1, order.count / 2)
    values[.slotComprehensiveness] = sizes.map { drop(reading: order.dropFirst($0).sorted()) }
    values[.slotSufficiency] = sizes.map { drop(reading: order.prefix($0).sorted()) }
  }

  private static func gain(_ answer: Reruns.Answer) -> Double {
    RankingMetrics.gain(rank: answer.rank, k: FidelityStudy.listLength)
  }

  private static func listed(_ answer: Reruns.Answer) -> Double {
    answer.rank <= Double(FidelityStudy.listLength) ? 1 : 0
  }
}
