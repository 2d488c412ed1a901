import AtomicFiles

/// Triples by identifiers of vocabularies kept elsewhere.
public struct TripleColumns: Sendable, Equatable {
  /// The head of each triple.
  package var head: [Int32] = []
  /// The relation of each triple.
  package var relation: [Int32] = []
  /// The tail of each triple.
  package var tail: [Int32] = []

  package init() {}

  /// The columns of triples that have their vocabularies with them.
  package init(_ triples: Triples) {
    (head, relation, tail) = (triples.head, triples.relation, triples.tail)
  }

  package var count: Int { head.count }

  mutating func append(_ head: Int32, _ relation: Int32, _ tail: Int32) {
    self.head.append(head)
    self.relation.append(relation)
    self.tail.append(tail)
  }

  func at(_ places: some Sequence<Int>) -> TripleColumns {
    var result = TripleColumns()
    for place in places { result.append(head[place], relation[place], tail[place]) }
    return result
  }
}
