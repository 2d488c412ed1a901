import CKernels
import KSRNumerics

/// q_i = W_i [x_i ; e_i] + b_i of all items, computed once for all shards of a batch.
///
/// The catalogue is walked in tiles of at most ``tile`` items. Within each tile the vectors lie once
/// more as columns: with them the logits p · q need no transposition, which is faster by a tenth.
package final class ItemVectors: @unchecked Sendable {
  /// N, the padding item included.
  package let count: Int
  package let width: Int
  /// The most items of a tile: all up to 4000, else as many as leave 256 rows of logits in the cache.
  package var tile: Int
  /// The vectors as rows [N E].
  let rows: MutableMatrixView
  private let buffer = MatrixBuffer()
  /// Tile after tile: [E, items of the tile].
  private let columns = AlignedBuffer<Float>(uninitialized: 0)
  private let hasColumns: Bool

  package init(count: Int, settings: KSRSettings) {
    self.count = count
    width = settings.embeddingSize
    tile = count <= Self.largestWhole ? count : 512
    rows = buffer.reserve(rows: count, columns: width)
    hasColumns = settings.loss == .crossEntropy
    if hasColumns { columns.reserve(count * width) }
  }

  /// The largest catalogue that is not cut into tiles.
  static let largestWhole = 4000

  var tiles: [Range<Int>] {
    stride(from: 0, to: count, by: tile).map { $0..<min(count, $0 + tile) }
  }

  /// The vectors of a tile as columns [E, items].
  func columns(_ tile: Range<Int>) -> MutableMatrixView {
    MutableMatrixView(
      columns.part(tile.lowerBound * width, count: tile.count * width), rows: width,
      columns: tile.count)
  }

  /// The items in blocks, which do not depend on the number of threads: at most 16, of at least 256
  /// items where there are as many.
  package var blocks: [Range<Int>] {
    let size = max(256, (count + 15) / 16)
    return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
  }

  /// Computes those of a block anew from the parameters.
  package func compute(_ p: KSRParameters, _ block: Range<Int>) {
    Self.forward(p, block, into: rows.rows(block))
    guard hasColumns else { return }
    for tile in tiles where tile.overlaps(block) {
      let part = tile.clamped(to: block)
      rows.rows(part).view.transpose(
        into: columns(tile).columns(
          part.lowerBound - tile.lowerBound..<part.upperBound - tile.lowerBound))
    }
  }

  /// q of a block of items.
  static func forward(_ p: KSRParameters, _ block: Range<Int>, into q: MutableMatrixView) {
    forward(
      p, x: p.itemEmbedding.view.rows(block), e: p.entityEmbedding.view.rows(block), into: q)
  }

  /// q of the items with these rows of the tables.
  static func forward(
    _ p: KSRParameters, x: MatrixView, e: MatrixView, into q: MutableMatrixView
  ) {
    q.fill(with: p.denseLayerI.bias)
    multiply(x, p.embeddingToItemVector.transposed, into: q, adding: true)
    multiply(e, p.entityToItemVector.transposed, into: q, adding: true)
  }

  /// From dLoss/dq of a block of items to W_i, and to x and e of the block where they are trained.
  ///
  /// b_i moves the scores of all items alike: its gradient is zero under either loss, and stays
  /// exactly so here, since Adam would make steps out of rounding.
  package static func backward(
    _ p: KSRParameters, _ block: Range<Int>, dq: MutableMatrixView, weight: MutableMatrixView,
    dx: MutableMatrixView?, de: MutableMatrixView?
  ) {
    backward(
      p, x: p.itemEmbedding.view.rows(block), e: p.entityEmbedding.view.rows(block), dq: dq.view,
      weight: weight, dx: dx?.rows(block), de: de?.rows(block))
  }

  /// The same for the items with these rows of the tables.
  ///
  /// - Parameter adding: whether `weight` is added to.
  static func backward(
    _ p: KSRParameters, x: MatrixView, e: MatrixView, dq: MatrixView, weight: MutableMatrixView,
    adding: Bool = false, dx: MutableMatrixView?, de: MutableMatrixView?
  ) {
    let width = x.columns
    multiply(dq.transposed, x, into: weight.columns(0..<width), adding: adding)
    multiply(dq.transposed, e, into: weight.columns(width..<weight.columns), adding: adding)
    if let dx { multiply(dq, p.embeddingToItemVector, into: dx) }
    if let de { multiply(dq, p.entityToItemVector, into: de) }
  }
}

extension KSRParameters {
  /// W_ix [E E]: from the item embedding to the item vector.
  var embeddingToItemVector: MatrixView {
    denseLayerI.weight.view.columns(0..<itemEmbedding.columns)
  }

  /// W_ie [E K]: from the entity vector to the item vector.
  var entityToItemVector: MatrixView {
    denseLayerI.weight.view.columns(itemEmbedding.columns..<denseLayerI.weight.columns)
  }
}
