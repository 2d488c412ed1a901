import CKernels
import KSRModel
import KSRNumerics

/// The gradient of the item tables in a batch that reads only some of their rows.
package final class RowGradients {
  /// The items whose rows they are, ascending [U].
  package private(set) var rows: [Int32] = []
  private let inputBuffer = MatrixBuffer()
  private let entityBuffer = MatrixBuffer()
  /// By shard: the places of its rows among ``rows``.
  private var places: [[Int32]] = []

  /// dLoss/dx [U E].
  package var inputs: MutableMatrixView { inputBuffer.all }
  /// dLoss/de [U K]; without rows where e is not trained.
  package var entities: MutableMatrixView { entityBuffer.all }

  init() {}

  /// The gradients of some rows.
  init(rows: [Int32], inputs: Matrix, entities: Matrix?) {
    self.rows = rows
    for (matrix, buffer) in [(inputs, inputBuffer), (entities, entityBuffer)] {
      guard let matrix else { continue }
      let view = buffer.reserve(rows: matrix.rows, columns: matrix.columns)
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns { view[row, column] = matrix[row, column] }
      }
    }
  }

  /// The rows that the shards read.
  func arrange(_ shards: [GatheredItems]) {
    rows = GatheredItems.distinct(shards.flatMap(\.rows))
    places = shards.map { shard in
      shard.rows.map { Int32(GatheredItems.place(of: $0, in: rows)) }
    }
  }

  /// The sums over the shards, in their order.
  func sum(_ shards: [GatheredItems], entities: Bool, threads: Int) {
    add(shards.map(\.inputGradient), to: inputBuffer, threads)
    if entities { add(shards.map(\.entityGradient), to: entityBuffer, threads) }
  }

  private func add(_ shards: [MatrixBuffer], to sum: MatrixBuffer, _ threads: Int) {
    let result = sum.zeros(rows: rows.count, columns: shards[0].columns)
    // Shards differ in the rows they have: each block of rows looks for its own.
    let length = max(256, (rows.count + 15) / 16)
    nonisolated(unsafe) let shards = shards
    let places = places
    parallel((rows.count + length - 1) / length, threads: threads) { block in
      for (shard, places) in zip(shards, places) {
        ksr_scatter_add(
          shard.rows, shard.columns, places, block * length, (block + 1) * length, shard.all.base,
          result.base)
      }
    }
  }

  var sumOfSquares: Double {
    ksr_sum_of_squares(inputs.rows * inputs.columns, inputs.base)
      + ksr_sum_of_squares(entities.rows * entities.columns, entities.base)
  }

  func scale(by factor: Float) {
    for view in [inputs, entities] {
      for i in 0..<view.rows * view.columns { view.base[i] *= factor }
    }
  }

  /// Adds the rows to whole tables [N E], [N K].
  package func add(toInputs x: inout Matrix, entities e: inout Matrix) {
    for (place, row) in rows.enumerated() {
      for k in 0..<inputs.columns { x[Int(row), k] += inputs[place, k] }
      for k in 0..<entities.columns where entities.rows > 0 { e[Int(row), k] += entities[place, k] }
    }
  }
}
