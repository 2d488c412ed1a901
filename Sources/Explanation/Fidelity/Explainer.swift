/// A way to say which steps of a history, or which slots, a recommendation rests on.
package enum Explainer: String, Sendable, CaseIterable, Codable {
  /// The exact contributions, over the catalogue mean.
  case contributions
  /// The exact contributions, over what the model would recommend instead.
  case contributionsOverRivals
  /// What attention plots show: Σ_a α_a c_{t,a} of a step, α_a Σ_t c_{t,a} of a slot.
  case attention
  /// Gradient × input; of a slot, the slope as its share of the attention is taken away.
  case gradient
  /// The loss of score over the catalogue mean when the model runs again without it.
  case leaveOneOut
  /// The last step first, whatever the model says; steps only.
  case recency
  /// An order drawn at random.
  case random

  package var name: String {
    switch self {
    case .contributions: "exact contributions"
    case .contributionsOverRivals: "exact, over rivals"
    case .attention: "attention × gate"
    case .gradient: "gradient × input"
    case .leaveOneOut: "leave-one-out"
    case .recency: "most recent first"
    case .random: "random order"
    }
  }

  /// Whether a negative weight says that something speaks against the item.
  ///
  /// The others claim of everything that it speaks for it.
  package var isSigned: Bool {
    switch self {
    case .contributions, .contributionsOverRivals, .gradient, .leaveOneOut: true
    case .attention, .recency, .random: false
    }
  }
}
