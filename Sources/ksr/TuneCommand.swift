import ArgumentParser
import AtomicFiles
import Evaluation
import Foundation
import KSRModel
import Text
import Training
import Workspace

/// `ksr tune`: which settings rank best on the validation cases.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", abstract: "Search for the settings that rank best on the validation set.",
    discussion: """
      FILE is RecBole's hyper.test: a line 'name type value' for each setting to try:

        learning_rate loguniform -8,-4      e to the power of -8 ... -4
        dropout_prob  uniform 0,0.5         any number between
        hidden_size   quniform 64,256,64    multiples of 64
        num_layers    choice [1,2,3]        one of these

      Grid search tries all combinations in this order, the last setting changing fastest. quniform \
      stands for all its values; uniform and loguniform are drawn for each combination. Random search \
      never tries a combination twice. The same seed gives the same trials.

      PREFIX.jsonl is the journal of finished trials: the same command resumes from it, however the \
      search ended. PREFIX.result has the results in RecBole's format, PREFIX.best.yaml the settings \
      of the best trial for 'ksr train --config'.

      \(SettingOptions.help)
      """)

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String

  @Option(
    name: .customLong("params-file"),
    help: ArgumentHelp("The search space.", valueName: "FILE"), completion: .file())
  var parametersFile: String

  @OptionGroup var settings: SettingOptions

  @Option(
    help: ArgumentHelp("Where results go; NAME-tune if not given.", valueName: "PREFIX"))
  var output: String?

  @Option(name: .customLong("algo"), help: "Grid search or random search.")
  var algorithm = SearchAlgorithm.grid

  @Option(
    name: .customLong("max-trials"),
    help: "At most this many trials; by default the whole grid, or 30 at random.")
  var maxTrials: Int?

  @Option(
    help: """
      Stop after this many trials in a row without improvement; 0: never. RecBole's run_hyper stops \
      after 10.
      """)
  var patience = 0

  @Option(help: "The seed of the trials; that of each training is a setting, as for ksr train.")
  var seed: UInt64 = 2020

  @Option(help: "How many trials run in parallel, sharing the threads. Changes no result.")
  var jobs = 1

  @Option(help: "Memory for all trials, in gigabytes; by default what is free.")
  var memory: Double?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard maxTrials ?? 1 > 0 else {
      throw ValidationError("--max-trials: expected a whole number from 1.")
    }
    guard patience >= 0 else {
      throw ValidationError("--patience: expected a whole number from 0.")
    }
    guard (1...256).contains(jobs) else {
      throw ValidationError("--jobs: expected a whole number from 1 to 256.")
    }
    guard memory ?? 1 > 0 else { throw ValidationError("--memory: expected a number above 0.") }
  }

  mutating func run() throws {
    let command = self
    try RankedRun.run { ranks in try command.run(ranks) }
  }

  private func run(_ ranks: Ranks) throws {
    let space = try SearchSpace(file: parametersFile)
    let folder = try AtomicFolder(path: data)
    let prefix = output ?? "\(folder.name)-tune"
    // Before the trials, so that their hours are not lost to a wrong path.
    try ranks.together {
      guard ranks.isFirst else { return }
      for ending in ["result", "best.yaml"] { try AtomicFile.check("\(prefix).\(ending)") }
    }
    let trials = TrialSettings(
      given: try settings.given(), base: settings.base, space: space)
    for warning in try trials.check() { Console.note(warning) }
    let plan = TrialPlan(space, algorithm, maximum: maxTrials, seed: seed)
    let journal = try ranks.together {
      try ranks.isFirst
        ? TuningJournal(path: "\(prefix).jsonl", header: try header(space, trials, folder)) : nil
    }
    let earlier = try ranks.together {
      let own = try JSONEncoder().encode(journal?.earlier ?? [])
      return try JSONDecoder().decode([TrialRecord].self, from: Data(ranks.gather(Array(own))[0]))
    }
    try ranks.compare([
      ("search space", plan.trials.map { "\($0.map(\.yaml))" }.joined(separator: "\n")),
      ("settings", try trials.run([]).keyValues.map { "\($0)=\($1)" }.joined(separator: "\n")),
    ])
    var progress = TuningProgress(
      planned: plan.trials.count, patience: patience > 0 ? patience : nil)
    for record in earlier where record.trial <= plan.trials.count {
      progress.take(record)
    }
    let first = try trials.run(plan.trials[0])
    let display = TuningDisplay(plan, metric: first.training.validationMetric)
    if let journal, !earlier.isEmpty {
      Console.note("\(journal.path): \(progress.records.count) trials are done already.")
    }
    let names = space.parameters.map(\.name).joined(separator: ", ")
    for line in Self.wrapped("\(plan.trials.count) trials of \(names)", on: 2) {
      Console.note(line)
    }
    let source = TrialSource(folder, trials, plan, threads: threads.count)
    StopSignal.await()
    let files = (prefix, space.parameters.map(\.name), first.training.reportedMetrics)
    let tuner = Tuner(
      plan, progress: progress, journal: journal, jobs: jobs, threads: threads.count,
      ranks: ranks,
      memory: memory.map { $0 * 1e9 }
        ?? FreeMemory.bytes.map { $0 / Double(Ranks.onThisMachine()) },
      prepare: { trial in try source.prepare(trial) },
      shouldStop: { StopSignal.isReceived },
      report: { event, progress in
        display.show(event, progress)
        if ranks.isFirst, case .ended = event { Self.writeResults(progress, files) }
      })
    progress = try tuner.run()
    display.finish(progress)
    guard ranks.isFirst else { return }
    Self.writeResults(progress, files)
    if StopSignal.isReceived, !progress.isFinished {
      Console.note("Stopped; the same command resumes.")
      throw ExitCode(StopSignal.status)
    }
    try finish(progress, trials, plan, prefix)
  }

  /// A text in as many lines as a terminal needs; in one where there is none.
  private static func wrapped(_ text: String, on descriptor: Int32) -> [String] {
    isatty(descriptor) == 1 ? text.wrapped(to: max(20, Console.columns - 1)) : [text]
  }

  private func header(
    _ space: SearchSpace, _ trials: TrialSettings, _ folder: AtomicFolder
  ) throws -> TuningHeader {
    let run = try trials.run([])
    return TuningHeader(
      space: space.parameters.map { "\($0.name) \($0.range)" },
      settings: Dictionary(uniqueKeysWithValues: run.keyValues.map { ($0.key, $0.value) }),
      algorithm: algorithm.rawValue, seed: seed, data: folder.name)
  }

  private static func writeResults(
    _ progress: TuningProgress,
    _ files: (prefix: String, parameters: [String], metrics: [ValidationMetric])
  ) {
    do {
      try writeAtomically(
        TuningResults.text(
          progress.counted, parameters: files.parameters, metrics: files.metrics),
        to: "\(files.prefix).result")
    } catch {
      // The journal has everything; the text is written again after the next trial.
      Console.note("\(error)")
    }
  }

  private func finish(
    _ progress: TuningProgress, _ trials: TrialSettings, _ plan: TrialPlan, _ prefix: String
  ) throws {
    if let last = progress.lastTrial, last < plan.trials.count {
      Console.note("Stopped after trial \(last): none of the last \(patience) was better.")
    }
    guard let best = progress.best else {
      let reason = progress.counted.first { $0.error != nil }?.error ?? "no trial ended"
      throw UserError("No trial succeeded; the first says: \(reason)")
    }
    let file = "\(prefix).best.yaml"
    try writeAtomically(trials.merged(plan.trials[best.trial - 1]).yaml, to: file)
    let values = zip(plan.space.parameters, plan.trials[best.trial - 1])
      .map { "\($0.name)=\($1.yaml)" }
    var lines = ["best: trial \(best.trial), \(values.joined(separator: ", "))"]
    for (name, results) in [("valid", best.valid), ("test", best.test)] where !results.isEmpty {
      let shown = results.sorted { $0.key < $1.key }.map { "\($0.key)\u{A0}\(fixed($0.value))" }
      lines.append("\(name)  \(shown.joined(separator: "  "))")
    }
    for line in lines.flatMap({ Self.wrapped($0, on: 1) }) {
      Console.result(line.replacing("\u{A0}", with: " "))
    }
    Console.result(
      "ksr train --data \(shellWord(data))"
        + (settings.usesRecBoleDefaults ? " --recbole-defaults" : "")
        + " --config \(shellWord(file)) --output MODEL")
  }
}

extension SearchAlgorithm: ExpressibleByArgument {}

/// The trials of a tuning on stderr: a table rewritten in place on a terminal, else a line for each
/// trial that ended.
final class TuningDisplay {
  private let plan: TrialPlan
  private let metric: ValidationMetric
  private let lines = LiveLines()
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
      let end =
        "(epoch \(record.bestEpoch ?? 0) of \(record.epochs ?? 0), \(duration(record.seconds ?? 0)))"
      lines.append(row(record.trial, record.score, end))
    }
    for (trial, state) in running.sorted(by: { $0.key < $1.key }) {
      lines.append(row(trial, state.best, "(epoch \(state.epoch))", mark: "▸"))
    }
    return lines.map { line in
      Self.cut(line, to: Console.columns - 1)
        .replacingOccurrences(of: "▸", with: Console.hasUnicode ? "▸" : ">")
        .replacingOccurrences(of: "…", with: Console.hasUnicode ? "…" : ".")
    }
  }

  /// A trial with its values; where the line would be too long without their names, which are known by
  /// their order, or cut.
  private func row(
    _ trial: Int, _ score: Double?, _ end: String, mark: String = " "
  ) -> String {
    let number = "\(trial)"
    let digits = "\(plan.trials.count)".count
    let start =
      mark + " " + number.filled(to: digits, .right) + "  " + (score.map(fixed) ?? "  …   ") + "  "
    let room = Console.columns - 1 - start.count - end.count - 2
    let bare = plan.trials[trial - 1].map { printable(shortened($0)) }.joined(separator: " ")
    let shown = values(trial).count <= room ? values(trial) : bare
    return start + Self.cut(shown, to: max(8, room)) + "  " + end
  }

  /// A text cut to some columns, with a sign that there is more.
  private static func cut(_ text: String, to width: Int) -> String {
    text.count > width ? text.prefix(max(0, width - 1)) + "…" : text
  }

  private func timeLeft(_ progress: TuningProgress) -> String {
    guard endedHere > 0, !progress.isFinished else { return "" }
    let seconds = lines.seconds / Double(endedHere)
    let left = Double(plan.trials.count - progress.records.count) * seconds
    return ", at most \(duration(left)) left"
  }
}
