import AtomicFiles
import Benchmark
import KnowledgeGraph
import Randomness

extension BenchmarkMetric {
  /// Five epochs of TransE, in milliseconds.
  static var embedding: BenchmarkMetric { .custom("five epochs (ms)") }
  /// Training triples over that time.
  ///
  /// Fast-TransX, which updates in place without promising the same
  /// bytes twice, is said to take 10,700 on eight threads.
  static var triples: BenchmarkMetric {
    .custom("triples (thousand per s)", polarity: .prefersLarger)
  }
}

/// A graph of the size of ml-100k.kg: 34,628 entities, 24 relations, 91,631 triples.
private func graph() -> LinkPredictionData {
  let (entities, relations, count) = (34_628, 24, 91_631)
  var generator = SeededGenerator(seed: 1, stream: 5)
  // Some entities have many triples, most have few.
  func entity() -> Int32 {
    let share = generator.unit()
    return Int32(min(entities - 1, Int(Double(entities) * share * share)))
  }
  return LinkPredictionData(
    Triples(
      entities: Vocabulary((0..<entities).map { "e\($0)" }),
      relations: Vocabulary((0..<relations).map { "r\($0)" }),
      head: (0..<count).map { _ in entity() },
      relation: (0..<count).map { _ in Int32(generator.integer(below: relations)) },
      tail: (0..<count).map { _ in entity() }))
}

func embeddingBenchmarks() {
  Benchmark(
    "embedding-ml100k",
    configuration: .init(
      metrics: [.embedding, .triples], warmupIterations: 1, maxDuration: .seconds(10),
      maxIterations: 20)
  ) { benchmark, data in
    var settings = EmbeddingSettings(.quick)
    settings.epochs = 5
    let trainer = try EmbeddingTrainer(data, settings, threads: 2)
    var vectors: TransE?
    let time = try ContinuousClock().measure { vectors = try trainer.run() }
    blackHole(vectors)
    benchmark.measurement(.embedding, Int(time / .milliseconds(1)))
    benchmark.measurement(
      .triples, Int(Double(trainer.triplesInAll) / (time / .seconds(1)) / 1000))
  } setup: {
    graph()
  }
}
