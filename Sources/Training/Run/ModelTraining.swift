import AtomicFiles
import Evaluation
import KSRModel
import Randomness
import Workspace

/// From a data set to a trained model with its words, facts, settings and metrics.
public struct ModelTraining: Sendable {
  /// The network's settings; `kg_embedding_size` follows from the vectors.
  public let settings: KSRSettings
  /// The run's settings.
  public let training: TrainingSettings
  /// What is trained on.
  public let data: Dataset
  /// The memory's keys, vectors and facts.
  public let memory: MemoryContents

  /// A training of a network on a data set.
  public init(
    settings: KSRSettings, training: TrainingSettings, data: Dataset, memory: MemoryContents
  ) {
    var settings = settings
    settings.kgEmbeddingSize = memory.relationVectors.columns
    self.settings = settings
    self.training = training
    self.data = data
    self.memory = memory
  }

  /// Trains the network and puts the model together.
  public func run(
    threads: Int, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> (model: TrainedModel, epochs: [EpochReport]) {
    let validation = cases(.validation)
    var generator = SeededGenerator(seed: training.seed)
    let initial = KSRParameters.initial(
      settings: settings, entityVectors: memory.entityVectors,
      relationVectors: memory.relationVectors, generator: &generator)
    let trainer = Trainer(
      settings: settings, training: training, sequences: data.trainingSequences,
      validation: validation, threads: threads)
    let (parameters, epochs) = try trainer.run(from: initial, report: report)
    var provenance = Provenance()
    provenance.dataName = data.folder.name
    provenance.split = data.split
    provenance.trainingDigest = data.trainingDigest
    provenance.training = Dictionary(uniqueKeysWithValues: training.keyValues.map { ($0, $1) })
    let ranker = Ranker(settings: settings, parameters: parameters)
    for (name, cases) in [("valid", validation), ("test", cases(.test))] where !cases.isEmpty {
      let metrics = RankingMetrics(ranks: ranker.ranks(cases, threads: threads))
      for (metric, value) in metrics.named { provenance.metrics["\(name) \(metric)"] = value }
    }
    let model = TrainedModel(
      settings: settings, parameters: parameters, items: data.items,
      itemNames: data.itemNames, relations: memory.relations,
      relationNames: memory.relationNames, tails: memory.tails, provenance: provenance)
    return (model, epochs)
  }

  private func cases(_ mark: SplitMark) -> [RankingCase] {
    RankingCase.cases(
      data.histories, split: data.split, mark: mark, heldOutUsers: false,
      maxLength: settings.maxItemListLength)
  }
}
