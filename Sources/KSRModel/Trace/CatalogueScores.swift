import CKernels
import KSRNumerics

/// The scores of the scored rows of a pass, block by block.
///
/// Rows × items are matrix products that stay in the cache, with q made as it is needed. Nothing of the size
/// of the catalogue is kept.
package final class CatalogueScores {
  private let network: KSRNetwork
  private let vectors = MatrixBuffer()  // q of a tile [items, E], then x and e of single items
  private let products = MatrixBuffer()  // [rows of a block, items of a tile]
  private let inputs = MatrixBuffer()
  private let entities = MatrixBuffer()
  private var matches: [FactMatch] = []

  package init(_ network: KSRNetwork) { self.network = network }

  /// Rows that go together, and items.
  private static let height = 128
  private var width: Int { network.itemCount <= 4096 ? network.itemCount : 2048 }
  /// Whether all items come in one tile.
  package var isWhole: Bool { width == network.itemCount }

  /// Calls `body` with the scores of tiles of items at blocks of rows: the tiles in order, and in each
  /// tile the blocks in order.
  package func forEachBlock(
    _ pass: NetworkPass, _ batch: PackedSequences,
    _ body: (_ rows: Range<Int>, _ items: Range<Int>, MutableMatrixView) -> Void
  ) {
    let (p, parameters) = (pass.preferences, network.parameters)
    let starts = Array(stride(from: 0, to: p.rows, by: Self.height))
    if let facts = pass.facts {
      while matches.count < starts.count { matches.append(FactMatch()) }
      for (place, start) in starts.enumerated() {
        matches[place].arrange(start..<min(p.rows, start + Self.height), of: facts)
      }
    }
    for first in stride(from: 0, to: network.itemCount, by: width) {
      let tile = first..<min(network.itemCount, first + width)
      let q = vectors.reserve(rows: tile.count, columns: p.columns)
      ItemVectors.forward(parameters, tile, into: q)
      for (place, start) in starts.enumerated() {
        let rows = start..<min(p.rows, start + Self.height)
        let scores = products.reserve(rows: rows.count, columns: tile.count)
        multiply(p.rows(rows).view, q.view.transposed, into: scores)
        if pass.facts != nil { matches[place].add(tile, of: network.factTable, to: scores) }
        if let bias = network.repeatBias {
          for row in rows {
            let scores = scores.row(row - start)
            for item in batch.history(ofRow: row) where tile.contains(Int(item)) {
              scores[Int(item) - first] += bias
            }
          }
        }
        body(rows, tile, scores)
      }
    }
  }

  /// The scores of some items at one row, those of no other being worked out.
  package func scores(
    of items: [Int32], _ pass: NetworkPass, _ batch: PackedSequences, row: Int
  ) -> [Float] {
    let (p, parameters) = (pass.preferences, network.parameters)
    let x = inputs.reserve(rows: items.count, columns: parameters.itemEmbedding.columns)
    let e = entities.reserve(rows: items.count, columns: parameters.entityEmbedding.columns)
    parameters.itemEmbedding.gather(items, into: x)
    parameters.entityEmbedding.gather(items, into: e)
    let q = vectors.reserve(rows: items.count, columns: p.columns)
    ItemVectors.forward(parameters, x: x.view, e: e.view, into: q)
    let scores = products.reserve(rows: 1, columns: items.count)
    multiply(p.rows(row..<row + 1).view, q.view.transposed, into: scores)
    var result = Array(UnsafeBufferPointer(start: scores.base, count: items.count))
    if let facts = pass.facts {
      for (place, match) in facts.match(row, items).enumerated() { result[place] += match }
    }
    if let bias = network.repeatBias {
      let history = batch.history(ofRow: row)
      for (place, item) in items.enumerated() where history.contains(item) { result[place] += bias }
    }
    return result
  }
}
