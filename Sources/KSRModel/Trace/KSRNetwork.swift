import CKernels
import KSRNumerics

/// A KSR network ready to read sequences and score items (RecBole's `ksr.py`).
///
/// The equations of a sequence are those of ``NetworkPass``, the scores ``ScoreTerms``'s, q_i is
/// ``ItemVectors``'s.
public final class KSRNetwork: Sendable {
  /// The hyper-parameters.
  public let settings: KSRSettings
  /// The parameters.
  public let parameters: KSRParameters
  /// The known facts that a memory of facts reads.
  package let factTable: FactTable
  private let vectors: ItemVectorTable
  private let mean = MadeOnce<[Float]>()

  /// The network of a model.
  package convenience init(_ model: TrainedModel) {
    self.init(settings: model.settings, parameters: model.parameters, facts: model.factTable)
  }

  /// A network of the given parameters.
  ///
  /// - Parameter facts: the known facts, where the memory is one of facts.
  public init(settings: KSRSettings, parameters: KSRParameters, facts: FactTable = .none) {
    precondition(
      settings.memory != .facts
        || (facts.itemCount == parameters.itemCount
          && facts.relationCount == parameters.relationCount),
      "facts of another catalogue")
    self.settings = settings
    self.parameters = parameters
    factTable = facts
    vectors = ItemVectorTable(parameters)
  }

  /// q_i for every item [N E], made when it is first asked for; row 0 is the padding item.
  public var itemVectors: Matrix { vectors.all }

  /// The same, of which some rows are made at least.
  func itemVectors(with rows: Range<Int>) -> Matrix { vectors.matrix(with: rows) }

  /// q_i of one item [E].
  package func itemVector(_ item: Int) -> ArraySlice<Float> {
    vectors.matrix(with: item..<item + 1).row(item)
  }

  /// N · E: multiplications of a scoring of all items.
  package var scoringCost: Int { itemCount * settings.embeddingSize }

  /// The mean of q_i over all items but the padding item [E].
  package var meanItemVector: [Float] {
    mean.value {
      let q = itemVectors
      var sum = [Float](repeating: 0, count: q.columns)
      q.withValues { values in
        guard let base = values.baseAddress else { return }
        ksr_add_rows(max(0, q.rows - 1), q.columns, base + q.columns, &sum)
      }
      return sum.map { $0 / Float(max(1, q.rows - 1)) }
    }
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
  package var readsMemory: Bool { settings.memory != .none && relationCount > 0 }

  /// Reads a sequence from the zero state and keeps everything.
  ///
  /// - Parameters:
  ///   - items: item identifiers below ``itemCount``, oldest first; at most `MAX_ITEM_LIST_LENGTH` of
  ///     them for what the model was trained to see.
  ///   - reading: a change of what is read from the memory.
  package func trace(_ items: [Int32], reading: ReadIntervention = .none) -> Trace {
    let pass = pass()
    let batch = PackedSequences([.init(items: items[...], targets: items.map { _ in 0 })])
    pass.embedding.forward(batch, parameters, dropout: 0, seed: nil)
    pass.gru.forward(
      batch, parameters, x: pass.embedding.output, transposed: nil, itemGates: nil, keepsAll: true)
    // A model without memory shows what it would read, too.
    pass.facts?.forward(batch, patched: reading.slots)
    pass.attention.forward(
      pass.readStates(reading), largest: pass.facts?.largest, parameters, gamma: settings.gamma,
      reading: reading)
    let alpha = pass.attention.weights.matrix
    var slots = Matrix(rows: items.count, columns: 0)
    if pass.facts == nil {
      slots = pass.memory.forward(
        items, parameters, alpha: pass.attention.weights.all, patched: reading.slots)
    } else {
      pass.memory.reads.zeros(rows: items.count, columns: settings.kgEmbeddingSize)
    }
    pass.preference.forward(
      pass.readStates(reading), reads: readsVectors ? pass.memory.reads.view : nil, parameters)
    let (gates, h) = (pass.gru.gates[parameters.gru.count - 1].matrix, settings.hiddenSize)
    return Trace(
      items: items, reading: reading, states: pass.gru.output.matrix,
      resetGates: gates.columns(0..<h), updateGates: gates.columns(h..<2 * h),
      candidates: gates.columns(2 * h..<3 * h), queries: pass.attention.queries.matrix,
      writeGates: pass.facts == nil ? pass.memory.writeGates.matrix : factGates(items),
      attention: alpha.columns(0..<relationCount),
      nullAttention: alpha.columns > relationCount
        ? items.indices.map { alpha[$0, relationCount] } : [],
      factSlots: pass.facts?.slots,
      slots: slots, memoryReads: pass.memory.reads.matrix,
      preferences: pass.preference.output.matrix)
  }

  /// Whether p has a part that was read from slots of vectors.
  package var readsVectors: Bool { readsMemory && settings.memory == .linear }

  /// z of each step under each relation in a memory of facts [T R].
  private func factGates(_ items: [Int32]) -> Matrix {
    var gates = Matrix(rows: items.count, columns: relationCount)
    for (step, item) in items.enumerated() {
      for column in factTable.columns(of: Int(item)) {
        gates[step, Int(factTable.relation[Int(column)])] = FactMemory.writeGate
      }
    }
    return gates
  }

  /// The read weights at a row of a trace had the memory been read under a change: by slot, then the
  /// null slot's, where there is one.
  ///
  /// From the logits again: where another slot had all of the attention, what it leaves is rounding.
  package func attention(_ trace: Trace, row: Int, under reading: ReadIntervention) -> [Float] {
    let query = Matrix(
      rows: 1, columns: trace.queries.columns, values: Array(trace.queries.row(row)))
    var largest: Matrix?
    if let slots = trace.factSlots {
      var f = Matrix(rows: 1, columns: relationCount)
      for k in slots.row(row) {
        let a = Int(factTable.relation[Int(slots.column[k])])
        f[0, a] = max(f[0, a], slots.held[k])
      }
      largest = f
    }
    var alpha = Matrix(rows: 1, columns: parameters.readWeightCount)
    alpha.withMutableView { alpha in
      let attend = { (f: MutableMatrixView?) in
        AttentionPass.attend(
          query.view, largest: f, self.parameters, gamma: self.settings.gamma, reading,
          into: alpha)
      }
      if largest == nil { attend(nil) } else { largest?.withMutableView { attend($0) } }
    }
    return alpha.values
  }

  /// p at a row of a trace with the given read weights [E].
  func preference(_ trace: Trace, row: Int, alpha: [Float]) -> [Float] {
    var read = Matrix(rows: 1, columns: trace.memoryReads.columns)
    if readsVectors {
      for slot in 0..<relationCount where alpha[slot] != 0 {
        for (k, value) in trace.slot(slot, at: row).enumerated() {
          read[0, k] += alpha[slot] * value
        }
      }
    }
    let state = Matrix(rows: 1, columns: trace.states.columns, values: Array(trace.readState(row)))
    return preferences(states: state, memoryReads: read).values
  }

  /// p_t by rows of h_t and m_t [T E].
  package func preferences(states: Matrix, memoryReads: Matrix) -> Matrix {
    let pass = PreferencePass()
    pass.forward(states.view, reads: readsVectors ? memoryReads.view : nil, parameters)
    return pass.output.matrix
  }
}
