import CKernels
import Foundation
import KSRModel

/// Cross-entropy over all items, the padding item included:
///
///     dLoss/dlogit = scale (e^(logit − largest) / Σ − [item is the target])
///
/// Both ways leave dLoss/dp in `preferenceGradient`, add to dLoss/dq, and return Σ loss. The logits
/// are only ever exponentiated; factor and one-hot are applied to the much narrower p, dp and dq.
extension ShardPass {
  func crossEntropy(
    _ batch: PackedSequences, _ q: ItemVectors, _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    let (s, e) = (batch.scoredCount, q.width)
    let inverse = inverseSums.reserve(s)
    let dp = preferenceGradient.zeros(s * e)
    let weighted = weightedPreferences.reserve(s * e)
    let p = forward.preferences.base
    let tiles = q.tiles
    let height = max(16, min(s, tiles.count == 1 ? 100_000 / q.count : 256))
    var loss = 0.0
    for start in stride(from: 0, to: s, by: height) {
      let rows = min(height, s - start)
      let part = Rows(
        count: rows, p: p + start * e, weighted: weighted + start * e, dp: dp + start * e,
        inverse: inverse + start, target: Array(batch.target[start..<start + rows]))
      loss +=
        tiles.count == 1
        ? wholeCatalogue(part, q, tiles[0], scale, clock)
        : catalogueInTiles(part, q, tiles, scale, clock)
    }
    measure(clock, "step/logits backward") {
      ksr_scale_rows(s, e, scale, inverse, dp, dp)
      ksr_target_gradient(s, e, scale, batch.target, p, q.rows, dp, itemVectorGradient.base)
    }
    return loss
  }

  /// Some scored rows: as many as leave their logits in the cache between the uses.
  private struct Rows {
    let count: Int
    let p: UnsafeMutablePointer<Float>
    let weighted: UnsafeMutablePointer<Float>
    let dp: UnsafeMutablePointer<Float>
    let inverse: UnsafeMutablePointer<Float>
    let target: [Int32]
  }

  /// All items at once.
  private func wholeCatalogue(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    let scores = logits.reserve(rows.count * q.count)
    measure(clock, "step/logits forward") { logits(rows, q, tile, scores) }
    let loss = measure(clock, "step/softmax") {
      ksr_cross_entropy(rows.count, q.count, scores, rows.target, rows.inverse)
    }
    measure(clock, "step/logits backward") {
      ksr_scale_rows(rows.count, q.width, scale, rows.inverse, rows.p, rows.weighted)
      logitsGradient(rows, q, tile, scores)
    }
    return loss
  }

  /// A large catalogue in tiles: once for what softmax needs, and once more for the gradient.
  ///
  /// The logits are computed twice; in turn memory stays flat and the logits stay in the cache.
  private func catalogueInTiles(
    _ rows: Rows, _ q: ItemVectors, _ tiles: [Range<Int>], _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    let scores = logits.reserve(rows.count * q.tile)
    var largest = [Float](repeating: -.infinity, count: rows.count)
    var sum = [Float](repeating: 0, count: rows.count)
    var ofTarget = sum
    for tile in tiles {
      measure(clock, "step/logits forward") { logits(rows, q, tile, scores) }
      measure(clock, "step/softmax") {
        ksr_softmax_statistics(
          rows.count, tile.count, tile.lowerBound, scores, rows.target, &largest, &sum, &ofTarget)
      }
    }
    for row in 0..<rows.count { rows.inverse[row] = 1 / sum[row] }
    ksr_scale_rows(rows.count, q.width, scale, rows.inverse, rows.p, rows.weighted)
    for tile in tiles {
      measure(clock, "step/logits again") { logits(rows, q, tile, scores) }
      measure(clock, "step/softmax") { ksr_exp_rows(rows.count, tile.count, largest, scores) }
      measure(clock, "step/logits backward") { logitsGradient(rows, q, tile, scores) }
    }
    return (0..<rows.count).reduce(0) { loss, row in
      loss + log(Double(sum[row])) + Double(largest[row]) - Double(ofTarget[row])
    }
  }

  private func logits(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scores: UnsafeMutablePointer<Float>
  ) {
    ksr_sgemm(
      false, false, rows.count, tile.count, q.width, rows.p, q.width, q.columns(tile), tile.count,
      0, scores, tile.count)
  }

  /// dp += exponentials · q and dq += exponentialsᵀ · weighted p, over the items of a tile.
  private func logitsGradient(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scores: UnsafeMutablePointer<Float>
  ) {
    let (e, n, first) = (q.width, tile.count, tile.lowerBound * q.width)
    ksr_sgemm(false, false, rows.count, e, n, scores, n, q.rows + first, e, 1, rows.dp, e)
    ksr_sgemm(
      true, false, n, e, rows.count, scores, n, rows.weighted, e, 1,
      itemVectorGradient.base + first, e)
  }
}
