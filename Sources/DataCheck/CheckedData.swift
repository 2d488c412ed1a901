import AtomicFiles
import KnowledgeGraph
import Workspace

/// A data folder as the checks look at it: every file as it stands, nothing left out but what
/// settings leave out.
struct CheckedData {
  let folder: AtomicFolder
  let interactions: Interactions
  let triples: Triples
  let graph: GraphIndex
  let links: Links
  let attributes: AttributeTable?
  let entityNames: DisplayNames
  let relationNames: DisplayNames
  let entityVectors: FeatureVectors?
  let relationVectors: FeatureVectors?

  /// All items: those of the interactions under their identifiers there, then those only linked.
  let items: Vocabulary
  /// The number of interactions of each item.
  let popularity: [Int]
  /// The items, those chosen most first.
  let itemsByPopularity: [Int]
  /// The graph's identifier of each item's entity; nil without link or where the graph lacks it.
  let entityOfItem: [Int?]
  /// The items with an entity in the graph, those chosen most first.
  let linkedItems: [Int]
  /// The row of each item in NAME.item.
  let attributeRow: [Int?]
  /// The relations that are keys of the memory by default: their heads are linked items.
  let itemRelations: [Int]
  let relationsWithItems: [Int]

  /// What the settings took out, in their order.
  let removals: [Removal]

  init(_ folder: AtomicFolder, _ settings: DataSettings = DataSettings()) throws(DataError) {
    let keptGraph = try KeptGraph(folder, settings)
    let kept = try KeptInteractions(folder, settings)
    let folder = kept.folder
    self.folder = folder
    interactions = kept.removals.isEmpty ? kept.interactions : kept.interactions.renumbered
    triples = keptGraph.triples
    let graph = GraphIndex(triples)
    self.graph = graph
    links = keptGraph.links
    removals = kept.removals + keptGraph.removals
    attributes = folder.has("item") ? try AttributeTable.items(of: folder) : nil
    entityNames = try DisplayNames.entities(of: folder)
    relationNames = try DisplayNames.relations(of: folder)
    entityVectors = try FeatureVectors.entities(of: folder)
    relationVectors = try FeatureVectors.relations(of: folder)

    var items = interactions.items
    for token in links.items.tokens { items.intern(token) }
    self.items = items
    var popularity = [Int](repeating: 0, count: items.count)
    for item in interactions.item { popularity[Int(item)] += 1 }
    self.popularity = popularity
    itemsByPopularity = popularity.indices.sorted { [popularity] in
      popularity[$0] != popularity[$1] ? popularity[$0] > popularity[$1] : $0 < $1
    }
    var entityOfItem = [Int?](repeating: nil, count: items.count)
    var attributeRow = entityOfItem
    for item in 0..<items.count {
      let token = items[item]
      entityOfItem[item] = links.entity(ofItem: token).flatMap { graph.entities.id(of: $0) }
      attributeRow[item] = attributes?.ids.id(of: token)
    }
    self.entityOfItem = entityOfItem
    self.attributeRow = attributeRow
    linkedItems = itemsByPopularity.filter { [entityOfItem] in entityOfItem[$0] != nil }
    itemRelations = graph.relations(headedBy: links)
    var isHead = [Bool](repeating: false, count: graph.entities.count)
    for entity in entityOfItem { if let entity { isHead[entity] = true } }
    var has = [Bool](repeating: false, count: graph.relations.count)
    for (head, relation) in zip(triples.head, triples.relation) where isHead[Int(head)] {
      has[Int(relation)] = true
    }
    relationsWithItems = has.indices.filter { has[$0] }
  }

  /// The number of items with interactions; their identifiers come first.
  var chosenItemCount: Int { interactions.items.count }

  func linkedEntity(_ item: Int) -> String? { links.entity(ofItem: items[item]) }

  /// An item's title in NAME.item.
  func title(_ item: Int) -> String? {
    attributeRow[item].flatMap { attributes?.title(of: $0) }
  }

  /// An item's year in NAME.item.
  func year(_ item: Int) -> Int? {
    attributeRow[item].flatMap { attributes?.year(of: $0) }
  }

  /// What to call an item: title and year, else the name of its entity, else its token.
  func name(ofItem item: Int) -> String {
    guard let title = title(item) else {
      return printable(linkedEntity(item).flatMap { entityNames.name(of: $0) } ?? items[item])
    }
    guard let year = year(item), !title.contains("\(year)") else { return printable(title) }
    return "\(printable(title)) (\(year))"
  }

  /// What to call an entity: its name, else its token.
  func name(ofEntity token: String) -> String {
    printable(entityNames.name(of: token) ?? token)
  }

  func name(ofEntity entity: Int) -> String { name(ofEntity: graph.entities[entity]) }

  func name(ofRelation relation: Int) -> String {
    let token = graph.relations[relation]
    return printable(relationNames.name(of: token) ?? token)
  }
}
