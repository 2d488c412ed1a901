import AtomicFiles
import KSRNumerics

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
