import AtomicFiles
import KSRModel
import Workspace

/// The files of a run: the best model so far, the state to go on from, and the history.
///
/// Each is written beside its place and moved there when it is complete, so that whoever reads them,
/// at any moment and after any kind of end, finds whole ones.
package struct RunFiles: Sendable {
  /// MODEL: the best model so far.
  package let model: String
  /// MODEL.state: what `--resume` reads.
  package var state: String { Self.state(of: model) }
  /// MODEL.history.csv: loss and metrics of each epoch.
  package var history: String { EpochTable.path(besideModel: model) }
  private let run: ModelTraining
  private let digests: RunDigests

  /// The files of a run that writes a model to a path.
  package init(model: String, run: ModelTraining) {
    self.model = model
    self.run = run
    digests = run.digests
  }

  /// Throws if a file of a run cannot be written; nothing is left behind.
  package static func check(model: String) throws(DataError) {
    for path in [model, state(of: model), EpochTable.path(besideModel: model)] {
      try AtomicFile.check(path)
    }
  }

  /// The path of the state beside a model.
  package static func state(of model: String) -> String { model + ".state" }

  /// Writes the state, then the model if the last epoch is the best so far, then the history.
  package func save(_ state: TrainingState) throws(CheckpointError) {
    try StateFile.write(state, settings: run.requested, digests: digests, to: self.state)
    if let best = state.bestEpoch, best.number == state.epoch { try saveBest(of: state) }
    do throws(DataError) {
      let table = EpochTable(
        metricNames: run.training.reportedMetrics.map(\.description),
        rows: state.epochs.map(\.row))
      try writeAtomically(table.text, to: history)
    } catch {
      throw CheckpointError(.unwritable, file: error.file, error.found)
    }
  }

  /// Reads back the state that was saved last.
  package func saved() throws(CheckpointError) -> TrainingState {
    try StateFile(path: state).state(for: run)
  }

  /// Writes the best model of a state, if it has been validated.
  package func saveBest(of state: TrainingState) throws(CheckpointError) {
    guard let best = state.bestEpoch else { return }
    try run.model(state, validation: best.validation).write(to: model)
  }
}
