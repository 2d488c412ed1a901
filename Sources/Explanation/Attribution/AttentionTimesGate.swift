/// What attention plots show: α_a c_{t,a}, of a step over all slots, of a slot over all steps.
struct AttentionTimesGate: Attribution {
  let id = "attention"
  let name = "attention × gate"
  let quantity = AttributedQuantity.nothing

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    let (trace, row) = (question.trace, question.row)
    var held = [Double](repeating: 0, count: row + 1)
    guard question.network.readsMemory else { return held }
    for a in question.slots {
      for (t, weight) in trace.slotWeights(of: a, at: row).enumerated() {
        held[t] += Double(trace.attention[row, a] * weight)
      }
    }
    return held
  }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? {
    let (trace, row) = (question.trace, question.row)
    return question.slots.map { a in
      Double(trace.attention[row, a])
        * trace.slotWeights(of: a, at: row).reduce(0) { $0 + Double($1) }
    }
  }
}
