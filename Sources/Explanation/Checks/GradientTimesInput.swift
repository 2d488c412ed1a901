import KSRModel
import KSRNumerics

/// How much of a score each step's inputs account for to first order: gradient × input.
///
/// The exact gradient of p·q with respect to x_{i_t} (through all GRU layers and the attention) and
/// e_{i_t} (through the writes and their gates), each multiplied with its vector; q is held. Unlike
/// ``Contributions`` these do not add up to the score.
package struct GradientTimesInput: Sendable {
  package let item: Int32
  package let contrast: Contrast
  /// The steps of the history that the rows stand for.
  package let steps: Range<Int>
  /// x_{i_t} · ∂score/∂x_{i_t} by row.
  package let embedding: [Float]
  /// e_{i_t} · ∂score/∂e_{i_t} by row; zeros where the model has no memory.
  package let entity: [Float]

  /// The gradients at a step of a history, as the model sees it there.
  package init(
    _ states: HistoryStates, step: Int, item: Int32, over contrast: Contrast = .catalogueMean
  ) {
    let (trace, row) = states.pass(through: step)
    let network = states.network
    let vector = network.itemVector(
      of: item, over: contrast, preference: trace.preferences.row(row))
    var settings = network.settings
    settings.freezesKnowledgeGraph = false
    let pass = NetworkPass(settings: settings)
    let (items, p) = (trace.items.prefix(row + 1), network.parameters)
    let batch = PackedSequences([.init(items: items, target: 0)])
    pass.forward(batch, parameters: p, reading: trace.reading)
    // ∂(p · q)/∂p = q
    pass.preferenceGradient.reserve(rows: 1, columns: vector.count).fill(with: vector)
    pass.backward(batch, parameters: p, reading: trace.reading)
    self.item = item
    self.contrast = contrast
    steps = step - row..<step + 1
    func products(_ table: Matrix, _ gradient: MutableMatrixView) -> [Float] {
      items.enumerated().map { t, item in
        dotProduct(
          table.row(Int(item)), UnsafeBufferPointer(start: gradient.row(t), count: table.columns))
      }
    }
    embedding = products(p.itemEmbedding, pass.inputGradient)
    entity =
      network.readsMemory
      ? products(p.entityEmbedding, pass.entityGradient) : items.map { _ in 0 }
  }
}
