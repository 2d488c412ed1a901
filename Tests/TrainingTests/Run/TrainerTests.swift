import Evaluation
import KSRModel
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

  @Test func aLossThatIsNotFiniteStopsTheRun() {
    var (trainer, initial) = cycle(epochs: 1)
    initial.denseLayerU.bias[0] = .nan
    #expect(throws: TrainingError.lossNotFinite(epoch: 1, batch: 1, learningRate: 0.01)) {
      try trainer.run(from: initial) { _ in }
    }
    trainer = Trainer(
      settings: trainer.settings, training: trainer.training, sequences: [[1]], validation: [],
      threads: 1)
    #expect(throws: TrainingError.noTrainingSteps) { try trainer.run(from: initial) { _ in } }
  }

  private func cycle(
    epochs: Int, threads: Int = 1, seed: UInt64 = 1, mode: WindowMode = .windows,
    batchSize: Int = 60
  ) -> (Trainer, KSRParameters) {
    var settings = KSRSettings()
    settings.embeddingSize = 8
    settings.kgEmbeddingSize = 4
    settings.hiddenSize = 16
    settings.maxItemListLength = 12
    settings.dropoutProbability = mode == .windows && batchSize == 60 ? 0.1 : 0
    var training = TrainingSettings()
    training.learningRate = 0.01
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
