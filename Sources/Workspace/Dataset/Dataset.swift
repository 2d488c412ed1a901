import AtomicFiles
import KSRModel
import KnowledgeGraph

/// A data folder read for training: interactions of linked items and the graph behind them.
///
/// What the settings of the data leave out is in ``removals``. As in RecBole, interactions with items
/// that have no link into the graph are left out too; how many is in ``droppedInteractions``.
package struct Dataset: Sendable {
  /// Where it was read from.
  package let folder: AtomicFolder
  /// Item tokens: 0 is `[PAD]`, the others come in the order of their first kept interaction.
  package let items: Vocabulary
  /// What NAME.item tells about items, if it exists.
  package let attributes: AttributeTable?
  package let histories: Histories
  package let graph: GraphIndex
  package let links: Links
  /// The graph's identifier of each item's entity, by item identifier; −1 for `[PAD]`.
  package let entityOfItem: [Int32]
  /// Readable names of entities, where NAME.entity exists.
  package let entityNames: DisplayNames
  /// Readable names of relations, where NAME.relation exists.
  package let relationNames: DisplayNames
  /// How the files were read and filtered.
  package let settings: DataSettings
  /// What the settings took out, in their order.
  package let removals: [Removal]
  /// What else a person should know, a sentence each.
  package let notes: [String]
  package let split: DataSplit
  /// Interactions left out because their item has no link into the graph.
  package let droppedInteractions: Int
  package let droppedItems: Int
  /// The likely cause, where tokens differ in their spelling only; a sentence.
  package let causeOfDropping: String?
  /// What was odd in the companion files but could be read, a sentence each.
  package let warnings: [DataError]

  /// Reads NAME.inter, .kg, .link and, where it exists, .item.
  package static func read(
    _ folder: AtomicFolder, split: DataSplit = DataSplit(), settings: DataSettings = DataSettings()
  ) throws(DataError) -> Dataset {
    let keptGraph = try KeptGraph(folder, settings)
    let kept = try KeptInteractions(folder, settings)
    let (folder, interactions) = (kept.folder, kept.interactions)
    let graph = GraphIndex(keptGraph.triples)
    let links = keptGraph.links
    let attributes = folder.has("item") ? try AttributeTable.items(of: folder) : nil

    var entityOfInteractionItem = [Int?](repeating: nil, count: interactions.items.count)
    for item in 0..<interactions.items.count {
      entityOfInteractionItem[item] = links.entity(ofItem: interactions.items[item])
        .flatMap { graph.entities.id(of: $0) }
    }
    var items = Vocabulary(["[PAD]"])
    var entityOfItem: [Int32] = [-1]
    var identifier = [Int32?](repeating: nil, count: interactions.items.count)
    var dropped = 0
    for item in interactions.item.map(Int.init) {
      guard let entity = entityOfInteractionItem[item] else {
        dropped += 1
        continue
      }
      guard identifier[item] == nil else { continue }
      // An item that is itself called [PAD] would take the padding's place.
      guard items.id(of: interactions.items[item]) == nil else {
        throw DataError(
          file: folder.file("inter"), field: "item_id", found: "an item called [PAD]",
          expected: "another name, since [PAD] is the padding item")
      }
      identifier[item] = Int32(items.intern(interactions.items[item]))
      entityOfItem.append(Int32(entity))
    }
    let unlinked = Set(interactions.item).filter { entityOfInteractionItem[Int($0)] == nil }
    let cause = Self.cause(
      ofMissing: unlinked.map { interactions.items[Int($0)] }.sorted(), links, graph, folder)
    guard items.count > 1 else {
      throw DataError(
        file: folder.file("inter"),
        found: "\(interactions.count) interactions, none of them with "
          + "an item that is linked to an entity of the graph",
        expected: "items that \(folder.name).link maps to entities in \(folder.name).kg"
          + (cause.map { ". \($0.dropLast())" } ?? ""))
    }
    let entityNames = try DisplayNames.entities(of: folder)
    let relationNames = try DisplayNames.relations(of: folder)
    return Dataset(
      folder: folder, items: items, attributes: attributes,
      histories: Histories(kept, split: split) { identifier[$0] },
      graph: graph, links: links, entityOfItem: entityOfItem,
      entityNames: entityNames, relationNames: relationNames, settings: settings,
      removals: kept.removals + keptGraph.removals,
      notes: kept.notes + (try settings.missingColumns(in: folder)), split: split,
      droppedInteractions: dropped, droppedItems: unlinked.count, causeOfDropping: cause,
      warnings: links.warnings + (attributes?.warnings ?? []) + entityNames.warnings
        + relationNames.warnings)
  }

  /// Why items without an entity may lack it: their tokens, or those of the entities that they are
  /// linked to, are spelled otherwise elsewhere.
  package static func cause(
    ofMissing items: [String], _ links: Links, _ graph: GraphIndex, _ folder: AtomicFolder
  ) -> String? {
    let unlinked = items.filter { links.entity(ofItem: $0) == nil }
    let entities = items.compactMap { links.entity(ofItem: $0) }
    return spellingDifference(of: unlinked, from: links.items.tokens, in: "\(folder.name).link")
      ?? spellingDifference(
        of: entities, from: graph.entities.tokens, in: "\(folder.name).kg")
  }

  /// The number of interactions kept.
  package var interactionCount: Int { histories.interactionCount }

  /// What training may see of each history, in the histories' order; empty for held-out users.
  package var trainingSequences: [ArraySlice<Int32>] {
    histories.map { $0.items.prefix(split.trainingCount(of: $0)) }
  }

  /// A digest of the training interactions; a ``Session`` computes the same of its data.
  package var trainingDigest: String { histories.trainingDigest(split, items: items) }

  /// What to call each item: its title, else its entity's name, else its token.
  package var itemNames: [String] {
    (0..<items.count).map { item in
      if item == 0 { return "[PAD]" }
      let token = items[item]
      if let title = attributes?.title(ofToken: token) { return title }
      return entityNames.name(of: graph.entities[Int(entityOfItem[item])]) ?? token
    }
  }
}
