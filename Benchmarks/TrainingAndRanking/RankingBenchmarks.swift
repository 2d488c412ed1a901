import Benchmark
import Evaluation
import Foundation
import KSRModel
import Randomness
import Simulated

extension BenchmarkMetric {
  /// The state's scores of all items, the ten best, and the rank of one item, in microseconds.
  static var ranking: BenchmarkMetric { .custom("ranking (μs)") }
  /// The scores alone.
  static var scores: BenchmarkMetric { .custom("scores (μs)") }
  /// Reading the item vectors once, on one thread: what bounds the scores.
  static var reading: BenchmarkMetric { .custom("reading the vectors (μs)") }
  /// Ranks of all users' next items, in microseconds.
  static var evaluation: BenchmarkMetric { .custom("evaluation (μs)") }
}

/// A network of a million items and a state to rank them for.
private final class MillionItems: @unchecked Sendable {
  let network: KSRNetwork
  let terms: ScoreTerms

  init() {
    var settings = KSRSettings()
    settings.memory = .none
    var parameters = KSRParameters(settings: settings, itemCount: 1_000_001, relationCount: 1)
    for i in parameters.itemEmbedding.values.indices {
      // No two alike, and quick to make.
      parameters.itemEmbedding.values[i] = Float(i &* 2_654_435_761 & 0xffff) / 65536 - 0.5
    }
    for k in 0..<settings.embeddingSize { parameters.denseLayerI.weight[k, k] = 1 }
    network = KSRNetwork(settings: settings, parameters: parameters)
    var generator = SeededGenerator(seed: 1)
    terms = ScoreTerms(
      preference: (0..<settings.embeddingSize).map { _ in generator.uniform(-1, 1) })
  }
}

/// The last interaction of every user, as validation asks for it.
private struct AllUsers: Sendable {
  let ranker: Ranker
  let cases: [RankingCase]

  init() {
    let data = SimulatedSequences.ml100k
    let settings = KSRSettings()
    var generator = SeededGenerator(seed: 1)
    var parameters = KSRParameters(
      settings: settings, itemCount: data.itemCount + 1, relationCount: data.relationCount)
    for entry in parameters.entries {
      let values = (0..<entry.shape.reduce(1, *)).map { _ in generator.uniform(-0.1, 0.1) }
      parameters[keyPath: entry.path] = values
    }
    ranker = Ranker(settings: settings, parameters: parameters)
    cases = data.sequences.enumerated().map { user, items in
      RankingCase(user: user, history: items, step: items.count - 1, maxLength: 50)
    }
  }
}

func rankingBenchmarks() {
  Benchmark(
    "ranking-1M-items",
    configuration: .init(
      metrics: [.ranking, .scores, .reading], maxDuration: .seconds(10), maxIterations: 50)
  ) { benchmark, items in
    let clock = ContinuousClock()
    let vectors = items.network.itemVectors.values
    let read = clock.measure {
      vectors.withUnsafeBufferPointer { values in
        values.withMemoryRebound(to: SIMD16<UInt32>.self) { vectors in
          blackHole(vectors.reduce(SIMD16<UInt32>.zero) { $0 ^ $1 })
        }
      }
    }
    var scores: [Float] = []
    let scoring = clock.measure { scores = items.network.scores(items.terms) }
    let ranking = clock.measure {
      blackHole(topItems(scores, count: 10))
      blackHole(rank(of: 77, in: scores))
    }
    benchmark.measurement(.reading, Int(read / .microseconds(1)))
    benchmark.measurement(.scores, Int(scoring / .microseconds(1)))
    benchmark.measurement(.ranking, Int((scoring + ranking) / .microseconds(1)))
  } setup: {
    MillionItems()
  }

  Benchmark(
    "evaluation-ml100k",
    configuration: .init(metrics: [.evaluation], maxDuration: .seconds(10), maxIterations: 50)
  ) { benchmark, users in
    let time = ContinuousClock().measure {
      blackHole(users.ranker.ranks(users.cases, threads: 2))
    }
    benchmark.measurement(.evaluation, Int(time / .microseconds(1)))
  } setup: {
    AllUsers()
  }
}
