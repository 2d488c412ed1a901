import Text

/// What a person wants to know of a run while it goes on, from its events and the time.
package struct RunProgress: Sendable {
  /// Epochs at most.
  package let epochLimit: Int
  /// The epochs done, those of an earlier part of the run included.
  package private(set) var epochs: [EpochReport]
  package private(set) var epoch: Int
  /// Its scored positions so far, and all of them.
  package private(set) var scored = (done: 0, of: 0)
  /// Its mean loss so far.
  package private(set) var loss: Double?
  /// What happened last that a person should see, in a sentence.
  private var notice: String?
  private let metric: ValidationMetric
  private let firstEpoch: Int
  private var isDone = false
  private var epochStart = 0.0
  private var now = 0.0

  /// The progress of a run with the given settings, after some epochs already.
  package init(_ training: TrainingSettings, epochs: [EpochReport] = []) {
    epochLimit = training.epochs
    metric = training.validationMetric
    self.epochs = epochs
    firstEpoch = epochs.count + 1
    epoch = firstEpoch
  }

  /// Says that no more epochs come.
  package mutating func finish() { isDone = true }

  /// Takes in an event that came so many seconds after the run's start.
  package mutating func take(_ event: TrainingEvent, at seconds: Double) {
    now = seconds
    switch event {
    case .progress(let epoch, let done, let all, let loss):
      self.epoch = epoch
      scored = (done, all)
      self.loss = loss
    case .epoch(let report):
      epochs.append(report)
      epochStart = seconds
      scored = (0, report.scored)
      epoch = report.number + 1
      loss = nil
    case .recovery(let recovery):
      notice = recovery.description
      scored.done = 0
      epoch = recovery.epoch
      loss = nil
    }
  }

  /// The best epoch so far.
  package var best: EpochReport? { epochs.last { $0.isBest } }

  /// Scored positions a second: in the epoch at work, between epochs in the last one.
  package var positionsPerSecond: Double? {
    if scored.done > 0, now > epochStart { return Double(scored.done) / (now - epochStart) }
    guard let last = epochs.last, last.number >= firstEpoch, last.seconds > 0 else { return nil }
    return Double(last.scored) / last.seconds
  }

  /// How long the epoch at work still takes, its validation not counted.
  package var secondsLeftInEpoch: Double? {
    positionsPerSecond.map { Double(scored.of - scored.done) / max($0, 1e-9) }
  }

  /// How long the run still takes if nothing stops it early.
  package var secondsLeftAtMost: Double? {
    guard let left = secondsLeftInEpoch, epoch <= epochLimit else {
      return epoch > epochLimit ? 0 : nil
    }
    let done = epoch - firstEpoch
    let rate = positionsPerSecond.map { Double(scored.of) / max($0, 1e-9) } ?? 0
    let whole = done > 0 ? epochStart / Double(done) : rate
    return left + Double(epochLimit - epoch) * whole
  }

  /// The live display: where the run is, the loss, and the validation.
  package func lines(width: Int, ascii: Bool) -> [String] {
    let chart = Sparkline(ascii: ascii)
    let room = max(0, min(60, width - 34))
    var first = "epoch \(isDone ? epochs.count : epoch) of at most \(epochLimit)"
    if isDone {
      if let rate = positionsPerSecond { first += "  \(decimal(rate, places: 0)) positions/s" }
    } else {
      first += whereItIs
    }

    let losses = epochs.map(\.loss) + (loss.map { [$0] } ?? [])
    let scores = epochs.compactMap(\.score)
    var result = [
      first,
      "loss".filled(to: 9) + " " + (losses.last.map { decimal($0, places: 4) } ?? "").filled(to: 8)
        + " "
        + chart.text(losses, width: room),
      "\(metric)".filled(to: 9) + " "
        + (scores.last.map { decimal($0, places: 4) } ?? "").filled(to: 8) + " "
        + chart.text(scores, width: room),
    ]
    if let best, let score = best.score {
      result[2] += "  best \(decimal(score, places: 4)), epoch \(best.number)"
    }
    if let notice { result.append(notice) }
    return result.map { String($0.prefix(max(0, width))) }
  }

  /// How far the epoch is, how fast, and how long it still takes.
  private var whereItIs: String {
    var text = ""
    if scored.of > 0 { text += "  \(scored.done * 100 / scored.of) %" }
    if let rate = positionsPerSecond { text += "  \(decimal(rate, places: 0)) positions/s" }
    if let left = secondsLeftInEpoch { text += "  \(duration(left)) left in the epoch" }
    if let left = secondsLeftAtMost { text += ", at most \(duration(left)) in all" }
    return text
  }

  /// An epoch in one line that stays.
  package func line(_ report: EpochReport, metrics: [ValidationMetric]) -> String {
    var line = "epoch \(report.number)  loss \(decimal(report.loss, places: 4))"
    if let values = report.validation {
      line += "  valid"
      for (metric, value) in zip(metrics, values) {
        line += " \(metric) \(decimal(value, places: 4))"
      }
    }
    let seconds = report.seconds
    let time = seconds < 10 ? decimal(seconds, places: 2) + " s" : duration(seconds)
    return line + "  \(time)" + (report.isBest ? "  best" : "")
  }
}
