import CKernels
import Glibc
import KSRModel
import KSRNumerics

extension KSRNetwork {
  /// p at a row of a trace had only the given slots been read, the attention being shared out among
  /// them [E].
  ///
  /// γ and the logits stay, so α is what the softmax gives over fewer slots; without any slot m = 0.
  /// A change under which the memory was read already stays, too.
  func preference(_ trace: Trace, row: Int, reading slots: [Int]) -> [Float] {
    var read = Matrix(rows: 1, columns: trace.memoryReads.columns)
    let change = trace.reading
    let slots = slots.filter { change.factor(of: $0) > 0 }
    if readsMemory, !slots.isEmpty {
      // From the logits again: where another slot had all of the attention, what it leaves is
      // rounding.
      let query = Array(trace.queries.row(row))
      var attention = slots.map { parameters.relationMatrix.product(row: $0, query) }
      if change.isNone {
        ksr_softmax(1, slots.count, settings.gamma, &attention)
      } else {
        let gamma = change.gamma ?? settings.gamma
        for (place, slot) in slots.enumerated() {
          attention[place] = gamma * attention[place] + log(change.factor(of: slot))
        }
        ksr_softmax(1, slots.count, 1, &attention)
      }
      for (a, weight) in zip(slots, attention) {
        for (k, value) in trace.slot(a, at: row).enumerated() { read[0, k] += weight * value }
      }
    }
    let state = Matrix(
      rows: 1, columns: trace.states.columns, values: Array(trace.states.row(row)))
    return preferences(states: state, memoryReads: read).values
  }
}
