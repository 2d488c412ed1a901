import Workspace

/// One epoch in numbers.
public struct EpochReport: Sendable, Equatable {
  /// The epoch, from 1.
  public let number: Int
  /// Mean loss over the epoch's scored positions.
  public let loss: Double
  /// Scored positions.
  public let scored: Int
  /// The values of the reported metrics on the validation cases, in their order; nil where this
  /// epoch was not validated.
  public let validation: [Double]?
  /// The value of `valid_metric`.
  public let score: Double?
  /// Whether the validation was at least as good as any before.
  public let isBest: Bool
  /// How long the epoch and its validation took.
  public let seconds: Double

  /// An epoch made of its parts.
  public init(
    number: Int, loss: Double, scored: Int, validation: [Double]?, score: Double?, isBest: Bool,
    seconds: Double
  ) {
    self.number = number
    self.loss = loss
    self.scored = scored
    self.validation = validation
    self.score = score
    self.isBest = isBest
    self.seconds = seconds
  }
  /// The epoch as the history of the run keeps it.
  var row: EpochTable.Row {
    EpochTable.Row(
      number: number, loss: loss, metrics: validation, seconds: seconds, isBest: isBest)
  }
}
