package enum Severity: String, Sendable, CaseIterable, Comparable {
  /// What KSR learns or shows is false.
  case severe
  /// Part of the data is lost, or part of the result cannot be trusted.
  case moderate
  /// Worth knowing; most data sets have some of it.
  case minor
}

/// What was found; where findings are equally severe, the earlier kinds do more harm.
package enum FindingKind: String, Sendable, CaseIterable {
  case notFinite = "not-finite"
  /// The model knows no item of the data.
  case otherItems = "other-items"
  /// The facts of linked entities fit the items' columns no better than by chance.
  case linksByChance = "links-by-chance"
  /// Titles and names of linked entities have nothing in common.
  case linkNames = "link-names"
  /// The graph gives items other classes than their own columns.
  case linkClasses = "link-classes"
  /// The graph gives items other years than their own columns.
  case linkYears = "link-years"
  case headsNotItems = "heads-not-items"
  /// Vectors of entities without those of relations, or the other way round.
  case halfVectors = "half-vectors"
  /// Entity and relation vectors differ in width.
  case vectorWidths = "vector-widths"
  /// Relations of the memory without vector.
  case missingRelationVectors = "missing-relation-vectors"
  /// Items whose entity is not in the graph.
  case missingEntities = "missing-entities"
  /// Items without link.
  case unlinkedItems = "unlinked-items"
  /// Items of the data that the model does not know.
  case unknownItems = "unknown-items"
  /// The model was trained on other interactions.
  case otherTraining = "other-training"
  /// The model holds other facts about items than the graph.
  case otherFacts = "other-facts"
  /// Items whose entity has no vector.
  case missingVectors = "missing-vectors"
  case deadVectors = "dead-vectors"
  /// Rows of the model that are zeros or one repeated number.
  case deadRows = "dead-rows"
  case idleSlots = "idle-slots"
  /// Attention that is nearly one-hot everywhere.
  case collapsedAttention = "collapsed-attention"
  /// Items without facts under the memory's relations.
  case withoutFacts = "without-facts"
  /// Several items linked to one entity.
  case sharedEntities = "shared-entities"
  /// Interactions whose order in time is not known.
  case tiedTimes = "tied-times"
  /// Users with too few interactions to leave one out.
  case shortUsers = "short-users"
  /// The same user, item and time again.
  case duplicateInteractions = "duplicate-interactions"
  /// Rows that the readers set aside.
  case odditiesInFiles = "oddities-in-files"
  /// The facts of linked entities fit the items' columns, but hardly.
  case weakLinks = "weak-links"
  case inverseRelations = "inverse-relations"
  /// Relations under which nearly all items have the same tail.
  case hubRelations = "hub-relations"
  /// Facts whose tail no other item has.
  case singleTails = "single-tails"
}

/// One thing that is wrong with a data set or a model.
package struct Finding: Sendable, Equatable {
  package var kind: FindingKind
  package var severity: Severity
  package var title: String
  package var count: Int
  package var total: Int
  /// What is counted, such as `items`.
  package var unit: String
  /// What it means for KSR and what to do, a sentence or two.
  package var meaning: String
  /// Cases by readable name, the most harmful first; not all of them.
  package var examples: [String]
  /// Numbers behind the finding, by name.
  package var measures: [String: Double] = [:]

  /// The part that is affected, from 0 to 1.
  package var share: Double { total > 0 ? Double(count) / Double(total) : 0 }
}

extension Severity {
  /// The severity that goes with an affected share.
  init(share: Double, severe: Double, moderate: Double) {
    self = share >= severe ? .severe : share >= moderate ? .moderate : .minor
  }

  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether the one does more harm than the other.
  package static func < (a: Severity, b: Severity) -> Bool { a.place < b.place }
}

extension FindingKind {
  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
