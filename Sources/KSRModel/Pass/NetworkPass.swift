import KSRNumerics

/// The network's forward and backward pass over packed sequences, layer by layer.
///
///     h_t = GRU(x_{i_t}, h_{t-1})
///     write  w_a = e_{i_t} + r_a    z_a = σ(v_a · w_a)    v_a ← (1 − z_a) v_a + z_a w_a
///     read   α = softmax_a(γ (W_d h_t + b_d) · r_a)    m_t = Σ_a α_a v_a
///     p_t = W_u [h_t ; m_t] + b_u
///
/// A memory of facts (``FactMemory``) writes and reads in other ways, and leaves m_t = 0: what it reads
/// is matched with the facts of the items in ``LogitsPass``.
/// Training, ranking, traces and gradients of scores all run it; ``LogitsPass`` makes p into a loss.
/// Shapes: `P` positions read, `S` scored positions, the rest as in ``KSRSettings``. Buffers are
/// allocated once and grow with the largest batch.
package final class NetworkPass {
  package let settings: KSRSettings
  /// The gradients of W_hh, W_ih, W_d, b_d, W_u and b_u, of ρ and of what a memory of facts trains, to
  /// which a backward pass adds.
  ///
  /// The tables of items are empty here. Nil where only the gradients of inputs are wanted.
  package var gradients: KSRParameters?

  let embedding = EmbeddingPass()
  let gru: GRUPass
  let attention = AttentionPass()
  let memory = MemoryPass()
  /// What a memory of facts holds; nil for any other.
  let facts: FactsPass?
  let preference = PreferencePass()
  private let patchedStates = MatrixBuffer()  // [S H]

  /// What is held, matched with the facts of items outside of training.
  let match = FactMatch()

  /// - Parameter facts: the known facts, where the memory is one of facts.
  package init(settings: KSRSettings, facts: FactTable = .none, withGradients: Bool = false) {
    self.settings = settings
    self.facts = settings.memory == .facts ? FactsPass(facts) : nil
    gru = GRUPass(settings: settings)
    gradients =
      withGradients ? KSRParameters(settings: settings, itemCount: 0, relationCount: 0) : nil
    if self.facts != nil {
      gradients?.factStrength = Array(repeating: 0, count: facts.relationCount)
    }
  }

  /// p at the scored positions [S E].
  package var preferences: MutableMatrixView { preference.output.all }
  /// dLoss/dp [S E], which a backward pass starts from.
  package var preferenceGradient: MatrixBuffer { preference.gradient }
  /// dLoss/dx by position [P E].
  package var inputGradient: MutableMatrixView { embedding.gradient.all }
  /// dLoss/de of the writes, where e is trained, sequence after sequence [P K].
  package var entityGradient: MutableMatrixView { memory.entityGradient.all }

  /// Room for the gradients of the inputs of a batch whose backward pass runs elsewhere.
  package func reserveInputGradients(_ batch: PackedSequences, _ p: KSRParameters) {
    embedding.gradient.reserve(rows: batch.positionCount, columns: p.itemEmbedding.columns)
    guard !settings.freezesKnowledgeGraph, usesMemory(p) else { return }
    memory.entityGradient.reserve(rows: batch.positionCount, columns: p.entityEmbedding.columns)
  }

  /// Whether the linear memory takes part at all.
  package func usesMemory(_ p: KSRParameters) -> Bool {
    settings.memory == .linear && p.relationCount > 0
  }

  /// Reads the sequences.
  ///
  /// - Parameters:
  ///   - transposed: the GRU's weights transposed, where many passes use them.
  ///   - itemGates: what the items bring to the lowest GRU layer, if known; then there is no dropout.
  ///   - keepsAll: whether a backward pass will follow.
  ///   - dropoutSeed: what the training's dropout follows from; nil for none.
  ///   - reading: a change of what is read from the memory.
  ///   - clock: takes the time of the phases.
  package func forward(
    _ batch: PackedSequences, parameters p: KSRParameters, transposed: TransposedWeights? = nil,
    itemGates: ItemGates? = nil, keepsAll: Bool = true, dropoutSeed: UInt64? = nil,
    reading: ReadIntervention = .none, clock: PhaseClock? = nil
  ) {
    if itemGates == nil {
      measure(clock, "step/gather") {
        embedding.forward(batch, p, dropout: settings.dropoutProbability, seed: dropoutSeed)
      }
    }
    measure(clock, "step/gru forward") {
      gru.forward(
        batch, p, x: embedding.output, transposed: transposed, itemGates: itemGates,
        keepsAll: keepsAll)
    }
    if usesMemory(p) {
      measure(clock, "step/attention forward") {
        attention.forward(
          readStates(reading), largest: nil, p, gamma: settings.gamma, reading: reading)
      }
      measure(clock, "step/memory forward") {
        memory.forward(batch, p, alpha: attention.weights.all, patched: reading.slots)
      }
    }
    if let facts {
      measure(clock, "step/facts forward") { facts.forward(batch, patched: reading.slots) }
      measure(clock, "step/attention forward") {
        attention.forward(
          readStates(reading), largest: facts.largest, p, gamma: settings.gamma, reading: reading)
      }
      measure(clock, "step/facts forward") { facts.weigh(p, alpha: attention.weights.all) }
    }
    measure(clock, "step/preference forward") {
      preference.forward(
        readStates(reading), reads: usesMemory(p) ? memory.reads.view : nil, p)
    }
  }

  /// h at the scored positions as attention and p read it [S H].
  func readStates(_ reading: ReadIntervention) -> MatrixView {
    guard let state = reading.state else { return gru.output.view }
    let states = patchedStates.reserve(rows: gru.output.all.rows, columns: state.count)
    states.fill(with: state)
    return states.view
  }

  /// D of one scored row for a score that has a slope along each column of facts, where the memory is
  /// one of facts.
  package func setMatchGradient(_ slope: (Int32) -> Float) {
    guard let facts else { return }
    let d = facts.matchGradient.zeros(rows: 1, columns: facts.table.relationCount)
    for k in facts.row(0) {
      let column = facts.column[k]
      d[0, Int(facts.table.relation[Int(column)])] += facts.held[k] * slope(column)
    }
  }

  /// From ``preferenceGradient``, and over facts from D, back to the inputs and, where there are
  /// ``gradients``, the weights.
  ///
  /// It belongs to the forward pass before it, and is given what that was given.
  package func backward(
    _ batch: PackedSequences, parameters p: KSRParameters, dropoutSeed: UInt64? = nil,
    reading: ReadIntervention = .none, clock: PhaseClock? = nil
  ) {
    measure(clock, "step/preference backward") {
      preference.backward(
        readStates(reading), reads: usesMemory(p) ? memory.reads.view : nil, p,
        dstates: gru.outputGradient, dreads: memory.readGradient, &gradients)
    }
    if usesMemory(p) {
      measure(clock, "step/memory backward") {
        memory.backward(
          batch, p, alpha: attention.weights.all, dalpha: attention.gradient,
          trainsEntities: !settings.freezesKnowledgeGraph, patched: reading.slots)
      }
    }
    if let facts {
      measure(clock, "step/facts backward") {
        facts.backward(
          p, alpha: attention.weights.all, dalpha: attention.gradient, &gradients)
      }
    }
    if usesMemory(p) || facts != nil {
      measure(clock, "step/attention backward") {
        attention.backward(
          readStates(reading), largest: facts?.largest, p, gamma: reading.gamma ?? settings.gamma,
          dstates: gru.outputGradient.all, &gradients)
      }
    }
    if reading.state != nil {
      // What was read does not depend on the inputs.
      gru.outputGradient.zeros(rows: batch.scoredCount, columns: settings.hiddenSize)
    }
    measure(clock, "step/gather") { gru.scatterOutputGradient(batch) }
    measure(clock, "step/gru backward") {
      gru.backward(batch, p, x: embedding.output, dx: embedding.gradient, &gradients)
    }
    measure(clock, "step/gather") {
      embedding.backward(dropout: settings.dropoutProbability, seed: dropoutSeed)
    }
  }

  /// The numbers that a forward and a backward pass keep of a batch, without the memory's slots.
  package static func bufferSize(
    _ settings: KSRSettings, facts: FactTable, relationCount: Int, _ batch: BatchSize
  ) -> Double {
    let memory =
      switch settings.memory {
      case .linear: MemoryPass.bufferSize(settings, relationCount: relationCount, batch)
      case .facts: FactsPass.bufferSize(facts, batch)
      case .none: 0.0
      }
    return EmbeddingPass.bufferSize(settings, batch) + GRUPass.bufferSize(settings, batch)
      + AttentionPass.bufferSize(settings, relationCount: relationCount, batch) + memory
      + PreferencePass.bufferSize(settings, batch)
  }

  /// The numbers in the slots that the backward pass over a sequence of so many steps keeps.
  package static func slotsSize(
    _ settings: KSRSettings, relationCount: Int, steps: Double
  ) -> Double {
    settings.memory == .linear
      ? MemoryPass.slotsSize(settings, relationCount: relationCount, steps: steps) : 0
  }

  /// The floating-point operations that a batch needs: two for each multiplication in the matrix
  /// products of the forward pass, and twice as many for those of the backward pass.
  ///
  /// Logits computed a second time, functions by element, and what a batch costs whatever its size
  /// (item vectors, optimiser) do not count.
  ///
  /// - Parameter candidates: the items that each scored position is compared with.
  package static func flops(
    _ settings: KSRSettings, facts: FactTable = .none, candidates: Int, _ batch: BatchSize
  ) -> Double {
    3
      * (GRUPass.flops(settings, batch)
        + (settings.memory == .none ? 0 : AttentionPass.flops(settings, batch))
        + PreferencePass.flops(settings, batch)
        + LogitsPass.flops(settings, candidates: candidates, batch))
      + (settings.memory == .facts
        ? 2 * FactsPass.flops(facts, candidates: candidates, batch) : 0)
  }
}

/// How much there is in a batch, which its cost follows from.
package struct BatchSize: Sendable {
  /// Positions read: P.
  package let positions: Double
  /// Scored positions: S.
  package let scored: Double

  package init(positions: Double, scored: Double) {
    (self.positions, self.scored) = (positions, scored)
  }

  package init(_ shards: [PackedSequences]) {
    positions = Double(shards.reduce(0) { $0 + $1.positionCount })
    scored = Double(shards.reduce(0) { $0 + $1.scoredCount })
  }
}
