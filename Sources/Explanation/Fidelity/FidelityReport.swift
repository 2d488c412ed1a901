import Evaluation
import KSRNumerics
import Randomness

/// How well each explainer did, with intervals over viewers.
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

  /// All measures of one explainer.
  package struct Row: Sendable, Encodable {
    package let explainer: Explainer
    package let measurements: [Measurement]

    package subscript(measure: FidelityMeasure) -> Measurement? {
      measurements.first { $0.measure == measure }
    }
  }

  package let subject: FidelityStudy.Subject
  /// The number of viewers, one choice each.
  package let caseCount: Int
  /// The rows, in the order of ``Explainer``.
  package let rows: [Row]
  /// The mean of |residual| / max(|score|, Σ|cells|) of the contributions.
  package let meanResidual: Double
  package let largestResidual: Double

  package subscript(explainer: Explainer) -> Row? { rows.first { $0.explainer == explainer } }

  init(
    subject: FidelityStudy.Subject, viewers: [Int], scored: [[Explainer: CaseMeasures]],
    residuals: [Double], seed: UInt64
  ) {
    self.subject = subject
    caseCount = scored.count
    meanResidual = residuals.isEmpty ? 0 : residuals.reduce(0, +) / Double(residuals.count)
    largestResidual = residuals.max() ?? 0
    func interval(_ values: [Double?]) -> MeanInterval {
      // The same resamples for every explainer.
      var generator = SeededGenerator(seed: seed)
      let known = zip(values, viewers).filter { $0.0 != nil }
      return MeanInterval(
        known.map { $0.0 ?? 0 }, users: known.map(\.1), generator: &generator)
    }
    func means(_ explainer: Explainer, _ measure: FidelityMeasure) -> [Double?] {
      scored.map { Self.mean($0[explainer]?.values[measure] ?? []) }
    }
    rows = Explainer.allCases.map { explainer in
      let measurements = FidelityMeasure.allCases.compactMap { measure -> Measurement? in
        let own = means(explainer, measure)
        let defined = own.count { $0 != nil }
        guard defined > 0 else { return nil }
        let values = scored.map { $0[explainer]?.values[measure] ?? [] }
        let sizes = values.map(\.count).max() ?? 0
        let exact = means(.contributions, measure)
        return Measurement(
          measure: measure, caseCount: defined, mean: interval(own),
          bySize: (0..<sizes).map { k in
            interval(values.map { $0.indices.contains(k) ? $0[k] : nil })
          },
          exactLessThis: explainer == .contributions
            ? nil
            : interval(
              zip(exact, own).map { exact, own in
                exact.flatMap { exact in own.map { exact - $0 } }
              }))
      }
      return Row(explainer: explainer, measurements: measurements)
    }
  }

  private static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
