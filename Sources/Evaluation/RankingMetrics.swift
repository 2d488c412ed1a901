import Foundation
import KSRNumerics
import Randomness

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

  /// The value of a metric of ranks.
  package func value(_ kind: MetricKind) -> Double {
    switch kind {
    case .hit: hit
    case .mrr: mrr
    case .ndcg: ndcg
    case .recall: recall
    case .precision: precision
    case .map: map
    default: preconditionFailure("\(kind.rawValue) is a metric of recommended lists")
    }
  }

  /// Names and values, in the order of RecBole's table.
  package var named: [(name: String, value: Double)] {
    MetricKind.ofRanks.map { ("\($0.rawValue)@\(k)", value($0)) }
  }
}

extension MeanInterval {
  /// The mean of `values` with the middle 95 % of its bootstrap distribution, whole users resampled.
  ///
  /// Steps of one user are not independent, so users are drawn, each with all its cases. For a
  /// paired comparison `values` are the differences between the two models, case by case.
  ///
  /// - Parameters:
  ///   - users: the user of each value.
  ///   - resamples: how many resamples are drawn.
  package init(
    _ values: [Double], users: [Int], resamples: Int = 2000, generator: inout SeededGenerator
  ) {
    self.init(
      values, over: values.map { _ in 1 }, users: users, resamples: resamples,
      generator: &generator)
  }

  /// The sum of `values` over the sum of `weights`, with the same interval.
  package init(
    _ values: [Double], over weights: [Double], users: [Int], resamples: Int = 2000,
    generator: inout SeededGenerator
  ) {
    precondition(values.count == users.count && weights.count == users.count && resamples > 0)
    var sums: [Int: (sum: Double, weight: Double)] = [:]
    for (place, user) in users.enumerated() {
      sums[user, default: (0, 0)].sum += values[place]
      sums[user, default: (0, 0)].weight += weights[place]
    }
    let clusters = sums.sorted { $0.key < $1.key }.map(\.value)
    let whole = weights.reduce(0, +)
    let mean = values.isEmpty ? 0 : values.reduce(0, +) / whole
    guard !clusters.isEmpty else {
      self.init(mean: mean, low: 0, high: 0)
      return
    }
    var means: [Double] = []
    for _ in 0..<resamples {
      var (sum, weight) = (0.0, 0.0)
      for _ in clusters {
        let drawn = clusters[generator.integer(below: clusters.count)]
        sum += drawn.sum
        weight += drawn.weight
      }
      means.append(sum / weight)
    }
    means.sort()
    // As many resamples lie below the one as above the other.
    let outside = resamples * 25 / 1000
    self.init(mean: mean, low: means[outside], high: means[resamples - 1 - outside])
  }
}
