import AtomicFiles
import Foundation
import Text
import Training

/// The trials of a tuning on stderr: a table rewritten in place on a terminal, else a line for each
/// trial that ended.
final class TuningDisplay {
  private let plan: TrialPlan
  private let metric: ValidationMetric
  private let lines = LiveLines()
  private let start = Date()
  /// The trials at work: their last epoch and best value so far.
  private var running: [Int: (epoch: Int, best: Double?)] = [:]
  private var endedHere = 0

  init(_ plan: TrialPlan, metric: ValidationMetric) {
    self.plan = plan
    self.metric = metric
  }

  func show(_ event: Tuner.Event, _ progress: TuningProgress) {
    switch event {
    case .began(let trial): running[trial] = (0, nil)
    case .epoch(let trial, let report):
      let best = max(running[trial]?.best ?? -.infinity, report.score ?? -.infinity)
      running[trial] = (report.number, best.isFinite ? best : nil)
    case .ended(let record):
      running[record.trial] = nil
      endedHere += 1
      if !Console.rewritesLines { Console.note(line(record, of: progress)) }
    }
    lines.show(table(progress))
  }

  /// Leaves the table as it is in the end.
  func finish(_ progress: TuningProgress) {
    running = [:]
    lines.show(now: true, table(progress))
  }

  private func values(_ trial: Int) -> String {
    zip(plan.space.parameters, plan.trials[trial - 1])
      .map { "\(printable($0.name))=\(printable(shortened($1)))" }.joined(separator: " ")
  }

  private func shortened(_ value: SettingValue) -> String {
    if case .float(let number) = value { return String(format: "%.4g", number) }
    return value.yaml
  }

  private func line(_ record: TrialRecord, of progress: TuningProgress) -> String {
    let best = progress.best.map { $0.trial == record.trial ? "  best so far" : "" } ?? ""
    return "trial \(record.trial)/\(plan.trials.count)  \(values(record.trial))  "
      + outcome(record) + best
  }

  private func outcome(_ record: TrialRecord) -> String {
    let seconds = duration(record.seconds ?? 0)
    guard let score = record.score else {
      return "failed after \(seconds): \(printable(record.error ?? "", limit: 300))"
    }
    let test = record.test["\(metric)"].map { ", test \(fixed($0))" } ?? ""
    return "\(metric) \(fixed(score))\(test), epoch \(record.bestEpoch ?? 0) of "
      + "\(record.epochs ?? 0), \(seconds)"
  }

  private static let shown = 10

  private func table(_ progress: TuningProgress) -> [String] {
    let counted = progress.counted
    let best = counted.filter { $0.score != nil }
      .sorted { ($1.score ?? 0, $0.trial) < ($0.score ?? 0, $1.trial) }.prefix(Self.shown)
    let failed = counted.count { $0.score == nil }
    var lines = [
      "\(counted.count) of \(plan.trials.count) trials"
        + (failed > 0 ? ", \(failed) failed" : "") + timeLeft(progress)
        + (best.isEmpty ? "" : "; the best by \(metric):")
    ]
    for record in best {
      lines.append(
        row(record.trial, record.score)
          + "  (epoch \(record.bestEpoch ?? 0) of \(record.epochs ?? 0), "
          + "\(duration(record.seconds ?? 0)))")
    }
    for (trial, state) in running.sorted(by: { $0.key < $1.key }) {
      lines.append(row(trial, state.best, mark: "▸") + "  (epoch \(state.epoch))")
    }
    let width = Console.columns - 1
    return lines.map { line in
      let line =
        Console.hasUnicode
        ? line
        : line.replacingOccurrences(of: "▸", with: ">").replacingOccurrences(of: "…", with: ".")
      return line.count > width ? String(line.prefix(width)) : line
    }
  }

  private func row(_ trial: Int, _ score: Double?, mark: String = " ") -> String {
    let number = "\(trial)"
    let digits = "\(plan.trials.count)".count
    return mark + " " + number.filled(to: digits, .right) + "  "
      + (score.map(fixed) ?? "  …   ") + "  " + values(trial)
  }

  private func timeLeft(_ progress: TuningProgress) -> String {
    guard endedHere > 0, !progress.isFinished else { return "" }
    let seconds = Date().timeIntervalSince(start) / Double(endedHere)
    let left = Double(plan.trials.count - progress.records.count) * seconds
    return ", at most \(duration(left)) left"
  }
}
