import CKernels
import Randomness

/// Triples that share their negatives: their loss, and the gradients of all rows they touch.
///
/// Every triple asks for its head or its tail. Its question is a point q (head + relation, or tail −
/// relation), its answer a row y, and the shared negatives are rows x. Distances of all questions to
/// all negatives are one matrix product (Euclidean) or one blocked kernel (sums of differences).
final class EmbeddingChunk: @unchecked Sendable {
  /// Which rows get which gradients, and the loss; see ``EmbeddingShares``.
  let shares: EmbeddingShares
  /// Gradients [2 · triples + negatives, stride]: of the questions, the answers, the negatives.
  let gradients: AlignedFloats
  /// The loss of the triples, summed.
  private(set) var loss = 0.0

  private let settings: EmbeddingSettings
  private let entityCount: Int
  private let stride: Int
  private let negativeCount: Int
  private let points: AlignedFloats
  private let squares: AlignedFloats
  private let distances: AlignedFloats
  private let weights: AlignedFloats
  private let perRow: AlignedFloats
  /// The row of each question, of its relation (added `sign` times) and of its answer.
  let from: AlignedIntegers
  let by: AlignedIntegers
  let answer: AlignedIntegers
  let sign: AlignedFloats
  /// The rows that all questions are compared with.
  let negatives: AlignedIntegers
  /// The place of each entity among the negatives, or −1.
  private let place: AlignedIntegers
  /// The places of the known answers to each question.
  private let knownStart: AlignedIntegers
  private let knownEnd: AlignedIntegers

  init(_ settings: EmbeddingSettings, entityCount: Int) {
    self.settings = settings
    self.entityCount = entityCount
    stride = settings.stride
    negativeCount = min(settings.negatives, entityCount)
    let rows = settings.chunkSize
    shares = EmbeddingShares(capacity: 3 * rows + negativeCount)
    gradients = AlignedFloats((2 * rows + negativeCount) * stride)
    points = AlignedFloats((2 * rows + negativeCount) * stride)
    squares = AlignedFloats(rows + negativeCount)
    distances = AlignedFloats(rows * negativeCount)
    weights = AlignedFloats(rows * negativeCount)
    perRow = AlignedFloats(3 * rows + negativeCount)
    from = AlignedIntegers(rows)
    by = AlignedIntegers(rows)
    answer = AlignedIntegers(rows)
    sign = AlignedFloats(rows)
    negatives = AlignedIntegers(negativeCount)
    place = AlignedIntegers(entityCount)
    knownStart = AlignedIntegers(rows)
    knownEnd = AlignedIntegers(rows)
    for entity in 0..<entityCount { place.start[entity] = -1 }
  }

  /// Computes loss and gradients at the present rows.
  ///
  /// - Parameter scale: what the gradient is multiplied with.
  func run(
    _ triples: ArraySlice<Int32>, of questions: TrainingQuestions, table: UnsafePointer<Float>,
    scale: Float, _ generator: inout SeededGenerator
  ) {
    let (b, n) = (triples.count, negativeCount)
    ask(triples, questions, &generator)
    drawNegatives(&generator)
    let q = points.start
    let y = q + b * stride
    let x = y + b * stride
    let dq = gradients.start
    let dy = dq + b * stride
    let dx = dy + b * stride
    let p = perRow.start
    let dp = p + b
    let rowSum = dp + b
    let columnSum = rowSum + b
    let isL1 = settings.norm == 1
    ksr_translate_rows(b, stride, table, from.start, by.start, sign.start, q)
    ksr_gather_rows(b, stride, table, answer.start, y)
    ksr_gather_rows(n, stride, table, negatives.start, x)
    ksr_pair_distances(b, stride, isL1, q, y, p)
    if isL1 {
      ksr_distances_l1(b, n, stride, q, x, distances.start)
    } else {
      ksr_row_squares(b, stride, q, squares.start)
      ksr_row_squares(n, stride, x, squares.start + b)
      ksr_sgemm(false, true, b, n, stride, q, stride, x, stride, 0, distances.start, n)
      ksr_distances_l2(b, n, squares.start, squares.start + b, distances.start)
    }
    mask(b, questions)
    loss = ksr_ranking_loss(
      b, n, settings.kernelLoss(scale: scale), p, distances.start, weights.start, dp)
    if isL1 {
      dq.update(repeating: 0, count: b * stride)
      dx.update(repeating: 0, count: n * stride)
      ksr_gradient_l1(b, n, stride, q, x, weights.start, dq, dx)
    } else {
      ksr_gradient_l2(b, n, distances.start, weights.start, rowSum, columnSum)
      ksr_sgemm(false, false, b, stride, n, weights.start, n, x, stride, 0, dq, stride)
      ksr_scaled_minus(b, stride, rowSum, q, dq)
      ksr_sgemm(true, false, n, stride, b, weights.start, n, q, stride, 0, dx, stride)
      ksr_scaled_minus(n, stride, columnSum, x, dx)
    }
    ksr_pair_gradient(b, stride, isL1, q, y, p, dp, dq, dy)
    forgetNegatives()
    share(b)
  }

  /// Chooses which side each triple asks for.
  private func ask(
    _ triples: ArraySlice<Int32>, _ questions: TrainingQuestions,
    _ generator: inout SeededGenerator
  ) {
    let (all, headShare) = (questions.triples.start, questions.headShare.start)
    let (from, by, answer, sign) = (from.start, by.start, answer.start, sign.start)
    let (knownStart, knownEnd) = (knownStart.start, knownEnd.start)
    for (row, number) in triples.enumerated() {
      let triple = all[Int(number)]
      let asksForHead = generator.uniform(0, 1) < headShare[Int(triple.relation)]
      from[row] = asksForHead ? triple.tail : triple.head
      answer[row] = asksForHead ? triple.head : triple.tail
      by[row] = Int32(truncatingIfNeeded: entityCount) &+ triple.relation
      sign[row] = asksForHead ? -1 : 1
      knownStart[row] = asksForHead ? triple.headsStart : triple.tailsStart
      knownEnd[row] = asksForHead ? triple.headsEnd : triple.tailsEnd
    }
  }

  /// Draws different entities, all of them where as many are wanted.
  private func drawNegatives(_ generator: inout SeededGenerator) {
    let (place, negatives) = (place.start, negatives.start)
    if negativeCount == entityCount {
      for entity in 0..<entityCount {
        place[entity] = Int32(entity)
        negatives[entity] = Int32(entity)
      }
      return
    }
    var count = 0
    while count < negativeCount {
      let entity = generator.integer(below: entityCount)
      guard place[entity] < 0 else { continue }
      place[entity] = Int32(count)
      negatives[count] = Int32(entity)
      count += 1
    }
  }

  private func forgetNegatives() {
    for index in 0..<negativeCount { place.start[Int(negatives.start[index])] = -1 }
  }

  /// Takes out the answers themselves and, if asked for, what else is true.
  private func mask(_ rows: Int, _ questions: TrainingQuestions) {
    let (place, answers) = (place.start, questions.answers.start)
    for row in 0..<rows {
      let distances = distances.start + row * negativeCount
      let own = place[Int(answer.start[row])]
      if own >= 0 { distances[Int(own)] = KSR_MASKED }
      guard settings.filtersNegatives else { continue }
      var index = Int(knownStart.start[row])
      let end = Int(knownEnd.start[row])
      while index < end {
        let other = place[Int(answers[index])]
        if other >= 0 { distances[Int(other)] = KSR_MASKED }
        index += 1
      }
    }
  }

  private func share(_ rows: Int) {
    shares.begin()
    let b = Int32(rows)
    for pass in [true, false] {
      for row in 0..<rows {
        let source = Int32(row)
        shares.take(from.start[row], source, 1, counts: pass)
        shares.take(by.start[row], source, sign.start[row], counts: pass)
        shares.take(answer.start[row], b + source, 1, counts: pass)
      }
      for index in 0..<negativeCount {
        shares.take(negatives.start[index], 2 * b + Int32(index), 1, counts: pass)
      }
      if pass { shares.layOut() }
    }
  }
}

extension EmbeddingSettings {
  func kernelLoss(scale: Float) -> ksr_ranking_loss_settings {
    let kind =
      switch loss {
      case .margin: KSR_LOSS_MARGIN
      case .selfAdversarial: KSR_LOSS_SELF_ADVERSARIAL
      case .softmax: KSR_LOSS_SOFTMAX
      }
    return ksr_ranking_loss_settings(
      kind: Int32(kind), margin: margin, temperature: temperature, scale: scale)
  }
}
