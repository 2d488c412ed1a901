import KSRModel
import Randomness

/// What each explainer says about the steps that the model saw, by step of the window.
struct StepWeights: Sendable {
  /// Exact contributions of the steps.
  let contributions: [Double]
  /// The same over what the model would recommend instead.
  let overRivals: [Double]
  /// Σ_a α_a c_{t,a}.
  let attention: [Double]
  /// Gradient × input, of x and e together.
  let gradient: [Double]
  /// A number from `generator` for each step.
  let random: [Double]
  /// |residual| of the contributions over what rounding is measured by.
  let residual: Double

  init(_ test: FidelityCase, item: Int32, generator: inout SeededGenerator) {
    let table = Contributions(test.states, step: test.step, item: item)
    contributions = table.stepSums.map(Double.init)
    overRivals = Contributions(test.states, step: test.step, item: item, over: .rivals)
      .stepSums.map(Double.init)
    residual = Double(abs(table.residual) / max(abs(table.score), table.magnitude, 1e-30))
    let (trace, row) = test.states.pass(through: test.step)
    var held = [Double](repeating: 0, count: row + 1)
    if test.states.network.readsMemory {
      for a in 0..<trace.relationCount {
        for (t, weight) in trace.slotWeights(of: a, at: row).enumerated() {
          held[t] += Double(trace.attention[row, a] * weight)
        }
      }
    }
    attention = held
    let slopes = GradientTimesInput(test.states, step: test.step, item: item)
    gradient = zip(slopes.embedding, slopes.entity).map { Double($0) + Double($1) }
    random = held.map { _ in generator.unit() }
  }

  /// The weights of an explainer.
  ///
  /// - Parameter leaveOneOut: what the model loses without each step.
  func weights(of explainer: Explainer, leaveOneOut: [Double]) -> [Double] {
    switch explainer {
    case .contributions: contributions
    case .contributionsOverRivals: overRivals
    case .attention: attention
    case .gradient: gradient
    case .leaveOneOut: leaveOneOut
    case .recency: random.indices.map { Double($0 + 1) }
    case .random: random
    }
  }
}
