import CKernels
import Randomness

/// The network's forward pass over packed sequences, with every value that a backward pass needs.
///
/// The equations are those of DESIGN.md §3; ``KSRNetwork/trace(_:)`` is the same for one sequence.
/// Shapes: `P` positions read, `S` scored positions, the rest as in ``KSRSettings``. Buffers are
/// allocated once and grow with the largest batch.
package final class BatchPass {
  package let settings: KSRSettings
  /// x after dropout [P E].
  package let input = FloatBuffer()
  /// 0 or 1/(1 − dropout) [P E].
  package let dropoutScale = FloatBuffer()
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
  private let hiddenWeight = FloatBuffer()  // [H 3H] W_hhᵀ
  private let queries = FloatBuffer()  // [S K]

  package init(settings: KSRSettings) {
    self.settings = settings
    func layers() -> [FloatBuffer] { (0..<settings.layerCount).map { _ in FloatBuffer() } }
    gates = layers()
    candidateParts = layers()
    states = layers()
  }

  /// Reads the sequences; `dropout` is the generator of the training's dropout, nil for none.
  package func run(
    _ batch: PackedSequences, parameters p: KSRParameters, dropout: inout SeededGenerator?
  ) {
    embed(batch, p, &dropout)
    for layer in p.gru.indices { recur(batch, p, layer) }
    gatherScoredStates(batch)
    if usesMemory(p) {
      attend(batch, p)
      readMemory(batch, p)
    }
    combine(batch, p)
  }

  /// Whether the memory takes part at all.
  package func usesMemory(_ p: KSRParameters) -> Bool {
    settings.memory == .knowledge && p.relationCount > 0
  }

  // MARK: x_t = dropout(item embedding)

  private func embed(
    _ batch: PackedSequences, _ p: KSRParameters, _ dropout: inout SeededGenerator?
  ) {
    let width = p.itemEmbedding.columns
    let x = input.reserve(batch.positionCount * width)
    p.itemEmbedding.values.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress else { return }
      for (position, item) in batch.item.enumerated() {
        (x + position * width).update(from: table + Int(item) * width, count: width)
      }
    }
    guard settings.dropoutProbability > 0, var generator = dropout else { return }
    let mask = dropoutScale.reserve(batch.positionCount * width)
    // 16 random bits decide about each number.
    let threshold = UInt64(Double(settings.dropoutProbability) * 65536)
    let kept = 1 / (1 - Float(threshold) / 65536)
    var bits: UInt64 = 0
    for i in 0..<batch.positionCount * width {
      bits = i & 3 == 0 ? generator.next() : bits >> 16
      mask[i] = bits & 0xffff < threshold ? 0 : kept
      x[i] *= mask[i]
    }
    dropout = generator
  }

  // MARK: h_t = GRU(x_t, h_{t-1})

  private func recur(_ batch: PackedSequences, _ p: KSRParameters, _ layer: Int) {
    let h = settings.hiddenSize
    let weights = p.gru[layer]
    let inputs = weights.inputWeight.columns
    let x = layer == 0 ? input.base : states[layer - 1].base
    let xg = gates[layer].reserve(batch.positionCount * 3 * h)
    let hn = candidateParts[layer].reserve(batch.positionCount * h)
    let out = states[layer].reserve(batch.positionCount * h)
    let hg = recurrent.reserve(batch.sequenceCount * 3 * h)
    ksr_sgemm(
      false, true, batch.positionCount, 3 * h, inputs, x, inputs, weights.inputWeight.values,
      inputs, 0, xg, 3 * h)
    // A few rows times W_hhᵀ is a third faster where it need not be transposed at every step.
    let transposed = hiddenWeight.reserve(3 * h * h)
    for row in 0..<3 * h {
      for column in 0..<h {
        transposed[column * 3 * h + row] = weights.hiddenWeight.values[row * h + column]
      }
    }
    for t in 0..<batch.stepCount {
      let (rows, at) = (batch.active[t], batch.offset[t])
      let before = t > 0 ? out + batch.offset[t - 1] * h : nil
      if let before {
        ksr_sgemm(
          false, false, rows, 3 * h, h, before, h, transposed, 3 * h, 0, hg, 3 * h)
      }
      ksr_gru_step(
        rows, h, xg + at * 3 * h, before == nil ? nil : hg, before, hn + at * h, out + at * h)
    }
  }

  private func gatherScoredStates(_ batch: PackedSequences) {
    let h = settings.hiddenSize
    let top = states[states.count - 1].base
    let rows = scoredStates.reserve(batch.scoredCount * h)
    for (row, position) in batch.scoredPosition.enumerated() {
      (rows + row * h).update(from: top + Int(position) * h, count: h)
    }
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
