import Evaluation
import KSRModel
import Randomness
import Workspace

/// Trains a network on sequences.
public struct Trainer: Sendable {
  /// The network's settings.
  public let settings: KSRSettings
  /// The run's settings.
  public let training: TrainingSettings
  /// What to learn from: items of each user, oldest first.
  public let sequences: [ArraySlice<Int32>]
  /// What the best epoch is chosen by; may be empty, then the last one is taken.
  public let validation: [RankingCase]
  /// What a memory of facts reads.
  let facts: FactTable
  /// How many threads may work; changes nothing but the time.
  public let threads: Int
  /// The processes that train together; changes nothing but the time.
  package var ranks = Ranks.alone

  /// A run over the given sequences.
  public init(
    settings: KSRSettings, training: TrainingSettings, sequences: [ArraySlice<Int32>],
    validation: [RankingCase], facts: FactTable = .none, threads: Int
  ) {
    self.settings = settings
    self.training = training
    self.sequences = sequences
    self.validation = validation
    self.facts = facts
    self.threads = threads
  }

  /// Trains from the given parameters and returns those of the best validated epoch.
  public func run(
    from initial: KSRParameters, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> (parameters: KSRParameters, epochs: [EpochReport]) {
    let start = TrainingState(from: initial, settings: settings, training: training)
    let state = try run(from: start, report: report)
    return (state.best, state.epochs)
  }

  /// Goes on from a state to the end of the run.
  ///
  /// The best epoch is the one of the largest `valid_metric`; an equal one later counts as an
  /// improvement, as in RecBole.
  ///
  /// - Parameters:
  ///   - clock: takes the time of the phases.
  ///   - shouldStop: asked after every batch; the run then ends with ``TrainingError/stopped(epoch:)``.
  ///   - save: called with the state before the first batch and after every epoch, before the epoch
  ///     is reported.
  ///   - saved: reads back what was saved last; without it a run that recovers keeps a copy in memory.
  public func run(
    from start: consuming TrainingState, clock: PhaseClock = PhaseClock(),
    shouldStop: () -> Bool = { false },
    save: (TrainingState) throws(CheckpointError) -> Void = { (_) throws(CheckpointError) in },
    saved: (() throws(CheckpointError) -> TrainingState)? = nil,
    report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> TrainingState {
    let scoredInEpoch = sequences.reduce(0) { $0 + max(0, $1.count - 1) }
    guard scoredInEpoch > 0 else { throw .noTrainingSteps }
    let step = GradientStep(
      settings: settings, itemCount: start.parameters.itemCount, facts: facts,
      samples: training.sampleSize(for: settings.loss) > 0, shards: training.shards,
      threads: threads, ranks: ranks)
    var gradients = KSRParameters(
      settings: settings, itemCount: step.rows == nil ? start.parameters.itemCount : 0,
      relationCount: start.parameters.relationCount)
    let sampler = NegativeSampler(
      training.negativeDistribution, itemCount: start.parameters.itemCount, sequences: sequences)
    let lazyRows =
      step.rows == nil
      ? nil
      : LazyRows(settings: settings, itemCount: start.parameters.itemCount, threads: threads)
    var state = start
    try write(state, clock, save)
    while !state.isFinished(training) {
      let begin = ContinuousClock.now
      // A copy only of what the epoch's steps change.
      let good = training.recoveryLimit > 0 && saved == nil ? state : nil
      let before = (epochs: state.epochs, recoveries: state.recoveries)
      switch try runEpoch(
        &state, scoredInEpoch, step, &gradients, lazyRows, sampler, clock, shouldStop: shouldStop,
        report: report)
      {
      case .done(let loss, let scored, let rate):
        finishEpoch(&state, loss: loss, scored: scored, rate: rate, since: begin, clock)
        try write(state, clock, save)
        if let last = state.epochs.last { report(.epoch(last)) }
      case .fellApart(let loss, let lowest):
        if let good {
          state = good
        } else if let saved {
          state.empty(settings)
          do throws(CheckpointError) { state = try saved() } catch { throw .notSaved(error) }
          // Seconds and the like are not in every file.
          (state.epochs, state.recoveries) = before
        }
        let recovery = Recovery(
          epoch: state.epoch + 1, loss: loss, lowest: lowest,
          learningRate: training.learningRate(after: state.recoveries.count + 1))
        state.recoveries.append(recovery)
        try write(state, clock, save)
        report(.recovery(recovery))
      }
    }
    if let last = state.recoveries.last, state.bestEpoch == nil, state.hasGivenUp(training) {
      throw .diverged(last, recoveries: training.recoveryLimit)
    }
    return state
  }

  /// How an epoch's steps ended.
  private enum Outcome {
    case done(loss: Double, scored: Int, learningRate: Float)
    /// The loss, nil if something was not finite, is a jump above the lowest.
    case fellApart(loss: Double?, lowest: Double)
  }

  /// One pass over all training steps, in windows in an order of their own.
  private func runEpoch(
    _ state: inout TrainingState, _ scoredInEpoch: Int, _ step: GradientStep,
    _ gradients: inout KSRParameters, _ lazyRows: LazyRows?, _ sampler: NegativeSampler,
    _ clock: PhaseClock, shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> Outcome {
    let epoch = state.epoch + 1
    let drawn = training.negatives(for: settings.loss)
    let candidates = drawn == 0 ? state.parameters.itemCount : 1 + drawn
    // The shuffled windows of each epoch make about this many batches.
    let stepCount = training.epochs * max(1, scoredInEpoch / training.batchSize)
    let recovers = training.recoveryLimit > 0
    var detector = JumpDetector(after: state, positions: scoredInEpoch)
    var generator = SeededGenerator(
      seed: training.seed, stream: UInt64(epoch) | UInt64(state.recoveries.count) << 32)
    let order = clock.measure("shuffle and pack") { shuffledWindows(&generator) }
    let marks = PackedSequences.HistoryMarks()
    lazyRows?.begin(at: state)
    var (lossSum, scored, rate) = (0.0, 0, training.learningRate)
    for (number, range) in batches(of: order, scoredPositions: training.batchSize).enumerated() {
      let shards = clock.measure("shuffle and pack") {
        let shards = pack(order[range], sampler, marks, &generator)
        step.arrange(shards)
        return shards
      }
      let seed = generator.next()
      if let rows = step.rows?.rows {
        clock.measure("optimiser") { lazyRows?.catchUp(rows, in: &state) }
      }
      let loss = clock.measure("step") {
        step.run(
          shards, parameters: state.parameters, dropoutSeed: seed, gradients: &gradients,
          clock: clock)
      }
      clock.count(
        operations: NetworkPass.flops(
          settings, facts: facts, candidates: candidates, BatchSize(shards)))
      guard loss.isFinite else {
        // No learning rate makes finite what is not so before the first step.
        if recovers, let lowest = detector.reference {
          return .fellApart(loss: nil, lowest: lowest)
        }
        throw .lossNotFinite(
          step: state.optimiser.step + 1, epoch: epoch, batch: number + 1,
          culprit: culprit(state.parameters, gradients, step: state.optimiser.step),
          learningRate: training.learningRate)
      }
      clock.measure("optimiser") {
        if let limit = training.gradientNormLimit {
          gradients.clipNorm(to: limit, with: step.rows)
        }
        rate = state.learningRate(training, of: stepCount)
        state.optimiser.update(
          &state.parameters, gradients: gradients, learningRate: rate, tables: step.rows == nil,
          threads: threads)
        state.average?.take(
          state.parameters, step: state.optimiser.step, tables: step.rows == nil, threads: threads)
        if let rows = step.rows { lazyRows?.update(rows, in: &state, learningRate: rate) }
      }
      let count = shards.reduce(0) { $0 + $1.scoredCount }
      lossSum += loss * Double(count)
      scored += count
      if let jump = detector.jump(loss: loss, positions: count), recovers,
        let lowest = detector.reference
      {
        return .fellApart(loss: jump, lowest: lowest)
      }
      report(
        .progress(epoch: epoch, scored: scored, of: scoredInEpoch, loss: lossSum / Double(scored)))
      if ranks.any(shouldStop()) { throw .stopped(epoch: state.epoch) }
    }
    clock.measure("rows not read") { lazyRows?.finish(&state) }
    if let tensor = state.parameters.firstNonFinite
      ?? state.average?.parameters.firstNonFinite
    {
      if recovers, let lowest = detector.reference {
        return .fellApart(loss: nil, lowest: lowest)
      }
      throw .parameterNotFinite(
        step: state.optimiser.step, epoch: epoch, tensor: tensor,
        learningRate: training.learningRate)
    }
    return .done(loss: lossSum / Double(scored), scored: scored, learningRate: rate)
  }

  /// Validates, and remembers the parameters if they are the best so far.
  private func finishEpoch(
    _ state: inout TrainingState, loss: Double, scored: Int, rate: Float,
    since begin: ContinuousClock.Instant, _ clock: PhaseClock
  ) {
    let values = clock.measure("validation") { validate(state.learned, epoch: state.epoch + 1) }
    let score = values?.score
    let isBest = score.map { $0 >= state.bestScore } ?? validation.isEmpty
    if isBest { state.best = state.learned }
    let number = state.epoch + 1
    state.epochs.append(
      EpochReport(
        number: number, loss: loss, scored: scored, validation: values?.reported, score: score,
        isBest: isBest, seconds: (ContinuousClock.now - begin) / .seconds(1),
        learningRate: rate, recoveries: state.recoveries.count { $0.epoch == number }))
  }

  private func validate(
    _ parameters: KSRParameters, epoch: Int
  ) -> (score: Double, reported: [Double])? {
    guard !validation.isEmpty, epoch % training.evaluationStep == 0 || epoch == training.epochs
    else { return nil }
    return metrics(of: parameters, on: validation, training.validationMode)
  }

  private func write(
    _ state: TrainingState, _ clock: PhaseClock,
    _ save: (TrainingState) throws(CheckpointError) -> Void
  ) throws(TrainingError) {
    clock.start("writing")
    defer { clock.stop("writing") }
    var failure: CheckpointError?
    if ranks.isFirst {
      do throws(CheckpointError) { try save(state) } catch { failure = error }
    }
    guard ranks.any(failure != nil) else { return }
    throw failure.map { .notSaved($0) } ?? .endedElsewhere
  }

  /// What made a loss infinite or not a number.
  private func culprit(
    _ parameters: KSRParameters, _ gradients: KSRParameters, step: Int
  ) -> String {
    if let tensor = parameters.firstNonFinite {
      return step == 0
        ? "\(tensor) is not finite from the start"
        : "\(tensor) became infinite or not a number in step \(step)"
    }
    if let tensor = gradients.firstNonFinite {
      return "all parameters are finite, the gradient of \(tensor) is not"
    }
    return "all parameters are finite, the scores are not"
  }
}

extension Trainer {
  /// `valid_metric` and the reported metrics of parameters on some cases.
  func metrics(
    of parameters: KSRParameters, on cases: [RankingCase], _ mode: CandidateMode
  ) -> (score: Double, reported: [Double]) {
    let reported = training.reportedMetrics
    let (ranks, lists) = Ranker(settings: settings, parameters: parameters, facts: facts).ranked(
      cases, among: candidates(mode, for: cases, itemCount: parameters.itemCount),
      listLength: reported.filter(\.kind.isOfLists).map(\.k).max() ?? 0, threads: threads)
    let recommended =
      lists.isEmpty
      ? nil
      : RecommendedLists(
        lists, itemCount: parameters.itemCount, training: sequences, tailRatio: training.tailRatio)
    return (
      training.validationMetric.value(ranks: ranks),
      reported.map { $0.value(ranks: ranks, lists: recommended) }
    )
  }

  /// What the targets of cases are ranked among.
  func candidates(
    _ mode: CandidateMode, for cases: [RankingCase], itemCount: Int
  ) -> Candidates {
    Candidates(mode, for: cases, itemCount: itemCount, training: sequences, seed: training.seed)
  }

  /// The windows of an epoch in its order.
  func shuffledWindows(_ generator: inout SeededGenerator) -> [TrainingWindow] {
    var windows = training.mode.windows(
      lengths: sequences.map(\.count), maxLength: settings.maxItemListLength,
      stride: training.windowStride
    ) { stride in
      training.shiftsWindows ? 1 + generator.integer(below: stride) : stride
    }
    generator.shuffle(&windows)
    return windows
  }

  /// Deals the windows out to the shards, longest first, so that each has about the same work.
  func pack(
    _ windows: ArraySlice<TrainingWindow>, _ sampler: NegativeSampler,
    _ marks: PackedSequences.HistoryMarks = .init(), _ generator: inout SeededGenerator
  ) -> [PackedSequences] {
    let sampleSize = training.sampleSize(for: settings.loss)
    let sorted = windows.enumerated().sorted {
      $0.element.length != $1.element.length
        ? $0.element.length > $1.element.length : $0.offset < $1.offset
    }
    let count = min(training.shards, sorted.count)
    return (0..<count).map { shard in
      var packed = PackedSequences(
        stride(from: shard, to: sorted.count, by: count).map {
          entry(sorted[$0].element, sampler, &generator)
        }, marks: marks)
      if sampleSize > 0 { packed.sample = sampler.sample(sampleSize, &generator) }
      return packed
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
    entry.before = sequence[..<start]
    if settings.loss == .bpr {
      for target in targets where target >= 0 {
        for _ in 0..<training.negatives(for: .bpr) {
          entry.negatives.append(sampler.draw(butNot: target, &generator))
        }
      }
    }
    return entry
  }
}
