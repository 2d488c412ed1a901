import KSRModel

/// What a run reports while it goes on.
public enum TrainingEvent: Sendable {
  case progress(epoch: Int, scored: Int, of: Int, loss: Double)
  /// An epoch and its validation, if there was one, are done and saved.
  case epoch(EpochReport)
  /// The loss jumped; the state before the epoch, with half the learning rate, is saved.
  case recovery(Recovery)
}

/// Why a run stopped before its end.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The loss is not a finite number: from the first step on, or in a run that does not recover.
  ///
  /// `step` counts batches from the run's first; `culprit` is what was found not to be finite.
  case lossNotFinite(step: Int, epoch: Int, batch: Int, culprit: String, learningRate: Float)
  /// The loss was finite to the epoch's end, but a tensor is not, in a run that does not recover.
  case parameterNotFinite(step: Int, epoch: Int, tensor: String, learningRate: Float)
  /// The loss jumped more often than the run recovers from, before any epoch could be kept.
  case diverged(Recovery, recoveries: Int)
  /// There is nothing to learn from.
  case noTrainingSteps
  case stopped(epoch: Int)
  /// What the run has reached cannot be written.
  case notSaved(CheckpointError)
  /// Another rank says why.
  case endedElsewhere

  /// The sentence to show.
  public var description: String {
    switch self {
    case .lossNotFinite(let step, let epoch, let batch, let culprit, let learningRate):
      "The loss of step \(step) (batch \(batch) of epoch \(epoch)) is not a finite number: "
        + "\(culprit). A learning_rate below \(learningRate) or clip_grad_norm may help."
    case .parameterNotFinite(let step, let epoch, let tensor, let learningRate):
      "After step \(step), the last of epoch \(epoch), \(tensor) holds numbers that are not finite. "
        + "A learning_rate below \(learningRate) or clip_grad_norm may help."
    case .diverged(let last, let recoveries):
      "Training fell apart \(recoveries + 1) times and no epoch was the best so far: \(last.description). "
        + "A smaller learning_rate may help, or data that ksr check finds nothing wrong with."
    case .noTrainingSteps:
      "No user has two interactions to train on: there is nothing to learn from."
    case .stopped(let epoch):
      epoch == 0 ? "Stopped in the first epoch." : "Stopped after epoch \(epoch)."
    case .notSaved(let error): error.description
    case .endedElsewhere: "Rank 0 has ended the run."
    }
  }
}
