import Explanation
import KSRModel
import Workspace

/// What the screen says of the model and its data as a whole.
public struct ModelScene: Sendable {
  /// What to call the model: its file's name without the ending.
  public let name: String
  /// The data it is looked at with, or was trained on.
  public let dataName: String
  /// The number of items, the padding item not counted.
  public let itemCount: Int
  /// The length of each viewer's history.
  public let historyLengths: [Int]
  /// What sharpens the attention.
  public let gamma: Float
  /// The number of items L that the model sees.
  public let windowLength: Int
  /// What to call each slot; empty for a model without memory.
  public let relationNames: [String]
  /// Whether scores have probabilities: trained with cross-entropy.
  public let hasProbabilities: Bool
  /// The metric for the header, by its name without what it was measured on.
  public let metric: (name: String, value: Double)?
  /// The command line that opens the same model and data.
  public let command: [String]
  /// Whether the model file has known tails of its items.
  public let hasKnownFacts: Bool
  /// Whether the viewers were made up by a program.
  public let isSimulated: Bool
  /// What a person should know about this data with this model.
  public let warnings: [String]

  /// The number of viewers.
  public var viewerCount: Int { historyLengths.count }

  init(_ session: Session, name: String, command: [String]) {
    self.command = command
    let model = session.model
    self.name = name
    dataName = session.folder?.name ?? model.provenance.dataName
    itemCount = model.items.count - 1
    historyLengths = session.viewers.map(\.count)
    gamma = model.settings.gamma
    windowLength = model.settings.maxItemListLength
    relationNames = model.settings.memory == .knowledge ? model.relationNames : []
    hasProbabilities = model.settings.loss == .crossEntropy
    let metrics = model.provenance.metrics
    metric =
      ["test", "valid"].compactMap { part in
        metrics["\(part) NDCG@10"].map { ("NDCG@10", $0) }
      }.first
    hasKnownFacts = !model.tails.facts.isEmpty
    isSimulated = session.isSimulated
    warnings = session.warnings
  }
}
