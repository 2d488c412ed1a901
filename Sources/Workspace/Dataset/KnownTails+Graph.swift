import AtomicFiles
import KSRModel
import KSRNumerics
import KnowledgeGraph

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
