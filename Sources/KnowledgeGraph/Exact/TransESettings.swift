import AtomicFiles

/// How TransE is trained.
public struct TransESettings: Sendable, Equatable {
  /// How far apart two points are.
  public enum Distance: String, Sendable, CaseIterable {
    /// The sum of the absolute differences.
    case l1
    /// The Euclidean distance.
    case l2
  }

  /// The width of the vectors.
  public var dimension = 64
  /// How often each triple is used.
  public var epochs = 100
  /// The step size of gradient descent.
  public var learningRate: Float = 0.01
  /// By how much a true triple should be nearer than a corrupted one.
  public var margin: Float = 1
  /// The distance between head + relation and tail.
  public var distance = Distance.l2
  /// Determines all random choices.
  public var seed: UInt64 = 2020

  /// The usual settings.
  public init() {}

  /// Throws a sentence about the first value that is out of range.
  public func validate() throws(DataError) {
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
