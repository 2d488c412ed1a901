import AtomicFiles
import Evaluation
import KSRModel
import Randomness
import Workspace

/// From a data set to a trained model with its words, facts, settings and metrics.
package struct ModelTraining: Sendable {
  package let requested: RunSettings
  /// The network's settings; `kg_embedding_size` follows from the vectors.
  package let settings: KSRSettings
  package var training: TrainingSettings { requested.training }
  package let data: Dataset
  /// The memory's keys, vectors and facts.
  package let memory: MemoryContents
  /// What a memory of facts reads.
  private let facts: FactTable

  /// A training of a network on a data set.
  package init(_ requested: RunSettings, data: Dataset, memory: MemoryContents) {
    self.requested = requested
    var settings = requested.network
    settings.kgEmbeddingSize = memory.relationVectors.columns
    self.settings = settings
    self.data = data
    self.memory = memory
    facts = settings.factTable(memory.tails, itemCount: data.items.count)
  }

  /// - Parameter savesStates: whether the run writes its state after every epoch.
  package func memoryEstimate(savesStates: Bool) -> MemoryEstimate {
    MemoryEstimate(
      settings: settings, training: training, facts: facts, itemCount: data.items.count,
      relationCount: memory.relations.count,
      sequenceLengths: data.trainingSequences.map(\.count), savesStates: savesStates)
  }

  /// The state before the first epoch: random parameters that follow from the seed.
  package func initialState() -> TrainingState {
    var generator = SeededGenerator(seed: training.seed)
    let initial = KSRParameters.initial(
      settings: settings, entityVectors: memory.entityVectors,
      relationVectors: memory.relationVectors, generator: &generator)
    return TrainingState(from: initial, settings: settings, training: training)
  }

  /// Trains the network, from the beginning or a state, and puts the model together; every one of the
  /// ranks does, and the first one saves.
  ///
  /// The parameters are those of ``Trainer/run(from:clock:shouldStop:save:report:)``.
  package func run(
    threads: Int, ranks: Ranks = .alone, from start: consuming TrainingState? = nil,
    clock: PhaseClock = PhaseClock(),
    shouldStop: () -> Bool = { false },
    save: (TrainingState) throws(CheckpointError) -> Void = { (_) throws(CheckpointError) in },
    saved: (() throws(CheckpointError) -> TrainingState)? = nil,
    report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> (model: TrainedModel, state: TrainingState) {
    var trainer = Trainer(
      settings: settings, training: training, sequences: data.trainingSequences,
      validation: validationCases, facts: facts, threads: threads)
    trainer.ranks = ranks
    let state = try trainer.run(
      from: start ?? initialState(), clock: clock, shouldStop: shouldStop, save: save,
      saved: saved, report: report)
    func metrics(_ cases: [RankingCase], _ mode: CandidateMode) -> [Double]? {
      cases.isEmpty ? nil : trainer.metrics(of: state.best, on: cases, mode).reported
    }
    let model = clock.measure("test") {
      self.model(
        state, validation: metrics(validationCases, training.validationMode),
        test: metrics(cases(.test), training.testMode))
    }
    return (model, state)
  }

  /// The best model of a state with the given metrics, in the order of the reported ones.
  package func model(
    _ state: TrainingState, validation: [Double]?, test: [Double]? = nil
  ) -> TrainedModel {
    var provenance = Provenance()
    provenance.dataName = data.folder.name
    provenance.split = data.split
    provenance.trainingDigest = data.trainingDigest
    provenance.recoveries = state.recoveries.map(\.epoch)
    provenance.training = Dictionary(uniqueKeysWithValues: training.keyValues.map { ($0, $1) })
      .merging(data.settings.given) { own, _ in own }
    for (name, values) in [("valid", validation), ("test", test)] {
      guard let values else { continue }
      for (metric, value) in zip(training.reportedMetrics, values) {
        provenance.metrics["\(name) \(metric)"] = value
      }
    }
    return TrainedModel(
      settings: settings, parameters: state.best, items: data.items,
      itemNames: NameList(data.itemNames), relations: memory.relations,
      relationNames: memory.relationNames, tails: memory.tails, provenance: provenance)
  }

  /// What all ranks of a run must have in common, for ``Ranks/compare(_:)``.
  package func common(_ state: TrainingState?) -> [(what: String, text: String)] {
    [
      ("settings", requested.keyValues.map { "\($0)=\($1)" }.joined(separator: "\n")),
      ("data", digests.data), ("graph or vectors", digests.memory),
      ("state to resume from", state.map { "\($0.optimiser.step) \($0.epoch)" } ?? ""),
    ]
  }

  /// What the best epoch is chosen by.
  var validationCases: [RankingCase] { cases(.validation) }

  private func cases(_ mark: SplitMark) -> [RankingCase] {
    RankingCase.cases(
      data.histories, split: data.split, mark: mark, heldOutUsers: false,
      maxLength: settings.maxItemListLength)
  }
}
