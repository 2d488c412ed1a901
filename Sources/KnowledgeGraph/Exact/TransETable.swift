import Randomness

/// How many groups of eight numbers a row takes.
func laneCount(_ dimension: Int) -> Int { (dimension + 7) / 8 }

/// Rows of numbers in groups of eight, the last group filled up with zeros, which stay zeros.
///
/// Groups add and multiply number by number, so that the compiler may use whatever vector
/// instructions there are without changing a bit of the result.
struct TransETable {
  private(set) var lanes: [SIMD8<Float>]
  private let dimension: Int

  /// Random rows of length 1: uniform in ±6/√dimension, then normalised.
  init(rows: Int, dimension: Int, _ generator: inout SeededGenerator) {
    self.dimension = dimension
    let perRow = laneCount(dimension)
    let bound = 6 / Float(dimension).squareRoot()
    lanes = Array(repeating: .zero, count: rows * perRow)
    for row in 0..<rows {
      for column in 0..<dimension {
        lanes[row * perRow + column / 8][column % 8] = generator.uniform(-bound, bound)
      }
    }
    withRows { table in
      for row in 0..<rows { TransEDescent.normalise(table + row * perRow, lanes: perRow) }
    }
  }

  /// Gives the rows one after the other.
  mutating func withRows<Result>(
    _ body: (UnsafeMutablePointer<SIMD8<Float>>) -> Result
  ) -> Result {
    lanes.withUnsafeMutableBufferPointer { rows in
      guard let start = rows.baseAddress else { preconditionFailure("a table has rows") }
      return body(start)
    }
  }

  /// The numbers without the filling.
  var values: [Float] {
    let perRow = laneCount(dimension)
    let rows = lanes.count / perRow
    var values: [Float] = []
    values.reserveCapacity(rows * dimension)
    for row in 0..<rows {
      for column in 0..<dimension {
        values.append(lanes[row * perRow + column / 8][column % 8])
      }
    }
    return values
  }
}
