import CKernels
import KSRModel

/// Forward and backward pass over one shard of a batch, with its own buffers and gradients.
///
/// The equations are those of DESIGN.md §3; each `…Gradient` undoes the step of the same name.
/// Shapes: `P` positions read, `S` scored positions, the rest as in ``KSRSettings``.
final class ShardPass {
  /// The gradients of W_hh, W_ih, W_d, b_d, W_u and b_u; the tables of items are empty here.
  var gradients: KSRParameters
  /// dLoss/dq [N E]: the gradient of the item vectors, to which a pass adds.
  let itemVectorGradient = FloatBuffer()
  /// dLoss/dx by position [P E].
  let inputGradient = FloatBuffer()
  /// dLoss/de of the writes, where e is trained, by position in the sequences' order [P K].
  let entityGradient = FloatBuffer()

  private let settings: KSRSettings
  let forward: BatchPass
  let logits = FloatBuffer()  // [rows of a tile, items of a tile]
  let inverseSums = FloatBuffer()  // [S] 1/Σ of the exponentials
  let weightedPreferences = FloatBuffer()  // [S E] scale/Σ · p
  let preferenceGradient = FloatBuffer()  // [S E]
  private let scoredStateGradient = FloatBuffer()  // [S H]
  private let readGradient = FloatBuffer()  // [S K]
  private let attentionGradient = FloatBuffer()  // [S R]
  private let queryGradient = FloatBuffer()  // [S K]
  private let stateGradient = FloatBuffer()  // [P H]
  private let recurrentGradient = FloatBuffer()  // [P of a run, 3H] dLoss/d(W_hh h_{t-1})
  private let previousStates = FloatBuffer()  // [P of a run, H] h_{t-1}

  init(settings: KSRSettings, itemCount: Int) {
    self.settings = settings
    forward = BatchPass(settings: settings)
    gradients = KSRParameters(settings: settings, itemCount: 0, relationCount: 0)
    itemVectorGradient.zeros(itemCount * settings.embeddingSize)
  }

  /// Adds the gradients of `scale` · Σ loss over the scored positions, and returns Σ loss.
  func run(
    _ batch: PackedSequences, parameters p: KSRParameters, columns: GRUColumns,
    items q: ItemVectors, scale: Float, dropoutSeed: UInt64?, clock: PhaseClock?
  ) -> Double {
    forward.run(batch, parameters: p, columns: columns, dropoutSeed: dropoutSeed, clock: clock)
    let loss = scoreAndLoss(batch, q, scale: scale, clock)
    measure(clock, "step/preference backward") { combineGradient(batch, p) }
    if forward.usesMemory(p) {
      measure(clock, "step/memory backward") { readMemoryGradient(batch, p) }
      measure(clock, "step/attention backward") { attendGradient(batch, p) }
    }
    measure(clock, "step/gather") { scatterScoredStates(batch) }
    measure(clock, "step/gru backward") {
      for layer in p.gru.indices.reversed() { recurGradient(batch, p, layer) }
    }
    measure(clock, "step/gather") { embedGradient(batch, dropoutSeed) }
    return loss
  }

  // MARK: x_t = dropout(item embedding)

  /// What dropout left of x is what it leaves of dLoss/dx.
  private func embedGradient(_ batch: PackedSequences, _ dropoutSeed: UInt64?) {
    guard let dropoutSeed, settings.dropoutProbability > 0 else { return }
    ksr_dropout(
      batch.positionCount * settings.embeddingSize, dropoutSeed, settings.dropoutProbability,
      inputGradient.base)
  }

  // MARK: h_t = GRU(x_t, h_{t-1})

  /// On entry `stateGradient` holds what the layers above ask of this layer's states; on return it
  /// holds the same for the layer below, or `inputGradient` for the embedding.
  private func recurGradient(_ batch: PackedSequences, _ p: KSRParameters, _ layer: Int) {
    let h = settings.hiddenSize
    let weights = p.gru[layer]
    let inputs = weights.inputWeight.columns
    let x = layer == 0 ? forward.input.base : forward.states[layer - 1].base
    let out = forward.states[layer].base
    let dxg = forward.gates[layer].base
    let dh = stateGradient.base
    let dx = layer == 0 ? inputGradient.reserve(batch.positionCount * inputs) : dh
    for run in batch.runs.reversed() {
      let (first, end) = (batch.offset[run.lowerBound], batch.offset[run.upperBound])
      let dhg = recurrentGradient.reserve((end - first) * 3 * h)
      for t in run.reversed() {
        let (rows, at) = (batch.active[t], batch.offset[t])
        let below = t > 0 ? batch.offset[t - 1] * h : nil
        ksr_gru_step_gradient(
          rows, h, dxg + at * 3 * h, forward.candidateParts[layer].base + at * h,
          below.map { out + $0 }, dh + at * h, dhg + (at - first) * 3 * h, below.map { dh + $0 })
        guard let below else { break }
        ksr_sgemm(
          false, false, rows, h, 3 * h, dhg + (at - first) * 3 * h, 3 * h,
          weights.hiddenWeight.values, h, 1, dh + below, h)
      }
      ksr_sgemm(
        true, false, 3 * h, inputs, end - first, dxg + first * 3 * h, 3 * h, x + first * inputs,
        inputs, 1, &gradients.gru[layer].inputWeight.values, inputs)
      // The first step has no state before it.
      let skipped = run.lowerBound == 0 ? batch.active[0] : 0
      ksr_sgemm(
        true, false, 3 * h, h, end - first - skipped, dhg + skipped * 3 * h, 3 * h,
        statesBefore(run, batch, out), h, 1, &gradients.gru[layer].hiddenWeight.values, h)
      ksr_sgemm(
        false, false, end - first, inputs, 3 * h, dxg + first * 3 * h, 3 * h,
        weights.inputWeight.values, inputs, 0, dx + first * inputs, inputs)
    }
  }

  /// h_{t-1} of the positions of a run of steps, but the sequences' first, in their order.
  private func statesBefore(
    _ run: Range<Int>, _ batch: PackedSequences, _ states: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let h = settings.hiddenSize
    let steps = max(1, run.lowerBound)..<run.upperBound
    guard let last = steps.last else { return states }
    let start = batch.offset[steps.lowerBound - 1]
    // Where no sequence ends they already lie as they should.
    if batch.active[steps.lowerBound - 1] == batch.active[last] { return states + start * h }
    let first = batch.offset[steps.lowerBound]
    let before = previousStates.reserve((batch.offset[run.upperBound] - first) * h)
    for t in steps {
      (before + (batch.offset[t] - first) * h).update(
        from: states + batch.offset[t - 1] * h, count: batch.active[t] * h)
    }
    return before
  }

  private func scatterScoredStates(_ batch: PackedSequences) {
    let h = settings.hiddenSize
    let dh = stateGradient.zeros(batch.positionCount * h)
    for (row, position) in batch.scoredPosition.enumerated() {
      (dh + Int(position) * h).update(from: scoredStateGradient.base + row * h, count: h)
    }
  }

  // MARK: α = softmax(γ (W_d h + b_d) · r_a)

  private func attendGradient(_ batch: PackedSequences, _ p: KSRParameters) {
    let (s, k, h, r) = (
      batch.scoredCount, p.relationMatrix.columns, settings.hiddenSize, p.relationCount
    )
    ksr_softmax_gradient(s, r, settings.gamma, forward.attention.base, attentionGradient.base)
    let dquery = queryGradient.reserve(s * k)
    ksr_sgemm(
      false, false, s, k, r, attentionGradient.base, r, p.relationMatrix.values, k, 0, dquery, k)
    ksr_sgemm(
      true, false, k, h, s, dquery, k, forward.scoredStates.base, h, 1,
      &gradients.dense.weight.values, h)
    ksr_add_rows(s, k, dquery, &gradients.dense.bias)
    ksr_sgemm(
      false, false, s, h, k, dquery, k, p.dense.weight.values, h, 1, scoredStateGradient.base, h)
  }

  // MARK: write and read: m_t = Σ_a α_a v_a

  private func readMemoryGradient(_ batch: PackedSequences, _ p: KSRParameters) {
    let (k, r) = (p.relationMatrix.columns, p.relationCount)
    let dalpha = attentionGradient.reserve(batch.scoredCount * r)
    if !settings.freezesKnowledgeGraph { entityGradient.reserve(batch.positionCount * k) }
    let v = forward.memory.reserve(
      (settings.freezesKnowledgeGraph ? 1 : batch.stepCount + 2) * r * k)
    for b in 0..<batch.sequenceCount {
      let (start, steps) = (
        batch.sequenceStart[b], batch.sequenceStart[b + 1] - batch.sequenceStart[b]
      )
      let z = forward.writeGates.base + start * r
      batch.sequenceItem.withUnsafeBufferPointer { items in
        batch.sequenceScored.withUnsafeBufferPointer { scored in
          guard let items = items.baseAddress, let scored = scored.baseAddress else { return }
          if settings.freezesKnowledgeGraph {
            ksr_memory_sequence_gradient(
              steps, r, k, items + start, p.entityEmbedding.values, p.relationMatrix.values,
              scored + start, z, readGradient.base, dalpha, v)
          } else {
            ksr_memory_sequence_full_gradient(
              steps, r, k, items + start, p.entityEmbedding.values, p.relationMatrix.values,
              scored + start, forward.attention.base, z, readGradient.base, dalpha,
              entityGradient.base + start * k, v)
          }
        }
      }
    }
  }

  // MARK: p = W_u [h ; m] + b_u

  private func combineGradient(_ batch: PackedSequences, _ p: KSRParameters) {
    let (s, e, h) = (batch.scoredCount, settings.embeddingSize, settings.hiddenSize)
    let weight = p.denseLayerU.weight
    let k = weight.columns - h
    let dp = preferenceGradient.base
    let dh = scoredStateGradient.reserve(s * h)
    let dm = readGradient.reserve(s * k)
    weight.values.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      ksr_sgemm(false, false, s, h, e, dp, e, w, h + k, 0, dh, h)
      if forward.usesMemory(p) { ksr_sgemm(false, false, s, k, e, dp, e, w + h, h + k, 0, dm, k) }
    }
    gradients.denseLayerU.weight.values.withUnsafeMutableBufferPointer { dw in
      guard let dw = dw.baseAddress else { return }
      ksr_sgemm(true, false, e, h, s, dp, e, forward.scoredStates.base, h, 1, dw, h + k)
      if forward.usesMemory(p) {
        ksr_sgemm(true, false, e, k, s, dp, e, forward.reads.base, k, 1, dw + h, h + k)
      }
    }
    ksr_add_rows(s, e, dp, &gradients.denseLayerU.bias)
  }

  // MARK: loss of score = p · q

  /// Leaves dLoss/dp in `preferenceGradient` and adds to dLoss/dq.
  private func scoreAndLoss(
    _ batch: PackedSequences, _ q: ItemVectors, scale: Float, _ clock: PhaseClock?
  ) -> Double {
    switch settings.loss {
    case .crossEntropy: crossEntropy(batch, q, scale, clock)
    case .bpr: measure(clock, "step/ranking") { rankAgainstNegatives(batch, q, scale: scale) }
    }
  }

  /// −mean log(1e-10 + σ(s⁺ − s⁻)), the mean over rows and their negatives.
  private func rankAgainstNegatives(
    _ batch: PackedSequences, _ q: ItemVectors, scale: Float
  ) -> Double {
    let (s, e) = (batch.scoredCount, q.width)
    let count = batch.negative.count / s
    precondition(count > 0 && batch.negative.count == count * s, "BPR needs negatives")
    let dp = preferenceGradient.reserve(s * e)
    let loss = ksr_bpr(
      s, e, count, forward.preferences.base, q.rows, batch.target, batch.negative,
      scale / Float(count), dp, itemVectorGradient.base)
    return loss / Double(count)
  }
}
