/// What the methods say about each step that the model sees, computed a portion at a time.
package struct StepAttributions: Sendable {
  /// What is known so far, by row of the window.
  package struct Known: Sendable {
    /// What the removal values and the line of what is carried together add up to.
    package struct Whole: Sendable, Equatable {
      package let isOfLogProbability: Bool
      /// Of the item, with everything in place.
      package let value: Float
      /// Without any history; nil before that run.
      package fileprivate(set) var bias: Float?
      /// What single steps do not carry; nil before all values are known.
      package fileprivate(set) var together: Float?
    }

    /// By method; nil where a run of the model is missing.
    private var values: [String: [Float?]] = [:]
    /// The item's rank without each step; nil where the model has not been run without it.
    package fileprivate(set) var ranks: [Double?] = []
    /// What is lost of the same quantity as by the removal values when each slot is silenced.
    package fileprivate(set) var slots: [Float?] = []
    /// Nil before anything is known.
    package fileprivate(set) var whole: Whole?
    package fileprivate(set) var pairs: [StepPair] = []
    /// The first row's step.
    fileprivate var firstStep = 0
    /// How often the model has run, of how often it has to.
    package fileprivate(set) var runs = (done: 0, all: 0)
    /// Whether the values will change no more.
    package var isSettled: Bool { whole != nil && runs.done == runs.all }

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

    /// What stands in the columns of ``Attributions/columns`` for a step.
    package func values(row: Int) -> [Float?] {
      let named = Attributions.reported.map { value($0, row: row) }
      return named.prefix(2) + [rank(row: row).map { Float($0) }] + named.dropFirst(2)
    }

    package func rank(row: Int) -> Double? { ranks.indices.contains(row) ? ranks[row] : nil }

    /// What would be missed of a step of the history: its removal value.
    package func missed(_ step: Int) -> Float? {
      value(Attributions.leading, row: step - firstStep)
    }

    /// What is forecast without some steps, ``AblationCheck/Forecast/after`` being as before; nil for
    /// slots and where a value is missing.
    package func forecast(without ablation: Ablation) -> AblationCheck.Forecast? {
      guard case .steps(let steps) = ablation, let whole else { return nil }
      var sum = 0.0
      for step in Set(steps).sorted() {
        guard let value = missed(step) else { return nil }
        sum += Double(value)
      }
      let before = Double(whole.value)
      return .init(
        isOfLogProbability: whole.isOfLogProbability, before: before, forecast: before - sum,
        after: before)
    }
  }

  package private(set) var known = Known()
  /// The runs of the model so far.
  package private(set) var outcomes: AblationOutcomes
  private let question: AttributionQuestion
  private let runs: AblationRuns
  /// Given back with its buffers when all runs are made.
  private var batched: BatchedRuns?
  private let score: ContrastedScore
  /// Methods that look at one run only, and have not been asked yet.
  private var unasked: [any Attribution]
  private let running: [any Attribution]
  /// Ablations that have not been run yet, the next one at the end.
  private var waiting: [Ablation]
  private var sinceUpdate = 0

  /// Runs of about five milliseconds.
  private var portion: Int {
    max(1, min(64, 5_000_000 / (2_000 * question.window.count + 9 * question.network.itemCount)))
  }

  /// Nothing computed yet.
  ///
  /// - Parameters:
  ///   - weights: by row; steps left out alone come in the order of their sizes.
  ///   - slots: whether each slot is silenced, too.
  ///   - outcomes: runs of the same question that have been made elsewhere.
  package init(
    _ question: AttributionQuestion, methods: [any Attribution], weights: [Float],
    slots: Bool = false, outcomes: AblationOutcomes? = nil
  ) {
    self.question = question
    runs = AblationRuns(question.states, step: question.step)
    batched = Self.batched(question)
    score = ContrastedScore(of: question.item, over: question.contrast, under: runs.scores)
    self.outcomes =
      outcomes
      ?? AblationOutcomes(full: runs.outcome(of: score, under: runs.scores), of: question)
    unasked = methods.filter { !$0.runsModel }.reversed()
    running = methods.filter(\.runsModel)
    let order = weights.indices.sorted {
      let (a, b) = (abs(weights[$0]), abs(weights[$1]))
      return a != b ? a < b : $0 < $1
    }
    let largestFirst = order.map { question.eachStep[$0] }
    let wanted = running.flatMap { $0.stepAblations(question) }.unique
    let first = Set(question.eachStep + [question.withoutHistory])
    let others = wanted.filter { !first.contains($0) }.reversed()
    waiting =
      others + (slots && question.network.readsMemory ? question.eachSlot : [])
      + [question.withoutHistory].filter(wanted.contains) + largestFirst.filter(wanted.contains)
    known.firstStep = question.window.lowerBound
    known.runs.all = waiting.count
    waiting = waiting.filter { outcomes?[$0] == nil }
    update()
  }

  private static func batched(_ question: AttributionQuestion) -> BatchedRuns {
    BatchedRuns(network: question.network, threads: 1, reading: question.states.reading)
  }

  /// Does a portion, some runs of the model or one method; false if nothing was missing.
  package mutating func work() -> Bool {
    if let method = unasked.popLast() {
      known[method] = values(method)
      return true
    }
    guard let next = waiting.last else { return false }
    func isSlot(_ ablation: Ablation) -> Bool { if case .slot = ablation { true } else { false } }
    let batch = Array(
      waiting.suffix(portion).reversed().prefix { isSlot($0) == isSlot(next) })
    waiting.removeLast(batch.count)
    if isSlot(next) {
      for slot in batch {
        outcomes[slot] = runs.outcome(of: score, under: runs.scores(under: slot))
      }
    } else {
      let found = (batched ?? Self.batched(question)).outcomes(
        of: batch.map { .init(items: question.items(under: $0), item: question.item) }, as: score)
      for (ablation, outcome) in zip(batch, found) { outcomes[ablation] = outcome }
    }
    if waiting.isEmpty { batched = nil }
    // Values over many runs are worked out anew now and then, and when all are there.
    sinceUpdate += batch.count
    let isFirst = known.runs.done < question.window.count
    if waiting.isEmpty || sinceUpdate >= 64 || isFirst { update() }
    return true
  }

  private mutating func update() {
    sinceUpdate = 0
    known.runs.done = known.runs.all - waiting.count
    for method in running { known[method] = values(method) }
    known.ranks = question.eachStep.map { outcomes[$0]?.rank }
    known.slots = question.eachSlot.map { slot in
      outcomes.loss(of: .logProbability, under: slot).map { Float($0) }
    }
    let full = outcomes.value(.logProbability, outcomes.full)
    let whole = outcomes.loss(of: .logProbability, under: question.withoutHistory)
    let values = known[Attributions.leading]
    let isKnown = !values.isEmpty && !values.contains(nil)
    known.whole = Known.Whole(
      isOfLogProbability: question.isOfLogProbability, value: Float(full),
      bias: whole.map { Float(full - $0) },
      together: isKnown
        ? whole.map { whole in values.reduce(Float(whole)) { $0 - ($1 ?? 0) } } : nil)
    if known.isSettled { known.pairs = StepPair.found(question, outcomes) }
  }

  private func values(_ method: any Attribution) -> [Float?] {
    method.steps(question, outcomes).map { $0.map { Float($0) } }
  }
}
