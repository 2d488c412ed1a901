import CKernels
import KSRNumerics

/// x_t = dropout(item embedding of i_t).
final class EmbeddingPass {
  /// x [P E].
  let output = MatrixBuffer()
  /// dLoss/dx [P E].
  let gradient = MatrixBuffer()

  func forward(
    _ batch: PackedSequences, _ p: KSRParameters, dropout: Float, seed: UInt64?
  ) {
    let x = output.reserve(rows: batch.positionCount, columns: p.itemEmbedding.columns)
    p.itemEmbedding.gather(batch.item, into: x)
    if let seed, dropout > 0 { ksr_dropout(x.rows * x.columns, seed, dropout, x.base) }
  }

  /// What dropout left of x is what it leaves of dLoss/dx.
  func backward(dropout: Float, seed: UInt64?) {
    guard let seed, dropout > 0 else { return }
    ksr_dropout(gradient.rows * gradient.columns, seed, dropout, gradient.all.base)
  }

  /// The numbers kept of a batch.
  static func bufferSize(_ settings: KSRSettings, _ batch: BatchSize) -> Double {
    2 * batch.positions * Double(settings.embeddingSize)
  }
}
