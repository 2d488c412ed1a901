import AtomicFiles
import KSRModel
import KnowledgeGraph

/// RecBole's identifiers of a data folder's users, items and relations, and what goes with them.
///
/// Tokens are numbered from 1 in the order of their first appearance; 0 is `[PAD]`. Items are then
/// reordered without changing that order otherwise: those without an entity come first, then the
/// linked ones. Interactions with items that have no entity are dropped before anything is
/// numbered, so that unlinked items only occur where NAME.item is read.
public struct RecBoleVocabulary: Sendable {
  /// User tokens by identifier.
  public let users: Vocabulary
  /// Item tokens by identifier.
  public let items: Vocabulary
  /// The entity of each item, by identifier; nil where it has none.
  public let entities: [String?]
  /// Relation tokens by identifier: the memory's slots.
  ///
  /// RecBole's `[UI-Relation]`, which has none, is left out.
  public let relations: Vocabulary
  /// What users did with linked items, under these identifiers.
  public let histories: [History]
  /// The knowledge graph.
  public let graph: GraphIndex
  /// NAME.ent_feature, if it exists.
  public let entityVectors: FeatureVectors?
  /// NAME.rel_feature, if it exists.
  public let relationVectors: FeatureVectors?

  /// Reads a data folder as RecBole's settings say.
  public init(_ folder: AtomicFolder, settings: Settings = Settings()) throws(DataError) {
    let choices = try RecBoleDataSettings(settings)
    for (suffix, holds) in [
      ("kg", "the knowledge graph, whose relations RecBole numbers"),
      ("link", "which item is which entity of the graph"),
    ] where !folder.has(suffix) {
      throw DataError(file: folder.file(suffix), found: "no such file", expected: holds)
    }
    let interactions = try Interactions.read(folder)
    let triples = try Triples.read(folder)
    let links = try Links.read(folder)
    entityVectors =
      folder.has("ent_feature") ? try FeatureVectors(folder.file("ent_feature")) : nil
    relationVectors =
      folder.has("rel_feature") ? try FeatureVectors(folder.file("rel_feature")) : nil
    graph = GraphIndex(triples)
    let described = (
      users: choices.readsUsers && folder.has("user") ? try AttributeTable.users(of: folder) : nil,
      items: choices.readsItems && folder.has("item") ? try AttributeTable.items(of: folder) : nil
    )

    let merged = choices.mergesEntityVectors ? entityVectors?.tokens : nil
    func entity(_ item: String) -> String? {
      links.entity(ofItem: item).flatMap {
        triples.entities.id(of: $0) ?? merged?.id(of: $0) == nil ? nil : $0
      }
    }
    func isDropped(_ token: String, _ table: AttributeTable?) -> Bool {
      guard choices.dropsUndescribed, let table else { return false }
      return table.ids.id(of: token) == nil
    }
    let droppedUser = interactions.users.tokens.map { isDropped($0, described.users) }
    let entityOfItem = interactions.items.tokens.map {
      isDropped($0, described.items) ? nil : entity($0)
    }
    func isKept(_ row: Int) -> Bool {
      !droppedUser[Int(interactions.user[row])] && entityOfItem[Int(interactions.item[row])] != nil
    }

    var users = Vocabulary(["[PAD]"])
    var appearing = Vocabulary()
    for row in 0..<interactions.count where isKept(row) {
      users.intern(interactions.users[Int(interactions.user[row])])
      appearing.intern(interactions.items[Int(interactions.item[row])])
    }
    for token in described.users?.ids.tokens ?? [] { users.intern(token) }
    for token in described.items?.ids.tokens ?? [] { appearing.intern(token) }
    guard appearing.id(of: "[PAD]") == nil else {
      throw DataError(
        file: folder.file("inter"), field: "item_id", found: "an item called [PAD]",
        expected: "another name, since [PAD] is the padding item")
    }
    let found = appearing.tokens.map { (token: $0, entity: entity($0)) }
    let ordered = found.filter { $0.entity == nil } + found.filter { $0.entity != nil }
    let items = Vocabulary(["[PAD]"] + ordered.map(\.token))
    self.users = users
    self.items = items
    entities = [nil] + ordered.map(\.entity)
    let named = choices.mergesRelationVectors ? relationVectors?.tokens.tokens ?? [] : []
    relations = Vocabulary(["[PAD]"] + triples.relations.tokens + named)
    let identifiers = interactions.items.tokens.map { items.id(of: $0).map(Int32.init) }
    let kept = Interactions(
      users: interactions.users, items: interactions.items,
      rows: (0..<interactions.count).filter(isKept), of: interactions)
    histories = HistoryBuilder.histories(kept, isHeldOut: { _ in false }) { identifiers[$0] }
  }
}

extension Interactions {
  /// Some rows of others.
  fileprivate init(users: Vocabulary, items: Vocabulary, rows: [Int], of all: Interactions) {
    self.init(
      users: users, items: items, user: rows.map { all.user[$0] }, item: rows.map { all.item[$0] },
      timestamp: rows.map { all.timestamp[$0] })
  }
}
