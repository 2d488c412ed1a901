import Evaluation

/// A metric and the length of the list that it looks at, as in `valid_metric: NDCG@10`.
package struct ValidationMetric: Sendable, Hashable, CustomStringConvertible {
  package let kind: MetricKind
  package let k: Int

  package init(_ kind: MetricKind, at k: Int) {
    self.kind = kind
    self.k = k
  }

  /// A metric of ranks written as `NDCG@10`: what the best epoch may be chosen by.
  package init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = MetricKind(name: String(parts[0])), !kind.isOfLists,
      let k = Int(parts[1]), (1...Self.longestList).contains(k)
    else { return nil }
    self.init(kind, at: k)
  }

  static let longestList = 1_000_000

  /// Those that can choose an epoch.
  static let names = MetricKind.ofRanks.map(\.rawValue).joined(separator: ", ")

  /// The metric as it is written: `NDCG@10`.
  package var description: String { "\(kind.rawValue)@\(k)" }

  /// The metric's value for the ranks of the targets, and what was recommended, where it asks for that.
  package func value(ranks: [Double], lists: RecommendedLists? = nil) -> Double {
    kind.isOfLists
      ? lists?.value(kind, k: k) ?? 0 : RankingMetrics(ranks: ranks, k: k).value(kind)
  }
}
