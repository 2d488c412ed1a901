import CKernels
import Evaluation
import KSRModel
import Randomness

/// The loss of one batch and its gradient, computed shard by shard.
///
/// Each shard has its own buffers; their gradients are summed in the shards' order, so the result
/// does not depend on how many threads work.
public final class GradientStep {
  private let settings: KSRSettings
  private let threads: Int
  private let passes: [ShardPass]

  /// Room for the gradients of a network of these shapes.
  public init(
    settings: KSRSettings, itemCount: Int, relationCount: Int, shards: Int, threads: Int
  ) {
    self.settings = settings
    self.threads = max(1, threads)
    passes = (0..<max(1, shards)).map { _ in
      ShardPass(settings: settings, itemCount: itemCount, relationCount: relationCount)
    }
  }

  /// The most items whose logits are computed at once; a test makes it small.
  var itemTile: Int {
    get { passes[0].itemTile }
    set { for pass in passes { pass.itemTile = newValue } }
  }

  /// The mean loss over the scored positions of all shards, and its gradient.
  ///
  /// - Parameter dropoutSeed: the seed of the batch's dropout; nil for none.
  package func run(
    _ shards: [PackedSequences], parameters: KSRParameters, dropoutSeed: UInt64?
  ) -> (loss: Double, gradients: KSRParameters) {
    precondition(shards.count <= passes.count)
    let scored = shards.reduce(0) { $0 + $1.scoredCount }
    let scale = 1 / Float(max(1, scored))
    let itemVectors = KSRNetwork.itemVectors(parameters)
    var losses = [Double](repeating: 0, count: shards.count)
    losses.withUnsafeMutableBufferPointer { losses in
      nonisolated(unsafe) let losses = losses
      nonisolated(unsafe) let passes = passes
      parallel(shards.count, threads: threads) { shard in
        passes[shard].clear()
        var dropout = dropoutSeed.map { SeededGenerator(seed: $0, stream: UInt64(shard)) }
        losses[shard] = passes[shard].run(
          shards[shard], parameters: parameters, itemVectors: itemVectors, scale: scale,
          dropout: &dropout)
      }
    }
    for pass in passes[1..<max(1, shards.count)] { passes[0].add(pass) }
    passes[0].itemVectorsGradient(parameters)
    return (losses.reduce(0, +) / Double(max(1, scored)), passes[0].gradients)
  }
}
