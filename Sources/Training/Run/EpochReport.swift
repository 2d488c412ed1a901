import Workspace

/// One epoch in numbers.
public struct EpochReport: Sendable, Equatable {
  /// The epoch, from 1.
  package let number: Int
  /// Mean loss over the epoch's scored positions.
  package let loss: Double
  package let scored: Int
  /// The values of the reported metrics on the validation cases, in their order; nil where this
  /// epoch was not validated.
  package let validation: [Double]?
  /// The value of `valid_metric`.
  package let score: Double?
  /// Whether the validation was at least as good as any before.
  package let isBest: Bool
  /// How long the epoch and its validation took.
  package let seconds: Double
  package let learningRate: Float
  /// How often the run went back to its beginning before.
  package let recoveries: Int

  package init(
    number: Int, loss: Double, scored: Int, validation: [Double]?, score: Double?, isBest: Bool,
    seconds: Double, learningRate: Float, recoveries: Int = 0
  ) {
    self.number = number
    self.loss = loss
    self.scored = scored
    self.validation = validation
    self.score = score
    self.isBest = isBest
    self.seconds = seconds
    self.learningRate = learningRate
    self.recoveries = recoveries
  }

  /// The epoch as the history of the run keeps it.
  var row: EpochTable.Row {
    EpochTable.Row(
      number: number, loss: loss, metrics: validation, learningRate: learningRate,
      recoveries: recoveries, seconds: seconds, isBest: isBest)
  }
}
