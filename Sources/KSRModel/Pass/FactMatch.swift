import CKernels
import KSRNumerics

/// Σ_a α_a λ_a S_a(i), added to the scores of whole ranges of items, and the gradient of that.
///
/// What rows hold is sparse, and so are the facts: nothing of size R×N or C×N is made. Up to 16 rows
/// go together, so that each fact of a column that one of them holds is one vector addition.
final class FactMatch {
  /// 16 rows, or fewer at the end.
  private struct Block {
    let rows: Range<Int>
    /// The columns that some of the rows hold: places in `begins`, with 16 weights and gradients each.
    let columns: Range<Int>
  }

  private var blocks: [Block] = []
  private let columns = AlignedBuffer<Int32>(uninitialized: 0)
  /// By column of a block: where its items start and end in the table's.
  private let begins = AlignedBuffer<Int32>(uninitialized: 0)
  private let ends = AlignedBuffer<Int32>(uninitialized: 0)
  /// How far its items have been walked, for the scores and for their gradient.
  private let places = AlignedBuffer<Int32>(uninitialized: 0)
  private let gradientPlaces = AlignedBuffer<Int32>(uninitialized: 0)
  /// Of what each row holds, the place of its column.
  private let numbers = AlignedBuffer<Int32>(uninitialized: 0)
  private let weights = AlignedBuffer<Float>(uninitialized: 0)  // [columns of the blocks, 16]
  private let gradients = AlignedBuffer<Float>(uninitialized: 0)  // the same
  private let match = AlignedBuffer<Float>(uninitialized: 0)  // [items of a tile, 16]
  /// By column of the table: its place + 1, or 0.
  private let number = AlignedBuffer<Int32>(uninitialized: 0)
  private let isOfTarget = AlignedBuffer<Bool>(uninitialized: 0)  // by column of the table

  private var columnCount: Int { blocks.last?.columns.upperBound ?? 0 }

  /// Arranges some rows of what is held.
  func arrange(_ rows: Range<Int>, of pass: FactsPass) {
    let table = pass.table
    if number.count != table.columnCount {
      number.reserve(table.columnCount)
      number.start.update(repeating: 0, count: table.columnCount)
      isOfTarget.reserve(table.columnCount)
      isOfTarget.start.update(repeating: false, count: table.columnCount)
    }
    let (relations, first) = (table.relationCount, pass.row(rows.lowerBound).lowerBound)
    let entries = pass.start[rows.upperBound * relations] - first
    for buffer in [columns, begins, ends, places, gradientPlaces, numbers] {
      buffer.reserve(entries)
    }
    weights.reserve(16 * entries)
    gradients.reserve(16 * entries)
    blocks.removeAll(keepingCapacity: true)
    var count = 0
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
      let block = Block(
        rows: row..<min(rows.upperBound, row + 16),
        columns: count..<arrange(row..<min(rows.upperBound, row + 16), of: pass, first, from: count)
      )
      count = block.columns.upperBound
      blocks.append(block)
    }
    gradientPlaces.start.update(from: begins.start, count: count)
    gradients.start.update(repeating: 0, count: 16 * count)
    rewind()
  }

  /// Arranges the rows of a block, whose columns get places from `start` on; returns where they end.
  private func arrange(
    _ rows: Range<Int>, of pass: FactsPass, _ first: Int, from start: Int
  ) -> Int {
    let (column, weight, number) = (pass.column.start, pass.weight.start, number.start)
    let (columns, begins, ends, numbers, weights) = (
      columns.start, begins.start, ends.start, numbers.start, weights.start
    )
    var count = start
    pass.table.columnStart.withUnsafeBufferPointer { columnStart in
      for row in rows {
        for k in pass.row(row) {
          let c = Int(column[k])
          if number[c] == 0 {
            columns[count] = Int32(c)
            begins[count] = columnStart[c]
            ends[count] = columnStart[c + 1]
            (weights + 16 * count).update(repeating: 0, count: 16)
            count += 1
            number[c] = Int32(count)
          }
          let place = Int(number[c]) - 1
          numbers[k - first] = Int32(place)
          weights[16 * place + row - rows.lowerBound] = weight[k]
        }
      }
    }
    for k in start..<count { number[Int(columns[k])] = 0 }
    return count
  }

  /// Starts again at the first item.
  func rewind() { places.start.update(from: begins.start, count: columnCount) }

  /// Adds to the scores of a tile of items; tiles come in their order.
  ///
  /// - Parameter scores: of the rows that were arranged [rows, items of the tile].
  func add(_ tile: Range<Int>, of table: FactTable, to scores: MutableMatrixView) {
    match.reserve(16 * tile.count)
    guard let first = blocks.first?.rows.lowerBound else { return }
    for block in blocks {
      let start = block.columns.lowerBound
      ksr_match_scores(
        block.columns.count, places.start + start, ends.start + start, table.items,
        tile.lowerBound, tile.count, weights.start + 16 * start, block.rows.count, match.start,
        scores.row(block.rows.lowerBound - first), scores.stride)
    }
  }

  /// Takes up the gradient of the scores of a tile; tiles come in their order.
  func addGradient(_ tile: Range<Int>, of table: FactTable, from dscores: MutableMatrixView) {
    match.reserve(16 * tile.count)
    guard let first = blocks.first?.rows.lowerBound else { return }
    for block in blocks {
      let start = block.columns.lowerBound
      ksr_match_gradient(
        block.columns.count, gradientPlaces.start + start, ends.start + start, table.items,
        tile.lowerBound, tile.count, dscores.row(block.rows.lowerBound - first), dscores.stride,
        block.rows.count, match.start, gradients.start + 16 * start)
    }
  }

  /// D_a = Σ_i δ_i S_a(i) of the rows that were arranged, with
  /// δ_i = scale (inverse · e_i − [i is the target]), where the e are the gradients taken up.
  func finish(
    _ pass: FactsPass, target: [Int32], inverse: UnsafePointer<Float>, scale: Float
  ) {
    guard let first = blocks.first?.rows.lowerBound else { return }
    let (table, d, offset) = (pass.table, pass.matchGradient.all, pass.row(first).lowerBound)
    let (column, held, numbers) = (pass.column.start, pass.held.start, numbers.start)
    let (gradients, isOfTarget, start) = (gradients.start, isOfTarget.start, pass.start.start)
    for block in blocks {
      for row in block.rows {
        let targets = table.columns(of: Int(target[row - first]))
        for c in targets { isOfTarget[Int(c)] = true }
        let ofRow = gradients + (row - block.rows.lowerBound)
        for a in 0..<table.relationCount {
          let place = row * table.relationCount + a
          var (all, own) = (Float(0), Float(0))
          for k in start[place]..<start[place + 1] {
            all += held[k] * ofRow[16 * Int(numbers[k - offset])]
            own += isOfTarget[Int(column[k])] ? held[k] : 0
          }
          d[row, a] = scale * (inverse[row - first] * all - own)
        }
        for c in targets { isOfTarget[Int(c)] = false }
      }
    }
  }

  /// The numbers kept of the rows at work, at most.
  static func bufferSize(_ table: FactTable, rows: Double) -> Double {
    rows * FactsPass.heldCount(table) * (2 * 16 + 6)
  }
}
