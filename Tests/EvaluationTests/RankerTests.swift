import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import Testing

@testable import Evaluation

/// Ranks of many cases at a time, against the network's scores one case after the other.
@Suite struct RankerTests {
  struct Network: Sendable, CustomTestStringConvertible {
    var layers: Int
    var memory: MemoryKind
    var pad: Bool
    var seed: UInt64

    static let all = (1...3).flatMap { layers in
      MemoryKind.allCases.flatMap { memory in
        [false, true].map { pad in
          Network(layers: layers, memory: memory, pad: pad, seed: UInt64(10 * layers + 1))
        }
      }
    }

    var testDescription: String { "\(layers) layers, memory \(memory), pad \(pad)" }

    var random: RandomNetwork {
      var random = RandomNetwork(seed: seed, layers: layers)
      random.settings.memory = memory
      random.settings.hasPadRelation = pad
      random.settings.repeatBias = memory != .linear
      return random
    }
  }

  /// Histories of 2 to 30 items (L is 9), asked about at their end: more than one batch.
  private func cases(_ random: RandomNetwork, count: Int) -> [RankingCase] {
    (0..<count).map { user in
      let history = random.history(2 + user * 7 % 29, stream: UInt64(user))
      return RankingCase(
        user: user, history: history, step: history.count - 1,
        maxLength: random.settings.maxItemListLength)
    }
  }

  @Test(arguments: Network.all) func ranksEqualTheNetworksOneByOne(network: Network) {
    let random = network.random
    let one = random.network()
    let cases = cases(random, count: 300)
    let ranks = Ranker(one).ranks(cases)
    #expect(ranks.count == cases.count)
    var compared = 0
    for (asked, found) in zip(cases, ranks) {
      let trace = one.trace(Array(asked.items))
      let scores = one.scores(
        one.terms(trace, row: trace.count - 1, history: asked.before + asked.items))
      let own = scores[Int(asked.target)]
      // Two scores that differ by rounding only may change places.
      let close = scores.indices.dropFirst().contains {
        $0 != Int(asked.target) && abs(scores[$0] - own) < 1e-5 * max(1, abs(own))
      }
      guard !close else { continue }
      compared += 1
      #expect(found == rank(of: asked.target, in: scores))
    }
    #expect(compared > 290)
  }

  /// Scores that are small whole numbers are exact in whatever order they are summed.
  @Test(arguments: [1, 2, 3] as [UInt64]) func tiesShareTheMeanOfTheirPlaces(seed: UInt64) {
    let random = RandomNetwork(seed: seed)
    var generator = SeededGenerator(seed: seed, stream: 99)
    var parameters = random.parameters()
    func whole() -> Float { Float(generator.integer(below: 3)) - 1 }
    // p = b_u whatever was read, q_i = x_i.
    parameters.denseLayerU.weight.values = parameters.denseLayerU.weight.values.map { _ in 0 }
    parameters.denseLayerU.bias = parameters.denseLayerU.bias.map { _ in whole() }
    parameters.denseLayerI.bias = parameters.denseLayerI.bias.map { _ in 0 }
    for row in 0..<parameters.denseLayerI.weight.rows {
      for column in 0..<parameters.denseLayerI.weight.columns {
        parameters.denseLayerI.weight[row, column] = row == column ? 1 : 0
      }
    }
    for i in parameters.itemEmbedding.values.indices {
      parameters.itemEmbedding.values[i] = whole()
    }
    let scores = (0..<random.itemCount).map { item in
      zip(parameters.itemEmbedding.row(item), parameters.denseLayerU.bias)
        .reduce(Float(0)) { $0 + $1.0 * $1.1 }
    }
    let cases = cases(random, count: 200)
    let ranks = Ranker(settings: random.settings, parameters: parameters).ranks(cases)
    var tied = 0
    for (asked, found) in zip(cases, ranks) {
      let own = scores[Int(asked.target)]
      let above = scores.dropFirst().count { $0 > own }
      let alike = scores.dropFirst().count { $0 == own }
      #expect(found == Double(above) + Double(alike + 1) / 2)
      tied += alike > 1 ? 1 : 0
    }
    #expect(tied > 100)
  }

  @Test func longHistoriesAreReadFromTheirWindow() {
    let random = RandomNetwork(seed: 5)
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let history = random.history(30)
    let whole = RankingCase(user: 0, history: history, step: 29, maxLength: 9)
    let last = RankingCase(user: 0, history: Array(history.suffix(10)), step: 9, maxLength: 9)
    let ranks = ranker.ranks([whole, last])
    #expect(ranks[0] == ranks[1])
    #expect(whole.items.count == 9)
  }

  @Test(arguments: 1...5) func threadsChangeNothing(threads: Int) {
    let random = RandomNetwork(seed: 8, layers: 2)
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let cases = cases(random, count: 700)
    #expect(ranker.ranks(cases, threads: threads) == ranker.ranks(cases, threads: 1))
  }

  @Test func fewCases() {
    let random = RandomNetwork(seed: 9)
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    #expect(ranker.ranks([], threads: 2).isEmpty)
    let cases = cases(random, count: 3)
    let ranks = ranker.ranks(cases, threads: 8)
    for place in cases.indices { #expect(ranker.ranks([cases[place]]) == [ranks[place]]) }
    #expect(ranks.allSatisfy { (1...40).contains($0) })
  }
}
