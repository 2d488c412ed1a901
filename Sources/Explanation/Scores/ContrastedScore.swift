import KSRModel

/// An item's score over a contrast, also under scores that something has changed.
///
/// The weights of the rivals are those under the scores it was made with, whatever becomes of them
/// later.
package struct ContrastedScore: Sendable {
  package let item: Int32
  package let contrast: Contrast
  /// The score over the contrast under the scores it was made with.
  package let before: Double

  /// The probabilities of all items; empty unless the contrast is the rivals.
  private let weights: [Float]

  /// An item and its contrast under the scores of all items [N].
  package init(of item: Int32, over contrast: Contrast, under scores: [Float]) {
    self.item = item
    self.contrast = contrast
    weights = contrast == .rivals ? probabilities(scores) : []
    before = Self.value(item, contrast, weights, scores)
  }

  /// The score over the contrast under changed scores of all items [N].
  package func value(under scores: [Float]) -> Double {
    Self.value(item, contrast, weights, scores)
  }

  private static func value(
    _ item: Int32, _ contrast: Contrast, _ weights: [Float], _ scores: [Float]
  ) -> Double {
    let own = Double(scores[Int(item)])
    switch contrast {
    case .none: return own
    case .catalogueMean:
      return own - scores.dropFirst().reduce(0.0) { $0 + Double($1) }
        / Double(max(1, scores.count - 1))
    case .rivals:
      return own - zip(weights, scores).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    case .item(let other): return own - Double(scores[Int(other)])
    }
  }
}
