import CKernels
import KSRModel
import KSRNumerics

/// The network's forward pass for scoring alone: p at the scored positions, nothing kept that only a
/// backward pass needs.
///
/// What the lowest layer's gates get from an item, W_ih x_i, is worked out once for each different
/// item and gathered at every step. The equations are those of ``KSRNetwork``.
final class StatePass {
  /// W_ih x of every item that any case reads, and where each item's row is.
  struct InputGates: Sendable {
    fileprivate let rows: [Float]
    fileprivate let place: [Int32]

    /// The gates [U 3H] of the items that the cases read.
    init(_ cases: [RankingCase], _ p: KSRParameters) {
      var place = [Int32](repeating: -1, count: p.itemCount)
      var used: [Int32] = []
      for question in cases {
        for item in question.items where place[Int(item)] < 0 {
          place[Int(item)] = Int32(used.count)
          used.append(item)
        }
      }
      self.place = place
      guard let weight = p.gru.first?.inputWeight else {
        rows = []
        return
      }
      let width = weight.columns
      var inputs: [Float] = []
      inputs.reserveCapacity(used.count * width)
      for item in used { inputs += p.itemEmbedding.row(Int(item)) }
      var rows = [Float](repeating: 0, count: used.count * weight.rows)
      ksr_sgemm(
        false, true, used.count, weight.rows, width, inputs, width, weight.values, width, 0, &rows,
        weight.rows)
      self.rows = rows
    }
  }

  private let settings: KSRSettings
  private let parameters: KSRParameters
  private let gates: InputGates
  /// W_hhᵀ [H 3H] by layer: a few rows times it are faster than times its transpose.
  private let hiddenWeights: [Matrix]

  /// p [S E] of the last batch.
  let preferences = FloatBuffer()
  private let step = FloatBuffer()  // [B 3H] gates of one step
  private let recurrent = FloatBuffer()  // [B 3H]
  private let inputs = FloatBuffer()  // [P 3H] of upper layers
  private let states = [FloatBuffer(), FloatBuffer()]  // [P H], a layer and the one below it
  private let scored = FloatBuffer()  // [S H]
  private let queries = FloatBuffer()  // [S K]
  private let attention = FloatBuffer()  // [S R]
  private let reads = FloatBuffer()  // [S K]
  private let writes = FloatBuffer()  // [T R]
  private let memory = FloatBuffer()  // [R K]

  init(
    _ settings: KSRSettings, _ parameters: KSRParameters, _ gates: InputGates,
    hiddenWeights: [Matrix]
  ) {
    self.settings = settings
    self.parameters = parameters
    self.gates = gates
    self.hiddenWeights = hiddenWeights
  }

  /// Reads the sequences and works out p at their scored positions.
  func run(_ batch: PackedSequences) {
    let hidden = settings.hiddenSize
    for layer in parameters.gru.indices {
      let out = states[layer % 2].reserve(batch.positionCount * hidden)
      let gates = step.reserve(batch.sequenceCount * 3 * hidden)
      let fromState = recurrent.reserve(batch.sequenceCount * 3 * hidden)
      let weight = parameters.gru[layer].inputWeight
      if layer > 0 {
        ksr_sgemm(
          false, true, batch.positionCount, 3 * hidden, hidden, states[(layer - 1) % 2].base,
          hidden, weight.values, hidden, 0, inputs.reserve(batch.positionCount * 3 * hidden),
          3 * hidden)
      }
      for t in 0..<batch.stepCount {
        let (rows, at) = (batch.active[t], batch.offset[t])
        if layer == 0 {
          gather(batch.item[at..<at + rows], into: gates)
        } else {
          gates.update(from: inputs.base + at * 3 * hidden, count: rows * 3 * hidden)
        }
        let before = t > 0 ? out + batch.offset[t - 1] * hidden : nil
        if let before {
          ksr_sgemm(
            false, false, rows, 3 * hidden, hidden, before, hidden, hiddenWeights[layer].values,
            3 * hidden, 0, fromState, 3 * hidden)
        }
        ksr_gru_step(
          rows, hidden, gates, before == nil ? nil : fromState, before, nil, out + at * hidden)
      }
    }
    let top = states[(parameters.gru.count - 1) % 2].base
    let rows = scored.reserve(batch.scoredCount * hidden)
    for (row, position) in batch.scoredPosition.enumerated() {
      (rows + row * hidden).update(from: top + Int(position) * hidden, count: hidden)
    }
    combine(batch)
  }

  private func gather(_ items: ArraySlice<Int32>, into target: UnsafeMutablePointer<Float>) {
    let width = 3 * settings.hiddenSize
    gates.rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      for (row, item) in items.enumerated() {
        (target + row * width).update(
          from: base + Int(gates.place[Int(item)]) * width, count: width)
      }
    }
  }

  /// p = W_u [h ; m] + b_u.
  private func combine(_ batch: PackedSequences) {
    let (s, e, h) = (batch.scoredCount, settings.embeddingSize, settings.hiddenSize)
    let map = parameters.denseLayerU
    let k = map.weight.columns - h
    let p = preferences.reserve(s * e)
    fill(p, rows: s, with: map.bias)
    let usesMemory = settings.memory == .knowledge && parameters.relationCount > 0
    if usesMemory { readMemory(batch) }
    map.weight.values.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      ksr_sgemm(false, true, s, e, h, scored.base, h, w, h + k, 1, p, e)
      if usesMemory { ksr_sgemm(false, true, s, e, k, reads.base, k, w + h, h + k, 1, p, e) }
    }
  }

  /// m = Σ_a α_a v_a at the scored positions, α = softmax_a(γ (W_d h + b_d) · r_a).
  private func readMemory(_ batch: PackedSequences) {
    let keys = parameters.relationMatrix
    let (s, k, h, r) = (batch.scoredCount, keys.columns, settings.hiddenSize, keys.rows)
    let query = queries.reserve(s * k)
    fill(query, rows: s, with: parameters.dense.bias)
    ksr_sgemm(
      false, true, s, k, h, scored.base, h, parameters.dense.weight.values, h, 1, query, k)
    let alpha = attention.reserve(s * r)
    ksr_sgemm(false, true, s, r, k, query, k, keys.values, k, 0, alpha, r)
    ksr_softmax(s, r, settings.gamma, alpha)
    let m = reads.reserve(s * k)
    let z = writes.reserve(batch.stepCount * r)
    let v = memory.reserve(r * k)
    for b in 0..<batch.sequenceCount {
      let (start, end) = (batch.sequenceStart[b], batch.sequenceStart[b + 1])
      batch.sequenceItem.withUnsafeBufferPointer { items in
        batch.sequenceScored.withUnsafeBufferPointer { scored in
          guard let items = items.baseAddress, let scored = scored.baseAddress else { return }
          ksr_memory_sequence(
            end - start, r, k, items + start, parameters.entityEmbedding.values, keys.values,
            scored + start, alpha, m, z, v)
        }
      }
    }
  }

  private func fill(_ target: UnsafeMutablePointer<Float>, rows: Int, with bias: [Float]) {
    bias.withUnsafeBufferPointer { bias in
      guard let base = bias.baseAddress else { return }
      for row in 0..<rows { (target + row * bias.count).update(from: base, count: bias.count) }
    }
  }
}
