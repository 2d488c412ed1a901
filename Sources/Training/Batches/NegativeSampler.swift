import Randomness

/// How negatives of BPR are drawn (`train_neg_sample_args.distribution`).
package enum NegativeDistribution: String, Sendable, CaseIterable {
  /// Every item is as likely.
  case uniform
  /// An item is as likely as it is frequent in training.
  case popularity
}

/// Draws items to rank below the one that came next: any item but that one, as RecBole's sampler
/// for sequences does.
struct NegativeSampler {
  private let itemCount: Int
  /// Every occurrence of an item in training, for the popularity distribution.
  private let occurrences: [Int32]
  /// How many of them are each item's.
  private let counts: [Int]

  init(
    _ distribution: NegativeDistribution, itemCount: Int, sequences: [ArraySlice<Int32>]
  ) {
    self.itemCount = itemCount
    occurrences = distribution == .popularity ? sequences.flatMap { $0 } : []
    var counts = [Int](repeating: 0, count: itemCount)
    for item in occurrences { counts[Int(item)] += 1 }
    self.counts = counts
  }

  /// An item other than the padding item and `positive`.
  func draw(butNot positive: Int32, _ generator: inout SeededGenerator) -> Int32 {
    // Where all occurrences are the positive's own, nothing else is popular: any item will do.
    if !occurrences.isEmpty, counts[Int(positive)] < occurrences.count {
      while true {
        let item = occurrences[generator.integer(below: occurrences.count)]
        if item != positive { return item }
      }
    }
    guard itemCount > 2 else { return positive }
    let item = Int32(1 + generator.integer(below: itemCount - 2))
    return item >= positive ? item + 1 : item
  }
}
