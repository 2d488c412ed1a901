import CKernels
import Glibc
import KSRNumerics

/// α = softmax_a(γ (W_d h + b_d) · r_a), over facts softmax_a(γ (W_d h + b_d) · r_a + κ f_a) beside a
/// null slot.
final class AttentionPass {
  /// W_d h + b_d [S K].
  let queries = MatrixBuffer()
  /// α [S R], over facts with the null slot's in a column of its own.
  let weights = MatrixBuffer()
  /// dLoss/dα, in the same shape.
  let gradient = MatrixBuffer()

  private let queryGradient = MatrixBuffer()  // [S K]

  /// - Parameters:
  ///   - states: h at the scored positions [S H].
  ///   - largest: f [S R], where the memory is one of facts.
  func forward(
    _ states: MatrixView, largest: MatrixBuffer?, _ p: KSRParameters, gamma: Float,
    reading: ReadIntervention
  ) {
    let query = queries.reserve(rows: states.rows, columns: p.relationMatrix.columns)
    query.fill(with: p.dense.bias)
    multiply(states, p.dense.weight.view.transposed, into: query, adding: true)
    let alpha = weights.reserve(rows: states.rows, columns: p.readWeightCount)
    Self.attend(query.view, largest: largest?.all, p, gamma: gamma, reading, into: alpha)
  }

  /// α from queries W_d h + b_d [S K].
  static func attend(
    _ queries: MatrixView, largest: MutableMatrixView?, _ p: KSRParameters, gamma: Float,
    _ reading: ReadIntervention, into alpha: MutableMatrixView
  ) {
    let r = p.relationCount
    multiply(queries, p.relationMatrix.view.transposed, into: alpha.columns(0..<r))
    let gamma = reading.gamma ?? gamma
    guard let largest else { return reading.attend(alpha, scale: gamma) }
    let focus = p.factFocus[0]
    for row in 0..<alpha.rows {
      for a in 0..<r { alpha[row, a] = gamma * alpha[row, a] + focus * largest[row, a] }
      if let null = p.nullLogit.first { alpha[row, r] = null }
    }
    reading.attend(alpha, scale: 1)
  }

  /// From ``gradient``, which is used up, to W_d and b_d, over facts to κ and the null slot's logit,
  /// and added to dLoss/dh [S H].
  func backward(
    _ states: MatrixView, largest: MatrixBuffer?, _ p: KSRParameters, gamma: Float,
    dstates: MutableMatrixView, _ gradients: inout KSRParameters?
  ) {
    let all = gradient.all
    ksr_softmax_gradient(
      all.rows, all.columns, largest == nil ? gamma : 1, weights.all.base, all.base)
    let dlogits = all.columns(0..<p.relationCount)
    if let f = largest?.all {
      var (focus, null) = (0.0, 0.0)
      for row in 0..<all.rows {
        for a in 0..<f.columns {
          focus += Double(dlogits[row, a] * f[row, a])
          dlogits[row, a] *= gamma
        }
        if !p.nullLogit.isEmpty { null += Double(all[row, f.columns]) }
      }
      if gradients != nil {
        gradients?.factFocus[0] += Float(focus)
        if !p.nullLogit.isEmpty { gradients?.nullLogit[0] += Float(null) }
      }
    }
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

extension KSRParameters {
  /// The number of read weights of a step: R, and one for the null slot where there is one.
  var readWeightCount: Int { relationCount + nullLogit.count }
}

extension ReadIntervention {
  /// Makes logits [S slots] into read weights α.
  ///
  ///     α_a = f_a e^(scale logit_a) / Σ_b f_b e^(scale logit_b)
  func attend(_ logits: MutableMatrixView, scale: Float) {
    precondition(logits.stride == logits.columns)
    guard logits.columns > 0 else { return }
    guard !isNone else {
      return ksr_softmax(logits.rows, logits.columns, scale, logits.base)
    }
    let heard = (0..<logits.columns).filter { factor(of: $0) > 0 }
    // f · e^x = e^(x + ln f): what one slot leaves to the others is lost to rounding in α itself.
    let shifts = heard.map { log(factor(of: $0)) }
    for row in 0..<logits.rows {
      var weights = zip(heard, shifts).map { scale * logits[row, $0] + $1 }
      for slot in 0..<logits.columns { logits[row, slot] = 0 }
      guard !weights.isEmpty else { continue }
      ksr_softmax(1, weights.count, 1, &weights)
      for (slot, weight) in zip(heard, weights) { logits[row, slot] = weight }
    }
  }
}
