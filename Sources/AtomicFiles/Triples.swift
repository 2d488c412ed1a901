/// The facts of a knowledge graph: head, relation, tail.
public struct Triples: Sendable, Equatable {
  /// The entities: heads in the order of their first appearance, then the other tails.
  public var entities: Vocabulary
  /// The relations in the order of their first appearance.
  public var relations: Vocabulary
  /// The head of each triple.
  public var head: [Int32]
  /// The relation of each triple.
  public var relation: [Int32]
  /// The tail of each triple.
  public var tail: [Int32]

  /// The number of triples.
  public var count: Int { head.count }

  /// Triples that are already in memory; all columns must be of one length.
  public init(
    entities: Vocabulary, relations: Vocabulary, head: [Int32], relation: [Int32], tail: [Int32]
  ) {
    self.entities = entities
    self.relations = relations
    self.head = head
    self.relation = relation
    self.tail = tail
  }

  /// Reads `head_id:token`, `relation_id:token` and `tail_id:token` of NAME.kg.
  public static func read(_ folder: AtomicFolder) throws(DataError) -> Triples {
    try read(atomicFile: folder.file("kg"), form: folder.form)
  }

  /// Reads the same columns of a file of any name.
  static func read(
    atomicFile path: String, form: AtomicForm = AtomicForm()
  ) throws(DataError) -> Triples {
    let table = try AtomicTable.read(
      path, form: form,
      columns: [
        .init(form.head, .tokens), .init(form.relation, .tokens), .init(form.tail, .tokens),
      ])
    let heads = try table.tokens(form.head)
    let relations = try table.tokens(form.relation)
    let tails = try table.tokens(form.tail)
    // RecBole numbers the two columns as if one stood below the other.
    var entities = heads.vocabulary
    let places = tails.vocabulary.tokens.map { Int32(entities.intern($0)) }
    return Triples(
      entities: entities, relations: relations.vocabulary, head: heads.ids,
      relation: relations.ids, tail: tails.ids.map { places[Int($0)] })
  }
}
