import Glibc

/// Names the attribute behind a choice without a model: the tail of the chosen item that the last
/// six items share most.
///
/// Each tail counts as often as the recent items have it, times log(N / items with that tail).
struct SharedTailRule: Sendable {
  /// How many items before a choice are looked at.
  static let window = 6

  let index: TailIndex

  /// The tail named, of equal sums the one of fewer items; nil where none is shared.
  func attribute(of item: Int32, after history: some Collection<Int32>) -> ChoiceTruth.Attribute? {
    let recent = history.suffix(Self.window)
    var best: (attribute: ChoiceTruth.Attribute, sum: Double, count: Int)?
    for slot in 0..<index.tails.relationCount {
      for tail in index.tails.of(item: Int(item), slot: slot) {
        let held = recent.count { index.tails.of(item: Int($0), slot: slot).contains(tail) }
        guard held > 0 else { continue }
        let count = index.count(of: tail, slot: slot)
        let sum = Double(held) * log(Double(index.itemCount) / Double(max(1, count)))
        if let best, (best.sum, best.count * -1) >= (sum, count * -1) { continue }
        best = (.init(slot: slot, tail: tail), sum, count)
      }
    }
    return best?.attribute
  }
}
