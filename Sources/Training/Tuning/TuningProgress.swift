/// What is known of a tuning's trials, and what follows for those to come.
///
/// The order in which parallel trials end plays no part: patience and the best trial look at the
/// trials by number, and what ran beyond the one at which patience ended does not count.
package struct TuningProgress: Sendable {
  package let planned: Int
  /// Stop after so many trials in a row without a better one; nil for never.
  package let patience: Int?
  package private(set) var records: [Int: TrialRecord] = [:]
  package private(set) var lastTrial: Int?
  /// The number of trials from the first on that have all ended.
  private var contiguous = 0
  private var bestScore = -Double.infinity
  private var sinceBest = 0
  private var bestOfContiguous: Int?

  /// Nothing has been tried yet.
  package init(planned: Int, patience: Int?) {
    (self.planned, self.patience) = (planned, patience)
  }

  /// Takes what came of a trial.
  package mutating func take(_ record: TrialRecord) {
    records[record.trial] = record
    while lastTrial == nil, let next = records[contiguous + 1] {
      contiguous += 1
      if let score = next.score, score > bestScore {
        (bestScore, sinceBest, bestOfContiguous) = (score, 0, next.trial)
      } else {
        sinceBest += 1
      }
      if let patience, sinceBest >= patience { lastTrial = contiguous }
    }
  }

  package var isFinished: Bool { lastTrial != nil || records.count >= planned }

  package var counted: [TrialRecord] {
    records.values.filter { $0.trial <= lastTrial ?? planned }.sorted { $0.trial < $1.trial }
  }

  /// The first of the trials with the largest score.
  package var best: TrialRecord? {
    counted.filter { $0.score != nil }
      .max { ($0.score ?? 0, $1.trial) < ($1.score ?? 0, $0.trial) }
  }
}
