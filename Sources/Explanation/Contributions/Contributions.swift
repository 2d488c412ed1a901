import KSRModel
import KSRNumerics

/// "Why this item": a table of history step × {sequence, relation 1 … R} that adds up to a score.
///
///     g_t = (Π_{s>t} u_s) ⊙ (1 − u_t) ⊙ n_t          c_{t,a} = z_{t,a} Π_{s>t} (1 − z_{s,a})
///     score = Σ_t q·W_uh g_t + Σ_a Σ_t α_a c_{t,a} q·W_um (e_{i_t} + r_a) + q·b_u
///
/// Exact but for rounding (``residual``), given the gates, the candidates and the attention: a cell
/// is what was *written* at its step, not all that the item caused. Rows are the steps that the
/// model saw, the last `MAX_ITEM_LIST_LENGTH` of the history.
package struct Contributions: Sendable {
  package let item: Int32
  package let contrast: Contrast
  /// The network's own score, less that of the contrast.
  package let score: Float
  /// The steps of the history that the rows stand for; earlier ones are ``unseen``.
  package let steps: Range<Int>
  /// The item of each row.
  package let items: [Int32]
  /// q·W_uh g_t [T].
  package let sequence: [Float]
  /// α_a c_{t,a} q·W_um e_{i_t} [T R]: the film's part of each relation cell.
  package let filmParts: Matrix
  /// α_a c_{t,a} q·W_um r_a [T R]: the relation's part, the same for any film written alike.
  package let relationParts: Matrix
  /// q·b_u: the part that does not depend on the history.
  package let bias: Float
}

extension Contributions {
  /// The table of a step of a history, as the model sees it there.
  package init(
    _ states: HistoryStates, step: Int, item: Int32, over contrast: Contrast = .catalogueMean
  ) {
    let (trace, row) = states.pass(through: step)
    self.init(
      network: states.network, trace: trace, row: row, item: item, over: contrast,
      firstStep: step - row)
  }

  /// The table of a row of a trace whose first row is step `firstStep` of the history.
  package init(
    network: KSRNetwork, trace: Trace, row: Int, item: Int32,
    over contrast: Contrast = .catalogueMean, firstStep: Int = 0
  ) {
    let preference = Array(trace.preferences.row(row))
    let vector = network.itemVector(of: item, over: contrast, preference: preference)
    let (state, memory) = network.pulledBack(vector)
    let (film, relation) = Self.memory(network, trace, row, memory)
    self.init(
      item: item, contrast: contrast,
      score: network.score(preference, vector),
      steps: firstStep..<firstStep + row + 1, items: Array(trace.items.prefix(row + 1)),
      sequence: Self.sequence(trace, row, state), filmParts: film, relationParts: relation,
      bias: network.score(network.parameters.denseLayerU.bias, vector))
  }

  /// The number of slots R.
  package var relationCount: Int { filmParts.columns }

  /// The steps before the window, which the model does not see.
  package var unseen: Range<Int> { 0..<steps.lowerBound }

  /// α_a c_{t,a} q·W_um (e_{i_t} + r_a) of a row and a slot.
  package func cell(row: Int, relation: Int) -> Float {
    filmParts[row, relation] + relationParts[row, relation]
  }

  private static func sequence(_ trace: Trace, _ row: Int, _ state: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: row + 1)
    // W_uhᵀ q ⊙ Π_{s>t} u_s
    var kept = state
    let width = state.count
    trace.updateGates.values.withUnsafeBufferPointer { gates in
      trace.candidates.values.withUnsafeBufferPointer { candidates in
        for t in stride(from: row, through: 0, by: -1) {
          var sum: Float = 0
          for k in 0..<width {
            let u = gates[t * width + k]
            sum += kept[k] * ((1 - u) * candidates[t * width + k])
            kept[k] *= u
          }
          result[t] = sum
        }
      }
    }
    return result
  }

  private static func memory(
    _ network: KSRNetwork, _ trace: Trace, _ row: Int, _ memory: [Float]
  ) -> (film: Matrix, relation: Matrix) {
    let slots = trace.relationCount
    var film = Matrix(rows: row + 1, columns: slots)
    var relation = film
    guard network.readsMemory else { return (film, relation) }
    let ofItem = trace.items.prefix(row + 1).map {
      network.parameters.entityEmbedding.product(row: Int($0), memory)
    }
    for a in 0..<slots {
      let ofRelation = network.parameters.relationMatrix.product(row: a, memory)
      let alpha = trace.attention[row, a]
      for (t, weight) in trace.slotWeights(of: a, at: row).enumerated() {
        film[t, a] = alpha * weight * ofItem[t]
        relation[t, a] = alpha * weight * ofRelation
      }
    }
    return (film, relation)
  }
}
