import KSRNumerics

/// The place of an item in the ranking, found a part of the catalogue at a time; see
/// ``rank(of:in:)``.
package struct RankSearch: Sendable {
  private let item: Int32
  private let preference: [Float]
  private let score: Float
  private var next = 1
  private var standing = Standing()

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
      network.scores(of: next..<end, preference).withUnsafeBufferPointer {
        standing.count($0, against: score)
      }
      next = end
    }
    guard next >= network.itemCount else { return nil }
    if item > 0 { standing.count(score, against: score, -1) }
    return standing.rank
  }
}
