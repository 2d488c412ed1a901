import AtomicFiles

package struct TransESettings: Sendable, Equatable {
  /// How far apart two points are.
  package enum Distance: String, Sendable, CaseIterable {
    /// The sum of the absolute differences.
    case l1
    case l2
  }

  package var dimension = 64
  /// How often each triple is used.
  package var epochs = 100
  /// The step size of gradient descent.
  package var learningRate: Float = 0.01
  /// By how much a true triple should be nearer than a corrupted one.
  package var margin: Float = 1
  /// The distance between head + relation and tail.
  package var distance = Distance.l2
  /// Determines all random choices.
  package var seed: UInt64 = 2020

  package init() {}

  /// Throws a sentence about the first value that is out of range.
  package func validate() throws(DataError) {
    func check(
      _ holds: Bool, _ field: String, _ found: String, _ expected: String
    ) throws(DataError) {
      guard holds else {
        throw DataError(file: "TransE settings", field: field, found: found, expected: expected)
      }
    }
    try check((1...4096).contains(dimension), "dimension", "\(dimension)", "1 to 4096")
    try check(epochs >= 0, "epochs", "\(epochs)", "0 or more")
    try check(
      learningRate > 0 && learningRate <= 1, "learning_rate", "\(learningRate)",
      "more than 0, at most 1")
    try check(margin > 0 && margin <= 1000, "margin", "\(margin)", "more than 0, at most 1000")
  }
}
