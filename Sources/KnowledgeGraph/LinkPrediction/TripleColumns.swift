import AtomicFiles

/// Triples by identifiers of vocabularies kept elsewhere.
public struct TripleColumns: Sendable, Equatable {
  /// The head of each triple.
  public var head: [Int32] = []
  /// The relation of each triple.
  public var relation: [Int32] = []
  /// The tail of each triple.
  public var tail: [Int32] = []

  /// No triples.
  public init() {}

  /// The columns of triples that have their vocabularies with them.
  public init(_ triples: Triples) {
    (head, relation, tail) = (triples.head, triples.relation, triples.tail)
  }

  /// The number of triples.
  public var count: Int { head.count }

  /// Adds a triple.
  mutating func append(_ head: Int32, _ relation: Int32, _ tail: Int32) {
    self.head.append(head)
    self.relation.append(relation)
    self.tail.append(tail)
  }

  /// The triples at some places.
  func at(_ places: some Sequence<Int>) -> TripleColumns {
    var result = TripleColumns()
    for place in places { result.append(head[place], relation[place], tail[place]) }
    return result
  }
}
