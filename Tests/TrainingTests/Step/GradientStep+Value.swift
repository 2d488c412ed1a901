import KSRModel
import KSRNumerics

@testable import Training

extension GradientStep {
  /// The loss and its gradient as values.
  func run(
    _ shards: [PackedSequences], parameters: KSRParameters, dropoutSeed: UInt64?
  ) -> (loss: Double, gradients: KSRParameters) {
    // Whatever was there before must not matter, but where nothing is trained.
    var gradients = parameters
    for i in gradients.entityEmbedding.values.indices { gradients.entityEmbedding.values[i] = 0 }
    for i in gradients.denseLayerI.bias.indices { gradients.denseLayerI.bias[i] = 0 }
    arrange(shards)
    let loss = run(
      shards, parameters: parameters, dropoutSeed: dropoutSeed, gradients: &gradients)
    if let rows {
      gradients.itemEmbedding = Matrix(
        rows: parameters.itemCount, columns: parameters.itemEmbedding.columns)
      rows.add(toInputs: &gradients.itemEmbedding, entities: &gradients.entityEmbedding)
    }
    return (loss, gradients)
  }
}
