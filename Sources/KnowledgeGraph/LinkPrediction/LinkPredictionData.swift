import AtomicFiles
import KSRNumerics
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

/// The training triples with what is needed to turn them into questions.
struct TrainingQuestions: Sendable {
  /// A triple, and where in ``answers`` all tails of its head and all heads of its tail stand.
  struct Triple: BitwiseCopyable {
    var head: Int32
    var relation: Int32
    var tail: Int32
    var tailsStart: Int32
    var tailsEnd: Int32
    var headsStart: Int32
    var headsEnd: Int32
    /// Makes two of them fill a cache line.
    private var filling: Int32 = 0

    init(_ triples: TripleColumns, _ place: Int, _ known: KnownAnswers) {
      (head, relation, tail) = (
        triples.head[place], triples.relation[place], triples.tail[place]
      )
      let tails = known.range(head, relation, asksForHead: false)
      let heads = known.range(tail, relation, asksForHead: true)
      (tailsStart, tailsEnd) = (Int32(tails.lowerBound), Int32(tails.upperBound))
      (headsStart, headsEnd) = (Int32(heads.lowerBound), Int32(heads.upperBound))
    }
  }

  let triples: AlignedBuffer<Triple>
  /// How often a relation's triples ask for the head.
  let headShare: AlignedBuffer<Float>
  /// The entities that the triples' ranges are about.
  let answers: AlignedBuffer<Int32>

  init(_ columns: TripleColumns, relationCount: Int, side: EmbeddingSettings.Side) {
    precondition(columns.count > 0 && columns.count < 1 << 30, "a graph of 1 to 2^30 triples")
    let known = KnownAnswers([columns], relationCount: relationCount)
    answers = AlignedBuffer(known.answers)
    triples = AlignedBuffer(columns.count, of: Triple(columns, 0, known))
    for place in 0..<columns.count { triples[place] = Triple(columns, place, known) }
    headShare = Self.headShare(triples, relationCount, side)
  }

  /// Tails per head over that plus heads per tail (Wang and others 2014), or one half.
  private static func headShare(
    _ triples: AlignedBuffer<Triple>, _ relationCount: Int, _ side: EmbeddingSettings.Side
  ) -> AlignedBuffer<Float> {
    let share = AlignedBuffer<Float>(relationCount, of: 0.5)
    guard side == .bernoulli else { return share }
    // Every question of n answers comes n times, so 1/n each counts the questions.
    var headCount = Array(repeating: Float(0), count: relationCount)
    var tailCount = headCount
    for place in 0..<triples.count {
      let triple = triples[place]
      headCount[Int(triple.relation)] += 1 / Float(triple.tailsEnd - triple.tailsStart)
      tailCount[Int(triple.relation)] += 1 / Float(triple.headsEnd - triple.headsStart)
    }
    for relation in 0..<relationCount where headCount[relation] > 0 {
      // Triples over heads against triples over tails; the number of triples cancels.
      share[relation] = tailCount[relation] / (headCount[relation] + tailCount[relation])
    }
    return share
  }
}
