/// What the methods say about each step that the model sees, computed a portion at a time.
package struct StepAttributions: Sendable {
  /// What is known so far, by row of the window.
  package struct Known: Sendable {
    /// By method; nil where a run of the model is missing.
    private var values: [String: [Float?]] = [:]
    /// The item's rank without each step; nil where the model has not been run without it.
    package fileprivate(set) var ranks: [Double?] = []

    package init() {}

    package subscript(method: any Attribution) -> [Float?] {
      get { values[method.id] ?? [] }
      set { values[method.id] = newValue }
    }

    /// A method's value of a step; nil where it is not known (yet).
    package func value(_ method: any Attribution, row: Int) -> Float? {
      let values = self[method]
      return values.indices.contains(row) ? values[row] : nil
    }

    package func rank(row: Int) -> Double? { ranks.indices.contains(row) ? ranks[row] : nil }

    /// What the score over the contrast loses when the model runs again without each step.
    package var losses: [Float?] {
      get { self[LeaveOneOut()] }
      set { self[LeaveOneOut()] = newValue }
    }
  }

  package private(set) var known = Known()
  /// The runs of the model so far.
  package private(set) var outcomes: AblationOutcomes
  private let question: AttributionQuestion
  private let runs: AblationRuns
  private let score: ContrastedScore
  /// Methods that look at one run only, and have not been asked yet.
  private var unasked: [any Attribution]
  private let running: [any Attribution]
  /// Ablations that have not been run yet, the next one at the end.
  private var waiting: [Ablation]
  private let alone: Set<Ablation>

  /// Nothing computed yet.
  ///
  /// - Parameters:
  ///   - weights: by row; steps left out alone come in the order of their sizes.
  ///   - outcomes: runs of the same question that have been made elsewhere.
  package init(
    _ question: AttributionQuestion, methods: [any Attribution], weights: [Float],
    outcomes: AblationOutcomes? = nil
  ) {
    self.question = question
    runs = AblationRuns(question.states, step: question.step)
    score = ContrastedScore(of: question.item, over: question.contrast, under: runs.scores)
    self.outcomes =
      outcomes
      ?? AblationOutcomes(
        full: runs.outcome(of: score, under: runs.scores), loss: question.network.settings.loss)
    unasked = methods.filter { !$0.runsModel }.reversed()
    running = methods.filter(\.runsModel)
    let order = weights.indices.sorted {
      let (a, b) = (abs(weights[$0]), abs(weights[$1]))
      return a != b ? a < b : $0 < $1
    }
    let alone = Set(question.eachStep)
    self.alone = alone
    let largestFirst = order.map { question.eachStep[$0] }
    let wanted = running.flatMap { $0.stepAblations(question) }.unique
    let others = wanted.filter { !alone.contains($0) }.reversed()
    waiting = (others + largestFirst.filter(wanted.contains)).filter { outcomes?[$0] == nil }
    update()
  }

  /// Does a portion, one run of the model or one method; false if nothing was missing.
  package mutating func work() -> Bool {
    if let method = unasked.popLast() {
      known[method] = values(method)
      return true
    }
    guard let ablation = waiting.popLast() else { return false }
    outcomes[ablation] = runs.outcome(of: score, under: runs.scores(under: ablation))
    // Values over many runs are worked out anew now and then, and when all are there.
    if waiting.isEmpty || waiting.count.isMultiple(of: 32) || alone.contains(ablation) { update() }
    return true
  }

  private mutating func update() {
    for method in running { known[method] = values(method) }
    known.ranks = question.eachStep.map { outcomes[$0]?.rank }
  }

  private func values(_ method: any Attribution) -> [Float?] {
    method.steps(question, outcomes).map { $0.map { Float($0) } }
  }
}
