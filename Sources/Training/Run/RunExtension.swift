/// A run that goes on with another number of epochs than it was begun with.
package struct RunExtension: Sendable, Equatable {
  private let begun: Int
  private let wanted: Int
  private let training: TrainingSettings

  /// The change from the settings that a run was begun with; nil if its epochs stay the same.
  package init?(from begun: RunSettings, to wanted: RunSettings) {
    guard begun.training.epochs != wanted.training.epochs else { return nil }
    self.begun = begun.training.epochs
    self.wanted = wanted.training.epochs
    training = wanted.training
  }

  /// Why the run cannot go on so; nil if it can.
  package func refusal(of state: TrainingState) -> String? {
    guard wanted < state.epoch else { return nil }
    return "epochs is \(wanted), and \(state.epoch) are done."
  }

  /// In what the end will differ from that of a run of the wanted epochs from the start.
  ///
  /// Where nothing is said the model's bytes are the same.
  package func differences(of state: TrainingState) -> [String] {
    var sentences: [String] = []
    if state.hasGivenUp(training) {
      return [
        "The run had stopped after \(state.recoveries.count) jumps of the loss; more epochs change "
          + "nothing."
      ]
    }
    if state.validationsWithoutImprovement > training.stoppingStep {
      sentences.append(
        "The run had stopped early, after \(state.validationsWithoutImprovement) validations without "
          + "improvement; more epochs change nothing.")
      return sentences
    }
    if training.schedule == .cosine, state.epoch > 0 {
      sentences.append(
        "learning_rate_schedule cosine depends on epochs: epochs 1 to \(state.epoch) followed it for "
          + "\(begun), those to come follow it for \(wanted). A run of \(wanted) from the start gives "
          + "another model.")
    }
    if let last = state.epochs.last, (last.score != nil) != isValidated(last.number),
      state.epochs.contains(where: { $0.score != nil }) || last.number == wanted
    {
      sentences.append(
        "Epoch \(last.number) was \(last.score == nil ? "not " : "")validated, in a run of \(wanted) "
          + "epochs with eval_step \(training.evaluationStep) it would \(last.score == nil ? "" : "not ")have "
          + "been; the best epoch may be another.")
    }
    return sentences
  }

  private func isValidated(_ epoch: Int) -> Bool {
    epoch % training.evaluationStep == 0 || epoch == wanted
  }
}
