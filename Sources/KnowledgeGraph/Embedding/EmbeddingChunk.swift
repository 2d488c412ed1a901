import CKernels
import KSRNumerics
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
  let gradients: AlignedBuffer<Float>
  /// The loss of the triples, summed.
  private(set) var loss = 0.0

  private let settings: EmbeddingSettings
  private let entityCount: Int
  private let stride: Int
  private let negativeCount: Int
  private let points: AlignedBuffer<Float>
  private let squares: AlignedBuffer<Float>
  private let distances: AlignedBuffer<Float>
  private let weights: AlignedBuffer<Float>
  private let perRow: AlignedBuffer<Float>
  /// The row of each question, of its relation (added `sign` times) and of its answer.
  let from: AlignedBuffer<Int32>
  let by: AlignedBuffer<Int32>
  let answer: AlignedBuffer<Int32>
  let sign: AlignedBuffer<Float>
  /// The rows that all questions are compared with.
  let negatives: AlignedBuffer<Int32>
  /// The place of each entity among the negatives, or −1.
  private let place: AlignedBuffer<Int32>
  /// The places of the known answers to each question.
  private let knownStart: AlignedBuffer<Int32>
  private let knownEnd: AlignedBuffer<Int32>

  init(_ settings: EmbeddingSettings, entityCount: Int) {
    self.settings = settings
    self.entityCount = entityCount
    stride = settings.stride
    negativeCount = min(settings.negatives, entityCount)
    let rows = settings.chunkSize
    shares = EmbeddingShares(capacity: 3 * rows + negativeCount)
    gradients = AlignedBuffer<Float>((2 * rows + negativeCount) * stride)
    points = AlignedBuffer<Float>((2 * rows + negativeCount) * stride)
    squares = AlignedBuffer<Float>(rows + negativeCount)
    distances = AlignedBuffer<Float>(rows * negativeCount)
    weights = AlignedBuffer<Float>(rows * negativeCount)
    perRow = AlignedBuffer<Float>(3 * rows + negativeCount)
    from = AlignedBuffer<Int32>(rows)
    by = AlignedBuffer<Int32>(rows)
    answer = AlignedBuffer<Int32>(rows)
    sign = AlignedBuffer<Float>(rows)
    negatives = AlignedBuffer<Int32>(negativeCount)
    place = AlignedBuffer<Int32>(entityCount)
    knownStart = AlignedBuffer<Int32>(rows)
    knownEnd = AlignedBuffer<Int32>(rows)
    for entity in 0..<entityCount { place[entity] = -1 }
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
    func blocks(_ rows: AlignedBuffer<Float>) -> [MutableMatrixView] {
      let all = MutableMatrixView(
        rows.part(0, count: (2 * b + n) * stride), rows: 2 * b + n, columns: stride)
      return [all.rows(0..<b), all.rows(b..<2 * b), all.rows(2 * b..<2 * b + n)]
    }
    let (points, gradients) = (blocks(points), blocks(gradients))
    let (q, y, x) = (points[0].base, points[1].base, points[2].base)
    let (dq, dy, dx) = (gradients[0].base, gradients[1].base, gradients[2].base)
    let pairs = b * n
    let distances = MutableMatrixView(distances.part(0, count: pairs), rows: b, columns: n)
    let weights = MutableMatrixView(weights.part(0, count: pairs), rows: b, columns: n)
    let p = perRow.part(0, count: 3 * b + n)
    let dp = p + b
    let rowSum = dp + b
    let columnSum = rowSum + b
    let isL1 = settings.norm == 1
    ksr_translate_rows(b, stride, table, from.start, by.start, sign.start, q)
    ksr_gather_rows(b, stride, table, answer.start, y)
    ksr_gather_rows(n, stride, table, negatives.start, x)
    ksr_pair_distances(b, stride, isL1, q, y, p)
    if isL1 {
      ksr_distances_l1(b, n, stride, q, x, distances.base)
    } else {
      ksr_row_squares(b, stride, q, squares.start)
      ksr_row_squares(n, stride, x, squares.start + b)
      multiply(points[0].view, points[2].view.transposed, into: distances)
      ksr_distances_l2(b, n, squares.start, squares.start + b, distances.base)
    }
    mask(b, questions)
    loss = ksr_ranking_loss(
      b, n, settings.kernelLoss(scale: scale), p, distances.base, weights.base, dp)
    if isL1 {
      dq.update(repeating: 0, count: b * stride)
      dx.update(repeating: 0, count: n * stride)
      ksr_gradient_l1(b, n, stride, q, x, weights.base, dq, dx)
    } else {
      ksr_gradient_l2(b, n, distances.base, weights.base, rowSum, columnSum)
      multiply(weights.view, points[2].view, into: gradients[0])
      ksr_scaled_minus(b, stride, rowSum, q, dq)
      multiply(weights.view.transposed, points[0].view, into: gradients[2])
      ksr_scaled_minus(n, stride, columnSum, x, dx)
    }
    ksr_pair_gradient(b, stride, isL1, q, y, p, dp, dq, dy)
    forgetNegatives()
    share(b)
  }

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
    for index in 0..<negativeCount { place[Int(negatives[index])] = -1 }
  }

  /// Takes out the answers themselves and, if asked for, what else is true.
  private func mask(_ rows: Int, _ questions: TrainingQuestions) {
    let (place, answers) = (place.start, questions.answers.start)
    for row in 0..<rows {
      let distances = distances.start + row * negativeCount
      let own = place[Int(answer[row])]
      if own >= 0 { distances[Int(own)] = KSR_MASKED }
      guard settings.filtersNegatives else { continue }
      var index = Int(knownStart[row])
      let end = Int(knownEnd[row])
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
        shares.take(from[row], source, 1, counts: pass)
        shares.take(by[row], source, sign[row], counts: pass)
        shares.take(answer[row], b + source, 1, counts: pass)
      }
      for index in 0..<negativeCount {
        shares.take(negatives[index], 2 * b + Int32(index), 1, counts: pass)
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
