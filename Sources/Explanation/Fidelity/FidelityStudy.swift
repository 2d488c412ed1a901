import Evaluation
import KSRModel
import KSRNumerics
import Randomness
import Workspace

/// Puts the explanations of a model to the test, by running it again many times.
package struct FidelityStudy: Sendable {
  /// Which item the explanations are about.
  package enum Subject: String, Sendable, CaseIterable, Codable {
    /// What the user really chose next.
    case chosen
    /// What the model puts first.
    case first
  }

  /// The steps taken away or put in: one to five.
  package static let sizes = 1...5
  package static let listLength = 10

  let cases: [FidelityCase]
  let network: KSRNetwork
  let threads: Int
  private let seed: UInt64

  /// A study of a model on up to `users` users of its data.
  package init(_ session: Session, users: Int, threads: Int, seed: UInt64 = 1) {
    cases = FidelityCase.cases(session, count: users)
    network = session.network
    self.threads = threads
    self.seed = seed
  }

  /// The number of users, one choice each.
  package var caseCount: Int { cases.count }

  /// How well each method does about one kind of item.
  ///
  /// - Parameter progress: called with the number of cases done.
  package func report(on subject: Subject, progress: (Int) -> Void = { _ in }) -> FidelityReport {
    var scored: [[CaseMeasures]] = []
    var residuals: [Double] = []
    // A block fills the batches of both threads and keeps the line of progress moving.
    for start in stride(from: 0, to: cases.count, by: 20) {
      let block = block(start..<min(start + 20, cases.count), subject)
      scored += block.map(\.measures)
      residuals += block.map(\.residual)
      progress(scored.count)
    }
    return FidelityReport(
      subject: subject, users: cases.map(\.user), scored: scored, residuals: residuals,
      seed: seed)
  }

  /// What all methods say about one case.
  private struct Weights: Sendable {
    let steps: [[Double]]
    /// By method, then by slot; nil where a method says nothing about slots.
    let slots: [[Double]?]
    /// What the score really loses without each step and without each slot.
    let stepEffects: [Double]
    let slotEffects: [Double]
    /// |residual| of the contributions over what rounding is measured by.
    let residual: Double

    init(
      _ question: AttributionQuestion, steps stepRuns: AblationOutcomes,
      slots slotRuns: AblationOutcomes
    ) {
      steps = Attributions.all.map { $0.steps(question, stepRuns).map { $0 ?? .nan } }
      slots = Attributions.all.map { $0.relations(question, slotRuns)?.map { $0 ?? .nan } }
      stepEffects = question.eachStep.map { stepRuns.loss(of: .score, under: $0) ?? .nan }
      slotEffects = question.eachSlot.map { slotRuns.loss(of: .score, under: $0) ?? .nan }
      let table = Contributions(question)
      residual = Double(abs(table.residual) / max(abs(table.score), table.magnitude, 1e-30))
    }
  }

  private func block(
    _ range: Range<Int>, _ subject: Subject
  ) -> [(measures: [CaseMeasures], residual: Double)] {
    let tests = range.map { cases[$0] }
    let reruns = BatchedRuns(network: network, threads: threads)
    let questions = parallelMap(tests.count, threads: threads) { i in
      let test = tests[i]
      var question = AttributionQuestion(
        test.states, step: test.step, item: item(of: test, subject))
      question.stream = (seed, UInt64(range.lowerBound + i))
      return question
    }
    let removals = questions.map { Removals($0) }
    var runs = stepRuns(questions, removals, reruns)
    let weights = parallelMap(tests.count, threads: threads) { [runs] i in
      Weights(questions[i], steps: runs[i], slots: slotRuns(questions[i], reruns))
    }
    var orders = weights.map { $0.steps.map(RankAgreement.order) }
    let greedy = greedyOrders(questions, &runs, reruns)
    addRuns(
      questions, &runs, reruns,
      zip(questions, orders).map { question, orders in
        orders.map { question.without($0.prefix(5).sorted()) }
      })
    for i in orders.indices { orders[i].append(greedy[i]) }
    let changed = changedHistories(questions, orders, reruns)
    return parallelMap(tests.count, threads: threads) { [runs, orders] i in
      let measures = orders[i].indices.map { method in
        var own = CaseMeasures()
        own.addCurves(full: runs[i].full, changed[i][method])
        own.addOrder(orders[i][method], of: questions[i].window.count)
        guard method < Attributions.all.count else { return own }
        let quantity = Attributions.all[method].quantity
        if quantity != .nothing {
          own.forecast = CaseMeasures.Forecast(
            weights[i].steps[method], few: removals[i].few, half: removals[i].half,
            order: orders[i][method]
          ) { runs[i].loss(of: quantity, under: questions[i].without($0)) ?? .nan }
          own.forecast?.whole =
            runs[i].loss(of: quantity, under: questions[i].withoutAll) ?? .nan
        }
        own.addSteps(weights[i].steps[method], effects: weights[i].stepEffects)
        if let slots = weights[i].slots[method], slots.count > 1 {
          own.addSlots(
            slots, effects: weights[i].slotEffects, full: runs[i].full, questions[i],
            reruns: reruns)
        }
        return own
      }
      return (measures, weights[i].residual)
    }
  }

  private func item(of test: FidelityCase, _ subject: Subject) -> Int32 {
    switch subject {
    case .chosen: test.chosen
    case .first:
      topItems(test.states.scores(at: test.step), count: 1)
        .first?.item ?? test.chosen
    }
  }

  /// Random removals that a forecast is put to the test on; places in the window.
  private struct Removals: Sendable {
    private(set) var few: [[Int]] = []
    private(set) var half: [[Int]] = []

    /// Four of each size, drawn apart from those that any method uses.
    init(_ question: AttributionQuestion) {
      var generator = question.generator(0x464F_5245)
      let count = question.window.count
      func drawn(_ size: Int) -> [[Int]] {
        (0..<4).map { _ in
          var steps = Array(0..<count)
          generator.shuffle(&steps)
          return steps.prefix(size).sorted()
        }
      }
      few = [2, 3, 5].flatMap(drawn)
      half = drawn(max(1, count / 2))
    }
  }

  /// By case: the order in which taking the steps away costs log p most, one after the other, each tried.
  private func greedyOrders(
    _ questions: [AttributionQuestion], _ runs: inout [AblationOutcomes], _ reruns: BatchedRuns
  ) -> [[Int]] {
    var orders = questions.map { _ in [Int]() }
    for _ in Self.sizes {
      let tried = zip(questions, orders).map { question, order in
        question.window.indices.map { $0 - question.window.lowerBound }
          .filter { !order.contains($0) }.map { (step: $0, set: (order + [$0]).sorted()) }
      }
      addRuns(
        questions, &runs, reruns,
        zip(questions, tried).map { question, tried in tried.map { question.without($0.set) } })
      for i in questions.indices {
        func loss(_ set: [Int]) -> Double {
          runs[i].loss(of: .logProbability, under: questions[i].without(set)) ?? -.infinity
        }
        if let best = tried[i].max(by: { loss($0.set) < loss($1.set) }) {
          orders[i].append(best.step)
        }
      }
    }
    return orders
  }

  /// Makes the runs that are still missing.
  private func addRuns(
    _ questions: [AttributionQuestion], _ runs: inout [AblationOutcomes], _ reruns: BatchedRuns,
    _ ablations: [[Ablation]]
  ) {
    let missing = zip(ablations, runs).map { ablations, runs in
      ablations.unique.filter { runs[$0] == nil }
    }
    var outcomes = reruns.outcomes(
      of: zip(questions, missing).flatMap { question, ablations in
        ablations.map { .init(items: question.items(under: $0), item: question.item) }
      })[...]
    for i in missing.indices {
      for ablation in missing[i] { runs[i][ablation] = outcomes.popFirst() }
    }
  }

  /// By case: the runs without steps that the methods ask for, and that put a forecast to the test.
  private func stepRuns(
    _ questions: [AttributionQuestion], _ removals: [Removals], _ reruns: BatchedRuns
  ) -> [AblationOutcomes] {
    let ablations = zip(questions, removals).map { question, removals in
      (question.eachStep + Attributions.all.flatMap { $0.stepAblations(question) }
        + [question.withoutAll] + (removals.few + removals.half).map { question.without($0) })
        .unique
    }
    let full = reruns.outcomes(
      of: questions.map { .init(items: $0.states.items, item: $0.item) })
    var runs = zip(questions, full).map { AblationOutcomes(full: $1, of: $0) }
    addRuns(questions, &runs, reruns, ablations)
    return runs
  }

  /// The runs without slots that the methods ask for.
  private func slotRuns(
    _ question: AttributionQuestion, _ reruns: BatchedRuns
  ) -> AblationOutcomes {
    func outcome(reading slots: [Int]) -> AblationOutcome {
      reruns.outcome(
        under: question.terms(reading: slots), of: question.item)
    }
    var runs = AblationOutcomes(full: outcome(reading: Array(question.slots)), of: question)
    let ablations = question.eachSlot + Attributions.all.flatMap { $0.relationAblations(question) }
    for case .slot(let slot) in ablations.unique {
      runs[.slot(slot)] = outcome(reading: question.slots.filter { $0 != slot })
    }
    return runs
  }

  /// By case and method: without the first k steps of its order, and with no others.
  private func changedHistories(
    _ questions: [AttributionQuestion], _ orders: [[[Int]]], _ reruns: BatchedRuns
  ) -> [[CurveOutcomes]] {
    var asked: [BatchedRuns.Question] = []
    for (question, orders) in zip(questions, orders) {
      for order in orders {
        let steps = order.map { $0 + question.window.lowerBound }
        for k in Self.sizes {
          let first = Array(steps.prefix(k))
          asked.append(.init(items: question.items(under: .steps(first)), item: question.item))
          asked.append(
            .init(items: first.sorted().map { question.states.items[$0] }, item: question.item))
        }
      }
    }
    var outcomes = reruns.outcomes(of: asked)[...]
    return orders.map { orders in
      orders.map { _ in
        Self.sizes.map { _ in
          let pair = (
            without: outcomes[outcomes.startIndex], only: outcomes[outcomes.startIndex + 1]
          )
          outcomes = outcomes.dropFirst(2)
          return pair
        }
      }
    }
  }
}

/// For k = 1 … 5: where the item stands without the k steps, and with no others.
typealias CurveOutcomes = [(without: AblationOutcome, only: AblationOutcome)]

/// One recommendation whose explanations are put to the test.
struct FidelityCase: Sendable {
  /// The fewest steps that a history must have, so that five can be taken away.
  static let fewestSteps = 6

  let user: Int
  /// The history up to the choice.
  let states: HistoryStates
  let chosen: Int32

  var step: Int { states.count - 1 }

  /// For up to `count` users, at even distances, the last choice that the model never saw.
  static func cases(_ session: Session, count: Int) -> [FidelityCase] {
    let eligible = session.users.indices.compactMap { user -> FidelityCase? in
      let history = session.users[user]
      let last = (fewestSteps..<max(fewestSteps, history.count)).last {
        session.mark(of: history, step: $0) == .test
      }
      return last.map {
        FidelityCase(
          user: user,
          states: HistoryStates(network: session.network, items: Array(history.items[..<$0])),
          chosen: history.items[$0])
      }
    }
    let count = min(max(0, count), eligible.count)
    return (0..<count).map { eligible[$0 * eligible.count / count] }
  }
}
