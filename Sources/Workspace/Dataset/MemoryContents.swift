import AtomicFiles
import KSRModel
import KSRNumerics
import KnowledgeGraph

/// Which relations of the graph are keys of the memory (`memory_relations`).
package enum MemoryRelations: Sendable, Equatable {
  /// Those whose heads are linked items.
  case item
  /// All, inverse ones included, as RecBole does.
  case all
  case list([String])
}

/// How long the relation vectors become (`relation_scale`).
package enum RelationScale: Sendable, Equatable {
  /// Each is multiplied with this number.
  case factor(Float)
  /// All are multiplied with the one number that makes their mean length this.
  case meanLength(Float)
}

/// The memory as a network needs it: keys, entity vectors of the items, and the facts behind them.
package struct MemoryContents: Sendable {
  /// Relation tokens by slot.
  package let relations: Vocabulary
  /// What to call each relation, by slot.
  package let relationNames: [String]
  /// r_a [R K].
  package let relationVectors: Matrix
  /// e_i [N K]; zeros where an item's entity has no vector, as in RecBole.
  package let entityVectors: Matrix
  package let itemsWithoutVector: Int
  package let tails: KnownTails

  /// Chooses the relations and gathers their vectors and facts.
  ///
  /// - Parameters:
  ///   - scale: how long the relation vectors become (`relation_scale`).
  ///   - padRelation: whether slot 0 is RecBole's `[PAD]`, a zero key.
  package init(
    _ data: Dataset, choosing choice: MemoryRelations, entities: FeatureVectors,
    relations vectors: FeatureVectors, scale: RelationScale = .factor(1),
    padRelation: Bool = false
  ) throws(DataError) {
    guard entities.width == vectors.width else {
      throw DataError(
        file: data.folder.file("rel_feature"), found: "vectors of \(vectors.width) numbers",
        expected: "\(entities.width) as in \(data.folder.name).ent_feature")
    }
    let slots = try Self.choose(choice, data)
    if padRelation, slots.contains(where: { data.graph.relations[$0] == "[PAD]" }) {
      throw DataError(
        file: data.folder.file("kg"), field: "relation_id", found: "a relation called [PAD]",
        expected: "another name, since [PAD] is the first slot of a memory with pad_relation")
    }
    let pad = padRelation ? 1 : 0
    let width = vectors.width
    relations = Vocabulary((padRelation ? ["[PAD]"] : []) + slots.map { data.graph.relations[$0] })
    relationNames = relations.tokens.map { data.relationNames.name(of: $0) ?? $0 }
    var keys = Matrix(rows: slots.count + pad, columns: width)
    for (slot, relation) in slots.enumerated() {
      let token = data.graph.relations[relation]
      if vectors.tokens.id(of: token) == nil, data.settings.reversesRelations,
        token.hasSuffix(reverseSuffix),
        let row = vectors.tokens.id(of: String(token.dropLast(reverseSuffix.count)))
      {
        // Where h + r ≈ t, t − r ≈ h.
        for (k, value) in vectors[row].enumerated() { keys[slot + pad, k] = -value }
        continue
      }
      guard let row = vectors.tokens.id(of: token) else {
        throw DataError(
          file: data.folder.file("rel_feature"),
          found: "no vector of relation \(quoted(token))",
          expected: "one for every relation of the memory; 'ksr embed' makes them")
      }
      for (k, value) in vectors[row].enumerated() { keys[slot + pad, k] = value }
    }
    let factor = Self.factor(scale, lengths: (pad..<keys.rows).map { length(keys.row($0)) })
    for i in keys.values.indices { keys.values[i] *= factor }
    relationVectors = keys

    var table = Matrix(rows: data.items.count, columns: width)
    var missing = 0
    for item in 1..<data.items.count {
      let token = data.graph.entities[Int(data.entityOfItem[item])]
      guard let row = entities.tokens.id(of: token) else {
        missing += 1
        continue
      }
      table.values.replaceSubrange(item * width..<(item + 1) * width, with: entities[row])
    }
    entityVectors = table
    itemsWithoutVector = missing
    tails = KnownTails(
      of: data.entityOfItem.map { $0 < 0 ? nil : Int($0) },
      under: Array(repeating: nil, count: pad) + slots, in: data.graph, names: data.entityNames,
      vectors: entities)
  }

  private static func factor(_ scale: RelationScale, lengths: [Float]) -> Float {
    switch scale {
    case .factor(let factor): return factor
    case .meanLength(let wanted):
      let mean = lengths.reduce(0, +) / Float(max(1, lengths.count))
      return mean > 0 ? wanted / mean : 1
    }
  }

  private static func choose(
    _ choice: MemoryRelations, _ data: Dataset
  ) throws(DataError) -> [Int] {
    switch choice {
    case .all: return Array(0..<data.graph.relations.count)
    case .item:
      let slots = data.graph.relations(headedBy: data.links)
      guard !slots.isEmpty else {
        throw DataError(
          file: data.folder.file("kg"), found: "no relation whose heads are linked items",
          expected: "one at least; 'memory_relations: all' takes every relation")
      }
      return slots
    case .list(let tokens):
      var slots: [Int] = []
      for token in tokens {
        guard let relation = data.graph.relations.id(of: token) else {
          throw DataError(
            file: data.folder.file("kg"), field: "memory_relations",
            found: "no relation \(quoted(token))",
            expected: "some of "
              + data.graph.relations.tokens.map { quoted($0) }
              .joined(separator: ", "))
        }
        if !slots.contains(relation) { slots.append(relation) }
      }
      guard !slots.isEmpty else {
        throw DataError(
          file: data.folder.file("kg"), field: "memory_relations", found: "an empty list",
          expected: "one relation at least, 'item' or 'all'")
      }
      return slots
    }
  }
}

/// The Euclidean length of a vector.
private func length(_ vector: ArraySlice<Float>) -> Float {
  vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

extension KnownTails {
  /// What the graph knows about items.
  ///
  /// - Parameters:
  ///   - entities: the graph's identifier of each item's entity; nil where it has none.
  ///   - slots: the graph's identifier of each slot's relation; nil where it has none, as `[PAD]`.
  ///   - vectors: entity vectors; those of the tails are kept, if there are any.
  init(
    of entities: [Int?], under slots: [Int?], in graph: GraphIndex, names: DisplayNames,
    vectors: FeatureVectors?
  ) {
    var tokens = Vocabulary()
    var offsets: [Int32] = [0]
    var facts: [Int32] = []
    for entity in entities {
      for relation in slots {
        if let entity, let relation {
          for tail in graph.tails(of: entity, under: relation) {
            facts.append(Int32(tokens.intern(graph.entities[Int(tail)])))
          }
        }
        offsets.append(Int32(facts.count))
      }
    }
    self.init(
      tokens: tokens, names: tokens.tokens.map { names.name(of: $0) ?? $0 },
      vectors: vectors.flatMap { Self.rows(of: tokens, in: $0) }, relationCount: slots.count,
      offsets: offsets, facts: facts)
  }

  /// The vectors of the tokens, zeros for those that have none; nil if none has.
  private static func rows(of tokens: Vocabulary, in vectors: FeatureVectors) -> Matrix? {
    var result = Matrix(rows: tokens.count, columns: vectors.width)
    var found = false
    for token in 0..<tokens.count {
      guard let row = vectors.tokens.id(of: tokens[token]) else { continue }
      found = true
      result.values.replaceSubrange(
        token * vectors.width..<(token + 1) * vectors.width, with: vectors[row])
    }
    return found ? result : nil
  }
}
