/// The list of methods that everything walks.
package enum Attributions {
  /// In the order of `ksr evaluate --explanations`; the first is what the others are compared with.
  package static let all: [any Attribution] = [
    ExactContributions(),
    ExactContributions(over: .rivals),
    AttentionTimesGate(),
    GradientAttribution(),
    LeaveOneOut(),
    LeaveOneOutOfLogProbability(),
    RemovalValue.ofLogProbability,
    RemovalValue.ofScore,
    ShapleyValue.ofLogProbability,
    ShapleyValue.ofScore,
    MostRecentFirst(),
    RandomOrder(),
  ]

  /// Those with a column in an explanation, in the order of the columns.
  package static let reported: [any Attribution] = [
    leading, LeaveOneOutOfLogProbability(), ExactContributions(), GradientAttribution(),
  ]

  /// What an explanation is ordered by, and forecasts with.
  static let leading = RemovalValue.ofLogProbability

  /// The columns said of a whole step, in their order.
  package static let columns: [AttributionColumn] = {
    let named = reported.compactMap(\.column)
    return named.prefix(2) + [.rankWithout] + named.dropFirst(2)
  }()
}
