/// The step that adds most to a score, where the item scores higher without it: an amount says what
/// was written, and the model's other steps may have said it anyway, or louder.
package struct UnmissedStep: Sendable, Equatable {
  package let row: Int
  /// By how much the item scores higher when the model runs again without the step.
  package let gain: Float

  /// Nil where the step that adds most would be missed, and while the model has not been run without
  /// it.
  ///
  /// - Parameters:
  ///   - sums: what each step adds, by row.
  ///   - losses: what is lost without each step, as far as that is known.
  package init?(sums: [Float], losses: [Float?]) {
    guard let row = sums.indices.max(by: { sums[$0] < sums[$1] }), sums[row] > 0,
      losses.indices.contains(row), let loss = losses[row], loss <= -0.005
    else { return nil }
    (self.row, gain) = (row, -loss)
  }

  /// What has to be said of it.
  ///
  /// - Parameters:
  ///   - title: the step's item.
  ///   - gain: the gain as it is written where the sentence stands.
  package func sentence(title: String, gain: String) -> String {
    "Run without \(title) it scores \(gain) higher: amounts say what was written, not what would be "
      + "missed."
  }
}
