import AtomicFiles
import Randomness

/// Triples to learn from, to stop by and to measure with, under common vocabularies.
public struct LinkPredictionData: Sendable {
  /// All entities of the three lists.
  public var entities: Vocabulary
  /// All relations of the three lists.
  public var relations: Vocabulary
  /// What is learned from.
  package var train: TripleColumns
  /// What says when to stop; may be empty.
  public var validation = TripleColumns()
  /// What is measured in the end; may be empty.
  package var test = TripleColumns()

  /// Triples that are all learned from.
  public init(_ triples: Triples) {
    entities = triples.entities
    relations = triples.relations
    train = TripleColumns(triples)
  }

  /// Triples of three files; what only the later ones name has a vector, though nothing taught it.
  package init(train: Triples, validation: Triples?, test: Triples?) {
    self.init(train)
    if let validation { self.validation = add(validation) }
    if let test { self.test = add(test) }
  }

  private mutating func add(_ triples: Triples) -> TripleColumns {
    let entity = triples.entities.tokens.map { Int32(entities.intern($0)) }
    let relation = triples.relations.tokens.map { Int32(relations.intern($0)) }
    var columns = TripleColumns()
    columns.head = triples.head.map { entity[Int($0)] }
    columns.relation = triples.relation.map { relation[Int($0)] }
    columns.tail = triples.tail.map { entity[Int($0)] }
    return columns
  }

  /// Moves a part of the training triples to the validation, chosen by the seed.
  ///
  /// Only triples whose entities and relation are still taught by others are moved.
  package mutating func holdOut(share: Double, seed: UInt64) {
    let wanted = Int((Double(train.count) * share).rounded())
    guard wanted > 0 else { return }
    var uses = [Int](repeating: 0, count: entities.count)
    var relationUses = [Int](repeating: 0, count: relations.count)
    for place in 0..<train.count {
      uses[Int(train.head[place])] += 1
      uses[Int(train.tail[place])] += 1
      relationUses[Int(train.relation[place])] += 1
    }
    var generator = SeededGenerator(seed: seed, stream: 0x7A11)
    var order = Array(0..<train.count)
    generator.shuffle(&order)
    var isHeldOut = [Bool](repeating: false, count: train.count)
    var left = wanted
    for place in order where left > 0 {
      let (head, tail) = (Int(train.head[place]), Int(train.tail[place]))
      let relation = Int(train.relation[place])
      let least = head == tail ? 3 : 2
      guard uses[head] >= least, uses[tail] >= least, relationUses[relation] >= 2 else { continue }
      uses[head] -= 1
      uses[tail] -= 1
      relationUses[relation] -= 1
      isHeldOut[place] = true
      left -= 1
    }
    validation = train.at(isHeldOut.indices.filter { isHeldOut[$0] })
    train = train.at(isHeldOut.indices.filter { !isHeldOut[$0] })
  }
}
