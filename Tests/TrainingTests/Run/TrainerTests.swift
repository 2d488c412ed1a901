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
    var (trainer, initial) = cycle(epochs: 2) {
      $0.learningRate = 1e38
      $0.recoveryLimit = 0
    }
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
    trainer = cycle(epochs: 2) { $0.learningRate = 1e38 }.0
    #expect {
      try trainer.run(from: start, save: { _ in saved += 1 }, report: { _ in })
    } throws: { error in
      guard case .diverged(let last, 8)? = error as? TrainingError else { return false }
      return last.epoch == 1 && last.loss == nil
    }
    #expect(saved == 1 + 1 + 9)
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
  @Test(
    arguments: [(LossType.crossEntropy, nil), (.bpr, nil), (.crossEntropy, 5)]
      as [(LossType, Int?)],
    [true, false])
  func goesOnAsIfItHadNeverStopped(losses: (LossType, Int?), frozen: Bool) throws {
    var (trainer, initial) = cycle(epochs: 4)
    var (settings, training) = (trainer.settings, trainer.training)
    (settings.loss, training.negativeCount) = losses
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
    for threads in [2, 3] {
      let other = Trainer(
        settings: settings, training: training, sequences: trainer.sequences,
        validation: trainer.validation, threads: threads)
      #expect(try other.run(from: start) { _ in }.parameters == end.parameters)
    }
  }

  /// A rate at which these sequences fall apart: the run goes back, is told of it, and learns.
  @Test(arguments: [LossType.crossEntropy, .bpr])
  func recoversFromALossThatJumps(loss: LossType) throws {
    var (trainer, initial) = cycle(epochs: 12) {
      $0.learningRate = 2
      $0.gradientNormLimit = nil
    }
    var settings = trainer.settings
    settings.loss = loss
    func with(threads: Int, _ change: (inout TrainingSettings) -> Void = { _ in }) -> Trainer {
      var training = trainer.training
      change(&training)
      return Trainer(
        settings: settings, training: training, sequences: trainer.sequences,
        validation: trainer.validation, threads: threads)
    }
    // Without recovery it is and stays lost.
    let lost = try with(threads: 1) { $0.recoveryLimit = 0 }.run(from: initial) { _ in }.epochs

    trainer = with(threads: 1)
    var (states, events): ([TrainingState], [Recovery]) = ([], [])
    let start = TrainingState(from: initial, settings: settings, training: trainer.training)
    let end = try trainer.run(from: start, save: { states.append($0) }) { event in
      if case .recovery(let recovery) = event { events.append(recovery) }
    }
    #expect(!events.isEmpty && events == end.recoveries)
    try #require(end.epoch == 12)
    for (number, recovery) in zip(1..., events) {
      #expect(recovery.learningRate == 2 * Float(sign: .plus, exponent: -number, significand: 1))
      #expect(recovery.loss.map { $0 > JumpDetector.limit(above: recovery.lowest) } ?? true)
    }
    #expect(end.epochs.map(\.recoveries).reduce(0, +) == events.count)
    #expect(end.epochs[11].loss < 0.5 * end.epochs[0].loss)
    #expect(lost[11].loss > 3 * end.epochs[11].loss)
    // A state is saved after every epoch and every recovery, and each continues to the same end.
    #expect(states.count == 1 + 12 + events.count)
    var last = start
    let reread = try with(threads: 2).run(
      from: start, save: { last = $0 }, saved: { () throws(CheckpointError) in last },
      report: { _ in })
    #expect(reread.parameters == end.parameters && reread.recoveries == end.recoveries)
    let other = try with(threads: 3).run(from: start) { _ in }
    #expect(other.parameters == end.parameters && other.recoveries == end.recoveries)
    for state in states {
      let again = try trainer.run(from: state) { _ in }
      #expect(again.parameters == end.parameters && again.best == end.best)
      #expect(again.optimiser == end.optimiser && again.average == end.average)
      #expect(again.recoveries == end.recoveries)
    }
    // What a recovery goes back to is what was there after the epoch before.
    for (before, after) in zip(states, states.dropFirst())
    where after.recoveries.count > before.recoveries.count {
      var undone = after
      undone.recoveries = before.recoveries
      #expect(undone == before)
    }
  }

  @Test func aJumpIsAStretchAboveTheLowestLoss() {
    let settings = KSRSettings()
    var state = TrainingState(
      from: KSRParameters(settings: settings, itemCount: 2, relationCount: 1), settings: settings,
      training: TrainingSettings())
    func jumps(_ losses: [Double], positions: Int = 20_000) -> Int? {
      var detector = JumpDetector(after: state, positions: positions)
      return losses.firstIndex { detector.jump(loss: $0, positions: 500) != nil }
    }
    // Before the first epoch the first batch is the reference: here 7, the limit 8.5.
    #expect(jumps([7, 8, 8.4, 8.4, 8.4, 8.4, 8.4]) == nil)
    // The latest 2,000 positions are four batches.
    #expect(jumps([7, 7, 7, 7, 7, 12, 12]) == 6)
    #expect(jumps([7, 7, 7, 7, 12.9]) == nil && jumps([7, 7, 7, 7, 13.1]) == 4)
    for loss in [5.5, 5] {
      state.epochs.append(
        EpochReport(
          number: state.epoch + 1, loss: loss, scored: 1, validation: nil, score: nil,
          isBest: false, seconds: 1, learningRate: 1))
    }
    #expect(jumps([6, 6, 6, 6]) == nil && jumps([6.2, 6.2, 6.2, 6.2]) == 3)
    // What an epoch begins with counts only when it is begun again.
    state.recoveries = [Recovery(epoch: 2, loss: 9, lowest: 5, learningRate: 1)]
    #expect(jumps([7, 7, 7, 7]) == 3)
    state.recoveries.append(Recovery(epoch: 3, loss: 9, lowest: 5, learningRate: 1))
    #expect(jumps([7, 7, 7, 7]) == nil && jumps([7, 9, 9, 9.2]) == 3)
    // An epoch shorter than a stretch is judged as a whole.
    #expect(jumps([4, 12], positions: 1000) == 1 && jumps([12], positions: 1000) == nil)
  }

  @Test func aRateRisesAndFallsAtPlateaus() {
    var training = TrainingSettings()
    (training.learningRate, training.warmUpSteps, training.learningRatePatience) = (0.8, 3, 2)
    let settings = KSRSettings()
    var state = TrainingState(
      from: KSRParameters(settings: settings, itemCount: 2, relationCount: 1), settings: settings,
      training: training)
    func rates(_ schedule: LearningRateSchedule, steps: Range<Int> = 0..<7) -> [Float] {
      training.schedule = schedule
      return steps.map {
        state.optimiser.step = $0
        return state.learningRate(training, of: 7)
      }
    }
    #expect(rates(.constant) == [0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8].map { 0.8 * ($0 / 0.8) })
    for (rate, expected) in zip(
      rates(.cosine, steps: 0..<8), [0.2, 0.4, 0.6, 0.8, 0.682843, 0.4, 0.117157, 0] as [Float])
    { #expect(abs(rate - expected) < 1e-6) }
    for (number, (score, plateaus)) in [
      (0.1, 0), (0.05, 0), (0.2, 0), (0.1, 0), (nil, 0), (0.1, 1), (0.1, 1), (0.3, 1), (0.2, 1),
      (0.2, 2), (0.2, 2), (0.2, 3),
    ].enumerated() as EnumeratedSequence<[(Double?, Int)]> {
      state.epochs.append(
        EpochReport(
          number: number + 1, loss: 1, scored: 1, validation: nil, score: score,
          isBest: score.map { $0 >= state.bestScore } ?? false, seconds: 1, learningRate: 1))
      let rate = 0.8 * Float(sign: .plus, exponent: -2 * plateaus, significand: 1)
      #expect(rates(.plateau, steps: 5..<6) == [rate], "after epoch \(number + 1)")
      #expect(rates(.constant, steps: 5..<6) == [0.8])
    }
    state.recoveries = [Recovery(epoch: 2, loss: 9, lowest: 5, learningRate: 1)]
    #expect(rates(.constant, steps: 5..<6) == [0.4] && rates(.plateau, steps: 5..<6) == [0.00625])
    // Without validation the training loss takes its place.
    state.recoveries = []
    state.epochs = [5, 4, 4.5, 4.2, 3.9].enumerated().map { number, loss in
      EpochReport(
        number: number + 1, loss: loss, scored: 1, validation: nil, score: nil, isBest: true,
        seconds: 1, learningRate: 1)
    }
    #expect(state.plateaus(patience: 2) == 1 && state.plateaus(patience: 3) == 0)
  }

  @Test func aRunThatKeepsFallingApartStopsWithItsBestEpoch() throws {
    let (good, initial) = cycle(epochs: 1)
    let start = TrainingState(from: initial, settings: good.settings, training: good.training)
    let state = try good.run(from: start) { _ in }
    let (trainer, _) = cycle(epochs: 9) {
      $0.learningRate = 1e6
      $0.recoveryLimit = 2
    }
    var recovered: [Float] = []
    let end = try trainer.run(from: state) {
      if case .recovery(let recovery) = $0 { recovered.append(recovery.learningRate) }
    }
    #expect(recovered == [5e5, 2.5e5, 1.25e5])
    #expect(end.hasGivenUp(trainer.training) && end.isFinished(trainer.training))
    #expect(end.epoch == 1 && end.best == state.best && end.parameters == state.parameters)
    #expect(end.summary(trainer.training)?.contains("more often than max_recoveries 2") == true)
    // It stays stopped, also with more epochs.
    #expect(try cycle(epochs: 99) { $0.recoveryLimit = 2 }.0.run(from: end) { _ in } == end)
  }

  @Test func goesOnInTheMiddleOfTheWarmUpAndWithMoreEpochs() throws {
    let change: (inout TrainingSettings) -> Void = {
      $0.warmUpSteps = 9
      $0.schedule = .plateau
      $0.learningRatePatience = 1
      $0.stoppingStep = 100
    }
    let (short, initial) = cycle(epochs: 3, change)
    let (long, _) = cycle(epochs: 14, change)
    var states: [TrainingState] = []
    let start = TrainingState(from: initial, settings: long.settings, training: long.training)
    let end = try long.run(from: start, save: { states.append($0) }, report: { _ in })
    #expect(states[1].optimiser.step < 9)
    #expect(states[1].epochs[0].learningRate < 0.01)
    let first = try short.run(from: start) { _ in }
    for state in states + [first] {
      let again = try long.run(from: state) { _ in }
      #expect(again.parameters == end.parameters && again.average == end.average)
      #expect(again.epochs.map(\.learningRate) == end.epochs.map(\.learningRate))
    }
  }

  private func cycle(
    epochs: Int, threads: Int = 1, seed: UInt64 = 1, mode: WindowMode = .windows,
    batchSize: Int = 60, _ change: (inout TrainingSettings) -> Void = { _ in }
  ) -> (Trainer, KSRParameters) {
    var settings = KSRSettings()
    settings.embeddingSize = 8
    settings.kgEmbeddingSize = 4
    settings.hiddenSize = 16
    settings.maxItemListLength = 12
    settings.dropoutProbability = mode == .windows && batchSize == 60 ? 0.1 : 0
    var training = TrainingSettings()
    training.warmUpSteps = 0
    training.epochs = epochs
    training.batchSize = batchSize
    training.seed = seed
    training.mode = mode
    change(&training)
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
