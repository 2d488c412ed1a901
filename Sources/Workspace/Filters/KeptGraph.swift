import AtomicFiles

/// The triples of a data folder that the settings leave, and the links into them.
package struct KeptGraph: Sendable {
  /// The triples; with `kg_reverse_r` each also the other way round, under `RELATION_r`.
  package let triples: Triples
  /// Item → entity, as NAME.link has it.
  package let links: Links
  /// What the filters took out, in their order.
  package let removals: [Removal]

  /// Reads NAME.kg and NAME.link and filters, in RecBole's order: values (`val_interval`), then
  /// entities and relations with too few or too many triples, again and again until none is left.
  ///
  /// An entity counts as often as it is head or tail.
  package init(
    _ folder: AtomicFolder, _ settings: DataSettings = DataSettings()
  ) throws(DataError) {
    var folder = folder
    folder.form = settings.form
    for (suffix, holds) in [
      ("kg", "the knowledge graph whose relations are the memory's keys"),
      ("link", "which item is which entity of the graph"),
    ] where !folder.has(suffix) {
      throw DataError(file: folder.file(suffix), found: "no such file", expected: holds)
    }
    var triples = try Triples.read(folder)
    var removals: [Removal] = []
    links = try Links.read(folder)
    let form = folder.form
    for (field, ids, words) in [
      (form.head, triples.head, triples.entities),
      (form.relation, triples.relation, triples.relations),
      (form.tail, triples.tail, triples.entities),
    ] {
      guard let allowed = settings.allowed[field] else { continue }
      guard case .tokens(let tokens) = allowed else {
        throw DataError(
          file: folder.file("kg"), line: 1, field: field, found: "a column of type token",
          expected: "a list in val_interval, not intervals")
      }
      let kept = Set(tokens.compactMap { words.id(of: $0) })
      let rows = (0..<triples.count).filter { kept.contains(Int(ids[$0])) }
      removals.append(Removal("val_interval \(field)", triples.count - rows.count, "triples"))
      triples = triples.rows(rows)
    }
    let (rows, names) = Self.rows(of: triples, settings)
    if rows.count < triples.count {
      removals.append(Removal(names, triples.count - rows.count, "triples"))
      triples = triples.rows(rows)
    }
    guard triples.count > 0 || removals.isEmpty else {
      throw DataError(
        file: folder.file("kg"),
        found: "no triples left by the filters ("
          + removals.map(\.description).joined(separator: "; ") + ")",
        expected: "at least one triple")
    }
    self.triples = settings.reversesRelations ? try triples.withReverses(folder) : triples
    self.removals = removals.filter { $0.count > 0 }
  }

  private static func rows(of triples: Triples, _ settings: DataSettings) -> ([Int], String) {
    var rows = Array(0..<triples.count)
    let (ofEntity, ofRelation) = (settings.triplesOfEntity, settings.triplesOfRelation)
    guard ofEntity != nil || ofRelation != nil else { return (rows, "") }
    var entities = [Int](repeating: 0, count: triples.entities.count)
    var relations = [Int](repeating: 0, count: triples.relations.count)
    for row in rows {
      entities[Int(triples.head[row])] += 1
      entities[Int(triples.tail[row])] += 1
      relations[Int(triples.relation[row])] += 1
    }
    func banned(_ counts: [Int], _ intervals: Intervals?) -> [Bool] {
      counts.map { count in count > 0 && intervals.map { !$0.contains(Double(count)) } ?? false }
    }
    while true {
      let (badEntities, badRelations) = (banned(entities, ofEntity), banned(relations, ofRelation))
      guard badEntities.contains(true) || badRelations.contains(true) else { break }
      rows = rows.filter { row in
        let (head, tail) = (Int(triples.head[row]), Int(triples.tail[row]))
        let relation = Int(triples.relation[row])
        guard badEntities[head] || badEntities[tail] || badRelations[relation] else { return true }
        entities[head] -= 1
        entities[tail] -= 1
        relations[relation] -= 1
        return false
      }
    }
    let names = [
      ofEntity.map { "entity_kg_num_interval \($0.text)" },
      ofRelation.map { "relation_kg_num_interval \($0.text)" },
    ].compactMap { $0 }.joined(separator: ", ")
    return (rows, names)
  }
}

extension Triples {
  /// Some of the triples, with the words that occur in them numbered anew.
  fileprivate func rows(_ rows: [Int]) -> Triples {
    var entities = Vocabulary()
    var relations = Vocabulary()
    // As when the file is read: all heads first, then the other tails.
    let heads = rows.map { Int32(entities.intern(self.entities[Int(head[$0])])) }
    let names = rows.map { Int32(relations.intern(self.relations[Int(relation[$0])])) }
    let tails = rows.map { Int32(entities.intern(self.entities[Int(tail[$0])])) }
    return Triples(
      entities: entities, relations: relations, head: heads, relation: names, tail: tails)
  }

  /// The triples and after them their reverses; relation x becomes `x_r`, as in RecBole.
  fileprivate func withReverses(_ folder: AtomicFolder) throws(DataError) -> Triples {
    var relations = relations
    let count = self.relations.count
    for token in self.relations.tokens {
      guard relations.id(of: token + reverseSuffix) == nil else {
        throw DataError(
          file: folder.file("kg"), field: folder.form.relation,
          found: "a relation called \(quoted(token + reverseSuffix))",
          expected: "another name, since kg_reverse_r makes it the reverse of \(quoted(token))")
      }
      relations.intern(token + reverseSuffix)
    }
    return Triples(
      entities: entities, relations: relations, head: head + tail,
      relation: relation + relation.map { $0 + Int32(count) }, tail: tail + head)
  }
}

/// What RecBole puts behind the name of a relation to name its reverse.
let reverseSuffix = "_r"
