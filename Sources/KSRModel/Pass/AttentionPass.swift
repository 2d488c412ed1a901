import CKernels
import Glibc
import KSRNumerics

/// α = softmax_a(γ (W_d h + b_d) · r_a).
final class AttentionPass {
  /// W_d h + b_d [S K].
  let queries = MatrixBuffer()
  /// α [S R].
  let weights = MatrixBuffer()
  /// dLoss/dα [S R].
  let gradient = MatrixBuffer()

  private let queryGradient = MatrixBuffer()  // [S K]

  /// - Parameter states: h at the scored positions [S H].
  func forward(
    _ states: MatrixView, _ p: KSRParameters, gamma: Float, reading: ReadIntervention
  ) {
    let query = queries.reserve(rows: states.rows, columns: p.relationMatrix.columns)
    query.fill(with: p.dense.bias)
    multiply(states, p.dense.weight.view.transposed, into: query, adding: true)
    let alpha = weights.reserve(rows: states.rows, columns: p.relationCount)
    multiply(query.view, p.relationMatrix.view.transposed, into: alpha)
    reading.attend(alpha, gamma: gamma)
  }

  /// From ``gradient``, which is used up, to W_d and b_d, and added to dLoss/dh [S H].
  func backward(
    _ states: MatrixView, _ p: KSRParameters, gamma: Float, dstates: MutableMatrixView,
    _ gradients: inout KSRParameters?
  ) {
    let dlogits = gradient.all
    ksr_softmax_gradient(
      dlogits.rows, dlogits.columns, gamma, weights.all.base, dlogits.base)
    let dquery = queryGradient.reserve(rows: dlogits.rows, columns: p.relationMatrix.columns)
    multiply(dlogits.view, p.relationMatrix.view, into: dquery)
    gradients?.dense.weight.addProduct(dquery.view.transposed, states)
    gradients?.dense.addToBias(rows: dquery)
    multiply(dquery.view, p.dense.weight.view, into: dstates, adding: true)
  }

  /// The numbers kept of a batch.
  static func bufferSize(
    _ settings: KSRSettings, relationCount: Int, _ batch: BatchSize
  ) -> Double {
    batch.scored * 2 * Double(settings.kgEmbeddingSize + relationCount)
  }

  /// The floating-point operations of W_d h in a forward pass; those with R numbers are few.
  static func flops(_ settings: KSRSettings, _ batch: BatchSize) -> Double {
    2 * batch.scored * Double(settings.hiddenSize * settings.kgEmbeddingSize)
  }
}

extension ReadIntervention {
  /// Makes logits (W_d h + b_d) · r_a [S R] into read weights α.
  ///
  ///     α_a = f_a e^(γ logit_a) / Σ_b f_b e^(γ logit_b)
  func attend(_ logits: MutableMatrixView, gamma: Float) {
    precondition(logits.stride == logits.columns)
    guard logits.columns > 0 else { return }
    guard !isNone else {
      return ksr_softmax(logits.rows, logits.columns, gamma, logits.base)
    }
    let gamma = self.gamma ?? gamma
    let heard = (0..<logits.columns).filter { factor(of: $0) > 0 }
    // f · e^x = e^(x + ln f): what one slot leaves to the others is lost to rounding in α itself.
    let shifts = heard.map { log(factor(of: $0)) }
    for row in 0..<logits.rows {
      var weights = zip(heard, shifts).map { gamma * logits[row, $0] + $1 }
      for slot in 0..<logits.columns { logits[row, slot] = 0 }
      guard !weights.isEmpty else { continue }
      ksr_softmax(1, weights.count, 1, &weights)
      for (slot, weight) in zip(heard, weights) { logits[row, slot] = weight }
    }
  }
}
