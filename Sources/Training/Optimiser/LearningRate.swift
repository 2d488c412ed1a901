import Foundation

/// How the learning rate changes over a run (`learning_rate_schedule`).
package enum LearningRateSchedule: String, Sendable, CaseIterable {
  case constant
  /// It falls to zero along half a cosine over `epochs`.
  case cosine
  /// A quarter of it is left after `learning_rate_patience` validations without improvement.
  ///
  /// Unlike a cosine this does not depend on how long the run may become, which early stopping
  /// leaves open: more epochs continue to the same bytes.
  case plateau
}

extension TrainingSettings {
  /// `learning_rate`, halved by each recovery.
  func learningRate(after recoveries: Int) -> Float {
    learningRate * Float(sign: .plus, exponent: -recoveries, significand: 1)
  }
}

extension TrainingState {
  /// The learning rate of the next step.
  ///
  ///     learning_rate · min(1, (step + 1) / (warmup_steps + 1)) · schedule · ½^recoveries
  ///
  /// Everything in it follows from the settings and from what the state's file keeps.
  ///
  /// - Parameter steps: about how many steps the whole run has.
  func learningRate(_ training: TrainingSettings, of steps: Int) -> Float {
    let step = optimiser.step
    let warmUp = min(1, Float(step + 1) / Float(training.warmUpSteps + 1))
    return training.learningRate(after: recoveries.count) * warmUp
      * scheduled(training, step: step - training.warmUpSteps, of: steps - training.warmUpSteps)
  }

  private func scheduled(_ training: TrainingSettings, step: Int, of steps: Int) -> Float {
    switch training.schedule {
    case .constant: return 1
    case .cosine:
      let done = Double(max(0, step)) / Double(max(1, steps))
      return Float(0.5 * (1 + cos(.pi * min(1, done))))
    case .plateau:
      // A half left the bundled data at .92 of their best validation after 25 epochs, a quarter at .94
      // after 60: at first a smaller rate fits the training more closely.
      return Float(
        sign: .plus, exponent: -2 * plateaus(patience: training.learningRatePatience),
        significand: 1)
    }
  }

  /// How often so many validations in a row did not improve the best one.
  ///
  /// Where nothing is validated the loss takes the validation's place.
  func plateaus(patience: Int) -> Int {
    let isValidated = epochs.contains { $0.score != nil }
    var (count, waiting, lowest) = (0, 0, Double.infinity)
    for epoch in epochs where !isValidated || epoch.score != nil {
      let isBetter = isValidated ? epoch.isBest : epoch.loss < lowest
      lowest = min(lowest, epoch.loss)
      waiting = isBetter ? 0 : waiting + 1
      if waiting >= patience { (count, waiting) = (count + 1, 0) }
    }
    return count
  }
}
