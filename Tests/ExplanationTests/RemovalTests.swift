import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import Testing

@testable import Explanation

/// Values over sets of steps, against their definitions.
@Suite("Removal and Shapley values")
struct RemovalTests {
  private static let methods: [any Attribution] = [
    RemovalValue.ofScore, RemovalValue.ofLogProbability, ShapleyValue.ofScore,
    ShapleyValue.ofLogProbability,
  ]

  /// A question, and all runs that the methods ask for.
  private func asked(
    steps: Int, seed: UInt64, loss: LossType = .crossEntropy, stream: UInt64 = 0,
    methods: [any Attribution] = Self.methods
  ) -> (AttributionQuestion, AblationOutcomes) {
    var random = RandomNetwork(seed: seed)
    random.settings.maxItemListLength = 40
    random.settings.loss = loss
    let states = HistoryStates(network: random.network(), items: random.history(steps))
    var question = AttributionQuestion(states, step: steps - 1, item: 3)
    question.stream.number = stream
    var values = StepAttributions(
      question, methods: methods, weights: Array(repeating: 0, count: steps))
    while values.work() {}
    return (question, values.outcomes)
  }

  /// What is lost by definition: the model run on what is left.
  private func losses(
    _ question: AttributionQuestion, _ quantity: AttributedQuantity
  ) -> (Set<Int>) -> Double {
    let runs = AblationRuns(question.states, step: question.step)
    let score = ContrastedScore(of: question.item, over: question.contrast, under: runs.scores)
    let full = runs.outcome(of: score, under: runs.scores)
    return { removed in
      let out = runs.outcome(of: score, under: runs.scoresWithout(steps: removed))
      return quantity == .score
        ? full.score - out.score : full.logProbability - out.logProbability
    }
  }

  @Test("Shapley values of few steps are exact", arguments: 1...6)
  func shapleyIsExact(count: Int) throws {
    for method in [ShapleyValue.ofScore, .ofLogProbability] {
      let (question, runs) = asked(steps: count, seed: UInt64(count))
      let loss = losses(question, method.quantity)
      // Over every order in which the steps can come: what each adds when it comes.
      var expected = [Double](repeating: 0, count: count)
      var orders = 0.0
      func visit(_ present: [Int]) {
        guard present.count < count else { return orders += 1 }
        for step in 0..<count where !present.contains(step) { visit(present + [step]) }
      }
      func add(_ present: [Int]) {
        guard present.count < count else {
          for k in 0..<count {
            let absent = Set(present[k...])
            expected[present[k]] += loss(absent) - loss(absent.subtracting([present[k]]))
          }
          return
        }
        for step in 0..<count where !present.contains(step) { add(present + [step]) }
      }
      visit([])
      add([])
      let values = method.steps(question, runs).map { $0 ?? .nan }
      for k in 0..<count { #expect(abs(values[k] - expected[k] / orders) < 2e-4) }
    }
  }

  @Test("Shapley values add up, also where sets are drawn", arguments: [1, 2, 9, 13, 25])
  func shapleyAddsUp(count: Int) throws {
    for method in [ShapleyValue.ofScore, .ofLogProbability] {
      let (question, runs) = asked(steps: count, seed: 5)
      let whole = try #require(runs.loss(of: method.quantity, under: question.withoutAll))
      let sum = method.steps(question, runs).reduce(0) { $0 + ($1 ?? .nan) }
      #expect(abs(sum - whole) < 1e-6)
    }
  }

  @Test("Where every set is tried, removal values solve their equations", arguments: 1...7)
  func removalByDefinition(count: Int) throws {
    let (question, runs) = asked(steps: count, seed: 20 + UInt64(count))
    for method in [RemovalValue.ofScore, .ofLogProbability] {
      let loss = losses(question, method.quantity)
      let values = method.steps(question, runs).map { $0 ?? .nan }
      // The gradient of the squared error is zero there.
      var gradient = values.map { 1e-3 * $0 }
      var sets = (0..<count).map { ([$0], 1.0) }
      for mask in 1..<1 << count {
        let steps = (0..<count).filter { mask >> $0 & 1 == 1 }
        var share = Double(300 - count)
        for step in 0..<count { share *= steps.contains(step) ? 0.2 : 0.8 }
        sets.append((steps, share))
      }
      for (steps, weight) in sets {
        let error = steps.reduce(0) { $0 + values[$1] } - loss(Set(steps))
        for step in steps { gradient[step] += weight * error }
      }
      #expect(gradient.allSatisfy { abs($0) < 0.02 })
      let together = try #require(method.together(question, runs))
      let whole = loss(Set(0..<count))
      #expect(abs(values.reduce(0, +) + together - whole) < 1e-4)
    }
  }

  @Test("A single step is worth what is lost without it, and nothing is carried together")
  func single() throws {
    let (question, runs) = asked(steps: 1, seed: 3)
    let lost = losses(question, .score)([0])
    let value = try #require(RemovalValue.ofScore.steps(question, runs)[0])
    #expect(abs(value - lost) < 1e-3 * max(1, abs(lost)))
    let together = try #require(RemovalValue.ofScore.together(question, runs))
    #expect(abs(together) < 1e-3 * max(1, abs(lost)))
  }

  @Test("300 random histories, and every step is left out alone first", arguments: [20, 39])
  func runsAreCounted(count: Int) {
    let (question, _) = asked(steps: count, seed: 8)
    let ablations = RemovalValue.ofScore.stepAblations(question)
    #expect(ablations.prefix(count).map { $0 } == (0..<count).map { question.without([$0]) })
    #expect(ablations.count <= 301 && ablations.count > 250)
    #expect(ablations.last == question.withoutAll)
    #expect(ShapleyValue.ofScore.stepAblations(question).count <= 1001)
  }

  @Test("The same seed draws the same sets; another draws others")
  func seeds() {
    let (question, runs) = asked(steps: 24, seed: 9)
    let (again, others) = (asked(steps: 24, seed: 9), asked(steps: 24, seed: 9, stream: 7))
    for method in Self.methods {
      #expect(method.stepAblations(question) == method.stepAblations(again.0))
      #expect(method.steps(question, runs) == method.steps(again.0, again.1))
      #expect(method.stepAblations(question) != method.stepAblations(others.0))
    }
  }

  @Test("Before the runs are made nothing is known of a step")
  func unknown() {
    let (question, runs) = asked(steps: 15, seed: 2)
    var some = AblationOutcomes(full: runs.full, loss: .crossEntropy)
    some[question.without([4])] = runs[question.without([4])]
    let values = RemovalValue.ofScore.steps(question, some)
    #expect(values.indices.filter { values[$0] != nil } == [4])
    #expect(RemovalValue.ofScore.together(question, some) == nil)
    #expect(ShapleyValue.ofScore.steps(question, some).allSatisfy { $0 == nil })
  }

  @Test("Values of log p are of the score where the model was trained by BPR")
  func bpr() {
    let (question, runs) = asked(steps: 10, seed: 4, loss: .bpr)
    #expect(
      RemovalValue.ofLogProbability.steps(question, runs)
        == RemovalValue.ofScore.steps(question, runs))
  }

  @Test("All sets of a size, each once", arguments: 1...8)
  func subsets(count: Int) {
    for size in 0...count {
      let sets = ShapleyValue.subsets(of: count, size: size)
      #expect(Double(sets.count) == ShapleyValue.combinations(count, size))
      #expect(Set(sets).count == sets.count && sets.allSatisfy { $0.count == size })
    }
  }
}
