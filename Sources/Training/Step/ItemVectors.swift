import CKernels
import KSRModel

/// q_i = W_i [x_i ; e_i] + b_i of all items, computed once for all shards of a batch.
///
/// The catalogue is walked in tiles of at most ``tile`` items. Within each tile the vectors lie once
/// more as columns: with them the logits p · q need no transposition, which is faster by a tenth.
final class ItemVectors {
  /// N, the padding item included.
  let count: Int
  let width: Int
  /// The most items of a tile: all up to 4000, else as many as leave 256 rows of logits in the cache.
  var tile: Int
  /// The vectors as rows [N E].
  let rows: UnsafeMutablePointer<Float>
  /// Tile after tile: [E, items of the tile].
  private let columns: FloatBuffer
  private let buffer = FloatBuffer()
  private let hasColumns: Bool

  init(count: Int, settings: KSRSettings) {
    self.count = count
    width = settings.embeddingSize
    tile = count <= 4000 ? count : 512
    rows = buffer.reserve(count * width)
    columns = FloatBuffer()
    hasColumns = settings.loss == .crossEntropy
    if hasColumns { columns.reserve(count * width) }
  }

  /// Tiles as ranges of items.
  var tiles: [Range<Int>] {
    stride(from: 0, to: count, by: tile).map { $0..<min(count, $0 + tile) }
  }

  /// The vectors of a tile as columns [E, items].
  func columns(_ tile: Range<Int>) -> UnsafeMutablePointer<Float> {
    columns.base + tile.lowerBound * width
  }

  /// The items in blocks, which do not depend on the number of threads.
  var blocks: [Range<Int>] { ItemBlocks.ranges(count: count) }

  /// Computes those of a block anew from the parameters.
  func compute(_ p: KSRParameters, _ block: Range<Int>) {
    let (e, k) = (p.itemEmbedding.columns, p.entityEmbedding.columns)
    let (n, first) = (block.count, block.lowerBound)
    let q = rows + first * width
    for row in 0..<n { (q + row * width).update(from: p.denseLayerI.bias, count: width) }
    p.denseLayerI.weight.values.withUnsafeBufferPointer { w in
      p.itemEmbedding.values.withUnsafeBufferPointer { x in
        p.entityEmbedding.values.withUnsafeBufferPointer { entity in
          guard let w = w.baseAddress, let x = x.baseAddress, let entity = entity.baseAddress
          else { return }
          ksr_sgemm(false, true, n, width, e, x + first * e, e, w, e + k, 1, q, width)
          ksr_sgemm(false, true, n, width, k, entity + first * k, k, w + e, e + k, 1, q, width)
        }
      }
    }
    guard hasColumns else { return }
    for tile in tiles where tile.overlaps(block) {
      let part = tile.clamped(to: block)
      ksr_transpose(
        part.count, width, rows + part.lowerBound * width, width,
        columns(tile) + part.lowerBound - tile.lowerBound, tile.count)
    }
  }
}

/// The catalogue in blocks of items, which do not depend on the number of threads.
enum ItemBlocks {
  /// At most 16 blocks, of at least 256 items where there are as many.
  static func ranges(count: Int) -> [Range<Int>] {
    let size = max(256, (count + 15) / 16)
    return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
  }
}
