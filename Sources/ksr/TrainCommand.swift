import ArgumentParser
import AtomicFiles
import Evaluation
import Explanation
import Foundation
import KSRModel
import Training
import Workspace

/// `ksr train`: a model file from a data folder.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train KSR on a data folder and write a model file.")

  @Option(name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String

  @Option(help: ArgumentHelp("The model file to write.", valueName: "MODEL"))
  var output: String

  @OptionGroup var settings: SettingOptions
  @OptionGroup var threads: ThreadOptions

  mutating func run() throws {
    var network = KSRSettings()
    var training = TrainingSettings()
    try settings.apply(to: &network, &training)
    let folder = try AtomicFolder(path: data)
    var split = DataSplit()
    split.heldOutUsers = training.heldOutUsers
    let dataset = try Dataset.read(folder, split: split)
    describe(dataset)
    let vectors = try GraphEmbedding.load(
      folder, dimension: network.kgEmbeddingSize, seed: training.seed)
    let memory = try MemoryContents(
      dataset, choosing: training.memoryRelations, entities: vectors.entities,
      relations: vectors.relations, scale: training.relationScale,
      padRelation: network.hasPadRelation)
    if memory.itemsWithoutVector > 0 {
      Console.note("\(memory.itemsWithoutVector) items have no entity vector; theirs are zeros.")
    }
    Console.note("memory: " + memory.relationNames.joined(separator: ", "))
    let run = ModelTraining(
      settings: network, training: training, data: dataset, memory: memory)
    var display = TrainingDisplay(epochs: training.epochs)
    var (model, epochs) = try run.run(threads: threads.count) { display.show($0) }
    let attention = AttentionSummary(
      network: KSRNetwork(settings: model.settings, parameters: model.parameters),
      histories: dataset.histories.map(\.items))
    if attention.stepCount > 0 {
      model.provenance.metrics["mean attention entropy"] = Double(attention.meanEntropy)
    }
    try model.write(to: output)
    let best = epochs.last { $0.isBest }?.number ?? epochs.count
    Console.note("best epoch \(best) of \(epochs.count), \(duration(display.seconds))")
    for name in ["valid", "test"] {
      let metrics = RankingMetrics(ranks: [], k: 10).named.compactMap { metric in
        model.provenance.metrics["\(name) \(metric.name)"].map { "\(metric.name) \(fixed($0))" }
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

  private func describe(_ data: Dataset) {
    let heldOut = data.histories.count { $0.isHeldOut }
    Console.note(
      "\(data.folder.name): \(data.histories.count) users"
        + (heldOut > 0 ? " (\(heldOut) held out)" : "")
        + ", \(data.items.count - 1) items, \(data.interactionCount) interactions, "
        + "\(data.graph.count) triples")
    if data.droppedInteractions > 0 {
      Console.note(
        "left out: \(data.droppedInteractions) interactions with \(data.droppedItems) items "
          + "that have no link into the graph")
    }
  }
}

/// A training run on the terminal: one line that moves, one that stays for each epoch.
struct TrainingDisplay {
  private let epochs: Int
  private let line = ProgressLine()
  private var epochStart = Date()

  init(epochs: Int) { self.epochs = epochs }

  /// Seconds since the run began.
  var seconds: Double { line.seconds }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .progress(let epoch, let scored, let total, let loss):
      let rate = Double(scored) / max(Date().timeIntervalSince(epochStart), 1e-9)
      let left = duration(Double(total - scored) / rate)
      line.show(
        "epoch \(epoch)/\(epochs)  \(scored * 100 / total) %  loss \(fixed(loss))  "
          + "\(Int(rate)) positions/s  \(left) left in this epoch")
    case .epoch(let report):
      line.clear()
      let seconds = Date().timeIntervalSince(epochStart)
      epochStart = Date()
      let validation =
        report.validation.map {
          "  valid NDCG@10 \(fixed($0.ndcg)) Hit@10 \(fixed($0.hit))"
        } ?? ""
      Console.note(
        "epoch \(report.number)  loss \(fixed(report.loss))\(validation)  "
          + "\(duration(seconds))\(report.isBest ? "  best" : "")")
    }
  }
}
