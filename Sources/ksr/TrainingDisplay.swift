import Foundation
import KSRModel
import Training

/// A training run on stderr: a few lines rewritten in place on a terminal, JSON if asked for, else
/// a line for each epoch.
final class TrainingDisplay {
  private let training: TrainingSettings
  private var progress: RunProgress
  private let lines = LiveLines()
  private let start = Date()
  private var lastLog = -Double.infinity

  /// The display of a run that has done some epochs already.
  init(_ training: TrainingSettings, epochs: [EpochReport]) {
    self.training = training
    progress = RunProgress(training, epochs: epochs)
  }

  /// Seconds since the training began.
  var seconds: Double { Date().timeIntervalSince(start) }

  func show(_ event: TrainingEvent) {
    let seconds = self.seconds
    progress.take(event, at: seconds)
    if Console.logsJSON.load(ordering: .relaxed) {
      log(event, at: seconds)
    } else if Console.rewritesLines {
      lines.show(progress.lines(width: Console.columns - 1, ascii: !Console.hasUnicode))
    } else if case .epoch(let report) = event {
      Console.note(progress.line(report, metrics: training.reportedMetrics))
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
      Console.log(line)
    }
  }
}
