import AtomicFiles
import Foundation
import Text

/// Runs the trials of a plan, several at a time, within a bound on memory.
package final class Tuner: @unchecked Sendable {
  /// What a trial needs before it begins.
  package struct Prepared: Sendable {
    package var training: ModelTraining
    /// About how much memory it will take.
    package var bytes: Double

    package init(training: ModelTraining, bytes: Double) {
      (self.training, self.bytes) = (training, bytes)
    }
  }

  /// What is told while trials run.
  package enum Event: Sendable {
    case began(trial: Int)
    /// An epoch of a trial is done.
    case epoch(trial: Int, EpochReport)
    /// A trial ended and is in the journal.
    case ended(TrialRecord)
  }

  private let plan: TrialPlan
  private let jobs: Int
  private let threads: Int
  private let memory: Double?
  /// Nil on all ranks but the first.
  private let journal: TuningJournal?
  private let ranks: Ranks
  private let prepare: @Sendable (Int) throws -> Prepared
  private let shouldStop: @Sendable () -> Bool
  private let report: (Event, TuningProgress) -> Void

  /// Guards everything below, and the journal and `report`.
  private let condition = NSCondition()
  private var progress: TuningProgress
  private var next = 1
  private var running = 0
  private var reserved = 0.0
  private var failure: (any Error)?

  /// A tuning of a plan.
  ///
  /// - Parameters:
  ///   - jobs: how many trials may run at a time; they share the threads.
  ///   - memory: how much memory all of them may take; nil for any amount.
  ///   - prepare: makes the training of a trial; what it throws becomes the trial's error.
  ///   - report: called by one thread at a time.
  package init(
    _ plan: TrialPlan, progress: TuningProgress, journal: TuningJournal?, jobs: Int, threads: Int,
    ranks: Ranks = .alone, memory: Double?, prepare: @escaping @Sendable (Int) throws -> Prepared,
    shouldStop: @escaping @Sendable () -> Bool,
    report: @escaping (Event, TuningProgress) -> Void
  ) {
    self.plan = plan
    self.progress = progress
    self.journal = journal
    self.ranks = ranks
    self.jobs = ranks.isAlone ? max(1, jobs) : 1
    self.threads = max(1, threads / self.jobs)
    self.memory = memory
    self.prepare = prepare
    self.shouldStop = shouldStop
    self.report = report
  }

  /// Runs what has not been run and returns what is known then.
  package func run() throws -> TuningProgress {
    guard ranks.isAlone else { return try runOnRanks() }
    let group = DispatchGroup()
    for _ in 0..<jobs {
      group.enter()
      let thread = Thread { [self] in
        while let trial = take() { finish(self.run(trial)) }
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    if let failure { throw failure }
    return progress
  }

  /// A trial for each rank at a time; what came of them is known to all before the next.
  private func runOnRanks() throws -> TuningProgress {
    while !ranks.any(shouldStop()), !progress.isFinished {
      let open = (1...plan.trials.count).filter { progress.records[$0] == nil }.prefix(ranks.count)
      guard !open.isEmpty else { break }
      let own = ranks.rank < open.count ? run(open[ranks.rank]) : nil
      let bytes = try ranks.together { try own.map { Array(try JSONEncoder().encode($0)) } ?? [] }
      for bytes in ranks.gather(bytes) where !bytes.isEmpty {
        let record = try JSONDecoder().decode(TrialRecord.self, from: Data(bytes))
        try ranks.together { try journal?.add(record) }
        progress.take(record)
        report(.ended(record), progress)
      }
    }
    return progress
  }

  /// The next trial to run, or nil if there is none for this thread.
  private func take() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while next <= plan.trials.count, progress.records[next] != nil { next += 1 }
    guard next <= plan.trials.count, !progress.isFinished, failure == nil, !shouldStop() else {
      return nil
    }
    defer { next += 1 }
    running += 1
    return next
  }

  private func finish(_ record: TrialRecord?) {
    condition.lock()
    defer { condition.unlock() }
    running -= 1
    guard let record else { return }
    do {
      try journal?.add(record)
      progress.take(record)
      report(.ended(record), progress)
    } catch {
      failure = failure ?? error
    }
    condition.broadcast()
  }

  private func tell(_ event: Event) {
    condition.lock()
    defer { condition.unlock() }
    report(event, progress)
  }

  /// Waits until a trial's memory is free; one that runs alone may take what there is.
  private func reserve(_ bytes: Double) {
    condition.lock()
    defer { condition.unlock() }
    while let memory, reserved > 0, reserved + bytes > memory { condition.wait() }
    reserved += bytes
  }

  private func release(_ bytes: Double) {
    condition.lock()
    defer { condition.unlock() }
    reserved -= bytes
    condition.broadcast()
  }

  /// Runs a trial; nil if it was stopped.
  private func run(_ trial: Int) -> TrialRecord? {
    let start = ContinuousClock.now
    let names = plan.space.parameters.map(\.name)
    var record = TrialRecord(
      trial: trial,
      parameters: Dictionary(
        zip(names, plan.trials[trial - 1].map(\.yaml)), uniquingKeysWith: { first, _ in first }))
    do {
      let prepared = try prepare(trial)
      if let memory, prepared.bytes > memory {
        throw UserError(
          "needs about \(MemoryEstimate.size(prepared.bytes)) of memory, more than "
            + "the \(MemoryEstimate.size(memory)) that trials may take")
      }
      reserve(prepared.bytes)
      defer { release(prepared.bytes) }
      tell(.began(trial: trial))
      try train(prepared.training, &record)
    } catch TrainingError.stopped {
      return nil
    } catch {
      record.error = "\(error)"
    }
    record.seconds = (ContinuousClock.now - start) / .seconds(1)
    return record
  }

  private func train(_ training: ModelTraining, _ record: inout TrialRecord) throws {
    let trial = record.trial
    let (model, end) = try training.run(
      threads: threads, shouldStop: shouldStop,
      report: { event in
        if case .epoch(let epoch) = event { tell(.epoch(trial: trial, epoch)) }
      })
    for metric in training.training.reportedMetrics {
      record.valid["\(metric)"] = model.provenance.metrics["valid \(metric)"]
      record.test["\(metric)"] = model.provenance.metrics["test \(metric)"]
    }
    record.epochs = end.epochs.count
    record.bestEpoch = end.bestEpoch?.number
    record.score = record.valid["\(training.training.validationMetric)"]
    if record.score == nil {
      throw UserError("there is nothing to validate with")
    }
  }
}
