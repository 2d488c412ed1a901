import CKernels
import Foundation
import KSRNumerics

/// score(t, i) = p_t · q_i, its loss, and the gradient of that: forward and backward in one, since the
/// scores of a whole catalogue are never kept.
package final class LogitsPass {
  /// dLoss/dq [N E], to which a pass adds.
  package let itemVectorGradient = MatrixBuffer()

  private let logits = MatrixBuffer()  // [rows at work, items of a tile]
  private let inverseSums = AlignedBuffer<Float>(uninitialized: 0)  // [S] 1/Σ of the exponentials
  private let weightedPreferences = MatrixBuffer()  // [S E] scale/Σ · p

  package init(settings: KSRSettings, itemCount: Int) {
    itemVectorGradient.zeros(rows: itemCount, columns: settings.embeddingSize)
  }

  /// −mean log(1e-10 + σ(s⁺ − s⁻)), the mean over rows and their negatives.
  ///
  /// Leaves dLoss/dp of `scale` · loss in `gradient`, adds to dLoss/dq, and returns Σ loss.
  package func rankAgainstNegatives(
    _ batch: PackedSequences, _ p: MutableMatrixView, _ q: ItemVectors, scale: Float,
    gradient: MatrixBuffer
  ) -> Double {
    let count = batch.negative.count / p.rows
    precondition(count > 0 && batch.negative.count == count * p.rows, "BPR needs negatives")
    let dp = gradient.reserve(rows: p.rows, columns: p.columns)
    let loss = ksr_bpr(
      p.rows, p.columns, count, p.base, q.rows.base, batch.target, batch.negative,
      scale / Float(count), dp.base, itemVectorGradient.all.base)
    return loss / Double(count)
  }

  /// Cross-entropy over all items, the padding item included.
  ///
  ///     dLoss/dlogit = scale (e^(logit − largest) / Σ − [item is the target])
  ///
  /// Leaves dLoss/dp in `gradient`, adds to dLoss/dq, and returns Σ loss. The logits are only ever
  /// exponentiated; factor and one-hot are applied to the much narrower p, dp and dq.
  package func crossEntropy(
    _ batch: PackedSequences, _ p: MutableMatrixView, _ q: ItemVectors, scale: Float,
    gradient: MatrixBuffer, _ clock: PhaseClock?
  ) -> Double {
    let s = p.rows
    inverseSums.reserve(s)
    let dp = gradient.zeros(rows: s, columns: p.columns)
    let weighted = weightedPreferences.reserve(rows: s, columns: p.columns)
    let tiles = q.tiles
    let height = Self.height(s, itemCount: q.count, isWhole: tiles.count == 1)
    var loss = 0.0
    for start in stride(from: 0, to: s, by: height) {
      let range = start..<min(s, start + height)
      let rows = Rows(
        p: p.rows(range), weighted: weighted.rows(range), dp: dp.rows(range),
        inverse: inverseSums.part(start, count: range.count), target: Array(batch.target[range]))
      loss +=
        tiles.count == 1
        ? wholeCatalogue(rows, q, tiles[0], scale, clock)
        : catalogueInTiles(rows, q, tiles, scale, clock)
    }
    measure(clock, "step/logits backward") {
      ksr_scale_rows(s, p.columns, scale, inverseSums.start, dp.base, dp.base)
      ksr_target_gradient(
        s, p.columns, scale, batch.target, p.base, q.rows.base, dp.base,
        itemVectorGradient.all.base)
    }
    return loss
  }

  /// How many rows at a time leave their logits in the cache between the uses.
  private static func height(_ scored: Int, itemCount: Int, isWhole: Bool) -> Int {
    max(16, min(scored, isWhole ? 100_000 / itemCount : 256))
  }

  /// Some scored rows.
  private struct Rows {
    let p: MutableMatrixView
    let weighted: MutableMatrixView
    let dp: MutableMatrixView
    let inverse: UnsafeMutablePointer<Float>
    let target: [Int32]

    var count: Int { p.rows }
  }

  private func wholeCatalogue(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    let scores = logits.reserve(rows: rows.count, columns: q.count)
    measure(clock, "step/logits forward") {
      multiply(rows.p.view, q.columns(tile).view, into: scores)
    }
    let loss = measure(clock, "step/softmax") {
      ksr_cross_entropy(rows.count, q.count, scores.base, rows.target, rows.inverse)
    }
    measure(clock, "step/logits backward") {
      ksr_scale_rows(
        rows.count, q.width, scale, rows.inverse, rows.p.base, rows.weighted.base)
      backward(rows, q, tile, scores)
    }
    return loss
  }

  /// A large catalogue in tiles: once for what softmax needs, and once more for the gradient.
  ///
  /// The logits are computed twice; in turn memory stays flat and the logits stay in the cache.
  private func catalogueInTiles(
    _ rows: Rows, _ q: ItemVectors, _ tiles: [Range<Int>], _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    var largest = [Float](repeating: -.infinity, count: rows.count)
    var sum = [Float](repeating: 0, count: rows.count)
    var ofTarget = sum
    for tile in tiles {
      let scores = logits.reserve(rows: rows.count, columns: tile.count)
      measure(clock, "step/logits forward") {
        multiply(rows.p.view, q.columns(tile).view, into: scores)
      }
      measure(clock, "step/softmax") {
        ksr_softmax_statistics(
          rows.count, tile.count, tile.lowerBound, scores.base, rows.target, &largest, &sum,
          &ofTarget)
      }
    }
    for row in 0..<rows.count { rows.inverse[row] = 1 / sum[row] }
    ksr_scale_rows(rows.count, q.width, scale, rows.inverse, rows.p.base, rows.weighted.base)
    for tile in tiles {
      let scores = logits.reserve(rows: rows.count, columns: tile.count)
      measure(clock, "step/logits again") {
        multiply(rows.p.view, q.columns(tile).view, into: scores)
      }
      measure(clock, "step/softmax") {
        ksr_exp_rows(rows.count, tile.count, largest, scores.base)
      }
      measure(clock, "step/logits backward") { backward(rows, q, tile, scores) }
    }
    return (0..<rows.count).reduce(0) { loss, row in
      loss + log(Double(sum[row])) + Double(largest[row]) - Double(ofTarget[row])
    }
  }

  /// dp += exponentials · q and dq += exponentialsᵀ · weighted p, over the items of a tile.
  private func backward(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scores: MutableMatrixView
  ) {
    multiply(scores.view, q.rows.rows(tile).view, into: rows.dp, adding: true)
    multiply(
      scores.view.transposed, rows.weighted.view, into: itemVectorGradient.rows(tile), adding: true)
  }

  /// The numbers kept of a batch, by all shards together, without dLoss/dq.
  package static func bufferSize(
    _ settings: KSRSettings, itemCount: Int, shards: Int, _ batch: BatchSize
  ) -> (ofBatch: Double, logits: Double) {
    let n = Double(itemCount)
    let logits =
      itemCount > ItemVectors.largestWhole
      ? 256 * 512 : max(16 * n, min(batch.scored / Double(shards) * n, 100_000))
    return (
      batch.scored * Double(settings.embeddingSize + 1), Double(shards) * logits
    )
  }

  /// The floating-point operations of p · q in a forward pass.
  static func flops(
    _ settings: KSRSettings, candidates: Int, _ batch: BatchSize
  ) -> Double {
    2 * batch.scored * Double(candidates) * Double(settings.embeddingSize)
  }
}
