import CKernels
import KSRModel

extension KSRParameters {
  /// Scales gradients down so that their norm over all tensors is at most `maximum`
  /// (`clip_grad_norm`; PyTorch's `clip_grad_norm_`).
  ///
  /// - Returns: the norm before.
  @discardableResult
  mutating func clipNorm(to maximum: Float) -> Double {
    let norm = entries.reduce(0) { sum, entry in
      let values = self[keyPath: entry.path]
      return sum + ksr_sum_of_squares(values.count, values)
    }.squareRoot()
    let factor = Double(maximum) / (norm + 1e-6)
    guard factor < 1 else { return norm }
    for entry in entries {
      self[keyPath: entry.path].withUnsafeMutableBufferPointer { values in
        for i in values.indices { values[i] *= Float(factor) }
      }
    }
    return norm
  }
}
