import CKernels

/// Where a score stands among others: how many of them are above it, and how many are equal.
///
/// Equal scores share the mean of their places. A score that is not a number stands behind all
/// others, and never before one.
public struct Standing: Sendable, Equatable {
  /// How many scores are above it.
  public var above = 0
  /// How many others are equal to it.
  public var equal = 0

  /// Nothing counted yet.
  @inlinable
  public init() {}

  /// Counts that are known already, both without the score itself.
  @inlinable
  public init(above: Int, equal: Int) {
    self.above = above
    self.equal = equal
  }

  /// The place of `own` among the scores that are ranked, its own one of them.
  package init(of own: Float, among scores: UnsafeBufferPointer<Float>) {
    count(scores, against: own)
    count(own, against: own, -1)
  }

  /// The place, from 1.
  package var rank: Double { 1 + Double(above) + Double(equal) / 2 }

  /// Takes another score into account, or out of it where `times` is −1.
  @inlinable
  public mutating func count<Score: Comparable>(
    _ other: Score, against own: Score, _ times: Int = 1
  ) {
    // Only what is not a number differs from itself.
    if other > own || own != own { above += times } else if other == own { equal += times }
  }

  /// Takes many other scores into account.
  package mutating func count(_ scores: UnsafeBufferPointer<Float>, against own: Float) {
    guard !own.isNaN else { return above += scores.count }
    var (more, alike) = (0, 0)
    ksr_count_above(scores.count, scores.baseAddress, own, &more, &alike)
    above += more
    equal += alike
  }
}
