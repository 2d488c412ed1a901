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

  /// What stands above it.
  public var title: String {
    switch self {
    case .history: "History"
    case .gruState: "GRU state"
    case .memory: "Memory and attention"
    case .recommendations: "Recommended"
    case .why: "Why"
    }
  }
}
