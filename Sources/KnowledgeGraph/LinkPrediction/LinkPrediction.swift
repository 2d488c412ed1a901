import AtomicFiles
import CKernels
import KSRNumerics

/// Asks for the tail and for the head of triples, and ranks the true answer among all entities.
///
/// Filtered, as Bordes and others 2013 have it: other answers that any of the triples (training,
/// validation, test) makes true do not count. Entities at the same distance share the mean of their
/// ranks, so that a model that puts everything in one place gets no credit.
package struct LinkPrediction: Sendable {
  private let triples: TripleColumns
  private let known: KnownAnswers
  private let entityCount: Int
  private let relationCount: Int
  private let norm: Int

  /// Questions about some triples, filtered by all triples of the data.
  package init(_ data: LinkPredictionData, asking triples: TripleColumns, norm: Int) {
    self.triples = triples
    self.norm = norm
    entityCount = data.entities.count
    relationCount = data.relations.count
    known = KnownAnswers(
      [data.train, data.validation, data.test], relationCount: data.relations.count)
  }

  /// The ranks under vectors; their tokens must be the data's, in its order.
  package func ranks(_ vectors: TransE, threads: Int) -> LinkPredictionRanks {
    precondition(
      vectors.entities.tokens.count == entityCount
        && vectors.relations.tokens.count == relationCount,
      "the vectors must be those of the data")
    let rows = vectors.entities.values + vectors.relations.values
    return rows.withUnsafeBufferPointer { rows in
      guard let start = rows.baseAddress else { return LinkPredictionRanks(triples, [], []) }
      return ranks(start, stride: vectors.entities.width, threads: threads)
    }
  }

  /// The ranks under rows [entities + relations, stride].
  func ranks(
    _ rows: UnsafePointer<Float>, stride: Int, threads: Int
  ) -> LinkPredictionRanks {
    let tails = ranks(Rows(start: rows, stride: stride), asksForHead: false, threads)
    let heads = ranks(Rows(start: rows, stride: stride), asksForHead: true, threads)
    return LinkPredictionRanks(triples, heads, tails)
  }

  private struct Rows: @unchecked Sendable {
    let start: UnsafePointer<Float>
    let stride: Int
  }

  /// Distances held at a time by one thread, in floats.
  private static let blockFloats = 2_000_000

  private func ranks(_ rows: Rows, asksForHead: Bool, _ threads: Int) -> [Double] {
    let block = min(128, max(8, Self.blockFloats / entityCount))
    let blocks = (triples.count + block - 1) / block
    let squares = AlignedBuffer<Float>(entityCount)
    if norm == 2 { ksr_row_squares(entityCount, rows.stride, rows.start, squares.start) }
    let result = AlignedBuffer<Double>(triples.count)
    parallel(blocks, threads: threads) { index in
      let range = index * block..<min((index + 1) * block, triples.count)
      let values = scores(range, rows, squares, asksForHead)
      for place in range {
        result[place] = rank(
          values.part((place - range.lowerBound) * entityCount, count: entityCount), of: place,
          asksForHead)
      }
    }
    return Array(UnsafeBufferPointer(start: result.start, count: triples.count))
  }

  /// Scores [questions, entities]: minus the distance, of Euclidean ones what keeps their order,
  /// q·x − |x|² / 2.
  private func scores(
    _ range: Range<Int>, _ rows: Rows, _ squares: AlignedBuffer<Float>, _ asksForHead: Bool
  ) -> AlignedBuffer<Float> {
    let (count, stride) = (range.count, rows.stride)
    let known = Array(asksForHead ? triples.tail[range] : triples.head[range])
    let by = triples.relation[range].map { $0 + Int32(entityCount) }
    let sign = [Float](repeating: asksForHead ? -1 : 1, count: count)
    let questions = AlignedBuffer<Float>(count * stride)
    ksr_translate_rows(count, stride, rows.start, known, by, sign, questions.start)
    let values = AlignedBuffer<Float>(count * entityCount)
    if norm == 1 {
      ksr_distances_l1(count, entityCount, stride, questions.start, rows.start, values.start)
      for index in 0..<values.count { values[index] *= -1 }
      return values
    }
    let table = MutableMatrixView(values.start, rows: count, columns: entityCount)
    for row in 0..<count {
      for entity in 0..<entityCount { table[row, entity] = squares[entity] / -2 }
    }
    multiply(
      MutableMatrixView(questions.start, rows: count, columns: stride).view,
      MatrixView(rows.start, rows: entityCount, columns: stride).transposed, into: table,
      adding: true)
    return values
  }

  /// The filtered rank of a triple's answer, from 1.
  private func rank(
    _ scores: UnsafePointer<Float>, of place: Int, _ asksForHead: Bool
  ) -> Double {
    let answer = asksForHead ? triples.head[place] : triples.tail[place]
    let own = scores[Int(answer)]
    var standing = Standing(
      of: own, among: UnsafeBufferPointer(start: scores, count: entityCount))
    let others = known.range(
      asksForHead ? triples.tail[place] : triples.head[place], triples.relation[place],
      asksForHead: asksForHead)
    for other in known.answers[others] where other != answer {
      standing.count(scores[Int(other)], against: own, -1)
    }
    return standing.rank
  }
}

/// How well answers were ranked.
public struct LinkPredictionScores: Sendable, Equatable, Encodable {
  package var questions: Int
  /// The mean of 1 / rank.
  package var mrr: Double
  package var meanRank: Double
  /// The share of ranks up to 1.
  package var hits1: Double
  /// The share of ranks up to 3.
  package var hits3: Double
  /// The share of ranks up to 10.
  package var hits10: Double

  /// The scores of some ranks; zeros if there are none.
  package init(ranks: some Collection<Double>) {
    questions = ranks.count
    let count = Double(max(1, ranks.count))
    mrr = ranks.reduce(0) { $0 + 1 / $1 } / count
    meanRank = ranks.reduce(0, +) / count
    hits1 = Double(ranks.count { $0 <= 1 }) / count
    hits3 = Double(ranks.count { $0 <= 3 }) / count
    hits10 = Double(ranks.count { $0 <= 10 }) / count
  }

  enum CodingKeys: String, CodingKey {
    case questions, mrr, hits1, hits3, hits10
    case meanRank = "mean_rank"
  }
}

/// The ranks of the true heads and tails of some triples.
package struct LinkPredictionRanks: Sendable {
  /// The relation of each triple.
  package let relation: [Int32]
  /// The rank of each triple's head.
  package let heads: [Double]
  /// The rank of each triple's tail.
  package let tails: [Double]

  init(_ triples: TripleColumns, _ heads: [Double], _ tails: [Double]) {
    relation = triples.relation
    self.heads = heads
    self.tails = tails
  }

  package var scores: LinkPredictionScores { LinkPredictionScores(ranks: heads + tails) }

  /// The relations asked about, each with its scores over heads and tails, those with the most
  /// questions first.
  package var byRelation: [(relation: Int, scores: LinkPredictionScores)] {
    var ranks: [Int32: [Double]] = [:]
    for (place, relation) in relation.enumerated() {
      ranks[relation, default: []] += [heads[place], tails[place]]
    }
    return ranks.map { (Int($0.key), LinkPredictionScores(ranks: $0.value)) }
      .sorted { ($1.scores.questions, $0.relation) < ($0.scores.questions, $1.relation) }
  }
}
