import Evaluation
import KSRModel
import Randomness

/// What a run reports while it goes on.
public enum TrainingEvent: Sendable {
  /// Some batches of an epoch are done.
  case progress(epoch: Int, scored: Int, of: Int, loss: Double)
  /// An epoch and its validation, if there was one, are done.
  case epoch(EpochReport)
}

/// One epoch in numbers.
public struct EpochReport: Sendable, Equatable {
  /// The epoch, from 1.
  public let number: Int
  /// Mean cross-entropy over the epoch's scored positions.
  public let loss: Double
  /// Scored positions.
  public let scored: Int
  /// Validation metrics; nil where this epoch was not validated.
  public let validation: RankingMetrics?
  /// Whether the validation was at least as good as any before.
  public let isBest: Bool
}

/// Why a run stopped before its end.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The loss is not a finite number any more.
  case lossNotFinite(epoch: Int, batch: Int, learningRate: Float)
  /// There is nothing to learn from.
  case noTrainingSteps

  /// The sentence to show.
  public var description: String {
    switch self {
    case .lossNotFinite(let epoch, let batch, let learningRate):
      "The loss of batch \(batch) in epoch \(epoch) is not a finite number; "
        + "a learning_rate below \(learningRate) may help."
    case .noTrainingSteps:
      "No user has two interactions to train on: there is nothing to learn from."
    }
  }
}

/// Trains a network on sequences (DESIGN.md §4).
public struct Trainer: Sendable {
  /// The network's settings.
  public let settings: KSRSettings
  /// The run's settings.
  public let training: TrainingSettings
  /// What to learn from: items of each user, oldest first.
  public let sequences: [ArraySlice<Int32>]
  /// What the best epoch is chosen by; may be empty, then the last one is taken.
  public let validation: [RankingCase]
  /// How many threads may work; changes nothing but the time.
  public let threads: Int

  /// A run over the given sequences.
  public init(
    settings: KSRSettings, training: TrainingSettings, sequences: [ArraySlice<Int32>],
    validation: [RankingCase], threads: Int
  ) {
    self.settings = settings
    self.training = training
    self.sequences = sequences
    self.validation = validation
    self.threads = threads
  }

  /// Trains from the given parameters and returns those of the best validated epoch.
  ///
  /// The best epoch is the one of the largest validation NDCG@10; an equal one later counts as an
  /// improvement, as in RecBole.
  public func run(
    from initial: KSRParameters, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> (parameters: KSRParameters, epochs: [EpochReport]) {
    let windows = training.mode.windows(
      lengths: sequences.map(\.count), maxLength: settings.maxItemListLength)
    let scoredInEpoch = windows.reduce(0) { $0 + $1.scoredCount }
    guard scoredInEpoch > 0 else { throw .noTrainingSteps }
    let step = GradientStep(
      settings: settings, itemCount: initial.itemCount, relationCount: initial.relationCount,
      shards: training.shards, threads: threads)
    var optimiser = Adam(
      kind: training.optimiser, settings: settings, itemCount: initial.itemCount,
      relationCount: initial.relationCount, weightDecay: training.weightDecay, frozen: frozen)
    let sampler = NegativeSampler(
      training.negativeDistribution, itemCount: initial.itemCount, sequences: sequences)
    // The shuffled windows of each epoch make about this many batches.
    let stepCount = training.epochs * max(1, scoredInEpoch / training.batchSize)
    var parameters = initial
    var best = initial
    var bestScore = -Double.infinity
    var validationsWithoutImprovement = 0
    var reports: [EpochReport] = []
    for epoch in 1...training.epochs {
      var generator = SeededGenerator(seed: training.seed, stream: UInt64(epoch))
      var order = windows
      generator.shuffle(&order)
      var (lossSum, scored) = (0.0, 0)
      for (number, range) in batches(of: order, scoredPositions: training.batchSize).enumerated() {
        let shards = pack(order[range], sampler, &generator)
        var (loss, gradients) = step.run(
          shards, parameters: parameters, dropoutSeed: generator.next())
        guard loss.isFinite else {
          throw .lossNotFinite(
            epoch: epoch, batch: number + 1, learningRate: training.learningRate)
        }
        if let limit = training.gradientNormLimit { gradients.clipNorm(to: limit) }
        let factor = training.schedule.factor(
          step: optimiser.step, of: stepCount, warmUp: training.warmUpSteps)
        optimiser.update(
          &parameters, gradients: gradients, learningRate: training.learningRate * factor)
        let count = shards.reduce(0) { $0 + $1.scoredCount }
        lossSum += loss * Double(count)
        scored += count
        report(
          .progress(
            epoch: epoch, scored: scored, of: scoredInEpoch, loss: lossSum / Double(scored)))
      }
      let metrics = validate(parameters, epoch: epoch)
      let isBest = metrics.map { $0.ndcg >= bestScore } ?? validation.isEmpty
      if isBest {
        best = parameters
        bestScore = metrics?.ndcg ?? bestScore
        validationsWithoutImprovement = 0
      } else if metrics != nil {
        validationsWithoutImprovement += 1
      }
      let epochReport = EpochReport(
        number: epoch, loss: lossSum / Double(scored), scored: scored, validation: metrics,
        isBest: isBest)
      reports.append(epochReport)
      report(.epoch(epochReport))
      if validationsWithoutImprovement > training.stoppingStep { break }
    }
    return (best, reports)
  }

  private var frozen: Set<String> {
    settings.freezesKnowledgeGraph
      ? ["relation_Matrix", "entity_embedding.weight"] : ["relation_Matrix"]
  }

  private func validate(_ parameters: KSRParameters, epoch: Int) -> RankingMetrics? {
    guard !validation.isEmpty, epoch % training.evaluationStep == 0 || epoch == training.epochs
    else { return nil }
    let ranker = Ranker(settings: settings, parameters: parameters)
    return RankingMetrics(ranks: ranker.ranks(validation, threads: threads))
  }

  /// Deals the windows out to the shards, longest first, so that each has about the same work.
  private func pack(
    _ windows: ArraySlice<TrainingWindow>, _ sampler: NegativeSampler,
    _ generator: inout SeededGenerator
  ) -> [PackedSequences] {
    let sorted = windows.enumerated().sorted {
      $0.element.length != $1.element.length
        ? $0.element.length > $1.element.length : $0.offset < $1.offset
    }
    let count = min(training.shards, sorted.count)
    return (0..<count).map { shard in
      PackedSequences(
        stride(from: shard, to: sorted.count, by: count).map {
          entry(sorted[$0].element, sampler, &generator)
        })
    }
  }

  private func entry(
    _ window: TrainingWindow, _ sampler: NegativeSampler, _ generator: inout SeededGenerator
  ) -> PackedSequences.Entry {
    let sequence = sequences[window.sequence]
    let start = sequence.startIndex + window.start
    let targets = (0..<window.length).map { step in
      step >= window.firstScored ? sequence[start + step + 1] : -1
    }
    var entry = PackedSequences.Entry(
      items: sequence[start..<start + window.length], targets: targets)
    if settings.loss == .bpr {
      for target in targets where target >= 0 {
        for _ in 0..<training.negativeCount {
          entry.negatives.append(sampler.draw(butNot: target, &generator))
        }
      }
    }
    return entry
  }
}
