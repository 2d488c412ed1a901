import AtomicFiles
import KSRModel
import KSRNumerics
import KnowledgeGraph

/// RecBole's identifiers of a data folder's users, items and relations, and what goes with them.
///
/// Tokens are numbered from 1 in the order of their first appearance; 0 is `[PAD]`. Items are then
/// reordered without changing that order otherwise: those without an entity come first, then the
/// linked ones. What the settings leave out, and interactions with items that have no entity, is
/// dropped before anything is numbered, so that unlinked items only occur where NAME.item is read.
/// For a model without graph nothing is dropped, nor reordered.
package struct RecBoleVocabulary: Sendable {
  /// User tokens by identifier.
  package let users: Vocabulary
  /// Item tokens by identifier.
  package let items: Vocabulary
  /// The entity of each item, by identifier; nil where it has none.
  package let entities: [String?]
  /// Relation tokens by identifier: the memory's slots.
  ///
  /// RecBole's `[UI-Relation]`, which has none, is left out.
  package let relations: Vocabulary
  /// What users did with linked items, under these identifiers.
  package var histories: Histories { histories(split: DataSplit()) }
  package let graph: GraphIndex
  /// NAME.ent_feature, if it exists.
  package let entityVectors: FeatureVectors?
  /// NAME.rel_feature, if it exists.
  package let relationVectors: FeatureVectors?

  /// The folder, read as the settings say.
  package let folder: AtomicFolder
  /// How the files were read and filtered.
  package let settings: DataSettings
  /// What the settings took out, in their order.
  package let removals: [Removal]

  private let kept: KeptInteractions
  /// The identifier of each item of `kept`; nil without entity.
  private let identifiers: [Int32?]

  /// Reads a data folder as RecBole's settings say.
  ///
  /// - Parameter readsGraph: whether the model needs NAME.kg and NAME.link.
  package init(
    _ folder: AtomicFolder, settings: Settings = Settings(), readsGraph: Bool = true
  ) throws(DataError) {
    let choices = try RecBoleSettings.data(settings)
    let keptGraph = readsGraph ? try KeptGraph(folder, choices) : nil
    let kept = try KeptInteractions(folder, choices)
    let (interactions, folder) = (kept.interactions, kept.folder)
    let triples =
      keptGraph?.triples
      ?? Triples(entities: Vocabulary(), relations: Vocabulary(), head: [], relation: [], tail: [])
    self.folder = folder
    self.settings = choices
    removals = kept.removals + (keptGraph?.removals ?? [])
    entityVectors = readsGraph ? try FeatureVectors.entities(of: folder) : nil
    relationVectors = readsGraph ? try FeatureVectors.relations(of: folder) : nil
    graph = GraphIndex(triples)

    let merged = choices.merges(.entity) ? entityVectors?.tokens : nil
    func entity(_ item: String) -> String? {
      keptGraph?.links.entity(ofItem: item).flatMap {
        triples.entities.id(of: $0) ?? merged?.id(of: $0) == nil ? nil : $0
      }
    }
    let isLinked = interactions.items.tokens.map { !readsGraph || entity($0) != nil }
    func isKept(_ row: Int) -> Bool { isLinked[Int(interactions.item[row])] }

    var users = Vocabulary(["[PAD]"])
    var appearing = Vocabulary()
    for row in 0..<interactions.count where isKept(row) {
      users.intern(interactions.users[Int(interactions.user[row])])
      appearing.intern(interactions.items[Int(interactions.item[row])])
    }
    for token in kept.describedUsers ?? [] { users.intern(token) }
    for token in kept.describedItems ?? [] { appearing.intern(token) }
    for field in choices.aliases[.user] ?? [] where field != folder.form.user {
      for token in try kept.tokens(of: .user, alias: field, isKept: isKept) { users.intern(token) }
    }
    for field in choices.aliases[.item] ?? [] where field != folder.form.item {
      for token in try kept.tokens(of: .item, alias: field, isKept: isKept) {
        appearing.intern(token)
      }
    }
    guard appearing.id(of: "[PAD]") == nil else {
      throw DataError(
        file: folder.file("inter"), field: folder.form.item, found: "an item called [PAD]",
        expected: "another name, since [PAD] is the padding item")
    }
    let found = appearing.tokens.map { (token: $0, entity: entity($0)) }
    let ordered = found.filter { $0.entity == nil } + found.filter { $0.entity != nil }
    let items = Vocabulary(["[PAD]"] + ordered.map(\.token))
    self.users = users
    self.items = items
    entities = [nil] + ordered.map(\.entity)
    let named = choices.merges(.relation) ? relationVectors?.tokens.tokens ?? [] : []
    relations = Vocabulary(readsGraph ? ["[PAD]"] + triples.relations.tokens + named : [])
    let identifiers = interactions.items.tokens.enumerated().map { index, token in
      isLinked[index] ? items.id(of: token).map(Int32.init) : nil
    }
    self.kept = kept
    self.identifiers = identifiers
  }

  /// What users did with linked items, under these identifiers and with the marks of a split.
  func histories(split: DataSplit) -> Histories {
    Histories(kept, split: split) { identifiers[$0] }
  }
}

extension DataSettings {
  /// Whether what is in the file of vectors counts as an entity, or a relation.
  ///
  /// Nothing needs to be said about it: KSR cannot run otherwise.
  fileprivate func merges(_ kind: IdentifierKind) -> Bool {
    let (vectors, id) =
      kind == .entity ? (form.entityVectors, "ent_id") : (form.relationVectors, "rel_id")
    return aliases[kind]?.contains(vectors.id ?? id) ?? true
  }
}

/// How like a model's entity vectors are to those of the data, item by item.
///
/// RecBole starts from the data's vectors, so that a model's still resemble them when it was
/// trained further; under wrong identifiers they do not.
struct EntityLikeness {
  let isSame: Bool
  /// The share of items whose vector is nearer to their own in the data than to another item's.
  let ownIsNearer: Double

  /// Compares; nil if there is nothing to compare.
  init?(_ entities: Matrix, _ vocabulary: RecBoleVocabulary) {
    guard let vectors = vocabulary.entityVectors, vectors.width == entities.columns else {
      return nil
    }
    let known = vocabulary.entities.indices.compactMap { item in
      vocabulary.entities[item].flatMap { vectors.tokens.id(of: $0) }.map { (item: item, row: $0) }
    }
    // Two items may be one entity, which tells nothing about them.
    let pairs = zip(known, known.dropFirst() + known.prefix(1)).filter { $0.row != $1.row }
    guard !pairs.isEmpty else { return nil }
    func distance(_ item: Int, _ row: Int) -> Double {
      zip(entities.row(item), vectors[row]).reduce(0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }
    }
    isSame = known.allSatisfy { entities.row($0.item).elementsEqual(vectors[$0.row]) }
    let nearer = pairs.count { distance($0.item, $0.row) < distance($0.item, $1.row) }
    ownIsNearer = Double(nearer) / Double(pairs.count)
  }
}
