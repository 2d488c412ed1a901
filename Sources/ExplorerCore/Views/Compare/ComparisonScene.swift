import Explanation
import KSRModel

/// Two runs side by side: the pinned one, A, and the live one, B.
package struct ComparisonScene: Sendable {
  struct Side: Sendable {
    /// Whose history, where in it, with how many edits, or which model.
    let title: String
    /// The same in few words.
    let shortTitle: String
    let step: StepScene
    let hasProbabilities: Bool
  }

  struct Relation: Sendable {
    let name: String
    let pinned: StepScene.Slot?
    let live: StepScene.Slot?
    /// The cosine of the two values; nil where one is missing or they lie in different spaces.
    let cosine: Float?

    /// α of the live side less that of the pinned one.
    var difference: Float { (live?.attention ?? 0) - (pinned?.attention ?? 0) }
  }

  /// What really came next on a side, and where both put it.
  struct Truth: Sendable {
    let title: String
    let pinned: Double?
    let live: Double?
    /// Nil where it came next on both sides.
    let side: String?
  }

  let pinned: Side
  let live: Side
  let relations: [Relation]
  let truths: [Truth]
  /// By live item: its rank on the pinned side; nil for an item that the pinned model lacks.
  let ranks: [Int32: Double]
  /// Pinned items (in the pinned model's numbers) that are among the first places on the live side.
  let shared: Set<Int32>
  /// How many places count as the first.
  let k: Int
  /// What to know about the two models.
  let note: String?

  /// Half of Σ|Δα|: 0 for the same attention, 1 for none in common.
  var attentionDistance: Float { relations.reduce(0) { $0 + abs($1.difference) } / 2 }
}

/// One side as it is computed: the states, and how its items are numbered.
struct ComparedRun {
  let states: HistoryStates
  let step: StepScene
  let scores: [Float]
  /// What really came next, in its own numbers.
  let truth: Int32?

  init(_ states: HistoryStates, _ step: StepScene) {
    self.states = states
    self.step = step
    scores = states.scores(at: step.step)
    truth = step.recommendations.first { $0.isTruth }?.item
  }
}
