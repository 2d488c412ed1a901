import KSRModel
import Randomness

/// What each explainer says about the slots, by slot.
struct SlotWeights: Sendable {
  /// Exact contributions of the slots: α_a q·W_um v_a.
  let contributions: [Double]
  /// The same over what the model would recommend instead.
  let overRivals: [Double]
  /// α_a times the share of the slot that was written.
  let attention: [Double]
  /// α_a (s_a − Σ_b α_b s_b) with s_a = q·W_um v_a.
  ///
  /// This is the slope of the score as a factor on slot a's share of the attention, which the
  /// softmax takes from the others, falls from 1.
  let gradient: [Double]
  /// The loss of score when slot a is not read.
  let leaveOneOut: [Double]
  /// A number from `generator` for each slot.
  let random: [Double]

  init(
    _ test: FidelityCase, item: Int32, reruns: Reruns, generator: inout SeededGenerator
  ) {
    let network = test.states.network
    let (trace, row) = test.states.pass(through: test.step)
    let parts = StepParts(network: network, trace: trace, row: row)
    let exact = parts.scoreParts(of: item).relations.map(Double.init)
    let all = exact.reduce(0, +)
    let slots = Array(exact.indices)
    contributions = exact
    overRivals = parts.scoreParts(of: item, over: .rivals).relations.map(Double.init)
    attention = slots.map { a in
      Double(trace.attention[row, a])
        * trace.slotWeights(of: a, at: row).reduce(0) { $0 + Double($1) }
    }
    gradient = slots.map { exact[$0] - Double(trace.attention[row, $0]) * all }
    let full = reruns.standing(network.preference(trace, row: row, reading: slots), of: item)
    leaveOneOut = slots.map { slot in
      let others = slots.filter { $0 != slot }
      return full.score
        - reruns.standing(network.preference(trace, row: row, reading: others), of: item).score
    }
    random = slots.map { _ in generator.unit() }
  }

  /// The weights of an explainer; nil where it says nothing about slots.
  func weights(of explainer: Explainer) -> [Double]? {
    switch explainer {
    case .contributions: contributions
    case .contributionsOverRivals: overRivals
    case .attention: attention
    case .gradient: gradient
    case .leaveOneOut: leaveOneOut
    case .recency: nil
    case .random: random
    }
  }
}
