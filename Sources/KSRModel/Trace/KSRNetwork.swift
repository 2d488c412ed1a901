import KSRNumerics

/// A KSR network ready to read sequences and score items (RecBole's `ksr.py`).
///
/// The equations of a sequence are those of ``NetworkPass``; score(t, i) = p_t · q_i, where q_i is
/// ``ItemVectors``'s.
public final class KSRNetwork: Sendable {
  /// The hyper-parameters.
  public let settings: KSRSettings
  /// The parameters.
  public let parameters: KSRParameters
  /// q_i for every item [N E]; row 0 is the padding item.
  public let itemVectors: Matrix
  /// The mean of q_i over all items but the padding item [E].
  package let meanItemVector: [Float]

  /// A network of the given parameters.
  public init(settings: KSRSettings, parameters: KSRParameters) {
    self.settings = settings
    self.parameters = parameters
    itemVectors = Self.itemVectors(parameters)
    var mean = [Float](repeating: 0, count: itemVectors.columns)
    for item in 1..<max(2, itemVectors.rows) where item < itemVectors.rows {
      for (k, value) in itemVectors.row(item).enumerated() { mean[k] += value }
    }
    let count = Float(max(1, itemVectors.rows - 1))
    meanItemVector = mean.map { $0 / count }
  }

  /// The number of items, the padding item included.
  public var itemCount: Int { parameters.itemCount }
  /// Multiplications of a pass through a whole window, roughly.
  package var passCost: Int {
    settings.maxItemListLength * 6 * settings.hiddenSize * settings.hiddenSize
  }
  /// The number of memory slots.
  public var relationCount: Int { parameters.relationCount }
  /// Whether the memory takes part in the scores.
  package var readsMemory: Bool { settings.memory == .knowledge && relationCount > 0 }

  /// q_i for all items [N E].
  public static func itemVectors(_ p: KSRParameters) -> Matrix {
    var q = Matrix(rows: p.itemCount, columns: p.denseLayerI.weight.rows)
    q.withMutableView { ItemVectors.forward(p, 0..<p.itemCount, into: $0) }
    return q
  }

  /// Reads a sequence from the zero state and keeps everything.
  ///
  /// - Parameters:
  ///   - items: item identifiers below ``itemCount``, oldest first; at most `MAX_ITEM_LIST_LENGTH` of
  ///     them for what the model was trained to see.
  ///   - reading: a change of what is read from the memory.
  package func trace(_ items: [Int32], reading: ReadIntervention = .none) -> Trace {
    let pass = NetworkPass(settings: settings)
    let batch = PackedSequences([.init(items: items[...], targets: items.map { _ in 0 })])
    pass.embedding.forward(batch, parameters, dropout: 0, seed: nil)
    pass.gru.forward(
      batch, parameters, x: pass.embedding.output, transposed: nil, itemGates: nil, keepsAll: true)
    // A model without memory shows what it would read, too.
    pass.attention.forward(
      pass.gru.output.view, parameters, gamma: settings.gamma, reading: reading)
    let slots = pass.memory.forward(items, parameters, alpha: pass.attention.weights.all)
    pass.preference.forward(
      pass.gru.output.view, reads: readsMemory ? pass.memory.reads.view : nil, parameters)
    let (gates, h) = (pass.gru.gates[parameters.gru.count - 1].matrix, settings.hiddenSize)
    return Trace(
      items: items, reading: reading, states: pass.gru.output.matrix,
      resetGates: gates.columns(0..<h), updateGates: gates.columns(h..<2 * h),
      candidates: gates.columns(2 * h..<3 * h), queries: pass.attention.queries.matrix,
      writeGates: pass.memory.writeGates.matrix, attention: pass.attention.weights.matrix,
      slots: slots, memoryReads: pass.memory.reads.matrix,
      preferences: pass.preference.output.matrix)
  }

  /// The read weights by rows of queries W_d h + b_d [T R], under a change of what is read.
  package func attention(_ queries: Matrix, under reading: ReadIntervention = .none) -> Matrix {
    var alpha = queries.mapped(by: parameters.relationMatrix)
    alpha.withMutableView { reading.attend($0, gamma: settings.gamma) }
    return alpha
  }

  /// p at a row of a trace had the memory been read under a change [E].
  ///
  /// From the logits again: where another slot had all of the attention, what it leaves is rounding.
  package func preference(_ trace: Trace, row: Int, under reading: ReadIntervention) -> [Float] {
    var read = Matrix(rows: 1, columns: trace.memoryReads.columns)
    if readsMemory {
      var alpha = Matrix(
        rows: 1, columns: relationCount,
        values: parameters.relationMatrix.applied(to: trace.queries.row(row)))
      alpha.withMutableView { reading.attend($0, gamma: settings.gamma) }
      for slot in 0..<relationCount where alpha[0, slot] != 0 {
        for (k, value) in trace.slot(slot, at: row).enumerated() {
          read[0, k] += alpha[0, slot] * value
        }
      }
    }
    let state = Matrix(rows: 1, columns: trace.states.columns, values: Array(trace.states.row(row)))
    return preferences(states: state, memoryReads: read).values
  }

  /// p_t by rows of h_t and m_t [T E].
  package func preferences(states: Matrix, memoryReads: Matrix) -> Matrix {
    let pass = PreferencePass()
    pass.forward(states.view, reads: readsMemory ? memoryReads.view : nil, parameters)
    return pass.output.matrix
  }

  /// p at a row of a trace had only the given slots been read, the attention being shared out among
  /// them; without any slot m = 0 [E].
  ///
  /// A change under which the memory was read already stays, too.
  package func preference(_ trace: Trace, row: Int, reading slots: [Int]) -> [Float] {
    let silenced = Set(0..<relationCount).subtracting(slots)
    return preference(
      trace, row: row, under: silenced.reduce(trace.reading) { $0.silencing($1) })
  }

  /// p · q_i for every item [N]; the padding item's score has no meaning.
  public func scores(_ preference: some Collection<Float>) -> [Float] {
    itemVectors.applied(to: preference)
  }

  /// p · q_i for a range of items.
  public func scores(of items: Range<Int>, _ preference: [Float]) -> [Float] {
    itemVectors.applied(to: preference, rows: items)
  }
}
