import KSRModel
import KSRNumerics

/// How much of a score each step's inputs account for to first order: gradient × input.
///
/// The exact gradient of the score with respect to x_{i_t} (through all GRU layers and the attention)
/// and, in a linear memory, e_{i_t} (through the writes and their gates), each multiplied with its
/// vector; q is held, and so are facts and the history. Unlike
/// ``Contributions`` these do not add up to the score.
package struct GradientTimesInput: Sendable {
  package let item: Int32
  package let contrast: Contrast
  /// The steps of the history that the rows stand for.
  package let steps: Range<Int>
  /// x_{i_t} · ∂score/∂x_{i_t} by row.
  package let embedding: [Float]
  /// e_{i_t} · ∂score/∂e_{i_t} by row; zeros without a linear memory.
  package let entity: [Float]

  /// The gradients at a step of a history, as the model sees it there.
  package init(
    _ states: HistoryStates, step: Int, item: Int32, over contrast: Contrast = .catalogueMean
  ) {
    let (trace, row) = states.pass(through: step)
    let network = states.network
    let contrasted = ContrastedItem(
      item, over: contrast, under: states.terms(at: step), in: network)
    let vector = contrasted.vector
    var settings = network.settings
    settings.freezesKnowledgeGraph = false
    let pass = NetworkPass(settings: settings, facts: network.factTable)
    let (items, p) = (trace.items.prefix(row + 1), network.parameters)
    let batch = PackedSequences([.init(items: items, target: 0)])
    pass.forward(batch, parameters: p, reading: trace.reading)
    // ∂(p · q)/∂p = q
    pass.preferenceGradient.reserve(rows: 1, columns: vector.count).fill(with: vector)
    pass.setMatchGradient { contrasted.fact($0) }
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
      network.readsVectors
      ? products(p.entityEmbedding, pass.entityGradient) : items.map { _ in 0 }
  }
}

/// Gradient × input; of a slot, the slope of the score as its share of the attention is taken away.
struct GradientAttribution: Attribution {
  let id = "gradient"
  let name = "gradient × input"
  let quantity = AttributedQuantity.score
  let column: AttributionColumn? = AttributionColumn(
    name: "gradient × input", short: "grad×in", meaning: "the slope of the score")

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    let slopes = GradientTimesInput(
      question.states, step: question.step, item: question.item, over: question.contrast)
    return zip(slopes.embedding, slopes.entity).map { Double($0) + Double($1) }
  }

  /// α_a (s_a − Σ_b α_b s_b) with s_a = q·W_um v_a or λ_a S_a: a factor on slot a's share of the attention, which
  /// the softmax takes from the others, falls from 1.
  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? {
    let parts = StepParts(question.states, step: question.step)
      .scoreParts(of: question.item, over: question.contrast).relations.map(Double.init)
    let all = parts.reduce(0, +)
    return question.slots.map {
      parts[$0] - Double(question.trace.attention[question.row, $0]) * all
    }
  }
}
