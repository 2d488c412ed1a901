import Foundation
import KSRModel
import Randomness

/// A stretch of one training sequence that the network reads in one pass from the zero state.
///
/// Step j of the window reads item `start + j` of the sequence and is scored against the next one,
/// from `firstScored` on.
public struct TrainingWindow: Sendable, Equatable {
  package let sequence: Int
  /// The first item read.
  package let start: Int
  /// The number of items read, at most L.
  package let length: Int
  /// The first step, counted from the window's start, whose prediction counts in the loss.
  package let firstScored: Int

  package var scoredCount: Int { length - firstScored }
}

/// How sequences become training windows (`training`).
public enum WindowMode: String, Sendable, CaseIterable {
  /// One pass per window of L with a loss at every step; each next window starts a stride later,
  /// and in it only the steps that no earlier window scored count.
  case windows
  /// RecBole's augmentation (`data_augmentation`): every prefix is a case of its own, cut to its
  /// last L items, with a loss at its last step only.
  case prefix

  /// The windows of sequences with the given numbers of items.
  ///
  /// A sequence of n items has n − 1 scored steps in either mode; one of fewer than two has none.
  ///
  /// - Parameters:
  ///   - stride: how much later the next window starts (`window_stride`): the shorter, the more of
  ///     the past each scored step sees, and the more is computed. Nil is half of L; more than L,
  ///     which would leave steps out, is taken as L.
  ///   - firstStride: the stride from a sequence's first window to its second, from 1 to the stride
  ///     that it is given (`shift_windows`): drawn anew in each epoch, it has every step read behind
  ///     pasts of other lengths.
  public func windows(
    lengths: [Int], maxLength: Int, stride: Int? = nil, firstStride: (Int) -> Int = { $0 }
  ) -> [TrainingWindow] {
    let stride = min(max(1, stride ?? maxLength / 2), maxLength)
    var result: [TrainingWindow] = []
    for (sequence, items) in lengths.enumerated() where items >= 2 {
      let steps = items - 1
      switch self {
      case .windows:
        var scored = 0
        var start = 0
        while scored < steps {
          let end = min(steps, start + maxLength)
          result.append(
            TrainingWindow(
              sequence: sequence, start: start, length: end - start, firstScored: scored - start))
          scored = end
          start += start == 0 ? firstStride(stride) : stride
        }
      case .prefix:
        for step in 0..<steps {
          let start = max(0, step + 1 - maxLength)
          result.append(
            TrainingWindow(
              sequence: sequence, start: start, length: step + 1 - start, firstScored: step - start)
          )
        }
      }
    }
    return result
  }
}

/// Cuts windows into batches: windows are added whole until `scoredPositions` is reached.
///
/// - Returns: ranges of `windows`.
package func batches(of windows: [TrainingWindow], scoredPositions: Int) -> [Range<Int>] {
  var result: [Range<Int>] = []
  var (start, scored) = (0, 0)
  for (index, window) in windows.enumerated() {
    scored += window.scoredCount
    if scored >= scoredPositions {
      result.append(start..<index + 1)
      (start, scored) = (index + 1, 0)
    }
  }
  if start < windows.count { result.append(start..<windows.count) }
  return result
}

/// How negatives are drawn (`train_neg_sample_args.distribution`).
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

  /// Items drawn whatever the targets are, with what a sampled softmax corrects their scores by.
  func sample(_ count: Int, _ generator: inout SeededGenerator) -> PackedSequences.Sample {
    var sample = PackedSequences.Sample()
    guard itemCount > 1 else { return sample }
    let draws = (0..<count).map { _ in
      occurrences.isEmpty
        ? Int32(1 + generator.integer(below: itemCount - 1))
        : occurrences[generator.integer(below: occurrences.count)]
    }.sorted()
    var start = 0
    while start < draws.count {
      let item = draws[start]
      let end = draws[start...].firstIndex { $0 != item } ?? draws.count
      let probability =
        occurrences.isEmpty
        ? 1 / Double(itemCount - 1) : Double(counts[Int(item)]) / Double(occurrences.count)
      sample.items.append(item)
      sample.corrections.append(Float(log(Double(end - start) / (Double(count) * probability))))
      start = end
    }
    return sample
  }
}
