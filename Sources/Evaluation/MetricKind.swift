import Foundation
import KSRNumerics

/// What is measured of a ranking; the names are RecBole's.
package enum MetricKind: String, Sendable, CaseIterable {
  /// Share of cases whose target is in the list.
  case hit = "Hit"
  /// Mean reciprocal rank.
  case mrr = "MRR"
  /// Normalised discounted cumulative gain.
  case ndcg = "NDCG"
  /// Share of the targets that are in the list; with one target the same as Hit.
  case recall = "Recall"
  /// Share of the list's places that hold the target; with one target Hit / k.
  case precision = "Precision"
  /// Mean average precision; with one target the same as MRR.
  case map = "MAP"
  /// Share of the catalogue that is recommended to somebody.
  case itemCoverage = "ItemCoverage"
  /// How often the recommended items are training targets.
  case averagePopularity = "AveragePopularity"
  /// Entropy of the recommended items' frequencies, divided by their number.
  case shannonEntropy = "ShannonEntropy"
  /// Inequality of the items' frequencies: 0 where all are recommended alike.
  case giniIndex = "GiniIndex"
  /// Share of the lists' places that hold a rare item.
  case tailPercentage = "TailPercentage"

  /// The kind of a name, whatever its case, as in RecBole.
  package init?(name: String) {
    let name = name.lowercased()
    guard let kind = Self.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
      return nil
    }
    self = kind
  }

  /// Whether it is about what is recommended, not about where the targets are.
  package var isOfLists: Bool {
    switch self {
    case .hit, .mrr, .ndcg, .recall, .precision, .map: false
    case .itemCoverage, .averagePopularity, .shannonEntropy, .giniIndex, .tailPercentage: true
    }
  }

  /// Those of the targets' ranks.
  package static let ofRanks = allCases.filter { !$0.isOfLists }
  package static let ofLists = allCases.filter(\.isOfLists)
  /// Those that say something of their own where each case has one target: Recall is Hit, MAP is MRR,
  /// and Precision is Hit / k.
  package static let different: [MetricKind] = [.hit, .mrr, .ndcg] + ofLists
}

/// What is recommended to all users together, as RecBole measures it (`metrics.py`).
package struct RecommendedLists: Sendable {
  /// RecBole's `tail_ratio` where it is not given.
  package static let tailRatio = 0.1

  /// The items of each case, best first.
  private let lists: [[Int32]]
  /// How often each item is a target of training, by identifier; the padding item is counted as one of
  /// the catalogue, as in RecBole.
  private let counts: [Int]
  private let isRare: [Bool]

  /// - Parameters:
  ///   - lists: the items of each case, best first, as many as the longest list that is asked about.
  ///   - training: the training sequences. What comes first in one was never a target.
  ///   - tailRatio: which items are rare: up to 1 this share of those in training, those trained on
  ///     least (of equal ones those with smaller identifiers); above 1 those trained on at most so
  ///     often.
  package init(
    _ lists: [[Int32]], itemCount: Int, training: some Sequence<ArraySlice<Int32>>,
    tailRatio: Double = Self.tailRatio
  ) {
    self.lists = lists
    var counts = [Int](repeating: 0, count: itemCount)
    for sequence in training { for item in sequence.dropFirst() { counts[Int(item)] += 1 } }
    let trained = counts.indices.filter { counts[$0] > 0 }
    let rare: [Int]
    if tailRatio > 1 {
      rare = trained.filter { Double(counts[$0]) <= tailRatio }
    } else {
      let sorted = trained.sorted {
        counts[$0] != counts[$1] ? counts[$0] < counts[$1] : $0 < $1
      }
      rare = Array(sorted.prefix(max(1, Int(Double(sorted.count) * tailRatio))))
    }
    var isRare = [Bool](repeating: false, count: itemCount)
    for item in rare { isRare[item] = true }
    (self.counts, self.isRare) = (counts, isRare)
  }

  /// A metric of lists of length k; 0 where nothing is recommended.
  package func value(_ kind: MetricKind, k: Int) -> Double {
    precondition(kind.isOfLists, "\(kind.rawValue) is a metric of ranks")
    switch kind {
    case .averagePopularity: return mean(k) { Double(counts[$0]) }
    case .tailPercentage: return mean(k) { isRare[$0] ? 1 : 0 }
    default: break
    }
    var frequencies = [Int](repeating: 0, count: counts.count)
    for list in lists { for item in list.prefix(k) { frequencies[Int(item)] += 1 } }
    let recommended = frequencies.filter { $0 > 0 }.sorted()
    let (places, n) = (Double(recommended.reduce(0, +)), counts.count)
    guard places > 0 else { return 0 }
    switch kind {
    case .itemCoverage: return Double(recommended.count) / Double(n)
    case .shannonEntropy:
      let entropy = recommended.reduce(0) { sum, count in
        let p = Double(count) / places
        return sum - p * log(p)
      }
      return entropy / Double(recommended.count)
    default:
      // Items that nobody is recommended come first in the order and add nothing.
      let first = n - recommended.count + 1
      let sum = recommended.enumerated().reduce(0) { sum, entry in
        sum + (2 * (first + entry.offset) - n - 1) * entry.element
      }
      return Double(sum) / places / Double(n)
    }
  }

  /// The mean over the lists of the mean over a list's first k items.
  private func mean(_ k: Int, _ value: (Int) -> Double) -> Double {
    guard !lists.isEmpty else { return 0 }
    let sum = lists.reduce(0) { sum, list in
      let first = list.prefix(k)
      return sum + first.reduce(0) { $0 + value(Int($1)) } / Double(max(1, first.count))
    }
    return sum / Double(lists.count)
  }
}
