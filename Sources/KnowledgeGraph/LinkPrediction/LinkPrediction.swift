import AtomicFiles
import CKernels

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
    let squares = AlignedFloats(entityCount)
    if norm == 2 { ksr_row_squares(entityCount, rows.stride, rows.start, squares.start) }
    let result = Aligned<Double>(triples.count)
    parallel(blocks, threads: threads) { index in
      let range = index * block..<min((index + 1) * block, triples.count)
      let values = distances(range, rows, squares, asksForHead)
      for place in range {
        result.start[place] = rank(
          values.start + (place - range.lowerBound) * entityCount, of: place, asksForHead)
      }
    }
    return Array(UnsafeBufferPointer(start: result.start, count: triples.count))
  }

  /// Distances [questions, entities]; of Euclidean ones what keeps their order, |x|² / 2 − q·x.
  private func distances(
    _ range: Range<Int>, _ rows: Rows, _ squares: AlignedFloats, _ asksForHead: Bool
  ) -> AlignedFloats {
    let (count, stride) = (range.count, rows.stride)
    let known = Array(asksForHead ? triples.tail[range] : triples.head[range])
    let by = triples.relation[range].map { $0 + Int32(entityCount) }
    let sign = [Float](repeating: asksForHead ? -1 : 1, count: count)
    let questions = AlignedFloats(count * stride)
    ksr_translate_rows(count, stride, rows.start, known, by, sign, questions.start)
    let values = AlignedFloats(count * entityCount)
    if norm == 1 {
      ksr_distances_l1(count, entityCount, stride, questions.start, rows.start, values.start)
      return values
    }
    for index in 0..<count * stride { questions.start[index] *= -1 }
    for row in 0..<count {
      for entity in 0..<entityCount {
        values.start[row * entityCount + entity] = squares.start[entity] / 2
      }
    }
    ksr_sgemm(
      false, true, count, entityCount, stride, questions.start, stride, rows.start, stride, 1,
      values.start, entityCount)
    return values
  }

  /// The filtered rank of a triple's answer, from 1.
  private func rank(
    _ distances: UnsafePointer<Float>, of place: Int, _ asksForHead: Bool
  ) -> Double {
    let answer = asksForHead ? triples.head[place] : triples.tail[place]
    let own = distances[Int(answer)]
    var (farther, equal) = (0, 0)
    ksr_count_above(entityCount, distances, own, &farther, &equal)
    var nearer = entityCount - farther - equal
    let others = known.range(
      asksForHead ? triples.tail[place] : triples.head[place], triples.relation[place],
      asksForHead: asksForHead)
    for other in known.answers[others] where other != answer {
      let distance = distances[Int(other)]
      if distance < own { nearer -= 1 } else if distance == own { equal -= 1 }
    }
    // `equal` counts the answer itself.
    return Double(nearer) + Double(equal + 1) / 2
  }
}
