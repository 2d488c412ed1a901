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

  /// Those with a column in an explanation: first what adds up, then what the model was run for.
  package static let reported: [any Attribution] = {
    let shown = all.filter {
      $0.columns.text != nil || $0.columns.json != nil || $0.columns.csv != nil
        || $0.columns.figure != nil
    }
    let (sums, others) = (shown.filter(\.addsUp), shown.filter { !$0.addsUp })
    return sums + others.filter(\.runsModel) + others.filter { !$0.runsModel }
  }()

  /// The keys of a step's values in the JSON of `ksr explain`.
  package static let jsonKeys = reported.compactMap(\.columns.json)

  /// Those with a column on the screen, in the same order.
  package static let onScreen = reported.filter { $0.columns.screen != nil }
}
