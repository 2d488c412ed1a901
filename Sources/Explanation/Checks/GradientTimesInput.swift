import CKernels
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
    let pulled = network.pulledBack(vector)
    var stateGradient = pulled.state
    var entityGradient = Matrix(rows: row + 1, columns: pulled.memory.count)
    if network.readsMemory {
      let attention = Self.memoryGradient(
        network, trace, row, pulled.memory, &entityGradient)
      Self.attentionGradient(network, trace, row, attention, &stateGradient)
    }
    let inputGradient = Self.recurrentGradient(network, trace, row, stateGradient)
    self.item = item
    self.contrast = contrast
    steps = step - row..<step + 1
    let parameters = network.parameters
    embedding = (0...row).map {
      parameters.itemEmbedding.product(
        row: Int(trace.items[$0]), Array(inputGradient.row($0)))
    }
    entity = (0...row).map {
      parameters.entityEmbedding.product(
        row: Int(trace.items[$0]), Array(entityGradient.row($0)))
    }
  }

  /// Back through m = Σ_a α_a v_a and the writes: fills ∂/∂e by row and returns ∂/∂α [R].
  private static func memoryGradient(
    _ network: KSRNetwork, _ trace: Trace, _ row: Int, _ readGradient: [Float],
    _ entityGradient: inout Matrix
  ) -> [Float] {
    let (steps, slots, width) = (row + 1, network.relationCount, readGradient.count)
    // A table with a row for each step tells apart the steps of an item watched twice.
    var entities = Matrix(rows: steps, columns: width)
    for t in 0..<steps {
      entities.values.replaceSubrange(
        t * width..<(t + 1) * width,
        with: network.parameters.entityEmbedding.row(Int(trace.items[t])))
    }
    var scored = [Int32](repeating: -1, count: steps)
    scored[row] = 0
    var attentionGradient = [Float](repeating: 0, count: slots)
    var scratch = [Float](repeating: 0, count: (steps + 2) * slots * width)
    ksr_memory_sequence_full_gradient(
      steps, slots, width, (0..<steps).map(Int32.init), entities.values,
      network.parameters.relationMatrix.values, scored, Array(trace.attention.row(row)),
      trace.writeGates.values, readGradient, &attentionGradient, &entityGradient.values, &scratch)
    return attentionGradient
  }

  /// Back through α = softmax(γ (W_d h + b_d) · r_a): adds to ∂/∂h.
  private static func attentionGradient(
    _ network: KSRNetwork, _ trace: Trace, _ row: Int, _ gradient: [Float],
    _ stateGradient: inout [Float]
  ) {
    let (keys, map) = (network.parameters.relationMatrix, network.parameters.dense.weight)
    var logits = gradient
    ksr_softmax_gradient(
      1, keys.rows, trace.reading.gamma ?? network.settings.gamma,
      Array(trace.attention.row(row)), &logits)
    var query = [Float](repeating: 0, count: keys.columns)
    ksr_sgemm(
      false, false, 1, keys.columns, keys.rows, logits, keys.rows, keys.values, keys.columns, 0,
      &query, keys.columns)
    ksr_sgemm(
      false, false, 1, map.columns, map.rows, query, map.rows, map.values, map.columns, 1,
      &stateGradient, map.columns)
  }

  /// Back through all layers and steps of the GRU: ∂/∂x by row.
  private static func recurrentGradient(
    _ network: KSRNetwork, _ trace: Trace, _ row: Int, _ stateGradient: [Float]
  ) -> Matrix {
    let (steps, hidden) = (row + 1, network.settings.hiddenSize)
    // The trace keeps the top layer only.
    let forward = BatchPass(settings: network.settings)
    let batch = PackedSequences([.init(items: trace.items.prefix(steps), target: 0)])
    forward.run(batch, parameters: network.parameters)
    var above = Matrix(rows: steps, columns: hidden)
    above.values.replaceSubrange(row * hidden..<steps * hidden, with: stateGradient)
    for (l, layer) in network.parameters.gru.enumerated().reversed() {
      above = layerGradient(
        layer, gates: forward.gates[l].base, candidateParts: forward.candidateParts[l].base,
        states: forward.states[l].base, above, hidden)
    }
    return above
  }

  /// Back through one layer: from ∂/∂h by row to ∂/∂input by row.
  private static func layerGradient(
    _ layer: GRULayer, gates: UnsafeMutablePointer<Float>,
    candidateParts: UnsafeMutablePointer<Float>, states: UnsafeMutablePointer<Float>,
    _ above: Matrix, _ hidden: Int
  ) -> Matrix {
    let (steps, inputs) = (above.rows, layer.inputWeight.columns)
    var gradient = above.values
    var recurrent = [Float](repeating: 0, count: 3 * hidden)
    gradient.withUnsafeMutableBufferPointer { gradient in
      guard let gradient = gradient.baseAddress else { return }
      for t in stride(from: steps - 1, through: 0, by: -1) {
        let direct = gradient + t * hidden
        let own = gates + t * 3 * hidden
        let parts = candidateParts + t * hidden
        guard t > 0 else {
          ksr_gru_step_gradient(1, hidden, own, parts, nil, direct, &recurrent, nil)
          break
        }
        ksr_gru_step_gradient(
          1, hidden, own, parts, states + (t - 1) * hidden, direct, &recurrent, direct - hidden)
        ksr_sgemm(
          false, false, 1, hidden, 3 * hidden, recurrent, 3 * hidden, layer.hiddenWeight.values,
          hidden, 1, direct - hidden, hidden)
      }
    }
    var below = Matrix(rows: steps, columns: inputs)
    ksr_sgemm(
      false, false, steps, inputs, 3 * hidden, gates, 3 * hidden, layer.inputWeight.values, inputs,
      0, &below.values, inputs)
    return below
  }
}
