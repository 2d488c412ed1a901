import Evaluation
import KSRModel
import KSRNumerics
import Randomness
import Testing
import Workspace

@testable import Training

@Suite struct TrainerTests {
  @Test func learnsACycle() throws {
    // Item i is always followed by i + 1 (of 12): a model that learns anything gets it right.
    let (trainer, initial) = cycle(epochs: 30)
    let (parameters, epochs) = try trainer.run(from: initial) { _ in }
    #expect(epochs.count == 30)
    #expect(try #require(epochs.last).loss < 0.3 * epochs[0].loss)
    let ranks = Ranker(settings: trainer.settings, parameters: parameters).ranks(trainer.validation)
    #expect(ranks.allSatisfy { $0 == 1 })
  }

  @Test func sameSeedSameBytesWhateverTheThreads() throws {
    let results = try [1, 2, 3, 8].map { threads in
      let (trainer, initial) = cycle(epochs: 3, threads: threads)
      return try trainer.run(from: initial) { _ in }.parameters
    }
    for result in results.dropFirst() { #expect(result == results[0]) }
  }

  @Test func windowsAreShiftedInEachEpochButNotWhereOneHoldsAll() {
    let (trainer, _) = cycle(epochs: 1)
    let longest = trainer.sequences.map(\.count).max() ?? 0
    func starts(_ shifts: Bool, maxLength: Int, epoch: UInt64) -> [Int] {
      var settings = trainer.settings
      settings.maxItemListLength = maxLength
      var training = trainer.training
      training.shiftsWindows = shifts
      var generator = SeededGenerator(seed: 7, stream: epoch)
      let windows = Trainer(
        settings: settings, training: training, sequences: trainer.sequences, validation: [],
        threads: 1
      ).shuffledWindows(&generator)
      return windows.map { $0.sequence * 1000 + $0.start }.sorted()
    }
    #expect(starts(true, maxLength: 4, epoch: 1) == starts(true, maxLength: 4, epoch: 1))
    #expect(starts(true, maxLength: 4, epoch: 1) != starts(true, maxLength: 4, epoch: 2))
    #expect(starts(false, maxLength: 4, epoch: 1) == starts(false, maxLength: 4, epoch: 2))
    #expect(
      starts(true, maxLength: longest, epoch: 1) == starts(false, maxLength: longest, epoch: 2))
  }

  @Test func anotherSeedGivesAnotherModel() throws {
    let (trainer, initial) = cycle(epochs: 1)
    let (other, otherInitial) = cycle(epochs: 1, seed: 3)
    #expect(initial != otherInitial)
    let a = try trainer.run(from: initial) { _ in }.parameters
    let b = try other.run(from: initial) { _ in }.parameters
    #expect(a != b)
  }

  @Test func windowsAndPrefixesHaveTheSameLossForShortSequences() throws {
    // One batch per epoch, no dropout: the loss of epoch 1 is that of the initial parameters.
    let losses = try WindowMode.allCases.map { mode in
      let (trainer, initial) = cycle(epochs: 1, mode: mode, batchSize: 1_000_000)
      return try trainer.run(from: initial) { _ in }.epochs[0].loss
    }
    #expect(abs(losses[0] - losses[1]) < 1e-5 * losses[0])
  }

  @Test func aLossThatIsNotFiniteStopsTheRunAndNamesTheCulprit() throws {
    var (trainer, initial) = cycle(epochs: 1)
    initial.denseLayerU.bias[0] = .nan
    #expect(
      throws: TrainingError.lossNotFinite(
        step: 1, epoch: 1, batch: 1, culprit: "dense_layer_u.bias is not finite from the start",
        learningRate: 0.01)
    ) {
      try trainer.run(from: initial) { _ in }
    }
    trainer = Trainer(
      settings: trainer.settings, training: trainer.training, sequences: [[1]], validation: [],
      threads: 1)
    #expect(throws: TrainingError.noTrainingSteps) { try trainer.run(from: initial) { _ in } }
  }

  @Test func theCulpritIsATensorThatBecameInfiniteInTheStepBefore() throws {
    var (trainer, initial) = cycle(epochs: 2, learningRate: 1e38)
    // Two steps of 1e38 in one direction leave the numbers that there are.
    var saved = 0
    let start = TrainingState(
      from: initial, settings: trainer.settings, training: trainer.training)
    #expect {
      try trainer.run(from: start, save: { _ in saved += 1 }, report: { _ in })
    } throws: { error in
      guard
        case .lossNotFinite(let step, 1, let batch, let culprit, 1e38)? = error as? TrainingError
      else { return false }
      return step == batch && step > 1 && !culprit.isEmpty
    }
    // Nothing that is not finite was saved.
    #expect(saved == 1)
    initial.entityEmbedding.values[0] = .infinity
    #expect(initial.firstNonFinite == "entity_embedding.weight")
    initial = cycle(epochs: 1).1
    #expect(initial.firstNonFinite == nil)
  }

  @Test func theBestEpochIsTheOneOfTheLargestValidMetric() throws {
    for metric in [ValidationMetric(.mrr, at: 1), ValidationMetric(.hit, at: 3)] {
      var (trainer, initial) = cycle(epochs: 6)
      var training = trainer.training
      training.validationMetric = metric
      training.metrics = [.ndcg]
      training.listLengths = [2, 5]
      trainer = Trainer(
        settings: trainer.settings, training: training, sequences: trainer.sequences,
        validation: trainer.validation, threads: 1)
      let (best, epochs) = try trainer.run(from: initial) { _ in }
      let scores = try epochs.map { try #require($0.score) }
      for (index, epoch) in epochs.enumerated() {
        #expect(epoch.isBest == (scores[index] >= scores[...index].max() ?? 0))
        #expect(epoch.validation?.count == 3 && epoch.validation?[2] == epoch.score)
      }
      let ranks = Ranker(settings: trainer.settings, parameters: best).ranks(trainer.validation)
      #expect(metric.value(ranks: ranks) == scores.max())
      initial.itemEmbedding.values[0] += 1
    }
  }

  @Test func stopsAfterTheBatchInWhichItIsAsked() throws {
    let (trainer, initial) = cycle(epochs: 5)
    let start = TrainingState(
      from: initial, settings: trainer.settings, training: trainer.training)
    var (batches, epochs, saved) = (0, 0, [Int]())
    #expect(throws: TrainingError.stopped(epoch: 2)) {
      try trainer.run(
        from: start, shouldStop: { epochs == 2 },
        save: { saved.append($0.epoch) }
      ) { event in
        if case .epoch = event { epochs += 1 } else if epochs == 2 { batches += 1 }
      }
    }
    #expect(batches == 1 && saved == [0, 1, 2])
  }

  /// One step an epoch, so that every step's parameters are seen; against the formula in doubles.
  @Test(arguments: [Float(0.5), 0.99], [true, false])
  func theMeanOfTheParametersIsValidatedAndKept(decay: Float, frozen: Bool) throws {
    let (plain, initial) = cycle(epochs: 12, batchSize: 1_000_000)
    var (settings, training) = (plain.settings, plain.training)
    settings.freezesKnowledgeGraph = frozen
    training.averageDecay = decay
    let trainer = Trainer(
      settings: settings, training: training, sequences: plain.sequences,
      validation: plain.validation, threads: 2)
    var states: [TrainingState] = []
    let start = TrainingState(from: initial, settings: settings, training: training)
    let end = try trainer.run(from: start, save: { states.append($0) }, report: { _ in })
    #expect(states.map(\.optimiser.step) == Array(0...12))
    for entry in initial.entries {
      var mean = initial[keyPath: entry.path].map(Double.init)
      for state in states.dropFirst() {
        let t = Double(state.optimiser.step)
        let rate = 1 - min(Double(decay), (1 + t) / (10 + t))
        let latest = state.parameters[keyPath: entry.path]
        for i in mean.indices { mean[i] += rate * (Double(latest[i]) - mean[i]) }
        let kept = state.learned[keyPath: entry.path]
        #expect(zip(kept, mean).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(entry.name)")
      }
    }
    #expect(end.learned != end.parameters)
    let best = try #require(end.bestEpoch)
    #expect(end.best == states[best.number].learned)
    let ranks = Ranker(settings: settings, parameters: end.best).ranks(trainer.validation)
    #expect(training.validationMetric.value(ranks: ranks) == best.score)
  }

  @Test func withoutAMeanWhatIsLearnedAreTheParameters() throws {
    let (plain, initial) = cycle(epochs: 2)
    var training = plain.training
    training.averageDecay = nil
    let trainer = Trainer(
      settings: plain.settings, training: training, sequences: plain.sequences, validation: [],
      threads: 1)
    let start = TrainingState(from: initial, settings: plain.settings, training: training)
    let end = try trainer.run(from: start) { _ in }
    #expect(end.average == nil && end.best == end.parameters)
  }

  /// Going on from the state after any epoch gives what the uninterrupted run gives.
  @Test(arguments: [LossType.crossEntropy, .bpr], [true, false])
  func goesOnAsIfItHadNeverStopped(loss: LossType, frozen: Bool) throws {
    var (trainer, initial) = cycle(epochs: 4)
    var (settings, training) = (trainer.settings, trainer.training)
    settings.loss = loss
    settings.freezesKnowledgeGraph = frozen
    training.schedule = .cosine
    training.warmUpSteps = 3
    training.optimiser = .adamw
    training.weightDecay = 0.01
    training.gradientNormLimit = 0.5
    training.averageDecay = frozen ? 0.9 : nil
    trainer = Trainer(
      settings: settings, training: training, sequences: trainer.sequences,
      validation: trainer.validation, threads: 1)
    var states: [TrainingState] = []
    let start = TrainingState(from: initial, settings: settings, training: training)
    let end = try trainer.run(from: start, save: { states.append($0) }, report: { _ in })
    #expect(states.map(\.epoch) == [0, 1, 2, 3, 4])
    for state in states {
      let again = try trainer.run(from: state) { _ in }
      #expect(again.parameters == end.parameters && again.best == end.best)
      #expect(again.average == end.average)
      #expect(again.optimiser == end.optimiser && again.bestScore == end.bestScore)
      #expect(again.epochs.map(\.loss) == end.epochs.map(\.loss))
    }
    initial.dense.bias[0] += 1
    #expect(states[0].parameters != initial)
  }

  private func cycle(
    epochs: Int, threads: Int = 1, seed: UInt64 = 1, mode: WindowMode = .windows,
    batchSize: Int = 60, learningRate: Float = 0.01
  ) -> (Trainer, KSRParameters) {
    var settings = KSRSettings()
    settings.embeddingSize = 8
    settings.kgEmbeddingSize = 4
    settings.hiddenSize = 16
    settings.maxItemListLength = 12
    settings.dropoutProbability = mode == .windows && batchSize == 60 ? 0.1 : 0
    var training = TrainingSettings()
    training.learningRate = learningRate
    training.epochs = epochs
    training.batchSize = batchSize
    training.seed = seed
    training.mode = mode
    var generator = SeededGenerator(seed: seed)
    func vectors(_ rows: Int) -> Matrix {
      Matrix(
        rows: rows, columns: 4, values: (0..<rows * 4).map { _ in generator.uniform(-0.5, 0.5) })
    }
    let (entities, relations) = (vectors(13), vectors(3))
    let initial = KSRParameters.initial(
      settings: settings, entityVectors: entities, relationVectors: relations,
      generator: &generator)
    let sequences = (0..<24).map { start in
      (0..<10).map { Int32((start + $0) % 12 + 1) }[...]
    }
    let cases = (0..<12).map { start in
      RankingCase(
        user: start, history: (0..<6).map { Int32((start + $0) % 12 + 1) }, step: 5, maxLength: 12)
    }
    let trainer = Trainer(
      settings: settings, training: training, sequences: sequences, validation: cases,
      threads: threads)
    return (trainer, initial)
  }
}
