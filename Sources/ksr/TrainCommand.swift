import ArgumentParser
import AtomicFiles
import Evaluation
import Explanation
import Foundation
import KSRModel
import Text
import Training
import Workspace

/// `ksr train`: a model file from a data folder.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train KSR on a data folder and write a model file.",
    discussion: """
      While it trains, MODEL holds the best epoch so far, MODEL.history.csv the loss and metrics of \
      every epoch, and MODEL.state what --resume needs. All are replaced atomically after every \
      epoch. The same settings give the same bytes, whether the run was stopped and resumed or not, \
      whatever the number of threads and of ranks: 'mpirun -n 4 ksr train ...' shares the shards of \
      each batch among processes, on one machine or several. SIGINT (Ctrl-C) finishes the batch and prints the command \
      that resumes; exit status 130.

      \(LogEvent.help)

      \(SettingOptions.help)
      """)

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String

  @Option(
    help: ArgumentHelp("The model file to write.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors"]))
  var output: String

  @OptionGroup var settings: SettingOptions

  @Option(
    help: ArgumentHelp(
      """
      Resume from the state of an earlier run. Its settings are reused; only epochs may be changed.
      """,
      valueName: "FILE"),
    completion: .file(extensions: ["state"]))
  var resume: String?

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Print the time of each phase of the run.")
  var profile = false

  @Flag(name: .customLong("log-json"), help: "Write one JSON object a line to stderr; see above.")
  var logsJSON = false

  /// What matrix products reached before the run, in operations a second; 0 if nobody asks.
  private var peak = 0.0

  mutating func run() throws {
    let command = self
    try RankedRun.run { ranks in
      var command = command
      try command.run(ranks)
    }
  }

  private mutating func run(_ ranks: Ranks) throws {
    Console.logsJSON.store(logsJSON, ordering: .relaxed)
    if profile { peak = MatrixProductPeak.measure(threads: threads.count) }
    let clock = PhaseClock()
    // The state is handed on, not kept.
    var state: TrainingState?
    let run = try ranks.together { () throws in
      if ranks.isFirst { try RunFiles.check(model: output) }
      let earlier = try resume.map { path throws in try StateFile(path: path) }
      let requested = try settings.read(over: earlier?.settings)
      if let earlier { try compare(requested, with: earlier) }
      let run = try clock.measure("read data") { () throws in
        try settings.locating { try prepare(requested) }
      }
      try checkMemory(of: run)
      state = try earlier.map { file throws in try file.state(for: run) }
      if let earlier, let state { try extend(from: earlier.settings, to: requested, at: state) }
      return run
    }
    if !ranks.isAlone {
      try ranks.compare(run.common(state))
      Console.note("\(ranks.count) ranks share \(run.training.shards) shards.")
    }
    let (model, end) = try train(run, from: state, clock, ranks)
    state = nil
    if ranks.isFirst { try finish(model, run, end, clock) }
  }

  // MARK: Before

  /// A run that goes on must be the same run, but may be longer.
  private func compare(_ requested: RunSettings, with earlier: StateFile) throws {
    let differences = requested.differences(from: earlier.settings).filter { $0.key != "epochs" }
    guard !differences.isEmpty else { return }
    let list = differences.map { "\($0.key) is \($0.other) there and \($0.value) here" }
    throw ValidationError(
      "--resume \(resume ?? ""): the settings differ: \(list.joined(separator: "; ")).")
  }

  private func extend(
    from begun: RunSettings, to wanted: RunSettings, at state: TrainingState
  ) throws {
    guard let change = RunExtension(from: begun, to: wanted) else { return }
    if let refusal = change.refusal(of: state) {
      throw ValidationError("--resume \(resume ?? ""): \(refusal)")
    }
    change.differences(of: state).forEach(Console.note)
  }

  private func prepare(_ requested: RunSettings) throws -> ModelTraining {
    let folder = try AtomicFolder(path: data)
    let dataset = try Dataset.read(
      folder, split: requested.training.split, settings: requested.data)
    describe(dataset)
    let vectors = try GraphEmbedding.load(
      dataset.folder, dimension: requested.network.kgEmbeddingSize, seed: requested.training.seed,
      threads: threads.count)
    let width = vectors.entities.width
    if try settings.given()["kg_embedding_size"] != nil, width != requested.network.kgEmbeddingSize
    {
      Console.note(
        "kg_embedding_size is \(requested.network.kgEmbeddingSize), and the vectors of"
          + " \(data).\(folder.form.entityVectors.suffix) have \(width) numbers: these are used.")
    }
    let memory = try MemoryContents(
      dataset, choosing: requested.training.memoryRelations, entities: vectors.entities,
      relations: vectors.relations, scale: requested.relationScale,
      padRelation: requested.network.hasPadRelation)
    if memory.itemsWithoutVector > 0 {
      Console.note("\(memory.itemsWithoutVector) items have no entity vector; theirs are zeros.")
    }
    Console.note("memory: " + memory.relationNames.joined(separator: ", "))
    return ModelTraining(requested, data: dataset, memory: memory)
  }

  private func describe(_ data: Dataset) {
    let heldOut = data.histories.count { $0.isHeldOut }
    Console.note(
      "\(data.folder.name): \(data.histories.count) users"
        + (heldOut > 0 ? " (\(heldOut) held out)" : "")
        + ", \(data.items.count - 1) items, \(data.interactionCount) interactions, "
        + "\(data.graph.count) triples")
    for removal in data.removals { Console.note(removal.description) }
    for note in data.notes { Console.note(note) }
    if data.droppedInteractions > 0 {
      Console.note(
        "left out: \(data.droppedInteractions) interactions with \(data.droppedItems) items "
          + "that have no link into the graph")
      if let cause = data.causeOfDropping { Console.note(cause) }
    }
  }

  private func checkMemory(of run: ModelTraining) throws {
    guard let available = FreeMemory.bytes.map({ $0 / Double(Ranks.onThisMachine()) }) else {
      return
    }
    if let refusal = run.memoryEstimate(savesStates: true).refusal(available: available) {
      throw UserError(refusal)
    }
  }

  // MARK: Training

  private func train(
    _ run: ModelTraining, from state: consuming TrainingState?, _ clock: PhaseClock, _ ranks: Ranks
  ) throws -> (TrainedModel, TrainingState) {
    let files = RunFiles(model: output, run: run)
    if resume == nil, FileManager.default.fileExists(atPath: files.state) {
      Console.note(
        "\(files.state) of an earlier run is replaced; --resume would have continued that run.")
    }
    try ranks.together { if ranks.isFirst, let state { try files.saveBest(of: state) } }
    var start = LogEvent(event: "start")
    start.epochs = run.training.epochs
    start.epoch = state?.epoch ?? 0
    (start.model, start.state) = (output, files.state)
    if logsJSON { Console.log(start) }
    let display = TrainingDisplay(run.training, epochs: state?.epochs ?? [])
    StopSignal.await()
    do {
      let result = try run.run(
        threads: threads.count, ranks: ranks, from: state, clock: clock,
        shouldStop: { StopSignal.isReceived },
        save: { (state) throws(CheckpointError) in try files.save(state) },
        // Only the first rank is sure to see the file.
        saved: ranks.isAlone ? { () throws(CheckpointError) in try files.saved() } : nil,
        report: { display.show($0) })
      display.finish()
      return result
    } catch {
      display.finish()
      if profile { show(clock) }
      guard case .stopped(let epoch) = error else { throw error }
      sayHowToGoOn(files, epoch: epoch)
      throw ExitCode(StopSignal.status)
    }
  }

  private func sayHowToGoOn(_ files: RunFiles, epoch: Int) {
    let command =
      "ksr train --data \(shellWord(data)) --output \(shellWord(output)) "
      + "--resume \(shellWord(files.state))"
    if logsJSON {
      var event = LogEvent(event: "stopped", text: command)
      event.epoch = epoch
      event.state = files.state
      Console.log(event)
    } else {
      Console.note("\(TrainingError.stopped(epoch: epoch)) To go on:\n  \(command)")
    }
  }

  // MARK: After

  private func finish(
    _ trained: TrainedModel, _ run: ModelTraining, _ end: TrainingState, _ clock: PhaseClock
  ) throws {
    let epochs = end.epochs
    var model = trained
    let attention = clock.measure("attention") {
      AttentionSummary(
        network: KSRNetwork(model),
        histories: run.data.histories.map(\.items))
    }
    if attention.stepCount > 0 {
      model.provenance.metrics["mean attention entropy"] = Double(attention.meanEntropy)
    }
    try clock.measure("writing") { () throws in try model.write(to: output) }
    let best = epochs.last { $0.isBest }?.number ?? epochs.count
    let seconds = epochs.reduce(0) { $0 + $1.seconds }
    if profile { show(clock) }
    if logsJSON {
      var event = LogEvent(event: "end")
      (event.epochs, event.bestEpoch, event.seconds) = (epochs.count, best, seconds)
      (event.metrics, event.model) = (model.provenance.metrics, output)
      event.recoveries = end.recoveries.count
      Console.log(event)
    } else {
      Console.note("best epoch \(best) of \(epochs.count), \(duration(seconds))")
    }
    if let sentence = end.summary(run.training) { Console.note(sentence) }
    for name in ["valid", "test"] {
      let metrics = run.training.reportedMetrics.compactMap { metric in
        model.provenance.metrics["\(name) \(metric)"].map { "\(metric) \(fixed($0))" }
      }
      if !metrics.isEmpty { Console.result("\(name)  " + metrics.joined(separator: "  ")) }
    }
    if attention.stepCount > 0 {
      let share = attention.meanEntropy / max(attention.largestEntropy, .leastNormalMagnitude)
      Console.note(
        "mean attention entropy \(fixed(Double(attention.meanEntropy))), "
          + "\(fixed(Double(share))) of ln \(model.relations.count)")
      if let warning = attention.warning { Console.note(warning) }
    }
    Console.result(output)
  }

  private func show(_ clock: PhaseClock) {
    // The better of before and after: other work on the machine makes the peak look low.
    let peak = max(peak, MatrixProductPeak.measure(threads: threads.count))
    guard logsJSON else {
      Console.note(clock.table)
      if let share = clock.share(ofPeak: peak, threads: threads.count) { Console.note(share) }
      return
    }
    var event = LogEvent(event: "profile")
    event.seconds = clock.seconds
    event.phases = Dictionary(uniqueKeysWithValues: clock.phases.map { ($0.name, $0.seconds) })
    event.trainingSeconds = clock.trainingSeconds
    event.usefulOperations = clock.operations
    event.peakOperationsPerSecond = peak
    Console.log(event)
  }
}
