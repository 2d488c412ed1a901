import CKernels
import KSRModel
import Randomness

/// Forward and backward pass over one shard of a batch, with its own buffers and gradients.
///
/// The equations are those of DESIGN.md §3; each `…Gradient` undoes the step of the same name.
/// Shapes: `P` positions read, `S` scored positions, the rest as in ``KSRSettings``.
final class ShardPass {
  /// The gradients of this shard, accumulated by ``run(_:parameters:itemVectors:scale:generator:)``.
  var gradients: KSRParameters
  /// dLoss/dq [N E]: the gradient of the item vectors.
  var itemVectorGradient: Matrix

  /// The most items whose logits are computed at once.
  var itemTile = 4000

  private let settings: KSRSettings
  var freezesKnowledgeGraph: Bool { settings.freezesKnowledgeGraph }
  let forward: BatchPass
  let logits = FloatBuffer()  // [rows of a tile, items of a tile]
  let preferenceGradient = FloatBuffer()  // [S E]
  private let scoredStateGradient = FloatBuffer()  // [S H]
  private let readGradient = FloatBuffer()  // [S K]
  private let attentionGradient = FloatBuffer()  // [S R]
  private let queryGradient = FloatBuffer()  // [S K]
  private let stateGradient = FloatBuffer()  // [P H]
  private let recurrentGradient = FloatBuffer()  // [P 3H] dLoss/d(W_hh h_{t-1})
  private let previousStates = FloatBuffer()  // [P H] h_{t-1}
  private let inputGradient = FloatBuffer()  // [P E]

  init(settings: KSRSettings, itemCount: Int, relationCount: Int) {
    self.settings = settings
    forward = BatchPass(settings: settings)
    gradients = KSRParameters(
      settings: settings, itemCount: itemCount, relationCount: relationCount)
    itemVectorGradient = Matrix(rows: itemCount, columns: settings.embeddingSize)
  }

  /// Adds the gradients of `scale` · Σ loss over the scored positions, and returns Σ loss.
  func run(
    _ batch: PackedSequences, parameters p: KSRParameters, itemVectors q: Matrix, scale: Float,
    dropout: inout SeededGenerator?
  ) -> Double {
    guard batch.scoredCount > 0 else { return 0 }
    forward.run(batch, parameters: p, dropout: &dropout)
    let loss = scoreAndLoss(batch, q, scale: scale)
    combineGradient(batch, p)
    if forward.usesMemory(p) {
      readMemoryGradient(batch, p)
      attendGradient(batch, p)
    }
    scatterScoredStates(batch)
    for layer in p.gru.indices.reversed() { recurGradient(batch, p, layer) }
    embedGradient(batch, dropout: dropout != nil)
    return loss
  }

  // MARK: x_t = dropout(item embedding)

  private func embedGradient(_ batch: PackedSequences, dropout: Bool) {
    let width = settings.embeddingSize
    let dx = inputGradient.base
    if dropout, settings.dropoutProbability > 0 {
      for i in 0..<batch.positionCount * width { dx[i] *= forward.dropoutScale.base[i] }
    }
    gradients.itemEmbedding.values.withUnsafeMutableBufferPointer { table in
      guard let table = table.baseAddress else { return }
      for (position, item) in batch.item.enumerated() {
        ksr_add(width, dx + position * width, table + Int(item) * width)
      }
    }
  }

  // MARK: h_t = GRU(x_t, h_{t-1})

  /// On entry `stateGradient` holds what the layers above ask of this layer's states; on return it
  /// holds the same for the layer below, or `inputGradient` for the embedding.
  private func recurGradient(_ batch: PackedSequences, _ p: KSRParameters, _ layer: Int) {
    let h = settings.hiddenSize
    let weights = p.gru[layer]
    let inputs = weights.inputWeight.columns
    let (positions, first) = (batch.positionCount, batch.active[0])
    let dh = stateGradient.base
    let dxg = forward.gates[layer].base
    let out = forward.states[layer].base
    let dhg = recurrentGradient.reserve(positions * 3 * h)
    let before = previousStates.reserve(positions * h)
    before.update(repeating: 0, count: first * h)
    for t in 1..<max(1, batch.stepCount) {
      (before + batch.offset[t] * h).update(
        from: out + batch.offset[t - 1] * h, count: batch.active[t] * h)
    }
    for t in stride(from: batch.stepCount - 1, through: 0, by: -1) {
      let (rows, at) = (batch.active[t], batch.offset[t])
      ksr_gru_step_gradient(
        rows, h, dxg + at * 3 * h, forward.candidateParts[layer].base + at * h, before + at * h,
        dh + at * h,
        dhg + at * 3 * h)
      guard t > 0 else { break }
      let below = dh + batch.offset[t - 1] * h
      ksr_add(rows * h, dh + at * h, below)
      ksr_sgemm(
        false, false, rows, h, 3 * h, dhg + at * 3 * h, 3 * h, weights.hiddenWeight.values, h, 1,
        below, h)
    }
    let x = layer == 0 ? forward.input.base : forward.states[layer - 1].base
    ksr_sgemm(
      true, false, 3 * h, inputs, positions, dxg, 3 * h, x, inputs, 1,
      &gradients.gru[layer].inputWeight.values, inputs)
    ksr_sgemm(
      true, false, 3 * h, h, positions - first, dhg + first * 3 * h, 3 * h, before + first * h, h,
      1, &gradients.gru[layer].hiddenWeight.values, h)
    let dx = layer == 0 ? inputGradient.reserve(positions * inputs) : dh
    ksr_sgemm(
      false, false, positions, inputs, 3 * h, dxg, 3 * h, weights.inputWeight.values, inputs, 0, dx,
      inputs)
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
    addColumns(dquery, rows: s, to: &gradients.dense.bias)
    ksr_sgemm(
      false, false, s, h, k, dquery, k, p.dense.weight.values, h, 1, scoredStateGradient.base, h)
  }

  // MARK: write and read: m_t = Σ_a α_a v_a

  private func readMemoryGradient(_ batch: PackedSequences, _ p: KSRParameters) {
    let (k, r) = (p.relationMatrix.columns, p.relationCount)
    let dalpha = attentionGradient.reserve(batch.scoredCount * r)
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
              &gradients.entityEmbedding.values, v)
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
    addColumns(dp, rows: s, to: &gradients.denseLayerU.bias)
  }

  // MARK: loss of score = p · q

  /// Leaves dLoss/dp in `preferenceGradient` and adds to dLoss/dq.
  private func scoreAndLoss(_ batch: PackedSequences, _ q: Matrix, scale: Float) -> Double {
    switch settings.loss {
    case .crossEntropy:
      q.rows <= itemTile ? crossEntropy(batch, q, scale) : crossEntropyInTiles(batch, q, scale)
    case .bpr: rankAgainstNegatives(batch, q, scale: scale)
    }
  }

  /// −mean log(1e-10 + σ(s⁺ − s⁻)), the mean over rows and their negatives.
  private func rankAgainstNegatives(_ batch: PackedSequences, _ q: Matrix, scale: Float) -> Double {
    let (s, e) = (batch.scoredCount, q.columns)
    let count = batch.negative.count / s
    precondition(count > 0 && batch.negative.count == count * s, "BPR needs negatives")
    let dp = preferenceGradient.reserve(s * e)
    let loss = ksr_bpr(
      s, e, count, forward.preferences.base, q.values, batch.target, batch.negative,
      scale / Float(count), dp, &itemVectorGradient.values)
    return loss / Double(count)
  }

  private func addColumns(
    _ source: UnsafeMutablePointer<Float>, rows: Int, to bias: inout [Float]
  ) {
    let count = bias.count
    bias.withUnsafeMutableBufferPointer { bias in
      guard let base = bias.baseAddress else { return }
      for row in 0..<rows { ksr_add(count, source + row * count, base) }
    }
  }
}
