import Evaluation
import KSRNumerics
import Randomness

/// How well each method did, with intervals over viewers.
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
  }

  /// All measures of one method.
  package struct Row: Sendable, Encodable {
    private enum CodingKeys: String, CodingKey { case explainer, measurements }

    /// The method's ``Attribution/id``.
    package let explainer: String
    package let name: String
    package let measurements: [Measurement]

    package subscript(measure: FidelityMeasure) -> Measurement? {
      measurements.first { $0.measure == measure }
    }
  }

  package let subject: FidelityStudy.Subject
  /// The number of viewers, one choice each.
  package let caseCount: Int
  /// The rows, in the order of ``Attributions/all``.
  package let rows: [Row]
  /// The mean of |residual| / max(|score|, Σ|cells|) of the contributions.
  package let meanResidual: Double
  package let largestResidual: Double

  /// The row of a method by its ``Attribution/id``.
  package subscript(id: String) -> Row? { rows.first { $0.explainer == id } }

  init(
    subject: FidelityStudy.Subject, viewers: [Int], scored: [[CaseMeasures]],
    residuals: [Double], seed: UInt64
  ) {
    self.subject = subject
    caseCount = scored.count
    meanResidual = residuals.isEmpty ? 0 : residuals.reduce(0, +) / Double(residuals.count)
    largestResidual = residuals.max() ?? 0
    func interval(_ values: [Double?]) -> MeanInterval {
      // The same resamples for every method.
      var generator = SeededGenerator(seed: seed)
      let known = zip(values, viewers).filter { $0.0 != nil }
      return MeanInterval(
        known.map { $0.0 ?? 0 }, users: known.map(\.1), generator: &generator)
    }
    func means(_ method: Int, _ measure: FidelityMeasure) -> [Double?] {
      scored.map { Self.mean($0[method].values[measure] ?? []) }
    }
    rows = Attributions.all.enumerated().map { place, method in
      let measurements = FidelityMeasure.allCases.compactMap { measure -> Measurement? in
        let own = means(place, measure)
        let defined = own.count { $0 != nil }
        guard defined > 0 else { return nil }
        let values = scored.map { $0[place].values[measure] ?? [] }
        let sizes = values.map(\.count).max() ?? 0
        let exact = means(0, measure)
        return Measurement(
          measure: measure, caseCount: defined, mean: interval(own),
          bySize: (0..<sizes).map { k in
            interval(values.map { $0.indices.contains(k) ? $0[k] : nil })
          },
          exactLessThis: place == 0
            ? nil
            : interval(
              zip(exact, own).map { exact, own in
                exact.flatMap { exact in own.map { exact - $0 } }
              }))
      }
      return Row(explainer: method.id, name: method.name, measurements: measurements)
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
  /// The item's probability less that without the k slots named first, up to half of them.
  case slotComprehensiveness
  /// The item's probability less that with the k slots named first and no others; small is good.
  case slotSufficiency
  /// Kendall's τ of the slots' weights with leaving a slot out.
  case slotAgreement
  /// The share of slots without which the score moves against the sign of their weight.
  case slotViolations
}
