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
  private var begun: Begun?
  private let alone: Set<Ablation>
  private let score: ContrastedScore
  /// Methods that look at one run only, and have not been asked yet.
  private var unasked: [any Attribution]
  private let running: [any Attribution]
  /// Ablations that have not been run yet, the next one at the end.
  private var waiting: [Ablation]
  private var sinceUpdate = 0
  private var seeksPairs: Bool

  /// How many histories are read at once, and after how many of them all items are scored: each takes
  /// some three milliseconds.
  private var portion: (read: Int, scored: Int) {
    let (steps, items) = (question.window.count, question.network.itemCount)
    return (
      max(1, min(64, 4_000_000 / (2_000 * steps))), max(1, min(64, 4_000_000 / (6 * items)))
    )
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
    score = ContrastedScore(of: question.item, over: question.contrast, under: runs.scores)
    self.outcomes =
      outcomes
      ?? AblationOutcomes(full: runs.outcome(of: score, under: runs.scores), of: question)
    unasked = methods.filter { !$0.runsModel }.reversed()
    running = methods.filter(\.runsModel)
    seeksPairs = running.contains { $0.id == Attributions.leading.id }
    let order = weights.indices.sorted {
      let (a, b) = (abs(weights[$0]), abs(weights[$1]))
      return a != b ? a < b : $0 < $1
    }
    let largestFirst = order.map { question.eachStep[$0] }
    let wanted = running.flatMap { $0.stepAblations(question) }.unique
    let first = Set(question.eachStep + [question.withoutHistory])
    alone = first
    let others = wanted.filter { !first.contains($0) }.reversed()
    waiting =
      others + (slots && question.network.readsMemory ? question.eachSlot : [])
      + [question.withoutHistory].filter(wanted.contains) + largestFirst.filter(wanted.contains)
    known.firstStep = question.window.lowerBound
    known.runs.all = waiting.count
    waiting = waiting.filter { outcomes?[$0] == nil }
    update()
  }

  /// Runs that have been begun, the next ones of those that wait.
  private struct Begun: Sendable {
    let ablations: [Ablation]
    var portions: BatchedRuns.Portions
    var left: Int
  }

  /// Each step left out alone comes first, so that something is known at once.
  private func beginning(_ ablations: some Sequence<Ablation>) -> Begun {
    var all = Array(ablations)
    if let first = all.first, alone.contains(first) {
      all = Array(all.prefix(while: alone.contains))
    }
    let runs = BatchedRuns(
      network: question.network, threads: 1, reading: question.states.reading)
    return Begun(
      ablations: all,
      portions: .init(
        runs, all.map { .init(items: question.items(under: $0), item: question.item) }, as: score),
      left: all.count)
  }

  /// Does a portion, some runs of the model or one method; false if nothing was missing.
  package mutating func work() -> Bool {
    if let method = unasked.popLast() {
      known[method] = values(method)
      return true
    }
    guard let next = waiting.last else { return findPairs() }
    func isSlot(_ ablation: Ablation) -> Bool { if case .slot = ablation { true } else { false } }
    let count: Int
    if isSlot(next) {
      let batch = waiting.suffix(portion.scored).reversed().prefix(while: isSlot)
      waiting.removeLast(batch.count)
      for slot in batch {
        outcomes[slot] = runs.outcome(of: score, under: runs.scores(under: slot))
      }
      count = batch.count
    } else {
      // Those of a kind go together: each step alone, no history, then the others.
      let first = begun ?? beginning(waiting.reversed().prefix { !isSlot($0) })
      var portions = first
      let found = portions.portions.work(size: portion.read, rows: portion.scored) ?? []
      for entry in found { outcomes[portions.ablations[entry.question]] = entry.outcome }
      count = found.count
      portions.left -= count
      begun = portions.left > 0 ? portions : nil
      if portions.left == 0 { waiting.removeLast(portions.ablations.count) }
    }
    // Values over many runs are worked out anew now and then, and when all are there.
    sinceUpdate += count
    let isFirst = known.runs.done < question.window.count && count > 0
    if waiting.isEmpty || sinceUpdate >= 64 || isFirst { update() }
    return true
  }

  /// Looks for pairs once all runs are made; false if that is done.
  private mutating func findPairs() -> Bool {
    guard seeksPairs else { return false }
    seeksPairs = false
    known.pairs = StepPair.found(question, outcomes)
    return true
  }

  private mutating func update() {
    sinceUpdate = 0
    known.runs.done =
      known.runs.all - waiting.count + (begun.map { $0.ablations.count - $0.left } ?? 0)
    for method in running { known[method] = values(method) }
    known.ranks = question.eachStep.map { outcomes[$0]?.rank }
    known.slots = question.eachSlot.map { slot in
      outcomes.loss(of: .logProbability, under: slot).map { Float($0) }
    }
    let full = outcomes.value(.logProbability, outcomes.full)
    let whole = outcomes.loss(of: .logProbability, under: question.withoutHistory)
    let values = known[Attributions.leading].map { $0.map { Double($0) } }
    known.whole = Known.Whole(
      isOfLogProbability: question.isOfLogProbability, value: Float(full),
      bias: whole.map { Float(full - $0) },
      together: values.isEmpty
        ? nil
        : Attributions.leading.together(question, outcomes, beside: values).map { Float($0) })
  }

  private func values(_ method: any Attribution) -> [Float?] {
    method.steps(question, outcomes).map { $0.map { Float($0) } }
  }
}
