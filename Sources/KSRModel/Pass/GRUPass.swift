import CKernels
import KSRNumerics

/// h_t = GRU(x_t, h_{t-1}) through all layers: PyTorch's GRU without biases.
///
///     r = σ(W_ir x + W_hr h)    u = σ(W_iu x + W_hu h)    n = tanh(W_in x + r ⊙ W_hn h)
///     h ← (1 − u) ⊙ n + u ⊙ h        W_ih = [W_ir ; W_iu ; W_in]    W_hh likewise
final class GRUPass {
  /// h of the top layer at the scored positions [S H].
  let output = MatrixBuffer()
  /// dLoss/d`output` [S H].
  let outputGradient = MatrixBuffer()
  /// By layer: r, u, n [P 3H]; the backward pass leaves dLoss/d(W_ih x) there.
  let gates: [MatrixBuffer]
  /// By layer: h [P H].
  let states: [MatrixBuffer]

  private let candidateParts: [MatrixBuffer]  // by layer: (W_hh h)_n [P H]
  private let recurrent = MatrixBuffer()  // [B 3H] W_hh h_{t-1} of one step
  private let stateGradient = MatrixBuffer()  // [P H]
  private let recurrentGradient = MatrixBuffer()  // [P of a run, 3H] dLoss/d(W_hh h_{t-1})
  private let previousStates = MatrixBuffer()  // [P of a run, H] h_{t-1}
  private let hidden: Int

  init(settings: KSRSettings) {
    func layers() -> [MatrixBuffer] { (0..<settings.layerCount).map { _ in MatrixBuffer() } }
    (gates, candidateParts, states) = (layers(), layers(), layers())
    hidden = settings.hiddenSize
  }

  /// - Parameters:
  ///   - x: the input of the lowest layer [P E]; not looked at where `itemGates` stand for it.
  ///   - keepsAll: whether a backward pass will follow; else the gates of a run are forgotten after
  ///     it.
  func forward(
    _ batch: PackedSequences, _ p: KSRParameters, x: MatrixBuffer, transposed: TransposedWeights?,
    itemGates: ItemGates?, keepsAll: Bool
  ) {
    for layer in p.gru.indices {
      let weights = p.gru[layer]
      let x = layer == 0 ? x : states[layer - 1]
      let longest = batch.runs.map { batch.positions(of: $0).count }.max() ?? 0
      let gates = gates[layer].reserve(
        rows: keepsAll ? batch.positionCount : longest, columns: 3 * hidden)
      let parts =
        keepsAll ? candidateParts[layer].reserve(rows: batch.positionCount, columns: hidden) : nil
      let h = states[layer].reserve(rows: batch.positionCount, columns: hidden)
      let fromStates = recurrent.reserve(rows: batch.sequenceCount, columns: 3 * hidden)
      for run in batch.runs {
        let positions = batch.positions(of: run)
        let first = keepsAll ? 0 : positions.lowerBound
        let ofRun = gates.rows(positions.lowerBound - first..<positions.upperBound - first)
        if layer == 0, let itemGates {
          itemGates.gather(batch.item[positions], into: ofRun)
        } else {
          multiply(
            x.rows(positions).view,
            transposed?.input(layer) ?? weights.inputWeight.view.transposed, into: ofRun)
        }
        for t in run {
          let rows = batch.positions(of: t..<t + 1)
          let before = t > 0 ? h.rows(batch.offset[t - 1]..<batch.offset[t - 1] + rows.count) : nil
          if let before {
            let product = fromStates.rows(0..<rows.count)
            if let transposed {
              multiply(before.view, transposed.hidden(layer), into: product)
            } else if rows.count == 1 {
              weights.hiddenWeight.view.apply(to: before.base, into: product.base)
            } else {
              multiply(before.view, weights.hiddenWeight.view.transposed, into: product)
            }
          }
          ksr_gru_step(
            rows.count, hidden, gates.row(rows.lowerBound - first),
            before == nil ? nil : fromStates.base, before?.base, parts?.row(rows.lowerBound),
            h.row(rows.lowerBound))
        }
      }
    }
    ksr_gather_rows(
      batch.scoredCount, hidden, states[states.count - 1].all.base, batch.scoredPosition,
      output.reserve(rows: batch.scoredCount, columns: hidden).base)
  }

  /// From ``outputGradient`` to dLoss/dx, which goes to `dx`, and to W_ih and W_hh of all layers.
  func backward(
    _ batch: PackedSequences, _ p: KSRParameters, x: MatrixBuffer, dx: MatrixBuffer,
    _ gradients: inout KSRParameters?
  ) {
    for layer in p.gru.indices.reversed() {
      backward(
        batch, p.gru[layer], layer, x: layer == 0 ? x : states[layer - 1],
        dx: layer == 0 ? dx : nil, &gradients)
    }
  }

  /// Leaves in `stateGradient` what the loss asks of the states of the top layer.
  func scatterOutputGradient(_ batch: PackedSequences) {
    let dh = stateGradient.zeros(rows: batch.positionCount, columns: hidden)
    for (row, position) in batch.scoredPosition.enumerated() {
      dh.row(Int(position)).update(from: outputGradient.all.row(row), count: hidden)
    }
  }

  /// On entry `stateGradient` holds what the layers above ask of this layer's states; on return it
  /// holds the same for the layer below, unless that is the embedding, whose gradient is `dx`.
  private func backward(
    _ batch: PackedSequences, _ weights: GRULayer, _ layer: Int, x: MatrixBuffer,
    dx: MatrixBuffer?, _ gradients: inout KSRParameters?
  ) {
    let (dxg, parts, h) = (gates[layer].all, candidateParts[layer].all, states[layer].all)
    let dh = stateGradient.all
    let dx = dx?.reserve(rows: batch.positionCount, columns: x.columns) ?? dh
    for run in batch.runs.reversed() {
      let positions = batch.positions(of: run)
      let dhg = recurrentGradient.reserve(rows: positions.count, columns: 3 * hidden)
      for t in run.reversed() {
        let rows = batch.positions(of: t..<t + 1)
        let own = rows.lowerBound - positions.lowerBound
        let below = t > 0 ? batch.offset[t - 1]..<batch.offset[t - 1] + rows.count : nil
        ksr_gru_step_gradient(
          rows.count, hidden, dxg.row(rows.lowerBound), parts.row(rows.lowerBound),
          below.map { h.row($0.lowerBound) }, dh.row(rows.lowerBound), dhg.row(own),
          below.map { dh.row($0.lowerBound) })
        guard let below else { break }
        multiply(
          dhg.rows(own..<own + rows.count).view, weights.hiddenWeight.view, into: dh.rows(below),
          adding: true)
      }
      let ofRun = dxg.rows(positions).view
      if gradients != nil {
        gradients?.gru[layer].inputWeight.addProduct(ofRun.transposed, x.rows(positions).view)
        // The first step has no state before it.
        let skipped = run.lowerBound == 0 ? batch.active[0] : 0
        gradients?.gru[layer].hiddenWeight.addProduct(
          dhg.rows(skipped..<positions.count).view.transposed, statesBefore(run, batch, h))
      }
      multiply(ofRun, weights.inputWeight.view, into: dx.rows(positions))
    }
  }

  /// h_{t-1} of the positions of a run of steps, but the sequences' first, in their order.
  private func statesBefore(
    _ run: Range<Int>, _ batch: PackedSequences, _ states: MutableMatrixView
  ) -> MatrixView {
    let steps = min(max(1, run.lowerBound), run.upperBound)..<run.upperBound
    guard let last = steps.last else { return states.rows(0..<0).view }
    let start = batch.offset[steps.lowerBound - 1]
    let positions = batch.positions(of: steps)
    // Where no sequence ends they already lie as they should.
    if batch.active[steps.lowerBound - 1] == batch.active[last] {
      return states.rows(start..<start + positions.count).view
    }
    let before = previousStates.reserve(rows: positions.count, columns: hidden)
    for t in steps {
      before.row(batch.offset[t] - positions.lowerBound).update(
        from: states.row(batch.offset[t - 1]), count: batch.active[t] * hidden)
    }
    return before.view
  }

  /// The numbers kept of a batch; those of a single run of steps do not count.
  static func bufferSize(_ settings: KSRSettings, _ batch: BatchSize) -> Double {
    let h = Double(settings.hiddenSize)
    return batch.positions * (5 * h * Double(settings.layerCount) + h) + 2 * h * batch.scored
  }

  /// The floating-point operations of the products of a forward pass.
  static func flops(_ settings: KSRSettings, _ batch: BatchSize) -> Double {
    let (e, h) = (Double(settings.embeddingSize), Double(settings.hiddenSize))
    return 2 * batch.positions * 3 * h * (e + h + Double(settings.layerCount - 1) * 2 * h)
  }
}

/// W_ihᵀ and W_hhᵀ of every layer: a few rows times Wᵀ is a third faster where W need not be
/// transposed each time.
///
/// Made once for all passes over the same parameters.
package final class TransposedWeights: @unchecked Sendable {
  private var layers: [(input: MatrixBuffer, hidden: MatrixBuffer)] = []

  package init() {}

  package convenience init(_ p: KSRParameters) {
    self.init()
    compute(p)
  }

  /// Makes them anew from the parameters.
  package func compute(_ p: KSRParameters) {
    while layers.count < p.gru.count { layers.append((MatrixBuffer(), MatrixBuffer())) }
    for (layer, weights) in zip(layers, p.gru) {
      for (weight, buffer) in [
        (weights.inputWeight, layer.input), (weights.hiddenWeight, layer.hidden),
      ] {
        weight.view.transpose(into: buffer.reserve(rows: weight.columns, columns: weight.rows))
      }
    }
  }

  /// W_ihᵀ of a layer [inputs 3H].
  func input(_ layer: Int) -> MatrixView { layers[layer].input.view }

  /// W_hhᵀ of a layer [H 3H].
  func hidden(_ layer: Int) -> MatrixView { layers[layer].hidden.view }
}

/// W_ih x of the lowest layer for every item that will be read: worked out once for each different
/// item, to be gathered at every step.
package struct ItemGates: Sendable {
  private let rows: Matrix
  /// The row of each item; −1 where it is not read.
  private let place: [Int32]

  /// More items than this are better looked up than kept.
  private static let mostItems = 65_536

  /// The gates [U 3H] of the different items of some sequences, in the order in which they come; nil
  /// where they are too many.
  package init?(of sequences: [ArraySlice<Int32>], _ p: KSRParameters) {
    var place = [Int32](repeating: -1, count: p.itemCount)
    var inputs: [Float] = []
    var count = 0
    for items in sequences {
      for item in items where place[Int(item)] < 0 {
        place[Int(item)] = Int32(count)
        count += 1
        guard count <= Self.mostItems else { return nil }
        inputs += p.itemEmbedding.row(Int(item))
      }
    }
    self.place = place
    rows = Matrix(rows: count, columns: p.itemEmbedding.columns, values: inputs)
      .mapped(by: p.gru[0].inputWeight)
  }

  fileprivate func gather(_ items: ArraySlice<Int32>, into target: MutableMatrixView) {
    let width = rows.columns
    rows.values.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      for (row, item) in items.enumerated() {
        target.row(row).update(from: base + Int(place[Int(item)]) * width, count: width)
      }
    }
  }
}
