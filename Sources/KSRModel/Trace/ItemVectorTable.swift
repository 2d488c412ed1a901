import KSRNumerics
import Synchronization

/// q_i of all items [N E], made a block of items at a time when one of them is first asked for.
///
/// A small catalogue is one block: then all come out of one product. Of a large one, whose scores are
/// found in portions, no portion waits for all of them.
final class ItemVectorTable: Sendable {
  private let parameters: KSRParameters
  private let rows: MutableMatrixView
  private let values: LentFloats
  /// Items of a block.
  private let height: Int
  private let blockCount: Int
  private let isMade: Mutex<[Bool]>
  private let madeCount = Atomic(0)

  /// The largest catalogue that is one block.
  private static let largestWhole = 1 << 16

  init(_ parameters: KSRParameters) {
    let (count, width) = (parameters.itemCount, parameters.denseLayerI.weight.rows)
    self.parameters = parameters
    // Memory that nobody has touched yet costs nothing.
    let buffer = AlignedBuffer<Float>(uninitialized: count * width)
    rows = MutableMatrixView(buffer.start, rows: count, columns: width)
    values = LentFloats(buffer.start, count: count * width, owner: buffer)
    height = count <= Self.largestWhole ? max(1, count) : 4096
    blockCount = (count + height - 1) / height
    isMade = Mutex(Array(repeating: false, count: blockCount))
  }

  private var matrix: Matrix { Matrix(rows: rows.rows, columns: rows.columns, lent: values) }

  var all: Matrix { matrix(with: 0..<rows.rows) }

  /// The table, in which some rows are those of q, and others may not be yet.
  func matrix(with range: Range<Int>) -> Matrix {
    guard madeCount.load(ordering: .acquiring) < blockCount, !range.isEmpty else { return matrix }
    isMade.withLock { isMade in
      let missing = (range.lowerBound / height...(range.upperBound - 1) / height)
        .filter { !isMade[$0] }
      parallel(missing.count, threads: 2) { place in
        let start = missing[place] * height
        let block = start..<min(rows.rows, start + height)
        ItemVectors.forward(parameters, block, into: rows.rows(block))
        // Sequences read few rows of them again.
        parameters.itemEmbedding.release(rows: block)
        parameters.entityEmbedding.release(rows: block)
      }
      for block in missing { isMade[block] = true }
      madeCount.add(missing.count, ordering: .releasing)
    }
    return matrix
  }
}
