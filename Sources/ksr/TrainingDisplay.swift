import KSRModel
import Training

/// A training run on stderr: a few lines rewritten in place on a terminal, JSON if asked for, else
/// a line for each epoch.
final class TrainingDisplay {
  private let training: TrainingSettings
  private var progress: RunProgress
  private let lines = LiveLines()
  private var lastLog = -Double.infinity

  /// The display of a run that has done some epochs already.
  init(_ training: TrainingSettings, epochs: [EpochReport]) {
    self.training = training
    progress = RunProgress(training, epochs: epochs)
  }

  func show(_ event: TrainingEvent) {
    let seconds = lines.seconds
    progress.take(event, at: seconds)
    if Console.logsJSON.load(ordering: .relaxed) {
      log(event, at: seconds)
    } else if Console.rewritesLines {
      lines.show(progress.lines(width: Console.columns - 1, ascii: !Console.hasUnicode))
    } else if case .epoch(let report) = event {
      Console.note(progress.line(report, metrics: training.reportedMetrics))
    } else if case .recovery(let recovery) = event {
      Console.note(recovery.description)
    }
  }

  /// Shows the lines a last time, so that what follows comes under them.
  func finish() {
    progress.finish()
    lines.show(
      now: true, progress.lines(width: Console.columns - 1, ascii: !Console.hasUnicode))
  }

  private func log(_ event: TrainingEvent, at seconds: Double) {
    switch event {
    case .progress(let epoch, let done, let all, let loss):
      guard seconds - lastLog >= 1 else { return }
      lastLog = seconds
      var line = LogEvent(event: "progress")
      line.epoch = epoch
      line.positions = done
      line.positionsInEpoch = all
      line.loss = loss
      line.positionsPerSecond = progress.positionsPerSecond
      line.secondsLeftAtMost = progress.secondsLeftAtMost
      Console.log(line)
    case .epoch(let report):
      var line = LogEvent(event: "epoch")
      line.epoch = report.number
      line.loss = report.loss
      line.metrics = report.validation.map { values in
        Dictionary(
          uniqueKeysWithValues: zip(training.reportedMetrics.map(\.description), values))
      }
      line.seconds = report.seconds
      line.isBest = report.isBest
      line.learningRate = Double(report.learningRate)
      Console.log(line)
    case .recovery(let recovery):
      var line = LogEvent(event: "recovery", text: recovery.description)
      line.epoch = recovery.epoch
      line.loss = recovery.loss
      line.learningRate = Double(recovery.learningRate)
      Console.log(line)
    }
  }
}

/// A line that `--log-json` writes: what happened, and the fields that it has.
struct LogEvent: Encodable {
  let event: String
  var text: String?
  var epoch: Int?
  var epochs: Int?
  var positions: Int?
  var positionsInEpoch: Int?
  var positionsPerSecond: Double?
  var secondsLeftAtMost: Double?
  var loss: Double?
  var learningRate: Double?
  var recoveries: Int?
  var metrics: [String: Double]?
  var seconds: Double?
  var isBest: Bool?
  var bestEpoch: Int?
  var model: String?
  var state: String?
  var phases: [String: Double]?
  var trainingSeconds: Double?
  var usefulOperations: Double?
  var peakOperationsPerSecond: Double?

  init(event: String, text: String? = nil) {
    self.event = event
    self.text = text
  }

  enum CodingKeys: String, CodingKey {
    case event, text, epoch, epochs, positions, loss, metrics, seconds, model, state, phases
    case recoveries
    case learningRate = "learning_rate"
    case positionsInEpoch = "positions_in_epoch"
    case positionsPerSecond = "positions_per_second"
    case secondsLeftAtMost = "seconds_left_at_most"
    case isBest = "best"
    case bestEpoch = "best_epoch"
    case trainingSeconds = "training_seconds"
    case usefulOperations = "useful_operations"
    case peakOperationsPerSecond = "peak_operations_per_second"
  }

  /// What `ksr train --help` says about the lines.
  static let help = """
    With --log-json, stderr has one JSON object a line, its kind in "event":
      note      text
      start     epochs (at most), epoch (done already), model, state (files)
      progress  epoch, positions (scored so far), positions_in_epoch,
                loss (mean so far), positions_per_second,
                seconds_left_at_most; at most once a second
      epoch     epoch, loss, metrics (of the validation, by name), seconds,
                best (true or false), learning_rate (of the last step);
                comes when the files are written
      recovery  text, epoch (begun again since the loss jumped), loss (none
                if it was not finite), learning_rate (from here on)
      profile   seconds, phases (seconds by name), training_seconds,
                useful_operations, peak_operations_per_second, with --profile
      end       epochs (done), best_epoch, metrics (of the model, by name),
                seconds, model, recoveries (how often the loss jumped)
      stopped   text (the command that goes on), epoch (the last done), state
      error     text; the last line of a run that failed
    """
}
