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

  /// q W_u = [W_uhᵀ q ; W_umᵀ q]: what the score asks of the state and of the memory [H+K].
  func pulledBack(_ vector: [Float]) -> (state: [Float], memory: [Float]) {
    let result = parameters.denseLayerU.weight.applied(transposedTo: vector)
    return (Array(result[..<settings.hiddenSize]), Array(result[settings.hiddenSize...]))
  }
}
