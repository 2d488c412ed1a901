import CKernels

/// The network's forward pass over packed sequences, with every value that a backward pass needs.
///
/// The equations are those of DESIGN.md §3; ``KSRNetwork/trace(_:)`` is the same for one sequence.
/// Shapes: `P` positions read, `S` scored positions, the rest as in ``KSRSettings``. Buffers are
/// allocated once and grow with the largest batch.
package final class BatchPass {
  package let settings: KSRSettings
  /// x after dropout [P E].
  package let input = FloatBuffer()
  /// By layer: r, u, n [P 3H].
  package let gates: [FloatBuffer]
  /// By layer: (W_hh h)_n [P H].
  package let candidateParts: [FloatBuffer]
  /// By layer: h [P H].
  package let states: [FloatBuffer]
  /// h of the top layer at the scored positions [S H].
  package let scoredStates = FloatBuffer()
  /// α [S R].
  package let attention = FloatBuffer()
  /// z [P R], by sequence.
  package let writeGates = FloatBuffer()
  /// m [S K].
  package let reads = FloatBuffer()
  /// p [S E].
  package let preferences = FloatBuffer()
  /// v [R K] of the sequence being read.
  package let memory = FloatBuffer()

  private let recurrent = FloatBuffer()  // [B 3H] W_hh h_{t-1} of one step
  private let ownColumns = GRUColumns()
  private let queries = FloatBuffer()  // [S K]

  package init(settings: KSRSettings) {
    self.settings = settings
    func layers() -> [FloatBuffer] { (0..<settings.layerCount).map { _ in FloatBuffer() } }
    gates = layers()
    candidateParts = layers()
    states = layers()
  }

  /// Reads the sequences.
  ///
  /// - Parameters:
  ///   - columns: those of the parameters, where other passes use them, too.
  ///   - dropoutSeed: what the training's dropout follows from; nil for none.
  ///   - clock: takes the time of the phases.
  package func run(
    _ batch: PackedSequences, parameters p: KSRParameters, columns: GRUColumns? = nil,
    dropoutSeed: UInt64? = nil, clock: PhaseClock? = nil
  ) {
    measure(clock, "step/gather") { embed(batch, p, dropoutSeed) }
    measure(clock, "step/gru forward") {
      if columns == nil { ownColumns.compute(p) }
      for layer in p.gru.indices { recur(batch, p, columns ?? ownColumns, layer) }
    }
    measure(clock, "step/gather") { gatherScoredStates(batch) }
    if usesMemory(p) {
      measure(clock, "step/attention forward") { attend(batch, p) }
      measure(clock, "step/memory forward") { readMemory(batch, p) }
    }
    measure(clock, "step/preference forward") { combine(batch, p) }
  }

  /// Whether the memory takes part at all.
  package func usesMemory(_ p: KSRParameters) -> Bool {
    settings.memory == .knowledge && p.relationCount > 0
  }

  // MARK: x_t = dropout(item embedding)

  private func embed(_ batch: PackedSequences, _ p: KSRParameters, _ dropoutSeed: UInt64?) {
    let (count, width) = (batch.positionCount, p.itemEmbedding.columns)
    let x = input.reserve(count * width)
    ksr_gather_rows(count, width, p.itemEmbedding.values, batch.item, x)
    if let dropoutSeed, settings.dropoutProbability > 0 {
      ksr_dropout(count * width, dropoutSeed, settings.dropoutProbability, x)
    }
  }

  // MARK: h_t = GRU(x_t, h_{t-1})

  private func recur(
    _ batch: PackedSequences, _ p: KSRParameters, _ columns: GRUColumns, _ layer: Int
  ) {
    let h = settings.hiddenSize
    let inputs = p.gru[layer].inputWeight.columns
    let (inputWeight, hiddenWeight) = (columns.input(layer), columns.hidden(layer))
    let x = layer == 0 ? input.base : states[layer - 1].base
    let xg = gates[layer].reserve(batch.positionCount * 3 * h)
    let hn = candidateParts[layer].reserve(batch.positionCount * h)
    let out = states[layer].reserve(batch.positionCount * h)
    let hg = recurrent.reserve(batch.sequenceCount * 3 * h)
    for run in batch.runs {
      let (first, end) = (batch.offset[run.lowerBound], batch.offset[run.upperBound])
      ksr_sgemm(
        false, false, end - first, 3 * h, inputs, x + first * inputs, inputs, inputWeight, 3 * h,
        0, xg + first * 3 * h, 3 * h)
      for t in run {
        let (rows, at) = (batch.active[t], batch.offset[t])
        let before = t > 0 ? out + batch.offset[t - 1] * h : nil
        if let before {
          ksr_sgemm(false, false, rows, 3 * h, h, before, h, hiddenWeight, 3 * h, 0, hg, 3 * h)
        }
        ksr_gru_step(
          rows, h, xg + at * 3 * h, before == nil ? nil : hg, before, hn + at * h, out + at * h)
      }
    }
  }

  private func gatherScoredStates(_ batch: PackedSequences) {
    let h = settings.hiddenSize
    ksr_gather_rows(
      batch.scoredCount, h, states[states.count - 1].base, batch.scoredPosition,
      scoredStates.reserve(batch.scoredCount * h))
  }

  // MARK: α = softmax(γ (W_d h + b_d) · r_a)

  private func attend(_ batch: PackedSequences, _ p: KSRParameters) {
    let (s, k, h, r) = (
      batch.scoredCount, p.relationMatrix.columns, settings.hiddenSize, p.relationCount
    )
    let query = queries.reserve(s * k)
    fill(query, rows: s, with: p.dense.bias)
    ksr_sgemm(
      false, true, s, k, h, scoredStates.base, h, p.dense.weight.values, h, 1, query, k)
    let alpha = attention.reserve(s * r)
    ksr_sgemm(false, true, s, r, k, query, k, p.relationMatrix.values, k, 0, alpha, r)
    ksr_softmax(s, r, settings.gamma, alpha)
  }

  // MARK: write, then read m_t = Σ_a α_a v_a

  private func readMemory(_ batch: PackedSequences, _ p: KSRParameters) {
    let (k, r) = (p.relationMatrix.columns, p.relationCount)
    let m = reads.reserve(batch.scoredCount * k)
    let z = writeGates.reserve(batch.positionCount * r)
    let v = memory.reserve(r * k)
    for b in 0..<batch.sequenceCount {
      let (start, end) = (batch.sequenceStart[b], batch.sequenceStart[b + 1])
      batch.sequenceItem.withUnsafeBufferPointer { items in
        batch.sequenceScored.withUnsafeBufferPointer { scored in
          guard let items = items.baseAddress, let scored = scored.baseAddress else { return }
          ksr_memory_sequence(
            end - start, r, k, items + start, p.entityEmbedding.values, p.relationMatrix.values,
            scored + start, attention.base, m, z + start * r, v)
        }
      }
    }
  }

  // MARK: p = W_u [h ; m] + b_u

  private func combine(_ batch: PackedSequences, _ p: KSRParameters) {
    let (s, e, h) = (batch.scoredCount, settings.embeddingSize, settings.hiddenSize)
    let weight = p.denseLayerU.weight
    let k = weight.columns - h
    let preference = preferences.reserve(s * e)
    fill(preference, rows: s, with: p.denseLayerU.bias)
    weight.values.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      ksr_sgemm(false, true, s, e, h, scoredStates.base, h, w, h + k, 1, preference, e)
      if usesMemory(p) {
        ksr_sgemm(false, true, s, e, k, reads.base, k, w + h, h + k, 1, preference, e)
      }
    }
  }

  private func fill(_ target: UnsafeMutablePointer<Float>, rows: Int, with bias: [Float]) {
    for row in 0..<rows {
      bias.withUnsafeBufferPointer { bias in
        guard let base = bias.baseAddress else { return }
        (target + row * bias.count).update(from: base, count: bias.count)
      }
    }
  }
}
