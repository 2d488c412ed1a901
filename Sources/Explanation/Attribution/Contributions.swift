import KSRModel
import KSRNumerics

/// "Why this item": a table of history step × {sequence, relation 1 … R} that adds up to a score.
///
///     g_t = (Π_{s>t} u_s) ⊙ (1 − u_t) ⊙ n_t          c_{t,a} = z_{t,a} Π_{s>t} (1 − z_{s,a})
///     score = Σ_t q·W_uh g_t + Σ_a Σ_t α_a c_{t,a} q·W_um (e_{i_t} + r_a) + q·b_u
///
/// In a memory of facts a cell is a sum over the tails τ that step and item share,
/// Σ_τ λ_a α_a c_{t,a} w_aτ^(p−1) idf_τ (``factCells``). A repeat bias is a cell of its own
/// (``repeated``), which belongs to no step.
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
  /// α_a c_{t,a} q·W_um e_{i_t} [T R]: the item's part of each relation cell; of facts all of it.
  package let itemParts: Matrix
  /// α_a c_{t,a} q·W_um r_a [T R]: the relation's part, the same for any item written alike.
  package let relationParts: Matrix
  /// q·b_u, and what was patched in from another run: the part that does not depend on the history.
  package let bias: Float
  /// ρ · 1[i is in the history]; 0 without a repeat bias.
  package let repeated: Float
  /// Whether the memory is one of facts.
  package let isOfFacts: Bool
  /// The cells of a memory of facts by tail, row after row.
  package let factCells: [FactCell]

  /// What a step added to the score by one fact.
  package struct FactCell: Sendable, Equatable {
    package let row: Int
    package let slot: Int
    package let tail: Int32
    package let amount: Float
  }
}

extension Contributions {
  /// The table of a step of a history, as the model sees it there.
  package init(
    _ states: HistoryStates, step: Int, item: Int32, over contrast: Contrast = .catalogueMean
  ) {
    let (trace, row) = states.pass(through: step)
    self.init(
      network: states.network, trace: trace, row: row, item: item, over: contrast,
      firstStep: step - row, history: states.items[...step])
  }

  /// The table of a question, over another contrast if one is given.
  init(_ question: AttributionQuestion, over contrast: Contrast? = nil) {
    self.init(
      network: question.network, trace: question.trace, row: question.row, item: question.item,
      over: contrast ?? question.contrast, firstStep: question.window.lowerBound,
      history: question.history)
  }

  /// The table of a row of a trace whose first row is step `firstStep` of the history.
  package init(
    network: KSRNetwork, trace: Trace, row: Int, item: Int32,
    over contrast: Contrast = .catalogueMean, firstStep: Int = 0,
    history: ArraySlice<Int32>? = nil
  ) {
    let terms = network.terms(trace, row: row, history: history)
    let contrasted = ContrastedItem(item, over: contrast, under: terms, in: network)
    let readout = LinearReadout(network)
    let (state, memory) = readout.pulledBack(contrasted.vector)
    var (ofItem, ofRelation) = Self.memory(network, trace, row, memory)
    let table = network.factTable
    let facts = readout.factWeights(trace, row: row).map { fact in
      let cell = FactCell(
        row: fact.row, slot: Int(table.relation[Int(fact.column)]),
        tail: table.tail[Int(fact.column)], amount: fact.weight * contrasted.fact(fact.column))
      ofItem[cell.row, cell.slot] += cell.amount
      return cell
    }
    self.init(
      item: item, contrast: contrast,
      score: contrasted.score(terms),
      steps: firstStep..<firstStep + row + 1, items: Array(trace.items.prefix(row + 1)),
      sequence: trace.reading.state == nil
        ? Self.sequence(trace, row, state) : [Float](repeating: 0, count: row + 1),
      itemParts: ofItem, relationParts: ofRelation,
      bias: dotProduct(contrasted.vector, readout.bias)
        + contrasted.score(readout.patched(trace, row: row)),
      repeated: (network.repeatBias ?? 0) * contrasted.repeated(terms.repeated),
      isOfFacts: trace.factSlots != nil, factCells: facts)
  }

  /// The number of slots R.
  package var relationCount: Int { itemParts.columns }

  /// The steps before the window, which the model does not see.
  package var unseen: Range<Int> { 0..<steps.lowerBound }

  /// α_a c_{t,a} q·W_um (e_{i_t} + r_a) of a row and a slot.
  package func cell(row: Int, relation: Int) -> Float {
    itemParts[row, relation] + relationParts[row, relation]
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
  ) -> (ofItem: Matrix, ofRelation: Matrix) {
    let slots = trace.relationCount
    var itemParts = Matrix(rows: row + 1, columns: slots)
    var relationParts = itemParts
    guard network.readsVectors else { return (itemParts, relationParts) }
    let ofItem = trace.items.prefix(row + 1).map {
      network.parameters.entityEmbedding.product(row: Int($0), memory)
    }
    for a in 0..<slots where trace.reading.slots[a] == nil {
      let ofRelation = network.parameters.relationMatrix.product(row: a, memory)
      let alpha = trace.attention[row, a]
      for (t, weight) in trace.slotWeights(of: a, at: row).enumerated() {
        itemParts[t, a] = alpha * weight * ofItem[t]
        relationParts[t, a] = alpha * weight * ofRelation
      }
    }
    return (itemParts, relationParts)
  }
}

extension Contributions {
  /// What a row adds over all columns.
  package func stepSum(row: Int) -> Float {
    (0..<relationCount).reduce(sequence[row]) { $0 + cell(row: row, relation: $1) }
  }

  /// What each row adds over all columns [T].
  package var stepSums: [Float] { sequence.indices.map { stepSum(row: $0) } }

  /// What each slot adds over all rows [R].
  package var relationSums: [Float] {
    (0..<relationCount).map { relation in
      sequence.indices.reduce(Float(0)) { $0 + cell(row: $1, relation: relation) }
    }
  }

  /// What the sequence adds over all rows: q·W_uh h.
  package var sequenceSum: Float { sequence.reduce(0, +) }

  /// The score less the sum of all cells and the bias: rounding.
  package var residual: Float {
    Float(Double(score) - forEachCell(Double(bias) + Double(repeated)) { $0 + Double($1) })
  }

  /// Σ|cells|, the biases included: what the rounding is measured by.
  package var magnitude: Float {
    Float(forEachCell(Double(abs(bias)) + Double(abs(repeated))) { $0 + Double(abs($1)) })
  }

  /// Whether the cells add up to the score within rounding.
  ///
  /// |residual| ≤ 1e-4 · max(|score|, Σ|cells|)
  package var addsUp: Bool { abs(residual) <= 1e-4 * max(abs(score), magnitude) }

  private func forEachCell(_ start: Double, _ combine: (Double, Float) -> Double) -> Double {
    var result = sequence.reduce(start, combine)
    for row in sequence.indices {
      for relation in 0..<relationCount {
        result = combine(result, cell(row: row, relation: relation))
      }
    }
    return result
  }
}

/// The exact contributions: what was written at each step, what each slot holds.
struct ExactContributions: Attribution {
  /// What stands in for the contrast of the question; nil for that itself.
  var fixed: Contrast?

  init(over contrast: Contrast? = nil) { fixed = contrast }

  var id: String { fixed == .rivals ? "contributionsOverRivals" : "contributions" }
  var name: String { fixed == .rivals ? "exact, over rivals" : "exact contributions" }
  let quantity = AttributedQuantity.score
  let addsUp = true

  /// Those over another contrast than that of the question are not shown.
  var column: AttributionColumn? {
    guard fixed == nil else { return nil }
    return AttributionColumn(
      name: "written", short: "written", meaning: "what was written there, in parts of the score")
  }

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    Contributions(question, over: fixed).stepSums.map(Double.init)
  }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? {
    StepParts(
      network: question.network, trace: question.trace, row: question.row,
      history: question.history
    )
    .scoreParts(of: question.item, over: fixed ?? question.contrast).relations.map(Double.init)
  }
}
