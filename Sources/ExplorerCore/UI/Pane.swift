/// A part of the screen with its own content.
public enum Pane: String, CaseIterable, Sendable {
  /// What the viewer has watched.
  case history
  /// The state of the recurrent network.
  case gruState
  /// The memory slots and the attention over them.
  case memory
  /// What the model recommends.
  case recommendations
  /// Why it recommends that.
  case why
}
