import CKernels
import KSRModel

extension ShardPass {
  /// Forgets the gradients of the last batch.
  func clear() {
    for entry in gradients.entries {
      gradients[keyPath: entry.path].withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }
    itemVectorGradient.values.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  /// Adds another shard's gradients.
  func add(_ other: ShardPass) {
    for entry in gradients.entries {
      let count = gradients[keyPath: entry.path].count
      ksr_add(count, other.gradients[keyPath: entry.path], &gradients[keyPath: entry.path])
    }
    ksr_add(
      itemVectorGradient.values.count, other.itemVectorGradient.values, &itemVectorGradient.values)
  }

  /// Passes dLoss/dq on through q_i = W_i [x_i ; e_i] + b_i: to W_i and x, and to e where it is
  /// trained.
  ///
  /// b_i moves the scores of all items alike: its gradient is zero under either loss, and stays
  /// exactly so here, since Adam would make steps out of rounding.
  func itemVectorsGradient(_ p: KSRParameters) {
    let dq = itemVectorGradient
    let (n, q, e) = (dq.rows, dq.columns, p.itemEmbedding.columns)
    let k = p.entityEmbedding.columns
    gradients.denseLayerI.weight.values.withUnsafeMutableBufferPointer { dw in
      guard let dw = dw.baseAddress else { return }
      ksr_sgemm(true, false, q, e, n, dq.values, q, p.itemEmbedding.values, e, 1, dw, e + k)
      ksr_sgemm(true, false, q, k, n, dq.values, q, p.entityEmbedding.values, k, 1, dw + e, e + k)
    }
    p.denseLayerI.weight.values.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      ksr_sgemm(
        false, false, n, e, q, dq.values, q, w, e + k, 1, &gradients.itemEmbedding.values, e)
      if !freezesKnowledgeGraph {
        ksr_sgemm(
          false, false, n, k, q, dq.values, q, w + e, e + k, 1,
          &gradients.entityEmbedding.values, k)
      }
    }
  }
}
