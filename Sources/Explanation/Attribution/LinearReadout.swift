import KSRModel
import KSRNumerics

/// How state and memory become the terms of a score: p = W_uh h + W_um Σ_a α_a v_a + b_u, or beside
/// p = W_uh h + b_u the facts held, α_a λ_a m_aτ.
///
/// A score is an exact sum over steps and slots only because these maps are linear. So whatever takes
/// a score apart goes through this type (``Contributions``, ``ScoreParts``, the forecast of an
/// ``AblationCheck``), and only a network with such maps has one.
struct LinearReadout {
  let network: KSRNetwork
  /// W_u = [W_uh | W_um] [E H+K] and b_u [E].
  private let weight: Matrix
  let bias: [Float]
  private let readsVectors: Bool
  private let readsFacts: Bool

  init(_ network: KSRNetwork) {
    self.network = network
    (weight, bias) = (network.parameters.denseLayerU.weight, network.parameters.denseLayerU.bias)
    let hasSlots = network.relationCount > 0
    // Without a default: a memory that is read in another way has no sum until one is written here.
    switch network.settings.memory {
    case .linear: (readsVectors, readsFacts) = (hasSlots, false)
    case .facts: (readsVectors, readsFacts) = (false, hasSlots)
    case .none: (readsVectors, readsFacts) = (false, false)
    }
  }

  private var hidden: Int { network.settings.hiddenSize }

  /// [W_uhᵀ q ; W_umᵀ q]: what the score asks of the state [H] and of the memory [K].
  func pulledBack(_ vector: [Float]) -> (state: [Float], memory: [Float]) {
    let result = weight.applied(transposedTo: vector)
    return (Array(result[..<hidden]), Array(result[hidden...]))
  }

  /// λ_a α_a c_ta w_aτ^(p−1) idf_τ for each fact of each row's item [row, column]: what a step put into
  /// what is held of the fact.
  func factWeights(_ trace: Trace, row: Int) -> [(row: Int, column: Int32, weight: Float)] {
    guard readsFacts, let slots = trace.factSlots else { return [] }
    let table = network.factTable
    // α λ m / w is the weight of one unit of w.
    var unit: [Int32: Float] = [:]
    for (k, fact) in zip(
      slots.row(row).sorted { slots.column[$0] < slots.column[$1] },
      network.terms(trace, row: row).facts)
    { unit[fact.column] = fact.weight / slots.written[k] }
    let gates = (0..<trace.relationCount).map { trace.slotWeights(of: $0, at: row) }
    let patched = trace.reading.slots
    return (0...row).flatMap { t in
      table.columns(of: Int(trace.items[t])).compactMap { column in
        let a = Int(table.relation[Int(column)])
        guard patched[a] == nil else { return nil }
        return unit[column].map { (t, column, $0 * gates[a][t]) }
      }
    }
  }

  /// What was patched in from another run adds to the terms.
  ///
  /// W_uh h, α_a W_um v_a, or the facts of its relations; no step wrote it.
  func patched(_ trace: Trace, row: Int) -> ScoreTerms {
    let (state, slots) = (trace.reading.state, trace.reading.slots)
    var part = [Float](repeating: 0, count: weight.columns)
    for (k, value) in (state ?? []).enumerated() { part[k] = value }
    for slot in slots.keys.sorted() where readsVectors {
      for (k, value) in trace.slot(slot, at: row).enumerated() {
        part[hidden + k] += trace.attention[row, slot] * value
      }
    }
    var terms = ScoreTerms(preference: weight.applied(to: part))
    if readsFacts, !slots.isEmpty {
      terms.facts = network.terms(trace, row: row).facts.filter {
        slots[Int(network.factTable.relation[Int($0.column)])] != nil
      }
    }
    return terms
  }

  /// What some rows add to the terms: Σ_t W_u [g_t ; Σ_a α_a c_{t,a} (e_{i_t} + r_a)], or their facts.
  func written(_ trace: Trace, row: Int, at rows: Set<Int>) -> ScoreTerms {
    var part = [Float](repeating: 0, count: weight.columns)
    var kept = [Float](repeating: 1, count: hidden)
    for t in stride(from: row, through: 0, by: -1) where trace.reading.state == nil {
      for k in 0..<hidden {
        let u = trace.updateGates[t, k]
        if rows.contains(t) { part[k] += kept[k] * (1 - u) * trace.candidates[t, k] }
        kept[k] *= u
      }
    }
    for a in 0..<(readsVectors ? trace.relationCount : 0) where trace.reading.slots[a] == nil {
      let weights = trace.slotWeights(of: a, at: row)
      let relation = network.parameters.relationMatrix.row(a)
      // In order, so that the sum is the same to the last bit each time.
      for t in rows.sorted() {
        let entity = network.parameters.entityEmbedding.row(Int(trace.items[t]))
        let weight = trace.attention[row, a] * weights[t]
        for (k, value) in zip(entity, relation).enumerated() {
          part[hidden + k] += weight * (value.0 + value.1)
        }
      }
    }
    var terms = ScoreTerms(preference: weight.applied(to: part))
    var sums: [Int32: Float] = [:]
    for fact in factWeights(trace, row: row) where rows.contains(fact.row) {
      sums[fact.column, default: 0] += fact.weight
    }
    terms.facts = sums.sorted { $0.key < $1.key }.map { .init(column: $0.key, weight: $0.value) }
    return terms
  }

  /// What a slot adds to the terms: α_a W_um v_a, or the facts of its relation.
  func read(_ trace: Trace, row: Int, from slot: Int) -> ScoreTerms {
    var part = [Float](repeating: 0, count: weight.columns)
    if readsVectors {
      for (k, value) in trace.slot(slot, at: row).enumerated() {
        part[hidden + k] = trace.attention[row, slot] * value
      }
    }
    var terms = ScoreTerms(preference: weight.applied(to: part))
    terms.facts = network.terms(trace, row: row).facts.filter {
      network.factTable.relation[Int($0.column)] == slot
    }
    return terms
  }

  /// W_uh h, then α_a W_um v_a for each slot, then b_u [R+2 E].
  func parts(_ trace: Trace, row: Int) -> Matrix {
    let slots = trace.relationCount
    var parts = Matrix(rows: slots + 2, columns: weight.rows)
    parts.withMutableView { parts in
      weight.view.columns(0..<hidden).apply(
        to: Array(trace.readState(row)), into: parts.row(0))
      guard readsVectors else { return }
      let memory = Matrix(
        rows: slots, columns: weight.columns - hidden,
        values: (0..<slots).flatMap { trace.slot($0, at: row) })
      multiply(
        memory.view, weight.view.columns(hidden..<weight.columns).transposed,
        into: parts.rows(1..<1 + slots))
      for a in 0..<slots {
        let alpha = trace.attention[row, a]
        for k in 0..<parts.columns { parts[1 + a, k] *= alpha }
      }
    }
    parts.setRow(slots + 1, to: bias)
    return parts
  }
}

/// A score taken apart by what stands in it: the GRU state, each slot of the memory, the bias.
///
///     score = q·W_uh h + Σ_a α_a q·W_um v_a + q·b_u (+ ρ · 1[i is in the history])
///
/// In a memory of facts the part of a slot is α_a λ_a S_a(i).
///
/// The parts add up to the score but for rounding, which is in ``residual``.
package struct ScoreParts: Sendable, Equatable {
  package let item: Int32
  package let contrast: Contrast
  /// The network's own score, less that of the contrast.
  package let score: Float
  /// q·W_uh h: the part of the GRU state.
  package let sequence: Float
  /// α_a q·W_um v_a, or α_a λ_a S_a, for each slot [R]; zeros where the model has no memory.
  package let relations: [Float]
  /// q·b_u: the part that does not depend on the history.
  package let bias: Float
  /// ρ · 1[i is in the history]: the part of having been chosen before.
  package let repeated: Float

  /// The score less the sum of the parts: rounding.
  package var residual: Float {
    let sum = relations.reduce(Double(sequence) + Double(bias) + Double(repeated)) {
      $0 + Double($1)
    }
    return Float(Double(score) - sum)
  }
}

/// One step of a history ready to take scores apart: R + 2 dot products for each item.
package struct StepParts: Sendable {
  package let network: KSRNetwork
  /// The sum of all parts.
  package let terms: ScoreTerms
  /// W_uh h, then α_a W_um v_a for each slot, then b_u [R+2 E].
  package let parts: Matrix

  /// The parts of p at a row of a trace.
  package init(
    network: KSRNetwork, trace: Trace, row: Int, history: ArraySlice<Int32>? = nil
  ) {
    self.network = network
    terms = network.terms(trace, row: row, history: history)
    parts = LinearReadout(network).parts(trace, row: row)
  }

  /// The parts of p at a step of a history, as the model sees it there.
  package init(_ states: HistoryStates, step: Int) {
    let (trace, row) = states.pass(through: step)
    self.init(network: states.network, trace: trace, row: row, history: states.items[...step])
  }

  /// An item's score taken apart.
  package func scoreParts(of item: Int32, over contrast: Contrast = .catalogueMean) -> ScoreParts {
    let contrasted = ContrastedItem(item, over: contrast, under: terms, in: network)
    var sums = parts.applied(to: contrasted.vector)
    for fact in terms.facts {
      sums[1 + Int(network.factTable.relation[Int(fact.column)])] +=
        fact.weight * contrasted.fact(fact.column)
    }
    return ScoreParts(
      item: item, contrast: contrast, score: contrasted.score(terms), sequence: sums[0],
      relations: Array(sums[1..<sums.count - 1]), bias: sums[sums.count - 1],
      repeated: (network.repeatBias ?? 0) * contrasted.repeated(terms.repeated))
  }

  /// The scores of several items taken apart, in their order.
  package func scoreParts(
    of items: some Sequence<Int32>, over contrast: Contrast = .catalogueMean
  ) -> [ScoreParts] {
    items.map { scoreParts(of: $0, over: contrast) }
  }
}
