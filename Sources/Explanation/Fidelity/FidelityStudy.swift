import Evaluation
import KSRModel
import KSRNumerics
import Randomness
import Workspace

/// Puts the explanations of a model to the test, by running it again many times.
package struct FidelityStudy: Sendable {
  /// Which item the explanations are about.
  package enum Subject: String, Sendable, CaseIterable, Codable {
    /// What the viewer really chose next.
    case chosen
    /// What the model puts first.
    case first
  }

  /// The steps taken away or put in: one to five.
  package static let sizes = 1...5
  /// The length of the list of recommendations that counts.
  package static let listLength = 10

  let cases: [FidelityCase]
  let network: KSRNetwork
  let threads: Int
  private let seed: UInt64

  /// A study of a model on up to `users` viewers of its data.
  package init(_ session: Session, users: Int, threads: Int, seed: UInt64 = 1) {
    cases = FidelityCase.cases(session, count: users)
    network = session.network
    self.threads = threads
    self.seed = seed
  }

  /// The number of viewers, one choice each.
  package var caseCount: Int { cases.count }

  /// The scores of all explainers about one kind of item.
  ///
  /// - Parameter progress: called with the number of cases done.
  package func report(on subject: Subject, progress: (Int) -> Void = { _ in }) -> FidelityReport {
    var scored: [[Explainer: CaseMeasures]] = []
    var residuals: [Double] = []
    // A block fills the batches of both threads and keeps the line of progress moving.
    for start in stride(from: 0, to: cases.count, by: 20) {
      let block = block(start..<min(start + 20, cases.count), subject)
      scored += block.map(\.measures)
      residuals += block.map(\.residual)
      progress(scored.count)
    }
    return FidelityReport(
      subject: subject, viewers: cases.map(\.viewer), scored: scored, residuals: residuals,
      seed: seed)
  }

  private struct Scored: Sendable {
    let measures: [Explainer: CaseMeasures]
    let residual: Double
  }

  private func block(_ range: Range<Int>, _ subject: Subject) -> [Scored] {
    let tests = range.map { cases[$0] }
    let reruns = Reruns(network: network, threads: threads)
    let prepared = parallelMap(tests.count, threads: threads) { i in
      let test = tests[i]
      let item = item(of: test, subject)
      var generator = SeededGenerator(seed: seed, stream: UInt64(range.lowerBound + i))
      let steps = StepWeights(test, item: item, generator: &generator)
      let slots = SlotWeights(test, item: item, reruns: reruns, generator: &generator)
      return (item: item, steps: steps, slots: slots)
    }
    let items = prepared.map(\.item)
    let full = reruns.answers(
      to: zip(tests, items).map { .init(items: $0.states.items, item: $1) })
    let without = leaveOneOut(tests, items, full, reruns)
    let orders = prepared.indices.map { i in
      Explainer.allCases.map {
        RankAgreement.order(prepared[i].steps.weights(of: $0, leaveOneOut: without[i]))
      }
    }
    let changed = changedHistories(tests, items, orders, reruns)
    return parallelMap(tests.count, threads: threads) { i in
      var measures: [Explainer: CaseMeasures] = [:]
      for (e, explainer) in Explainer.allCases.enumerated() {
        var own = CaseMeasures()
        own.addCurves(full: full[i], changed[i][e])
        own.addOrder(orders[i][e], of: tests[i].window.count)
        own.addSteps(
          prepared[i].steps.weights(of: explainer, leaveOneOut: without[i]),
          effects: without[i])
        if let weights = prepared[i].slots.weights(of: explainer), weights.count > 1 {
          own.addSlots(
            weights, effects: prepared[i].slots.leaveOneOut, full: full[i],
            test: tests[i], item: items[i], reruns: reruns)
        }
        measures[explainer] = own
      }
      return Scored(measures: measures, residual: prepared[i].steps.residual)
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

  /// What the score over the catalogue mean loses without each step of the window.
  private func leaveOneOut(
    _ tests: [FidelityCase], _ items: [Int32], _ full: [Reruns.Answer], _ reruns: Reruns
  ) -> [[Double]] {
    var questions: [Reruns.Question] = []
    for (test, item) in zip(tests, items) {
      for step in test.window {
        questions.append(.init(items: test.items(without: [step]), item: item))
      }
    }
    var answers = reruns.answers(to: questions)[...]
    return zip(tests, full).map { test, full in
      let own = answers.prefix(test.window.count)
      answers = answers.dropFirst(test.window.count)
      return own.map { full.score - $0.score }
    }
  }

  /// By case and explainer: without the first k steps of its order, and with no others.
  private func changedHistories(
    _ tests: [FidelityCase], _ items: [Int32], _ orders: [[[Int]]], _ reruns: Reruns
  ) -> [[CurveAnswers]] {
    var questions: [Reruns.Question] = []
    for (i, test) in tests.enumerated() {
      for order in orders[i] {
        let steps = order.map { $0 + test.window.lowerBound }
        for k in Self.sizes {
          questions.append(.init(items: test.items(without: steps.prefix(k)), item: items[i]))
          questions.append(.init(items: test.items(only: steps.prefix(k)), item: items[i]))
        }
      }
    }
    var answers = reruns.answers(to: questions)[...]
    return orders.map { orders in
      orders.map { _ in
        Self.sizes.map { _ in
          let pair = (without: answers[answers.startIndex], only: answers[answers.startIndex + 1])
          answers = answers.dropFirst(2)
          return pair
        }
      }
    }
  }
}

/// For k = 1 … 5: where the item stands without the k steps, and with no others.
typealias CurveAnswers = [(without: Reruns.Answer, only: Reruns.Answer)]
