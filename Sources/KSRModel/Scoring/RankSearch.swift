import CKernels

/// The place of an item in the ranking, found a part of the catalogue at a time; see
/// ``rank(of:in:)``.
package struct RankSearch: Sendable {
  private let item: Int32
  private let preference: [Float]
  private let score: Float
  private var next = 1
  private var better = 0
  private var equal = 0

  /// A search for the place of an item, given p_t [E].
  package init(of item: Int32, preference: [Float], in network: KSRNetwork) {
    self.item = item
    self.preference = preference
    score = network.scores(of: Int(item)..<Int(item) + 1, preference)[0]
  }

  /// Goes on with about so many multiplications as are left, and takes off those it has done.
  ///
  /// - Returns: the place, from 1, when it has been found.
  package mutating func work(_ left: inout Int, in network: KSRNetwork) -> Double? {
    let rows = max(256, left / max(1, preference.count))
    let end = min(network.itemCount, next + rows)
    if next < end {
      left -= (end - next) * preference.count
      let scores = network.scores(of: next..<end, preference)
      var (more, alike) = (0, 0)
      ksr_count_above(scores.count, scores, score, &more, &alike)
      better += more
      equal += alike
      next = end
    }
    guard next >= network.itemCount else { return nil }
    return rank(of: item, better: better, equal: equal)
  }
}
