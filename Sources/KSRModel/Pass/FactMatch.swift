import CKernels
import KSRNumerics

/// Σ_a α_a λ_a S_a(i), added to the scores of whole ranges of items, and the gradient of that.
///
/// What rows hold is sparse, and so are the facts: nothing of size R×N or C×N is made. Up to 16 rows
/// go together, so that each fact of a column that one of them holds is one vector addition.
final class FactMatch {
  /// 16 rows, or fewer at the end: the columns that some row holds, and each row's weight of them.
  private struct Block {
    let rows: Range<Int>
    /// Its columns in `ends` and `places`; 16 weights and gradients for each.
    let columns: Range<Int>
  }

  private var blocks: [Block] = []
  private var columns: [Int32] = []
  /// Where the items of each column start, and end, in the table's items.
  private var begins: [Int32] = []
  private var ends: [Int32] = []
  /// How far each column's items have been walked for the scores, and for their gradient.
  private var places: [Int32] = []
  private var gradientPlaces: [Int32] = []
  /// Of what each row holds, its column's number in its block.
  private var numbers: [Int32] = []
  private var weights: [Float] = []  // [columns of the blocks, 16]
  private var gradients: [Float] = []  // the same
  private let match = AlignedBuffer<Float>(uninitialized: 0)  // [items of a tile, 16]
  private var number: [Int32] = []  // by column of the table, from 1 on; 0 outside a block
  private var isOfTarget: [Bool] = []

  /// Arranges some rows of what is held.
  func arrange(_ rows: Range<Int>, of pass: FactsPass) {
    let table = pass.table
    if number.count != table.columnCount {
      number = Array(repeating: 0, count: table.columnCount)
      isOfTarget = Array(repeating: false, count: table.columnCount)
    }
    for keep in [\FactMatch.columns, \.begins, \.ends, \.numbers] {
      self[keyPath: keep].removeAll(keepingCapacity: true)
    }
    weights.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
      let block = first..<min(rows.upperBound, first + 16)
      let start = columns.count
      for row in block {
        for k in pass.slots.row(row) {
          let c = Int(pass.slots.column[k])
          if number[c] == 0 {
            columns.append(Int32(c))
            begins.append(table.columnStart[c])
            ends.append(table.columnStart[c + 1])
            weights.append(contentsOf: repeatElement(0, count: 16))
            number[c] = Int32(columns.count - start)
          }
          numbers.append(Int32(start) + number[c] - 1)
          weights[16 * Int(Int32(start) + number[c] - 1) + row - first] = pass.weight[k]
        }
      }
      for c in columns[start...] { number[Int(c)] = 0 }
      blocks.append(Block(rows: block, columns: start..<columns.count))
    }
    (places, gradientPlaces) = (begins, begins)
  }

  /// Starts again at the first item.
  func rewind() { places = begins }

  /// Adds to the scores of a tile of items; tiles come in their order.
  ///
  /// - Parameter scores: of the rows that were arranged [rows, items of the tile].
  func add(_ tile: Range<Int>, of table: FactTable, to scores: MutableMatrixView) {
    match.reserve(16 * tile.count)
    guard let first = blocks.first?.rows.lowerBound else { return }
    for block in blocks {
      withColumns(block, \.places) { places, ends, weights in
        ksr_match_scores(
          block.columns.count, places, ends, table.items, tile.lowerBound, tile.count, weights,
          block.rows.count, match.start, scores.row(block.rows.lowerBound - first), scores.stride)
      }
    }
  }

  /// Takes up the gradient of the scores of a tile; tiles come in their order.
  func addGradient(_ tile: Range<Int>, of table: FactTable, from dscores: MutableMatrixView) {
    match.reserve(16 * tile.count)
    if tile.lowerBound == 0 { gradients = weights.map { _ in 0 } }
    guard let first = blocks.first?.rows.lowerBound else { return }
    for block in blocks {
      let size = 16 * block.columns.count
      gradients.withUnsafeMutableBufferPointer { gradients in
        guard size > 0, let base = gradients.baseAddress else { return }
        withColumns(block, \.gradientPlaces) { places, ends, _ in
          ksr_match_gradient(
            block.columns.count, places, ends, table.items, tile.lowerBound, tile.count,
            dscores.row(block.rows.lowerBound - first), dscores.stride, block.rows.count,
            match.start, base + 16 * block.columns.lowerBound)
        }
      }
    }
  }

  private func withColumns(
    _ block: Block, _ path: ReferenceWritableKeyPath<FactMatch, [Int32]>,
    _ body: (UnsafeMutablePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Float>) -> Void
  ) {
    guard !block.columns.isEmpty else { return }
    self[keyPath: path].withUnsafeMutableBufferPointer { places in
      ends.withUnsafeBufferPointer { ends in
        weights.withUnsafeBufferPointer { weights in
          guard let places = places.baseAddress, let ends = ends.baseAddress,
            let weights = weights.baseAddress
          else { return }
          let start = block.columns.lowerBound
          body(places + start, ends + start, weights + 16 * start)
        }
      }
    }
  }

  /// D_a = Σ_i δ_i S_a(i) of the rows that were arranged, with
  /// δ_i = scale (inverse · e_i − [i is the target]), where the e are the gradients taken up.
  func finish(
    _ pass: FactsPass, target: [Int32], inverse: UnsafePointer<Float>, scale: Float
  ) {
    guard let first = blocks.first?.rows.lowerBound else { return }
    let (table, d) = (pass.table, pass.matchGradient.all)
    var next = 0
    for block in blocks {
      for row in block.rows {
        let own = d.row(row)
        for a in 0..<table.relationCount { own[a] = 0 }
        let targets = table.columns(of: Int(target[row - first]))
        for c in targets { isOfTarget[Int(c)] = true }
        for k in pass.slots.row(row) {
          let c = Int(pass.slots.column[k])
          let sum = gradients[16 * Int(numbers[next]) + row - block.rows.lowerBound]
          own[Int(table.relation[c])] +=
            scale * pass.slots.held[k] * (inverse[row - first] * sum - (isOfTarget[c] ? 1 : 0))
          next += 1
        }
        for c in targets { isOfTarget[Int(c)] = false }
      }
    }
  }
}
