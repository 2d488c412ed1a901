import AtomicFiles

/// The facts of a knowledge graph, found by head and relation.
///
/// Triples that the file repeats count once; tails come in the order of their identifiers.
package struct GraphIndex: Sendable {
  package let entities: Vocabulary
  package let relations: Vocabulary
  /// Where the facts of each head start; one more entry than entities.
  private let starts: [Int]
  /// The relation of each fact; ascending for each head.
  private let relation: [Int32]
  /// The tail of each fact; ascending for each head and relation.
  private let tail: [Int32]

  /// An index of the triples.
  ///
  /// - Complexity: O(n log m) for n triples, at most m of them with one head.
  package init(_ triples: Triples) {
    entities = triples.entities
    relations = triples.relations
    var ends = [Int](repeating: 0, count: triples.entities.count + 1)
    for head in triples.head { ends[Int(head) + 1] += 1 }
    for entity in 0..<triples.entities.count { ends[entity + 1] += ends[entity] }
    var next = ends
    var facts = [UInt64](repeating: 0, count: triples.count)
    for index in 0..<triples.count {
      let head = Int(triples.head[index])
      facts[next[head]] =
        UInt64(UInt32(bitPattern: triples.relation[index])) << 32
        | UInt64(UInt32(bitPattern: triples.tail[index]))
      next[head] += 1
    }
    var starts = [0]
    starts.reserveCapacity(ends.count)
    var relation: [Int32] = []
    var tail: [Int32] = []
    for entity in 0..<triples.entities.count {
      facts[ends[entity]..<ends[entity + 1]].sort()
      var previous: UInt64?
      for fact in facts[ends[entity]..<ends[entity + 1]] where fact != previous {
        relation.append(Int32(truncatingIfNeeded: fact >> 32))
        tail.append(Int32(truncatingIfNeeded: fact))
        previous = fact
      }
      starts.append(tail.count)
    }
    self.starts = starts
    self.relation = relation
    self.tail = tail
  }

  package var count: Int { tail.count }

  /// The tails that an entity has under a relation, ascending.
  ///
  /// - Complexity: O(log m) for m facts of the entity.
  package func tails(of entity: Int, under relation: Int) -> ArraySlice<Int32> {
    let facts = starts[entity]..<starts[entity + 1]
    let first = firstFact(in: facts, from: relation)
    let end = firstFact(in: first..<facts.upperBound, from: relation + 1)
    return tail[first..<end]
  }

  package func contains(head: Int, relation: Int, tail: Int) -> Bool {
    let tails = tails(of: head, under: relation)
    var low = tails.startIndex
    var high = tails.endIndex
    while low < high {
      let middle = (low + high) / 2
      if Int(tails[middle]) < tail { low = middle + 1 } else { high = middle }
    }
    return low < tails.endIndex && Int(tails[low]) == tail
  }

  /// The relations that say something about linked items: at least half of their facts have a
  /// linked entity as head.
  ///
  /// Inverse relations (from director to film) are not among them, nor are relations between
  /// attributes; for those, head + relation is meaningless.
  package func relations(headedBy links: Links) -> [Int] {
    var linked = [Bool](repeating: false, count: entities.count)
    for entity in Set(links.entity) {
      if let id = entities.id(of: links.entities[Int(entity)]) { linked[id] = true }
    }
    var facts = [Int](repeating: 0, count: relations.count)
    var ofItems = facts
    for head in 0..<entities.count {
      for fact in starts[head]..<starts[head + 1] {
        facts[Int(relation[fact])] += 1
        if linked[head] { ofItems[Int(relation[fact])] += 1 }
      }
    }
    return facts.indices.filter { facts[$0] > 0 && ofItems[$0] * 2 >= facts[$0] }
  }

  private func firstFact(in facts: Range<Int>, from wanted: Int) -> Int {
    var low = facts.lowerBound
    var high = facts.upperBound
    while low < high {
      let middle = (low + high) / 2
      if Int(relation[middle]) < wanted { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
