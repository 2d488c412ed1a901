import CKernels
import HeapModule

/// An item with its score.
public struct ScoredItem: Sendable, Equatable, Comparable {
  package let item: Int32
  package let score: Float

  package init(item: Int32, score: Float) {
    self.item = item
    self.score = score
  }

  /// Worse comes first; of equal scores the larger identifier is the worse.
  public static func < (a: ScoredItem, b: ScoredItem) -> Bool {
    a.score != b.score ? a.score < b.score : a.item > b.item
  }
}

/// The `count` items with the highest scores, best first; the padding item 0 is never among them.
///
/// - Complexity: O(N log count), with a heap of `count` items.
public func topItems(
  _ scores: [Float], count: Int, excluding isExcluded: (Int32) -> Bool = { _ in false }
) -> [ScoredItem] {
  guard count > 0 else { return [] }
  var heap = Heap<ScoredItem>()
  // Nearly all items are worse than the worst in the heap: that is one comparison.
  var limit = -Float.infinity
  for item in 1..<max(1, scores.count) {
    if scores[item] < limit { continue }
    let candidate = ScoredItem(item: Int32(item), score: scores[item])
    if heap.count < count {
      if !isExcluded(candidate.item) { heap.insert(candidate) }
    } else if let worst = heap.min, worst < candidate, !isExcluded(candidate.item) {
      heap.replaceMin(with: candidate)
    }
    if heap.count == count, let worst = heap.min { limit = worst.score }
  }
  return heap.unordered.sorted(by: >)
}

/// The place of an item in the ranking by score, from 1.
///
/// Items with equal scores share the mean of their places. The padding item 0 is not ranked.
public func rank(of item: Int32, in scores: [Float]) -> Double { ranks(of: [item], in: scores)[0] }

/// The places of several items in the ranking by score, see ``rank(of:in:)``.
public func ranks(of items: [Int32], in scores: [Float]) -> [Double] {
  var better = [Int](repeating: 0, count: items.count)
  var equal = better
  scores.withUnsafeBufferPointer { scores in
    guard let base = scores.baseAddress else { return }
    // A piece of the scores stays in the processor's cache while all items are compared with it.
    for start in stride(from: 1, to: scores.count, by: 4096) {
      let count = min(4096, scores.count - start)
      for (place, item) in items.enumerated() {
        var (more, alike) = (0, 0)
        ksr_count_above(count, base + start, base[Int(item)], &more, &alike)
        better[place] += more
        equal[place] += alike
      }
    }
  }
  return items.indices.map { rank(of: items[$0], better: better[$0], equal: equal[$0]) }
}

/// The place of an item that `better` items are above; it is one of the `equal` ones, unless it is
/// the padding item, which is not counted.
func rank(of item: Int32, better: Int, equal: Int) -> Double {
  let others = item == 0 ? equal : max(0, equal - 1)
  return 1 + Double(better) + Double(others) / 2
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
