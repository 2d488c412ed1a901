import Benchmark
import KSRModel
import Simulated
import Training

extension BenchmarkMetric {
  /// Training alone: shuffling, packing, steps and optimiser, in milliseconds.
  static var epoch: BenchmarkMetric { .custom("epoch (ms)") }
  /// The processor time of all threads over it: what two threads need at least is half of this.
  static var processor: BenchmarkMetric { .custom("processor time (ms)") }
  /// Useful floating-point operations over time over the peak measured in the same run.
  static var shareOfPeak: BenchmarkMetric {
    .custom("share of peak (%)", polarity: .prefersLarger)
  }
  /// What matrix products reach on two threads.
  static var peak: BenchmarkMetric { .custom("sgemm peak (GFLOP per s)", polarity: .prefersLarger) }
  /// The most memory the process ever had.
  static var memory: BenchmarkMetric { .custom("peak memory (MB)") }
}

extension BenchmarkMetric {
  /// A step of BPR where the catalogue has a million items, over one where it has ten thousand.
  static var stepRatio: BenchmarkMetric { .custom("1M over 10k items (%)") }
  static var step: BenchmarkMetric { .custom("step at 1M items (μs)") }
}

/// A step that looks at few items must not grow with the catalogue.
private func rankingSteps() {
  func epoch(_ items: Int) -> MeasuredEpoch {
    MeasuredEpoch(
      SimulatedSequences(
        users: 6_000, items: items, interactions: 600_000, relations: 25, shortest: 5),
      loss: .bpr)
  }
  Benchmark(
    "bpr-step-1M-items",
    configuration: .init(
      metrics: [.stepRatio, .step, .memory], maxDuration: .seconds(120), maxIterations: 2)
  ) { benchmark, trainings in
    let (small, large) = (try trainings.0.run(), try trainings.1.run())
    benchmark.measurement(
      .stepRatio, Int((100 * large.secondsPerStep / small.secondsPerStep).rounded()))
    benchmark.measurement(.step, Int(1e6 * large.secondsPerStep))
    benchmark.measurement(.memory, peakMemory())
  } setup: {
    (epoch(10_000), epoch(1_000_000))
  }
}

/// One epoch a sample; the peak is measured after each, under the same conditions.
private func epoch(
  _ name: String, warmUp: Bool = true, samples: Int = 15,
  _ make: @escaping @Sendable () -> MeasuredEpoch
) {
  Benchmark(
    name,
    configuration: .init(
      metrics: [.epoch, .processor, .shareOfPeak, .peak, .memory], warmupIterations: warmUp ? 1 : 0,
      maxDuration: .seconds(60), maxIterations: samples)
  ) { benchmark, training in
    let result = try training.run()
    let peak = MatrixProductPeak.measure(threads: training.threads)
    benchmark.measurement(.epoch, Int(result.seconds * 1000))
    benchmark.measurement(.processor, Int(result.processorSeconds * 1000))
    benchmark.measurement(.shareOfPeak, Int(100 * result.operations / result.seconds / peak))
    benchmark.measurement(.peak, Int(peak / 1e9))
    benchmark.measurement(.memory, peakMemory())
  } setup: {
    make()
  }
}

/// What the phases within the step take, in per cent of the time of all threads within shards.
private func phases(_ name: String, _ make: @escaping @Sendable () -> MeasuredEpoch) {
  let names = [
    "gather", "gru forward", "gru backward", "attention forward", "attention backward",
    "memory forward", "memory backward", "preference forward", "preference backward",
    "logits forward", "logits backward", "softmax",
  ]
  func metric(_ phase: String) -> BenchmarkMetric { .custom("\(phase) (%)") }
  Benchmark(
    name,
    configuration: .init(
      metrics: names.map { metric($0) }, maxDuration: .seconds(20), maxIterations: 10)
  ) { benchmark, training in
    let phases = try training.run().phases
    let inShards = phases.filter { phase in names.contains { phase.name == "step/\($0)" } }
    let total = inShards.reduce(0) { $0 + $1.seconds }
    for name in names {
      let seconds = inShards.first { $0.name == "step/\(name)" }?.seconds ?? 0
      benchmark.measurement(metric(name), Int((100 * seconds / total).rounded()))
    }
  } setup: {
    make()
  }
}

let benchmarks: @Sendable () -> Void = {
  epoch("epoch-ml100k-frozen") { MeasuredEpoch(.ml100k) }
  epoch("epoch-ml100k-unfrozen") { MeasuredEpoch(.ml100k, frozen: false) }
  phases("phases-ml100k-frozen") { MeasuredEpoch(.ml100k) }
  epoch("epoch-ml100k-prefix", warmUp: false, samples: 2) { MeasuredEpoch(.ml100k, mode: .prefix) }
  epoch("epoch-60k-items-100k-interactions", warmUp: false, samples: 1) {
    MeasuredEpoch(.largeInPart, batchSize: 8192, shards: 2)
  }
  epoch("epoch-60k-items-1M-interactions", warmUp: false, samples: 1) {
    MeasuredEpoch(.large, batchSize: 8192, shards: 2)
  }
  rankingSteps()
  rankingBenchmarks()
  embeddingBenchmarks()
}
