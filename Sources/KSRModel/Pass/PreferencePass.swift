import CKernels
import KSRNumerics

/// p = W_u [h ; m] + b_u        W_u = [W_uh | W_um].
final class PreferencePass {
  /// p [S E].
  let output = MatrixBuffer()
  /// dLoss/dp [S E].
  let gradient = MatrixBuffer()

  /// - Parameters:
  ///   - states: h [S H].
  ///   - reads: m [S K]; nil for zeros.
  func forward(_ states: MatrixView, reads: MatrixView?, _ p: KSRParameters) {
    let preference = output.reserve(rows: states.rows, columns: p.denseLayerU.weight.rows)
    preference.fill(with: p.denseLayerU.bias)
    multiply(states, p.stateToPreference.transposed, into: preference, adding: true)
    if let reads {
      multiply(reads, p.readToPreference.transposed, into: preference, adding: true)
    }
  }

  /// From ``gradient`` to W_u and b_u, to dLoss/dh [S H], and to dLoss/dm [S K] where there are reads.
  func backward(
    _ states: MatrixView, reads: MatrixView?, _ p: KSRParameters, dstates: MatrixBuffer,
    dreads: MatrixBuffer, _ gradients: inout KSRParameters?
  ) {
    let dp = gradient.all
    let (w, dW) = (p.stateToPreference, dp.view.transposed)
    multiply(dp.view, w, into: dstates.reserve(rows: dp.rows, columns: w.columns))
    gradients?.denseLayerU.weight.addProduct(dW, states, columns: 0..<w.columns)
    if let reads {
      let w = p.readToPreference
      multiply(dp.view, w, into: dreads.reserve(rows: dp.rows, columns: w.columns))
      gradients?.denseLayerU.weight.addProduct(
        dW, reads, columns: states.columns..<states.columns + w.columns)
    }
    gradients?.denseLayerU.addToBias(rows: dp)
  }

  /// The numbers kept of a batch.
  static func bufferSize(_ settings: KSRSettings, _ batch: BatchSize) -> Double {
    2 * batch.scored * Double(settings.embeddingSize)
  }

  /// The floating-point operations of the products of a forward pass.
  static func flops(_ settings: KSRSettings, _ batch: BatchSize) -> Double {
    let inputs =
      settings.hiddenSize + (settings.memory == .linear ? settings.kgEmbeddingSize : 0)
    return 2 * batch.scored * Double(settings.embeddingSize * inputs)
  }
}

extension KSRParameters {
  /// W_uh [E H]: from the state to the preference.
  package var stateToPreference: MatrixView {
    denseLayerU.weight.view.columns(0..<dense.weight.columns)
  }

  /// W_um [E K]: from what was read to the preference.
  package var readToPreference: MatrixView {
    denseLayerU.weight.view.columns(dense.weight.columns..<denseLayerU.weight.columns)
  }
}

extension LinearMap {
  /// Adds Σ rows to b: the gradient of a bias from that of the map's outputs.
  mutating func addToBias(rows: MutableMatrixView) {
    ksr_add_rows(rows.rows, rows.columns, rows.base, &bias)
  }
}

extension Matrix {
  /// Adds A B, to some columns of all.
  mutating func addProduct(_ a: MatrixView, _ b: MatrixView, columns: Range<Int>? = nil) {
    withMutableView {
      multiply(a, b, into: columns.map($0.columns) ?? $0, adding: true)
    }
  }
}
