import KSRModel
import KSRNumerics

/// What an item's score is compared with.
///
/// A part that all items share changes no ranking, so it is the difference that a person reads.
package enum Contrast: Sendable, Hashable {
  /// Nothing: the score itself.
  case none
  /// The mean over all items of the catalogue, q_i − q̄.
  case catalogueMean
  /// What the model would recommend instead: the mean over all items by their probability at this
  /// step, q_i − Σ_j p_j q_j, along which log p_i changes.
  case rivals
  /// Another item, q_i − q_j: why this one over that one.
  case item(Int32)
}

extension KSRNetwork {
  /// q_i less what it is compared with under a preference p [E].
  func itemVector(
    of item: Int32, over contrast: Contrast, preference: some Collection<Float>
  ) -> [Float] {
    let own = itemVectors.row(Int(item))
    switch contrast {
    case .none: return Array(own)
    case .catalogueMean: return zip(own, meanItemVector).map { $0 - $1 }
    case .rivals: return zip(own, expectedItemVector(preference)).map { $0 - $1 }
    case .item(let other): return zip(own, itemVectors.row(Int(other))).map { $0 - $1 }
    }
  }

  /// Σ_j p_j q_j, the padding item included as in the softmax of the training [E].
  private func expectedItemVector(_ preference: some Collection<Float>) -> [Float] {
    itemVectors.applied(transposedTo: probabilities(scores(preference)))
  }

  /// p · q, added up in the order of ``KSRNetwork/scores(_:)``: the same bits for the same vectors.
  func score(_ preference: [Float], _ vector: [Float]) -> Float {
    dotProduct(vector, preference)
  }
}

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
