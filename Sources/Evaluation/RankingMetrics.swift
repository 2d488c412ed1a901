import Foundation

/// Metrics of a ranking with one right answer per case, as RecBole defines them.
package struct RankingMetrics: Sendable, Equatable {
  /// The length k of the list that counts.
  package let k: Int
  package let count: Int
  /// Share of cases whose target is among the first k; with one target this is Recall too.
  package let hit: Double
  /// Mean of 1/rank where the rank is at most k.
  package let mrr: Double
  /// Mean of 1/log₂(rank + 1) where the rank is at most k.
  package let ndcg: Double
  /// Share of the lists' places that hold the target.
  package var precision: Double { hit / Double(k) }
  /// Share of the targets that are in the list.
  package var recall: Double { hit }
  /// Mean over the targets of the precision down to each; with one target this is MRR.
  package var map: Double { mrr }

  /// The metrics of the targets' ranks.
  package init(ranks: some Collection<Double>, k: Int = 10) {
    self.k = k
    count = ranks.count
    let n = Double(max(1, ranks.count))
    hit = ranks.reduce(0) { $0 + ($1 <= Double(k) ? 1 : 0) } / n
    mrr = ranks.reduce(0) { $0 + ($1 <= Double(k) ? 1 / $1 : 0) } / n
    ndcg = ranks.reduce(0) { $0 + Self.gain(rank: $1, k: k) } / n
  }

  /// What one case adds to NDCG@k.
  package static func gain(rank: Double, k: Int = 10) -> Double {
    rank <= Double(k) ? 1 / log2(rank + 1) : 0
  }

  /// Names and values, in the order of RecBole's table.
  package var named: [(name: String, value: Double)] {
    [
      ("Hit@\(k)", hit), ("MRR@\(k)", mrr), ("NDCG@\(k)", ndcg), ("Recall@\(k)", recall),
      ("Precision@\(k)", precision), ("MAP@\(k)", map),
    ]
  }
}
