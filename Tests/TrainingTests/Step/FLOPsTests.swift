import KSRModel
import Testing

@testable import Training

@Suite struct FLOPsTests {
  /// Counted product by product: 2mnk forward, twice that backward.
  @Test func countsTheProductsOfABatch() {
    var settings = KSRSettings()
    settings.embeddingSize = 2
    settings.kgEmbeddingSize = 3
    settings.hiddenSize = 5
    settings.layerCount = 2
    let batch = PackedSequences([
      .init(items: [1, 2, 3], targets: [-1, 3, 1]), .init(items: [4], targets: [2]),
    ])
    let (positions, scored) = (4.0, 3.0)
    func product(_ m: Double, _ n: Double, _ k: Double) -> Double { 3 * 2 * m * n * k }
    let gru =
      product(positions, 15, 2) + product(positions, 15, 5) + 2 * product(positions, 15, 5)
    let combine = product(scored, 2, 5) + product(scored, 2, 3)
    let attend = product(scored, 3, 5)
    let logits = product(scored, 11, 2)
    func flops(_ candidates: Int, _ shards: [PackedSequences]) -> Double {
      NetworkPass.flops(settings, candidates: candidates, BatchSize(shards))
    }
    #expect(flops(11, [batch]) == gru + combine + attend + logits)
    #expect(flops(11, [batch, batch]) == 2 * flops(11, [batch]))
    settings.memory = .none
    settings.loss = .bpr
    #expect(flops(5, [batch]) == gru + product(scored, 2, 5) + product(scored, 5, 2))
  }
}
