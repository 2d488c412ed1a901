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

  /// What was odd but could be read, a sentence each.
  package private(set) var warnings: [DataError] = []

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

extension Triples {
  /// Reads triples from a file of any name: an atomic file like NAME.kg, or a table as link-prediction
  /// benchmarks come: head, relation and tail on each line, separated by tabs, the first of which may
  /// name the columns.
  public static func read(
    file path: String, form: AtomicForm = AtomicForm()
  ) throws(DataError) -> Triples {
    let file = try MappedFile(path)
    if firstLine(file.bytes).contains(":token") { return try read(atomicFile: path, form: form) }
    return try readPlain(file.bytes, path)
  }

  private static func firstLine(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes.prefix(1000).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func readPlain(
    _ bytes: UnsafeBufferPointer<UInt8>, _ path: String
  ) throws(DataError) -> Triples {
    var triples = Triples(
      entities: Vocabulary(), relations: Vocabulary(), head: [], relation: [], tail: [])
    var (line, start) = (0, 0)
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != newline { end += 1 }
      line += 1
      var last = end
      if last > start, bytes[last - 1] == carriageReturn { last -= 1 }
      if last > start { try triples.append(bytes, start..<last, path, line) }
      start = end + 1
    }
    return triples.withoutHeader(path)
  }

  /// What people call the three columns.
  private static let headings: [Set<String>] = [
    [
      "head", "h", "head_id", "head_entity", "subject", "subject_id", "subj", "s", "source",
      "source_id", "src", "from", "start", "entity1", "node1", "x",
    ],
    [
      "relation", "r", "rel", "relation_id", "relation_type", "rel_type", "predicate", "pred", "p",
      "property", "edge", "edge_type", "type", "label",
    ],
    [
      "tail", "t", "tail_id", "tail_entity", "object", "object_id", "obj", "o", "target",
      "target_id", "dst", "destination", "to", "end", "entity2", "node2", "y",
    ],
  ]

  /// The triples without the first where that names the columns; where it only may, a warning says so.
  private func withoutHeader(_ path: String) -> Triples {
    guard count > 1, relation.dropFirst().allSatisfy({ $0 != relation[0] }) else { return self }
    let words = [
      entities[Int(head[0])], relations[Int(relation[0])], entities[Int(tail[0])],
    ]
    func isAlone(_ id: Int32) -> Bool {
      !head.dropFirst().contains(id) && !tail.dropFirst().contains(id)
    }
    let isHeader = zip(words, Self.headings).allSatisfy { $1.contains($0.lowercased()) }
    let text = words.joined(separator: " ")
    guard isHeader else {
      guard isAlone(head[0]), isAlone(tail[0]), count > 2,
        words.allSatisfy({ $0.allSatisfy { $0.isLetter || "_- ".contains($0) } })
      else { return self }
      var result = self
      result.warnings = [
        DataError(
          file: path, line: 1, found: "\(quoted(text)), of which no word comes again",
          expected: "a fact, which it counts as; a header would be head, relation, tail")
      ]
      return result
    }
    var result = Triples(
      entities: Vocabulary(), relations: Vocabulary(), head: [], relation: [], tail: [])
    for row in 1..<count {
      result.head.append(Int32(result.entities.intern(entities[Int(head[row])])))
      result.relation.append(Int32(result.relations.intern(relations[Int(relation[row])])))
      result.tail.append(Int32(result.entities.intern(entities[Int(tail[row])])))
    }
    result.warnings = [
      DataError(file: path, line: 1, found: "\(quoted(text)) names the columns and is no fact")
    ]
    return result
  }

  private mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ path: String, _ line: Int
  ) throws(DataError) {
    let fields = bytes[range].split(separator: tab, omittingEmptySubsequences: false)
    guard fields.count == 3 else {
      throw DataError(
        file: path, line: line, found: "\(fields.count) fields",
        expected: "head, relation and tail, separated by tabs")
    }
    func id(_ field: Slice<UnsafeBufferPointer<UInt8>>, _ name: String, in known: inout Vocabulary)
      throws(DataError) -> Int32
    {
      let token = UnsafeBufferPointer(rebasing: field)
      guard !token.isEmpty, String(validating: token, as: UTF8.self) != nil else {
        throw DataError(
          file: path, line: line, field: name,
          found: token.isEmpty ? "nothing" : "bytes that are not UTF-8", expected: "a token")
      }
      return Int32(known.intern(token, hash: Vocabulary.hash(token)))
    }
    head.append(try id(fields[0], "head", in: &entities))
    relation.append(try id(fields[1], "relation", in: &relations))
    tail.append(try id(fields[2], "tail", in: &entities))
  }
}

/// Which entity of the knowledge graph an item is.
///
/// Where an item is linked twice, the last link holds, as in RecBole, and a warning tells.
package struct Links: Sendable {
  /// The linked items in the order of their first appearance.
  package let items: Vocabulary
  /// The entities that the file names, in the order of their first appearance.
  package let entities: Vocabulary
  /// For each item of `items` its place in `entities`.
  package let entity: [Int32]
  /// Links that a later one of the same item replaced.
  package let duplicates: Int
  /// What was odd but could be read, a sentence each.
  package let warnings: [DataError]

  package func entity(ofItem token: String) -> String? {
    items.id(of: token).map { entities[Int(entity[$0])] }
  }

  /// Reads `item_id:token` and `entity_id:token` of NAME.link.
  package static func read(_ folder: AtomicFolder) throws(DataError) -> Links {
    let form = folder.form
    let table = try AtomicTable.read(
      folder.file("link"), form: form,
      columns: [.init(form.item, .tokens), .init(form.entity, .tokens)])
    let items = try table.tokens(form.item)
    let entities = try table.tokens(form.entity)
    let last = table.rows(of: items, form.item, keeping: .last)
    return Links(
      items: items.vocabulary, entities: entities.vocabulary,
      entity: last.rows.map { entities.ids[$0] }, duplicates: items.ids.count - last.rows.count,
      warnings: last.warnings)
  }
}
