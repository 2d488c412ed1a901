import CKernels
import KSRNumerics

/// W_ihᵀ and W_hhᵀ of every layer: a few rows times Wᵀ is a third faster where W need not be
/// transposed each time.
///
/// Made once for all passes over the same parameters.
package final class GRUColumns {
  private var layers: [(input: FloatBuffer, hidden: FloatBuffer)] = []

  package init() {}

  /// Makes them anew from the parameters.
  package func compute(_ p: KSRParameters) {
    while layers.count < p.gru.count { layers.append((FloatBuffer(), FloatBuffer())) }
    for (layer, weights) in zip(layers, p.gru) {
      Self.transpose(weights.inputWeight, to: layer.input)
      Self.transpose(weights.hiddenWeight, to: layer.hidden)
    }
  }

  /// W_ihᵀ of a layer [inputs 3H].
  func input(_ layer: Int) -> UnsafeMutablePointer<Float> { layers[layer].input.base }

  /// W_hhᵀ of a layer [H 3H].
  func hidden(_ layer: Int) -> UnsafeMutablePointer<Float> { layers[layer].hidden.base }

  private static func transpose(_ weight: Matrix, to buffer: FloatBuffer) {
    let (rows, columns) = (weight.rows, weight.columns)
    ksr_transpose(rows, columns, weight.values, columns, buffer.reserve(rows * columns), rows)
  }
}
