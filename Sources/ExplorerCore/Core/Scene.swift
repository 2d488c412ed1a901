import Explanation
import KSRModel
import Workspace

/// What the model has to say about what a state selects: all that a picture needs beside the state.
///
/// A value without any computing in it; ``SceneCache`` makes it, and each view adds its own.
public struct Scene: Sendable {
  package let model: ModelScene
  /// The user's history; nil where there are no users.
  package let user: UserScene?
  package let step: StepScene?
  package let selectedSlot: Int?
  /// What the attention of the model does on average; nil while that is not known.
  package let attention: AttentionSummary?
  var contents: [ObjectIdentifier: any AnyObject & Sendable] = [:]
}

/// What the screen says of the model and its data as a whole.
public struct ModelScene: Sendable {
  /// What to call the model: its file's name without the ending.
  package let name: String
  /// The data it is looked at with, or was trained on.
  package let dataName: String
  /// The number of items, the padding item not counted.
  package let itemCount: Int
  package let historyLengths: [Int]
  package let gamma: Float
  /// The number of items L that the model sees.
  package let windowLength: Int
  /// What to call each slot; empty for a model without memory.
  package let relationNames: [String]
  /// The token of each slot's relation; empty for a model without memory.
  package let relationTokens: [String]
  /// What to call the second model; nil without one.
  package internal(set) var comparedName: String?
  /// The second model's file.
  var comparedPath: String?
  /// Whether scores have probabilities: trained with cross-entropy.
  package let hasProbabilities: Bool
  /// The metric for the header, and whether it was measured on `test` or `valid`.
  package let metric: (part: String, name: String, value: Double)?
  /// The command line that opens the same model and data.
  package let command: [String]
  /// Whether the model file has known tails of its items.
  package let hasKnownFacts: Bool
  package let isSimulated: Bool
  /// What the data set calls its users and items.
  package let nouns: Nouns
  /// What a person should know about this data with this model.
  package let warnings: [String]

  package var userCount: Int { historyLengths.count }

  init(_ session: Session, name: String, command: [String]) {
    self.command = command
    let model = session.model
    self.name = name
    dataName = session.folder?.name ?? model.provenance.dataName
    itemCount = model.items.count - 1
    historyLengths = session.users.lengths
    gamma = model.settings.gamma
    windowLength = model.settings.maxItemListLength
    relationNames = model.settings.memory != .none ? model.relationNames : []
    relationTokens = relationNames.indices.map { model.relations[$0] }
    hasProbabilities = model.settings.loss == .crossEntropy
    let metrics = model.provenance.metrics
    metric =
      ["test", "valid"].compactMap { part in
        metrics["\(part) NDCG@10"].map { (part, "NDCG@10", $0) }
      }.first
    hasKnownFacts = !model.tails.facts.isEmpty
    isSimulated = session.isSimulated
    nouns = model.nouns
    warnings = session.warnings
  }
}

/// What the screen shows of a user's history, whatever the step.
///
/// Ranks, attention and states of steps that have not been looked at yet are missing; see
/// ``UserSurvey``.
package struct UserScene: Sendable {
  package struct Row: Sendable, Equatable {
    package let item: Int32
    package let title: String
    package let year: Int?
    /// What it was used for, as a thing to predict; nil for a user made here, who is in no part of
    /// the split.
    package let mark: SplitMark?
  }

  package let name: String
  package let isHeldOut: Bool
  package let isOwn: Bool
  package let rows: [Row]
  /// The rank that the model gave to each interaction at the step before it; nil for the first and
  /// for those not looked at yet.
  package var ranks: [Double?]
  /// α of every slot at each step; empty where not looked at yet.
  package var attention: [[Float]]
  /// z of every slot at each step; empty where not looked at yet.
  package var gates: [[Float]]
  /// The largest α of the steps looked at so far, which bars and the map over the steps go up to.
  var largestAttention: Float { attention.lazy.compactMap { $0.max() }.max() ?? 0 }
  /// The slot with the largest attention at each step; nil where not looked at yet.
  package var leaders: [Int?] {
    attention.map { row in row.indices.max { row[$0] < row[$1] } }
  }
  /// How like each other the states of the steps are, as far as looked at.
  package var similarity: StateSimilarity?

  /// What the edits have made of the history; nil without any.
  var edited: EditedHistory?

  /// Interactions of the data left out of training that the model had to predict, and how many of
  /// them were among the first ten.
  package var hits: (count: Int, of: Int) {
    // An edited history is nobody's: how well it is foreseen says nothing about the model.
    guard edited == nil else { return (0, 0) }
    var (count, total) = (0, 0)
    for (row, rank) in zip(rows, ranks) where row.mark != nil && row.mark != .train {
      guard let rank else { continue }
      total += 1
      if rank <= 10 { count += 1 }
    }
    return (count, total)
  }

  /// The nearest step after (or before) one at which another slot has the largest attention.
  func change(from step: Int, forward: Bool) -> Int? {
    let leaders = leaders
    // Where another model has shortened the history, the step is the last one.
    let step = min(step, rows.count - 1)
    let steps =
      forward
      ? Array(step + 1..<max(step + 1, rows.count)) : Array((1..<max(1, step)).reversed())
    return steps.first { leaders[$0] != nil && leaders[$0] != leaders[$0 - 1] }
  }
}
