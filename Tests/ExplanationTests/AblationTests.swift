import Glibc
import KSRModel
import KSRNumerics
import ModelTestSupport
import Testing

@testable import Explanation

@Suite("Explanations checked by doing")
struct AblationTests {
  @Test("Removing nothing changes no bit", arguments: NetworkCase.all)
  func unchanged(test: NetworkCase) {
    let states = HistoryStates(
      network: test.random.network(), items: test.random.history(14))
    for step in [0, 5, 8, 9, 13] {
      let runs = AblationRuns(states, step: step)
      #expect(runs.scores == states.network.scores(states.terms(at: step)))
      #expect(runs.scoresWithout(steps: []) == runs.scores)
      // What comes later cannot matter.
      let later = runs.scoresWithout(steps: Set(step + 1..<15))
      #expect(isClose(later, runs.scores))
      let score = ContrastedScore(of: 3, over: .none, under: runs.scores)
      let before = runs.outcome(of: score, under: runs.scores)
      let after = runs.outcome(of: score, under: runs.scores(under: .steps([])))
      #expect(before.rank == after.rank && before.score == after.score)
    }
  }

  @Test("Without steps the model reads the shorter history", arguments: NetworkCase.all)
  func withoutSteps(test: NetworkCase) {
    let network = test.random.network()
    let items = test.random.history(14)
    let runs = AblationRuns(HistoryStates(network: network, items: items), step: 11)
    for removed in [Set([11]), [0], [3, 4, 10], [2, 13], Set(0..<11)] {
      let kept = (0...11).filter { !removed.contains($0) }.map { items[$0] }
      // The window closes up: the last nine of those kept.
      let trace = network.trace(Array(kept.suffix(9)))
      let expected = network.scores(
        network.terms(trace, row: trace.count - 1, history: kept[...]))
      #expect(isClose(runs.scoresWithout(steps: removed), expected))
    }
    let empty = network.scores(network.emptyTerms)
    #expect(runs.scoresWithout(steps: Set(0..<14)) == empty)
  }

  @Test("Without a slot the others share its attention", arguments: NetworkCase.all)
  func withoutRelation(test: NetworkCase) {
    let network = test.random.network()
    let states = HistoryStates(network: network, items: test.random.history(12))
    let runs = AblationRuns(states, step: 11)
    let (trace, row) = states.pass(through: 11)
    for a in 0..<4 {
      let scores = runs.scoresWithout(relation: a)
      guard test.memory != .none else {
        #expect(scores == runs.scores)
        continue
      }
      let left = 1 - Double(trace.attention[row, a])
      guard left > 1e-3 else { continue }
      let parts = StepParts(states, step: 11).scoreParts(of: 7, over: .none)
      var expected = Double(parts.sequence) + Double(parts.bias) + Double(parts.repeated)
      for b in 0..<4 where b != a { expected += Double(parts.relations[b]) / left }
      let size = parts.relations.reduce(abs(parts.sequence) + 1) { $0 + abs($1) }
      #expect(abs(Double(scores[7]) - expected) < 1e-3 * Double(size))
    }
  }

  @Test("A slot that has all of the attention can still be left out")
  func withoutOnlySlot() {
    var random = RandomNetwork(seed: 5)
    random.settings.gamma = 10_000
    let states = HistoryStates(network: random.network(), items: random.history(5))
    for a in 0..<4 {
      #expect(AblationRuns(states, step: 4).scoresWithout(relation: a).allSatisfy { $0.isFinite })
    }
    random.relationCount = 1
    let network = random.network()
    let single = HistoryStates(network: network, items: random.history(5))
    var random2 = random
    random2.settings.memory = .none
    let (trace, row) = single.pass(through: 4)
    let bare = KSRNetwork(settings: random2.settings, parameters: network.parameters)
      .preferences(
        states: Matrix(rows: 1, columns: 7, values: Array(trace.states.row(row))),
        memoryReads: Matrix(rows: 1, columns: 5))
    #expect(
      isClose(
        AblationRuns(single, step: 4).scoresWithout(relation: 0),
        network.scores(ScoreTerms(preference: bare.values)))
    )
  }

  @Test("Leave-one-out is each step's effect")
  func leaveOneOut() throws {
    let random = RandomNetwork(seed: 6)
    let states = HistoryStates(network: random.network(), items: random.history(9))
    let runs = AblationRuns(states, step: 8)
    var steps = StepAttributions(
      AttributionQuestion(states, step: 8, item: 12, over: .none), methods: [LeaveOneOut()],
      weights: Array(repeating: 0, count: 9))
    while steps.work() {}
    let ranks = steps.known.ranks
    #expect(ranks.count == 9 && steps.known[LeaveOneOut()].count == 9)
    for step in 0..<9 {
      let changed = runs.scoresWithout(steps: [step])
      #expect(ranks[step] == rank(of: 12, in: changed))
      let loss = runs.scores[12] - changed[12]
      let found = try #require(steps.known.value(LeaveOneOut(), row: step))
      #expect(abs(found - loss) < 1e-5 * (1 + abs(runs.scores[12])))
    }
    #expect(Set(ranks).count > 1)
  }

  @Test("Leave-one-out of log p is the change of the log of the softmax, and of the score for BPR")
  func leaveOneOutOfLogProbability() {
    for loss in LossType.allCases {
      var random = RandomNetwork(seed: 6)
      random.settings.loss = loss
      let states = HistoryStates(network: random.network(), items: random.history(9))
      let runs = AblationRuns(states, step: 8)
      var steps = StepAttributions(
        AttributionQuestion(states, step: 8, item: 12),
        methods: [LeaveOneOut(), LeaveOneOutOfLogProbability()],
        weights: Array(repeating: 0, count: 9))
      while steps.work() {}
      #expect(steps.known.runs.all == 9, "both share the runs")
      let found = steps.known[LeaveOneOutOfLogProbability()]
      #expect((found == steps.known[LeaveOneOut()]) == (loss == .bpr))
      for step in 0..<9 where loss == .crossEntropy {
        let changed = runs.scoresWithout(steps: [step])
        let expected = log(probabilities(runs.scores)[12]) - log(probabilities(changed)[12])
        #expect(abs((found[step] ?? .nan) - expected) < 1e-4 * (1 + abs(expected)))
      }
    }
  }

  @Test("Gradient × input equals central differences", arguments: NetworkCase.all)
  func gradient(test: NetworkCase) {
    var random = test.random
    random.settings.gamma = 2
    let network = random.network()
    // No item twice, so that changing its row changes one step.
    let items: [Int32] = [4, 17, 9, 30, 2, 11]
    let states = HistoryStates(network: network, items: items)
    for (step, contrast) in [(5, Contrast.none), (3, .catalogueMean), (0, .item(8))] {
      let found = GradientTimesInput(states, step: step, item: 21, over: contrast)
      let item = ContrastedItem(21, over: contrast, under: states.terms(at: step), in: network)
      #expect(found.steps == 0..<step + 1)
      for t in 0...step {
        let embedding = slope(network, items, step, item) { parameters, factor in
          for k in 0..<6 { parameters.itemEmbedding[Int(items[t]), k] *= factor }
        }
        let entity = slope(network, items, step, item) { parameters, factor in
          for k in 0..<5 { parameters.entityEmbedding[Int(items[t]), k] *= factor }
        }
        #expect(abs(found.embedding[t] - embedding) < 2e-3 * (1 + abs(embedding)))
        if test.memory != .facts {
          #expect(abs(found.entity[t] - entity) < 2e-3 * (1 + abs(entity)))
        }
        if test.memory != .linear { #expect(found.entity[t] == 0) }
      }
    }
  }

  @Test("Two steps of one item have a gradient each")
  func gradientOfRepetition() {
    let random = RandomNetwork(seed: 9)
    let network = random.network()
    let states = HistoryStates(network: network, items: [4, 9, 4])
    let found = GradientTimesInput(states, step: 2, item: 21, over: .none)
    let item = ContrastedItem(21, over: .none, under: states.terms(at: 2), in: network)
    #expect(found.embedding[0] != found.embedding[2] && found.entity[0] != found.entity[2])
    let both = slope(network, states.items, 2, item) { parameters, factor in
      for k in 0..<6 { parameters.itemEmbedding[4, k] *= factor }
    }
    #expect(abs(found.embedding[0] + found.embedding[2] - both) < 2e-3 * (1 + abs(both)))
  }

  /// d score/d factor at 1, the item vectors being held.
  private func slope(
    _ network: KSRNetwork, _ items: [Int32], _ step: Int, _ item: ContrastedItem,
    _ scale: (inout KSRParameters, Float) -> Void
  ) -> Float {
    func score(_ factor: Float) -> Double {
      var parameters = network.parameters
      scale(&parameters, factor)
      let changed = KSRNetwork(
        settings: network.settings, parameters: parameters, facts: network.factTable)
      return Double(item.score(changed.terms(changed.trace(items), row: step)))
    }
    let h: Float = 0x1p-7
    return Float((score(1 + h) - score(1 - h)) / Double(2 * h))
  }

  private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    let size = b.reduce(Float(1)) { max($0, abs($1)) }
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 * size }
  }
}
