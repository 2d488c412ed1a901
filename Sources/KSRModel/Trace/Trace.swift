import KSRNumerics

/// Everything the network computed while it read a sequence, step by step.
///
/// Rows are steps, from 0. Shapes as in ``KSRSettings``.
package struct Trace: Sendable {
  /// The items read [T].
  package let items: [Int32]
  /// The change under which the memory was read.
  package let reading: ReadIntervention
  /// h_t of the top GRU layer [T H].
  package let states: Matrix
  /// Reset gates r_t of the top layer [T H].
  package let resetGates: Matrix
  /// Update gates u_t of the top layer [T H].
  package let updateGates: Matrix
  /// Candidates n_t of the top layer [T H].
  package let candidates: Matrix
  /// What is matched with the keys: W_d h_t + b_d [T K].
  package let queries: Matrix
  /// Write gates z_{t,a} [T R]; in a memory of facts ``FactMemory/writeGate``, or 0 where the item has
  /// no fact under the relation.
  package let writeGates: Matrix
  /// Attention α_{t,a} [T R].
  package let attention: Matrix
  /// The null slot's part of the attention [T]; empty where there is none.
  package let nullAttention: [Float]
  /// What the slots of a memory of facts hold after each step; nil for any other memory.
  package let factSlots: FactSlots?
  /// The slots v_a after each step, one after the other [T R·K]; none in a memory of facts.
  package let slots: Matrix
  /// What was read from the memory, m_t [T K].
  package let memoryReads: Matrix
  /// The preference p_t [T E].
  package let preferences: Matrix

  /// The number of steps T.
  package var count: Int { items.count }

  /// The number of slots R.
  package var relationCount: Int { attention.columns }

  /// h_t as it was read: the own one, or what was patched in [H].
  package func readState(_ step: Int) -> ArraySlice<Float> {
    reading.state.map { $0[...] } ?? states.row(step)
  }

  /// What a slot holds as it is read, for another run to read.
  package func content(of relation: Int, at step: Int, in table: FactTable) -> SlotContent {
    if let patched = reading.slots[relation] { return patched }
    return SlotContent(
      vector: factSlots == nil ? Array(slot(relation, at: step)) : [],
      facts: (factSlots?.of(relation: relation, row: step, in: table) ?? [])
        .sorted { $0.column < $1.column },
      items: Array(items.prefix(step + 1)), weights: slotWeights(of: relation, at: step))
  }

  /// The value v_a of a slot as it is read after a step [K]; zeros in a memory of facts.
  package func slot(_ relation: Int, at step: Int) -> ArraySlice<Float> {
    let width = memoryReads.columns
    guard factSlots == nil else { return ArraySlice(repeating: 0, count: width) }
    if let patched = reading.slots[relation] { return patched.vector[...] }
    let start = (step * relationCount + relation) * width
    return slots.values[start..<start + width]
  }

  /// How much of a slot each step still holds at step t.
  ///
  /// c_{s,a} = z_{s,a} Π_{s<k≤t} (1 − z_{k,a})
  /// for s = 0 … t. What is left to 1 is the zero that the slot started from.
  package func slotWeights(of relation: Int, at step: Int) -> [Float] {
    var weights = [Float](repeating: 0, count: step + 1)
    var kept: Float = 1
    for s in stride(from: step, through: 0, by: -1) {
      weights[s] = writeGates[s, relation] * kept
      kept *= 1 - writeGates[s, relation]
    }
    return weights
  }
}
