import KSRModel

/// The floating-point operations that a batch needs: two for each multiplication in the matrix
/// products of the forward pass, and twice as many for those of the backward pass.
///
/// Logits computed a second time, functions by element, and what a batch costs whatever its size
/// (item vectors, optimiser) do not count.
struct UsefulWork {
  private let perPosition: Double
  private let perScored: Double

  init(settings: KSRSettings, itemCount: Int, negativeCount: Int) {
    let (e, k, h) = (
      Double(settings.embeddingSize), Double(settings.kgEmbeddingSize), Double(settings.hiddenSize)
    )
    let candidates =
      settings.loss == .crossEntropy ? Double(itemCount) : Double(1 + negativeCount)
    perPosition = 6 * 3 * h * (e + h) + Double(settings.layerCount - 1) * 6 * 3 * h * 2 * h
    let memory = settings.memory == .knowledge ? h * k + k * e : 0
    perScored = 6 * (h * e + memory + candidates * e)
  }

  /// Those of the shards of a batch.
  func operations(of shards: [PackedSequences]) -> Double {
    shards.reduce(0) {
      $0 + perPosition * Double($1.positionCount) + perScored * Double($1.scoredCount)
    }
  }
}
