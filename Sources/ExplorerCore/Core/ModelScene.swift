import Explanation
import KSRModel
import Workspace

/// What the screen says of the model and its data as a whole.
public struct ModelScene: Sendable {
  /// What to call the model: its file's name without the ending.
  package let name: String
  /// The data it is looked at with, or was trained on.
  package let dataName: String
  /// The number of items, the padding item not counted.
  package let itemCount: Int
  /// The length of each user's history.
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
  /// The metric for the header, by its name without what it was measured on.
  package let metric: (name: String, value: Double)?
  /// The command line that opens the same model and data.
  package let command: [String]
  /// Whether the model file has known tails of its items.
  package let hasKnownFacts: Bool
  /// Whether the users were made up by a program.
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
    historyLengths = session.users.map(\.count)
    gamma = model.settings.gamma
    windowLength = model.settings.maxItemListLength
    relationNames = model.settings.memory == .knowledge ? model.relationNames : []
    relationTokens = relationNames.indices.map { model.relations[$0] }
    hasProbabilities = model.settings.loss == .crossEntropy
    let metrics = model.provenance.metrics
    metric =
      ["test", "valid"].compactMap { part in
        metrics["\(part) NDCG@10"].map { ("NDCG@10", $0) }
      }.first
    hasKnownFacts = !model.tails.facts.isEmpty
    isSimulated = session.isSimulated
    nouns = model.nouns
    warnings = session.warnings
  }
}
