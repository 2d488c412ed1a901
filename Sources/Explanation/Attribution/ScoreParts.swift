import KSRModel
import KSRNumerics

/// A score taken apart by what stands in it: the GRU state, each slot of the memory, the bias.
///
///     score = q·W_uh h + Σ_a α_a q·W_um v_a + q·b_u
///
/// The parts add up to the score but for rounding, which is in ``residual``.
package struct ScoreParts: Sendable, Equatable {
  package let item: Int32
  package let contrast: Contrast
  /// The network's own score, less that of the contrast.
  package let score: Float
  /// q·W_uh h: the part of the GRU state.
  package let sequence: Float
  /// α_a q·W_um v_a for each slot [R]; zeros where the model has no memory.
  package let relations: [Float]
  /// q·b_u: the part that does not depend on the history.
  package let bias: Float

  /// The score less the sum of the parts: rounding.
  package var residual: Float {
    let sum = relations.reduce(Double(sequence) + Double(bias)) { $0 + Double($1) }
    return Float(Double(score) - sum)
  }
}

/// One step of a history ready to take scores apart: R + 2 dot products for each item.
package struct StepParts: Sendable {
  package let network: KSRNetwork
  /// p, the sum of all parts [E].
  package let preference: [Float]
  /// W_uh h, then α_a W_um v_a for each slot, then b_u [R+2 E].
  package let parts: Matrix

  /// The parts of p at a row of a trace.
  package init(network: KSRNetwork, trace: Trace, row: Int) {
    self.network = network
    preference = Array(trace.preferences.row(row))
    parts = LinearReadout(network).parts(trace, row: row)
  }

  /// The parts of p at a step of a history, as the model sees it there.
  package init(_ states: HistoryStates, step: Int) {
    let (trace, row) = states.pass(through: step)
    self.init(network: states.network, trace: trace, row: row)
  }

  /// An item's score taken apart.
  package func scoreParts(of item: Int32, over contrast: Contrast = .catalogueMean) -> ScoreParts {
    let vector = network.itemVector(of: item, over: contrast, preference: preference)
    let sums = parts.applied(to: vector)
    return ScoreParts(
      item: item, contrast: contrast, score: network.score(preference, vector), sequence: sums[0],
      relations: Array(sums[1..<sums.count - 1]), bias: sums[sums.count - 1])
  }

  /// The scores of several items taken apart, in their order.
  package func scoreParts(
    of items: some Sequence<Int32>, over contrast: Contrast = .catalogueMean
  ) -> [ScoreParts] {
    items.map { scoreParts(of: $0, over: contrast) }
  }
}
