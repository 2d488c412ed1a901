import CKernels
import Foundation
import KSRModel

/// Cross-entropy over all items, the padding item included. Both ways leave dLoss/dp in
/// `preferenceGradient`, add to dLoss/dq, and return Σ loss.
extension ShardPass {
  /// All items at once, for as many rows as leave their logits in the cache between the three uses.
  func crossEntropy(_ batch: PackedSequences, _ q: Matrix, _ scale: Float) -> Double {
    let (s, e, n) = (batch.scoredCount, q.columns, q.rows)
    let tile = max(16, min(s, 400_000 / n))
    let scores = logits.reserve(tile * n)
    let dp = preferenceGradient.reserve(s * e)
    var loss = 0.0
    for start in stride(from: 0, to: s, by: tile) {
      let rows = min(tile, s - start)
      let p = forward.preferences.base + start * e
      ksr_sgemm(false, true, rows, n, e, p, e, q.values, e, 0, scores, n)
      loss += batch.target.withUnsafeBufferPointer { target in
        guard let target = target.baseAddress else { return 0 }
        return ksr_cross_entropy(rows, n, scores, target + start, scale)
      }
      ksr_sgemm(false, false, rows, e, n, scores, n, q.values, e, 0, dp + start * e, e)
      ksr_sgemm(true, false, n, e, rows, scores, n, p, e, 1, &itemVectorGradient.values, e)
    }
    return loss
  }

  /// A large catalogue in tiles: once for what softmax needs, and once more for the gradient.
  ///
  /// The logits are computed twice; in turn memory stays flat and the logits stay in the cache.
  func crossEntropyInTiles(_ batch: PackedSequences, _ q: Matrix, _ scale: Float) -> Double {
    let (s, e, n) = (batch.scoredCount, q.columns, q.rows)
    let width = min(itemTile, 1024)
    let tile = min(s, 256)
    let scores = logits.reserve(tile * width)
    let dp = preferenceGradient.zeros(s * e)
    var loss = 0.0
    for start in stride(from: 0, to: s, by: tile) {
      let rows = min(tile, s - start)
      let p = forward.preferences.base + start * e
      var largest = [Float](repeating: -.infinity, count: rows)
      var sum = [Float](repeating: 0, count: rows)
      var ofTarget = sum
      let target = Array(batch.target[start..<start + rows])
      q.values.withUnsafeBufferPointer { q in
        itemVectorGradient.values.withUnsafeMutableBufferPointer { dq in
          guard let q = q.baseAddress, let dq = dq.baseAddress else { return }
          for first in stride(from: 0, to: n, by: width) {
            let items = min(width, n - first)
            ksr_sgemm(false, true, rows, items, e, p, e, q + first * e, e, 0, scores, items)
            ksr_softmax_statistics(
              rows, items, first, scores, target, &largest, &sum, &ofTarget)
          }
          for first in stride(from: 0, to: n, by: width) {
            let items = min(width, n - first)
            ksr_sgemm(false, true, rows, items, e, p, e, q + first * e, e, 0, scores, items)
            ksr_cross_entropy_tile(
              rows, items, first, scores, target, largest, sum, scale)
            ksr_sgemm(
              false, false, rows, e, items, scores, items, q + first * e, e, 1, dp + start * e, e)
            ksr_sgemm(true, false, items, e, rows, scores, items, p, e, 1, dq + first * e, e)
          }
        }
      }
      for row in 0..<rows {
        loss += log(Double(sum[row])) + Double(largest[row]) - Double(ofTarget[row])
      }
    }
    return loss
  }
}
