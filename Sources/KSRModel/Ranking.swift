import CKernels
import HeapModule
import KSRNumerics

/// An item with its score.
public struct ScoredItem: Sendable, Equatable, Comparable {
  package let item: Int32
  package let score: Float

  package init(item: Int32, score: Float) {
    self.item = item
    self.score = score
  }

  /// Worse comes first: no number is worse than any; of equal scores the larger identifier is the
  /// worse.
  public static func < (a: ScoredItem, b: ScoredItem) -> Bool {
    if a.score < b.score || b.score < a.score { return a.score < b.score }
    if a.score.isNaN != b.score.isNaN { return a.score.isNaN }
    return a.item > b.item
  }
}

/// The `count` items with the highest scores, best first; the padding item 0 is never among them.
///
/// - Complexity: O(N log count), with a heap of `count` items.
public func topItems(
  _ scores: [Float], count: Int, excluding isExcluded: (Int32) -> Bool = { _ in false }
) -> [ScoredItem] {
  scores.withUnsafeBufferPointer { topItems($0, count: count, excluding: isExcluded) }
}

/// The same of scores that lie in a buffer.
package func topItems(
  _ scores: UnsafeBufferPointer<Float>, count: Int,
  excluding isExcluded: (Int32) -> Bool = { _ in false }
) -> [ScoredItem] {
  var best = BestItems(count)
  best.take(scores, from: 0, excluding: isExcluded)
  return best.sorted
}

/// The `count` items with the highest scores of a catalogue that comes in parts, in the order of items.
package struct BestItems: Sendable {
  private let count: Int
  private var heap = Heap<ScoredItem>()
  // Nearly all items are worse than the worst in the heap: that is one comparison.
  private var limit = -Float.infinity

  package init(_ count: Int) { self.count = count }

  /// Takes in the scores of the items from `first` on; the padding item is passed over.
  package mutating func take(
    _ scores: UnsafeBufferPointer<Float>, from first: Int,
    excluding isExcluded: (Int32) -> Bool = { _ in false }
  ) {
    guard count > 0 else { return }
    if heap.count == count, first > 0 {
      // An item that comes later has to be better, not as good.
      var (above, equal) = (0, 0)
      ksr_count_above(scores.count, scores.baseAddress, limit, &above, &equal)
      guard above > 0 || limit.isNaN else { return }
    }
    for place in (first == 0 ? 1 : 0)..<max(first == 0 ? 1 : 0, scores.count) {
      if scores[place] < limit { continue }
      let candidate = ScoredItem(item: Int32(first + place), score: scores[place])
      if heap.count < count {
        if !isExcluded(candidate.item) { heap.insert(candidate) }
      } else if let worst = heap.min, worst < candidate, !isExcluded(candidate.item) {
        heap.replaceMin(with: candidate)
      }
      if heap.count == count, let worst = heap.min { limit = worst.score }
    }
  }

  /// Best first.
  package var sorted: [ScoredItem] { heap.unordered.sorted(by: >) }
}

/// The place of an item in the ranking by score, from 1.
///
/// See ``Standing``. The padding item 0 is not ranked.
public func rank(of item: Int32, in scores: [Float]) -> Double { ranks(of: [item], in: scores)[0] }

/// The places of several items in the ranking by score, see ``rank(of:in:)``.
public func ranks(of items: [Int32], in scores: [Float]) -> [Double] {
  var standings = [Standing](repeating: Standing(), count: items.count)
  scores.withUnsafeBufferPointer { scores in
    guard let base = scores.baseAddress else { return }
    // A piece of the scores stays in the processor's cache while all items are compared with it.
    for start in stride(from: 1, to: scores.count, by: 4096) {
      let count = min(4096, scores.count - start)
      for (place, item) in items.enumerated() {
        standings[place].count(
          UnsafeBufferPointer(start: base + start, count: count), against: base[Int(item)])
      }
    }
  }
  for (place, item) in items.enumerated() where item > 0 {
    standings[place].count(scores[Int(item)], against: scores[Int(item)], -1)
  }
  return standings.map(\.rank)
}

/// softmax of the scores, the padding item 0 included, as in the training's cross-entropy.
package func probabilities(_ scores: [Float]) -> [Float] {
  guard let most = scores.max() else { return [] }
  var exponentials = scores
  for i in exponentials.indices { exponentials[i] -= most }
  exponentials.withUnsafeMutableBufferPointer { buffer in
    if let base = buffer.baseAddress { ksr_exp(buffer.count, base) }
  }
  let sum = exponentials.reduce(Double(0)) { $0 + Double($1) }
  return exponentials.map { Float(Double($0) / sum) }
}

/// The place of an item in the ranking, found a part of the catalogue at a time; see
/// ``rank(of:in:)``.
package struct RankSearch: Sendable {
  private let item: Int32
  private let terms: ScoreTerms
  private let score: Float
  private var next = 1
  private var standing = Standing()

  /// A search for the place of an item.
  package init(of item: Int32, under terms: ScoreTerms, in network: KSRNetwork) {
    self.item = item
    self.terms = terms
    score = network.scores(of: Int(item)..<Int(item) + 1, terms)[0]
  }

  /// Goes on with about so many multiplications as are left, and takes off those it has done.
  ///
  /// - Returns: the place, from 1, when it has been found.
  package mutating func work(_ left: inout Int, in network: KSRNetwork) -> Double? {
    let rows = max(256, left / max(1, terms.preference.count))
    let end = min(network.itemCount, next + rows)
    if next < end {
      left -= (end - next) * terms.preference.count
      network.scores(of: next..<end, terms).withUnsafeBufferPointer {
        standing.count($0, against: score)
      }
      next = end
    }
    guard next >= network.itemCount else { return nil }
    if item > 0 { standing.count(score, against: score, -1) }
    return standing.rank
  }
}
