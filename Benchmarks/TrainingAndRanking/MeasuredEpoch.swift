import Evaluation
import Foundation
import KSRModel
import Randomness
import Simulated
import Training

/// Epochs of one trainer, their time and work.
final class MeasuredEpoch: @unchecked Sendable {
  let threads = 2
  private let trainer: Trainer
  private let start: TrainingState

  /// What one epoch took.
  struct Result {
    let seconds: Double
    /// Of all threads; on a machine with other work a better measure than the time.
    let processorSeconds: Double
    let operations: Double
    let phases: [PhaseClock.Phase]

    /// Of a batch: packing, the step, and the optimiser; not what an epoch costs once.
    var secondsPerStep: Double {
      let inSteps = phases.filter { ["shuffle and pack", "step", "optimiser"].contains($0.name) }
      let count = phases.first { $0.name == "step" }?.count ?? 1
      return inSteps.reduce(0) { $0 + $1.seconds } / Double(count)
    }
  }

  init(
    _ data: SimulatedSequences, frozen: Bool = true, mode: WindowMode = .windows,
    batchSize: Int = 2048, shards: Int = 4, loss: LossType = .crossEntropy
  ) {
    var run = RunSettings()
    run.network.loss = loss
    run.network.freezesKnowledgeGraph = frozen
    run.training.mode = mode
    run.training.epochs = 1
    run.training.batchSize = batchSize
    run.training.shards = shards
    trainer = Trainer(
      settings: run.network, training: run.training, sequences: data.sequences.map { $0[...] },
      validation: [], threads: threads)
    let (entities, relations) = data.vectors(width: run.network.kgEmbeddingSize)
    var generator = SeededGenerator(seed: 1)
    let initial = KSRParameters.initial(
      settings: run.network, entityVectors: entities, relationVectors: relations,
      generator: &generator)
    start = TrainingState(from: initial, settings: run.network, training: run.training)
  }

  /// Trains for one epoch from the initial parameters.
  func run() throws -> Result {
    let clock = PhaseClock()
    let before = processorSeconds()
    _ = try trainer.run(from: start, clock: clock) { _ in }
    return Result(
      seconds: clock.trainingSeconds, processorSeconds: processorSeconds() - before,
      operations: clock.operations, phases: clock.phases)
  }
}

/// The processor time that this process has used so far, on all threads.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// The most memory that this process had at any moment, in MB (`VmHWM`).
func peakMemory() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return (line?.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]).flatMap { Int($0) }
    .map { $0 / 1000 } ?? 0
}
