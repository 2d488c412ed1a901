import KSRModel
import KSRNumerics
import Workspace

/// All that is said about one recommendation, ready to be written out.
///
/// The text, JSON, CSV and SVG of an explanation show these numbers and no others.
package struct ExplanationReport: Sendable {
  package struct Question: Sendable {
    /// Whose history it is; nil for one that was typed in.
    package var user: String?
    /// The step, from 0, after which the item would come.
    package var step: Int
    package var item: Int32
    package var contrast: Contrast
    /// The edits that the history has gone through; nil for none.
    package var edited: EditedHistory?
    /// How many of the steps that would be missed most are left out to check the forecast; nil for no
    /// check of that kind.
    package var checkedSteps: Int?
    /// Steps, from 0, that are left out together to check the forecast.
    package var leftOut: [Int] = []
    /// Slots that are silenced to check the sum.
    package var checkedSlots: [Int] = []

    /// A question about an item after a step.
    package init(
      user: String? = nil, step: Int, item: Int32, over contrast: Contrast,
      edited: EditedHistory? = nil
    ) {
      self.user = user
      self.step = step
      self.item = item
      self.contrast = contrast
      self.edited = edited.flatMap { $0.edits.isEmpty ? nil : $0 }
    }

    /// The edits as the command line takes them; nil for none.
    package var edits: String? { edited.map { EditScript($0.edits).text } }
  }

  package struct Standing: Sendable {
    package let item: Int32
    /// Its rank, from 1; ties at the mean of their places.
    package let rank: Double
    package let score: Float
    /// Its probability; nil for a model of another loss than cross-entropy.
    package let probability: Float?

    init(_ item: Int32, _ scores: [Float], probabilities: [Float]?) {
      self.item = item
      rank = KSRModel.rank(of: item, in: scores)
      score = scores[Int(item)]
      probability = probabilities?[Int(item)]
    }
  }

  package let model: TrainedModel
  package let question: Question
  package let stepCount: Int
  package let standing: Standing
  /// Where the item stands without the edits, at the step with the same future; nil without edits,
  /// and where there is no such step.
  package let unedited: Standing?
  /// Where the item stands that really came next; nil after the last step.
  package let next: Standing?
  package let contributions: Contributions
  /// The same score, grouped by known facts.
  package let facts: SharedFacts
  /// What the slots hold; empty without memory.
  package let slots: [SlotReading]
  /// What the methods of ``Attributions/reported`` say, by row of the table.
  package let attributions: StepAttributions.Known
  package let table: StepTable
  /// What the sum says of the ablations asked for, and what really happens.
  package let checks: [AblationCheck]
  /// α at each step of the table [T R].
  package let attention: Matrix
  /// z at each step of the table [T R].
  package let writeGates: Matrix
  /// The likeness of the GRU states of the steps.
  package let similarity: StateSimilarity
  /// What is to be said about the attention of the model as a whole, if anything.
  package let attentionWarning: String?

  /// Answers a question about a history.
  ///
  /// - Parameters:
  ///   - summary: the model's mean attention, for the warning.
  ///   - known: runs of the same question that have been made already.
  package init(
    _ question: Question, states: HistoryStates, model: TrainedModel, index: TailIndex,
    summary: AttentionSummary? = nil, runs known: AblationOutcomes? = nil
  ) {
    let (step, network) = (question.step, states.network)
    let runs = AblationRuns(states, step: step)
    let scores = runs.scores
    let chances = model.settings.loss == .crossEntropy ? probabilities(scores) : nil
    func standing(_ item: Int32) -> Standing {
      Standing(item, scores, probabilities: chances)
    }
    let asked = AttributionQuestion(
      states, step: step, item: question.item, over: question.contrast)
    let table = Contributions(asked)
    self.model = model
    self.question = question
    stepCount = states.count
    self.standing = standing(question.item)
    unedited = question.edited.flatMap { edited in
      edited.unedited(at: step).map { before in
        let states = HistoryStates(network: network, items: edited.original)
        let scores = states.scores(at: before)
        return Standing(
          question.item, scores, probabilities: chances.map { _ in probabilities(scores) })
      }
    }
    let followed = step + 1 < states.count ? states.items[step + 1] : nil
    next = (question.edited.map { $0.next(after: step) } ?? followed).map(standing)
    contributions = table
    facts = SharedFacts(table, index: index)
    slots =
      network.readsMemory
      ? (0..<network.relationCount).map {
        SlotReading(states, step: step, slot: $0, index: index, nearest: 3)
      } : []
    var steps = StepAttributions(
      asked, methods: Attributions.reported, weights: table.stepSums, slots: true, outcomes: known)
    while steps.work() {}
    attributions = steps.known
    self.table = StepTable(table, steps.known)
    let top = self.table.top(question.checkedSteps ?? 0).map { $0 + table.steps.lowerBound }
    checks =
      ([top, question.leftOut].filter { !$0.isEmpty }.map { .steps($0) }
      + question.checkedSlots.map { .slot($0) }).map {
        runs.check($0, on: question.item, over: question.contrast, known: steps.known)
      }
    var attention = Matrix(rows: table.steps.count, columns: table.relationCount)
    var gates = attention
    for (row, step) in table.steps.enumerated() {
      // Each step as the model sees it there, from its own window.
      let (trace, own) = states.pass(through: step)
      for a in 0..<table.relationCount {
        attention[row, a] = network.readsMemory ? trace.attention[own, a] : 0
        gates[row, a] = trace.writeGates[own, a]
      }
    }
    self.attention = attention
    writeGates = gates
    similarity = StateSimilarity(states, steps: table.steps)
    attentionWarning = summary?.warning
  }

  /// What the removal values are of.
  package var quantity: String {
    attributions.whole?.isOfLogProbability == true ? "log p" : "score"
  }
}
