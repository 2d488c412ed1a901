import AtomicFiles
import KSRModel
import KSRNumerics
import KnowledgeGraph

/// A model of RecBole made readable: its parameters joined with the data it was trained on.
///
/// A checkpoint holds neither names nor relation vectors. Both come from the data folder, read as
/// RecBole reads it, and must fit the shapes of the parameters. GRU4Rec needs no graph there.
package struct RecBoleImport: Sendable {
  package let model: TrainedModel
  /// What a person should know about how it came about, a sentence each.
  package let notes: [String]

  /// Joins parameters with a data folder.
  ///
  /// - Parameter settings: the settings of the training, RecBole's names; those of the data decide
  ///   the identifiers.
  package init(
    _ parameters: StateDict, settings: Settings, folder: AtomicFolder
  ) throws {
    let kind = parameters.model
    if let name = try settings.value("model", .text), name != kind.rawValue {
      let known = RecBoleModel.allCases.map(\.rawValue)
      throw settings.error(
        "model",
        expected: known.contains(name)
          ? "\(kind.rawValue), whose tensors these are" : known.joined(separator: " or "))
    }
    var notes: [String] = []
    let vocabulary = try RecBoleVocabulary(folder, settings: settings, readsGraph: kind == .ksr)
    let folder = vocabulary.folder
    var network = try parameters.settings(
      completing: RecBoleSettings.network(settings, of: kind, notes: &notes))
    try Self.check(parameters, vocabulary, folder)
    let keys =
      kind == .ksr
      ? try Self.relationVectors(parameters, vocabulary, width: network.kgEmbeddingSize, folder)
      : Matrix(rows: 0, columns: network.kgEmbeddingSize)
    let values = try parameters.parameters(network, relations: keys)
    let likeness = EntityLikeness(values.entityEmbedding, vocabulary)
    if kind == .ksr, try settings.value("freeze_kg", .flag) == nil {
      network.freezesKnowledgeGraph = likeness?.isSame ?? false
      notes.append(
        "freeze_kg is not given: taken as \(network.freezesKnowledgeGraph), since the entity vectors"
          + " are \(network.freezesKnowledgeGraph ? "" : "not ")those of the data.")
    }
    if let note = Self.noteOnFurtherRelations(vocabulary, folder) { notes.append(note) }
    if let likeness, likeness.ownIsNearer < 0.75 {
      notes.append(
        "Only \(Int(likeness.ownIsNearer * 100)) % of the items' entity vectors are nearer to their"
          + " own vector in \(folder.name).ent_feature than to another item's: this may be other data"
          + " than the model was trained on, and the names wrong.")
    }
    if let dataset = try settings.value("dataset", .text), dataset != folder.name {
      notes.append(
        "The model was trained on a folder \(quoted(dataset)); this one is \(quoted(folder.name)).")
    }
    var provenance = Provenance()
    provenance.dataName = folder.name
    provenance.split = try RecBoleSettings.split(settings, notes: &notes)
    provenance.trainingDigest = vocabulary.histories(split: provenance.split)
      .trainingDigest(provenance.split, items: vocabulary.items)
    provenance.training = RecBoleSettings.training(settings)
    provenance.training["trained_with"] = kind == .ksr ? "RecBole" : "RecBole (\(kind.rawValue))"
    provenance.training.merge(vocabulary.settings.given) { own, _ in own }
    let relationNames = try DisplayNames.relations(of: folder)
    let entityNames = try DisplayNames.entities(of: folder)
    model = TrainedModel(
      settings: network, parameters: values, items: vocabulary.items,
      itemNames: NameList(try Self.itemNames(vocabulary, entityNames, folder)),
      relations: vocabulary.relations,
      relationNames: vocabulary.relations.tokens.map { relationNames.name(of: $0) ?? $0 },
      tails: kind == .ksr
        ? Self.tails(vocabulary, entityNames, width: network.kgEmbeddingSize)
        : KnownTails(itemCount: vocabulary.items.count, relationCount: 0),
      provenance: provenance)
    self.notes = vocabulary.removals.map(\.description) + notes
  }

  private static func tails(
    _ vocabulary: RecBoleVocabulary, _ names: DisplayNames, width: Int
  ) -> KnownTails {
    KnownTails(
      of: vocabulary.entities.map { $0.flatMap { vocabulary.graph.entities.id(of: $0) } },
      under: [nil]
        + vocabulary.relations.tokens.dropFirst().map { vocabulary.graph.relations.id(of: $0) },
      in: vocabulary.graph, names: names,
      vectors: vocabulary.entityVectors.flatMap { $0.width == width ? $0 : nil })
  }

  /// What to say where NAME.rel_feature has more relations than the graph.
  private static func noteOnFurtherRelations(
    _ vocabulary: RecBoleVocabulary, _ folder: AtomicFolder
  ) -> String? {
    let further = vocabulary.relations.tokens.dropFirst()
      .filter { vocabulary.graph.relations.id(of: $0) == nil }
    guard !further.isEmpty else { return nil }
    let names = further.prefix(3).map { quoted($0) }.joined(separator: ", ")
    return
      "\(folder.name).rel_feature has vectors of relations that \(folder.name).kg does not have"
      + " (\(names)\(further.count > 3 ? ", …" : "")): RecBole makes a slot of each, and so does this"
      + " import."
  }

  private static func check(
    _ parameters: StateDict, _ vocabulary: RecBoleVocabulary, _ folder: AtomicFolder
  ) throws(CheckpointError) {
    guard parameters.itemCount == vocabulary.items.count else {
      throw CheckpointError(
        .contents, file: parameters.file, tensor: "item_embedding.weight",
        "it has \(parameters.itemCount) rows, but \(printable(folder.name)) has"
          + " \(vocabulary.items.count) items that RecBole would number, [PAD] included; data and"
          + " settings (load_col and the like) must be those of the training")
    }
  }

  /// r_a [R K]: zeros for `[PAD]`, then the vectors of NAME.rel_feature; or those in the file of
  /// parameters, if it has them.
  private static func relationVectors(
    _ parameters: StateDict, _ vocabulary: RecBoleVocabulary, width: Int, _ folder: AtomicFolder
  ) throws -> Matrix {
    let count = vocabulary.relations.count
    if let own = parameters["relation_Matrix"] {
      guard own.shape == [count, width] else {
        throw CheckpointError(
          .contents, file: parameters.file, tensor: "relation_Matrix",
          "it is \(own.shape), but \(printable(folder.name)) has \(count) relations, [PAD] included,"
            + " and the vectors of KSR are \(width) wide")
      }
      return Matrix(rows: count, columns: width, values: own.values)
    }
    let path = folder.file("rel_feature")
    guard let vectors = vocabulary.relationVectors else {
      throw DataError(
        file: path, found: "no such file",
        expected: "the relation vectors that the model was trained with: the checkpoint does not"
          + " hold them, and other vectors give other scores")
    }
    guard vectors.width == width else {
      throw DataError(
        file: path, found: "vectors of \(vectors.width) numbers",
        expected: "\(width) as in the checkpoint")
    }
    var keys = Matrix(rows: count, columns: width)
    for slot in 1..<count {
      let token = vocabulary.relations[slot]
      guard let row = vectors.tokens.id(of: token) else {
        throw DataError(
          file: path, found: "\(vectors.tokens.count) rows, none of them for \(quoted(token))",
          expected: "one for each of the \(vocabulary.graph.relations.count) relations in"
            + " \(folder.name).kg")
      }
      keys.values.replaceSubrange(slot * width..<(slot + 1) * width, with: vectors[row])
    }
    return keys
  }

  /// What to call each item: its title, else its entity's name, else its token.
  private static func itemNames(
    _ vocabulary: RecBoleVocabulary, _ entities: DisplayNames, _ folder: AtomicFolder
  ) throws(DataError) -> [String] {
    let attributes = folder.has("item") ? try AttributeTable.items(of: folder) : nil
    return zip(vocabulary.items.tokens, vocabulary.entities).map { token, entity in
      if let title = attributes?.title(ofToken: token) { return title }
      return entity.flatMap { entities.name(of: $0) } ?? token
    }
  }
}
