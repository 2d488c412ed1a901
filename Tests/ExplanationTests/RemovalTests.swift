import Glibc
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
      let together = try #require(method.together(question, runs, beside: values))
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
    let together = try #require(
      RemovalValue.ofScore.together(question, runs, beside: [value]))
    #expect(abs(together) < 1e-3 * max(1, abs(lost)))
  }

  @Test("300 random histories, and every step is left out alone first", arguments: [20, 39])
  func runsAreCounted(count: Int) {
    let (question, _) = asked(steps: count, seed: 8)
    let ablations = RemovalValue.ofScore.stepAblations(question)
    #expect(ablations.prefix(count).map { $0 } == (0..<count).map { question.without([$0]) })
    #expect(ablations.count <= 301 && ablations.count > 250)
    #expect(ablations.last == question.withoutHistory)
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
    var some = AblationOutcomes(full: runs.full, of: question)
    some[question.without([4])] = runs[question.without([4])]
    let values = RemovalValue.ofScore.steps(question, some)
    #expect(values.indices.filter { values[$0] != nil } == [4])
    #expect(RemovalValue.ofScore.together(question, some, beside: values) == nil)
    #expect(ShapleyValue.ofScore.steps(question, some).allSatisfy { $0 == nil })
  }

  @Test("Values of log p are of the score where the model was trained by BPR")
  func bpr() {
    let (question, runs) = asked(steps: 10, seed: 4, loss: .bpr)
    #expect(
      RemovalValue.ofLogProbability.steps(question, runs)
        == RemovalValue.ofScore.steps(question, runs))
  }

  @Test("Over another item the values are of the log of the odds, over nothing of the score")
  func contrasts() {
    let random = RandomNetwork(seed: 7)
    let states = HistoryStates(network: random.network(), items: random.history(6))
    for contrast in [Contrast.catalogueMean, .rivals, .item(5), .none] {
      let question = AttributionQuestion(states, step: 5, item: 3, over: contrast)
      var found = StepAttributions(
        question, methods: [LeaveOneOutOfLogProbability()], weights: Array(repeating: 0, count: 6))
      while found.work() {}
      let runs = AblationRuns(states, step: 5)
      for step in 0..<6 {
        let (before, after) = (runs.scores, runs.scoresWithout(steps: [step]))
        func value(_ scores: [Float]) -> Double {
          switch contrast {
          case .item(let other): Double(scores[3] - scores[Int(other)])
          case .none: Double(scores[3])
          default: log(Double(probabilities(scores)[3]))
          }
        }
        let lost = found.known.value(LeaveOneOutOfLogProbability(), row: step) ?? .nan
        #expect(abs(Double(lost) - (value(before) - value(after))) < 1e-4)
      }
    }
  }

  @Test(
    "The table adds up: steps, what is carried together and the bias are log p",
    arguments: [3, 9, 20])
  func addsUp(count: Int) throws {
    let (question, runs) = asked(steps: count, seed: 11)
    var values = StepAttributions(
      question, methods: Attributions.reported, weights: Array(repeating: 0, count: count),
      slots: true, outcomes: runs)
    while values.work() {}
    #expect(values.known.isSettled)
    let table = StepTable(Contributions(question), values.known)
    for column in [StepTable.Order.removal.column, StepTable.Order.written.column] {
      let sum = (table.steps + table.rest).reduce(0) { $0 + ($1.values[column] ?? 0) }
      let whole = try #require(table.all.values[column])
      #expect(abs(sum - whole) < 1e-4 * (1 + abs(whole)))
    }
    #expect(table.rest.map(\.kind).last == .bias && table.rest[0].kind == .together)
    let order = table.ordered(by: .removal).map { $0.values[0] ?? .nan }
    #expect(order == order.sorted(by: >))
    // What is forecast is the sum of the values.
    let forecast = try #require(values.known.forecast(without: .steps([0, count - 1])))
    let expected =
      try forecast.before
      - Double(#require(table.steps[0].values[0]))
      - Double(#require(table.steps[count - 1].values[0]))
    #expect(abs(forecast.forecast - expected) < 1e-5)
  }

  @Test("Pairs that cost more or less together than one by one are found, and no others")
  func pairs() throws {
    for count in [5, 8, 24] {
      let (question, _) = asked(steps: count, seed: 8)
      var runs = AblationOutcomes(
        full: .init(score: 0, probability: 1, logProbability: 0, rank: 1), of: question)
      for ablation in RemovalValue.ofLogProbability.stepAblations(question) {
        guard case .steps(let steps) = ablation else { continue }
        let gone = Set(steps)
        var loss = steps.reduce(0.0) { $0 + 0.1 * Double($1 % 3) }
        if gone.isSuperset(of: [1, 3]) { loss += 0.9 }
        if gone.isSuperset(of: [0, 4]) { loss -= 0.5 }
        runs[ablation] = .init(score: 0, probability: 1, logProbability: -loss, rank: 1)
      }
      let pairs = StepPair.found(question, runs)
      #expect(pairs.map { [$0.first, $0.second] } == [[1, 3], [0, 4]])
      #expect(pairs.map(\.isAlike) == [true, false])
      #expect(
        abs((pairs.first?.amount ?? 0) - 0.9) < 0.05 && abs((pairs.last?.amount ?? 0) + 0.5) < 0.05)
    }
    // Noise is no pair.
    var generator = SeededGenerator(seed: 4)
    var found = 0
    for stream in 0..<20 {
      let (question, _) = asked(steps: 24, seed: 8, stream: UInt64(stream), methods: [])
      var runs = AblationOutcomes(
        full: .init(score: 0, probability: 1, logProbability: 0, rank: 1), of: question)
      for ablation in RemovalValue.ofLogProbability.stepAblations(question) {
        runs[ablation] = .init(
          score: 0, probability: 1, logProbability: Double(generator.uniform(-1, 1)), rank: 1)
      }
      found += StepPair.found(question, runs).count
    }
    #expect(found <= 2)
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
