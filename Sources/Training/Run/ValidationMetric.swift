import Evaluation

/// A metric and the length of the list that it looks at, as in `valid_metric: NDCG@10`.
package struct ValidationMetric: Sendable, Hashable, CustomStringConvertible {
  /// What is measured; the names are RecBole's.
  package enum Kind: String, Sendable, CaseIterable {
    /// Share of cases whose target is in the list.
    case hit = "Hit"
    /// Mean reciprocal rank.
    case mrr = "MRR"
    /// Normalised discounted cumulative gain.
    case ndcg = "NDCG"
    /// Share of the targets that are in the list; with one target the same as Hit.
    case recall = "Recall"
    /// Share of the list's places that hold the target.
    case precision = "Precision"
    /// Mean average precision; with one target the same as MRR.
    case map = "MAP"

    /// The kind of a name, whatever its case, as in RecBole.
    package init?(name: String) {
      let name = name.lowercased()
      guard let kind = Self.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
        return nil
      }
      self = kind
    }
  }

  package let kind: Kind
  package let k: Int

  package init(_ kind: Kind, at k: Int) {
    self.kind = kind
    self.k = k
  }

  /// A metric written as `NDCG@10`.
  package init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(name: String(parts[0])), let k = Int(parts[1]),
      (1...Self.longestList).contains(k)
    else { return nil }
    self.init(kind, at: k)
  }

  static let longestList = 1_000_000

  static let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")

  /// The metric as it is written: `NDCG@10`.
  package var description: String { "\(kind.rawValue)@\(k)" }

  /// The metric's value for the ranks of the targets.
  package func value(ranks: [Double]) -> Double {
    let metrics = RankingMetrics(ranks: ranks, k: k)
    return switch kind {
    case .hit: metrics.hit
    case .mrr: metrics.mrr
    case .ndcg: metrics.ndcg
    case .recall: metrics.recall
    case .precision: metrics.precision
    case .map: metrics.map
    }
  }
}
