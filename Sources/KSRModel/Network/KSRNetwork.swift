import CKernels
import KSRNumerics

/// A KSR network ready to read sequences and score items (RecBole's `ksr.py`; DESIGN.md §3).
///
///     h_t = GRU(x_{i_t}, h_{t-1})
///     write  w_a = e_{i_t} + r_a    z_a = σ(v_a · w_a)    v_a ← (1 − z_a) v_a + z_a w_a
///     read   α = softmax_a(γ (W_d h_t + b_d) · r_a)    m_t = Σ_a α_a v_a
///     p_t = W_u [h_t ; m_t] + b_u    q_i = W_i [x_i ; e_i] + b_i    score(t, i) = p_t · q_i
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

  /// q_i = W_i [x_i ; e_i] + b_i for all items [N E].
  public static func itemVectors(_ p: KSRParameters) -> Matrix {
    let (n, e) = (p.itemEmbedding.rows, p.itemEmbedding.columns)
    let k = p.entityEmbedding.columns
    let width = p.denseLayerI.weight.rows
    var q = Matrix(rows: n, columns: width)
    for item in 0..<n {
      q.values.replaceSubrange(item * width..<(item + 1) * width, with: p.denseLayerI.bias)
    }
    // W_i = [W_ix | W_ie]
    p.denseLayerI.weight.values.withUnsafeBufferPointer { w in
      guard let base = w.baseAddress else { return }
      ksr_sgemm(
        false, true, n, width, e, p.itemEmbedding.values, e, base, e + k, 1, &q.values, width)
      ksr_sgemm(
        false, true, n, width, k, p.entityEmbedding.values, k, base + e, e + k, 1, &q.values, width)
    }
    return q
  }

  /// Reads a sequence from the zero state and keeps everything.
  ///
  /// - Parameters:
  ///   - items: item identifiers below ``itemCount``, oldest first; at most `MAX_ITEM_LIST_LENGTH` of
  ///     them for what the model was trained to see.
  ///   - reading: a change of what is read from the memory.
  package func trace(_ items: [Int32], reading: ReadIntervention = .none) -> Trace {
    let top = readStates(items)
    let queries = top.states.mapped(by: parameters.dense.weight, bias: parameters.dense.bias)
    var trace = Trace(
      items: items, reading: reading, states: top.states, resetGates: top.reset,
      updateGates: top.update,
      candidates: top.candidate, queries: queries,
      writeGates: Matrix(rows: items.count, columns: relationCount),
      attention: attention(queries, under: reading),
      slots: Matrix(rows: items.count, columns: relationCount * parameters.relationMatrix.columns),
      memoryReads: Matrix(rows: items.count, columns: parameters.relationMatrix.columns),
      preferences: Matrix(rows: items.count, columns: itemVectors.columns))
    writeAndRead(&trace)
    trace.preferences = preferences(states: trace.states, memoryReads: trace.memoryReads)
    return trace
  }

  /// α = softmax_a(γ query · r_a) by rows [T R].
  public func attention(_ queries: Matrix) -> Matrix {
    var alpha = queries.mapped(by: parameters.relationMatrix)
    if relationCount > 0 {
      ksr_softmax(alpha.rows, alpha.columns, settings.gamma, &alpha.values)
    }
    return alpha
  }

  /// p_t = W_u [h_t ; m_t] + b_u by rows [T E].
  package func preferences(states: Matrix, memoryReads: Matrix) -> Matrix {
    let hidden = settings.hiddenSize
    let weight = parameters.denseLayerU.weight
    var p = states.mapped(by: weight.columns(0..<hidden), bias: parameters.denseLayerU.bias)
    guard settings.memory == .knowledge else { return p }
    let read = memoryReads.mapped(by: weight.columns(hidden..<weight.columns))
    for i in p.values.indices { p.values[i] += read.values[i] }
    return p
  }

  /// p · q_i for every item [N]; the padding item's score has no meaning.
  public func scores(_ preference: some Collection<Float>) -> [Float] {
    itemVectors.applied(to: preference)
  }

  /// p · q_i for a range of items.
  public func scores(of items: Range<Int>, _ preference: [Float]) -> [Float] {
    itemVectors.applied(to: preference, rows: items)
  }

  private struct TopLayer {
    var states: Matrix
    var reset: Matrix
    var update: Matrix
    var candidate: Matrix
  }

  private func readStates(_ items: [Int32]) -> TopLayer {
    let (steps, hidden) = (items.count, settings.hiddenSize)
    var input = Matrix(rows: steps, columns: parameters.itemEmbedding.columns)
    for (step, item) in items.enumerated() {
      input.values.replaceSubrange(
        step * input.columns..<(step + 1) * input.columns,
        with: parameters.itemEmbedding.row(Int(item)))
    }
    var gates = Matrix(rows: steps, columns: 3 * hidden)
    for layer in parameters.gru {
      gates = input.mapped(by: layer.inputWeight)
      var states = Matrix(rows: steps, columns: hidden)
      var recurrent = [Float](repeating: 0, count: 3 * hidden)
      gates.values.withUnsafeMutableBufferPointer { gates in
        states.values.withUnsafeMutableBufferPointer { states in
          guard let gates = gates.baseAddress, let states = states.baseAddress else { return }
          for step in 0..<steps {
            let before = step > 0 ? states + (step - 1) * hidden : nil
            if let before {
              ksr_matvec(
                3 * hidden, hidden, layer.hiddenWeight.values, hidden, before, nil, &recurrent)
            }
            ksr_gru_step(
              1, hidden, gates + step * 3 * hidden, recurrent, before, nil, states + step * hidden)
          }
        }
      }
      input = states
    }
    return TopLayer(
      states: input, reset: gates.columns(0..<hidden), update: gates.columns(hidden..<2 * hidden),
      candidate: gates.columns(2 * hidden..<3 * hidden))
  }

  private func writeAndRead(_ trace: inout Trace) {
    let (relations, width) = (relationCount, parameters.relationMatrix.columns)
    guard relations > 0 else { return }
    var memory = [Float](repeating: 0, count: relations * width)
    var gates = [Float](repeating: 0, count: relations)
    for (step, item) in trace.items.enumerated() {
      let entity = Array(parameters.entityEmbedding.row(Int(item)))
      ksr_memory_write(
        relations, width, entity, parameters.relationMatrix.values, &memory, &gates)
      trace.slots.values.replaceSubrange(
        step * memory.count..<(step + 1) * memory.count, with: memory)
      trace.writeGates.values.replaceSubrange(
        step * relations..<(step + 1) * relations, with: gates)
      for a in 0..<relations {
        let weight = trace.attention[step, a]
        for k in 0..<width { trace.memoryReads[step, k] += weight * memory[a * width + k] }
      }
    }
  }
}
