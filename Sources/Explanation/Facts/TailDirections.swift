import CKernels
import KSRModel

/// The directions of the tails' vectors, arranged for finding the nearest quickly.
///
/// Beside the vectors there is a copy of 8 bits a number. A first pass over the copy reads a quarter
/// of the memory and leaves out what cannot be among the nearest, since how far the copy is off is
/// known; only what is left is compared exactly. The result is that of comparing all.
struct TailDirections: Sendable {
  /// The vectors themselves [tails K].
  private let vectors: Matrix
  /// 1/‖vector‖ by tail; 0 where there is no direction.
  private let inverseNorms: [Float]
  /// The unit vectors in steps of `steps`, from −127 to 127: 16 of a tail's numbers to an element,
  /// the first eight in the low bytes [tails blocks].
  private let codes: [SIMD8<Int16>]
  /// What one step of a tail's codes is worth; 0 where there is no direction.
  private let steps: [Float]
  /// The largest distance of a unit vector from its codes.
  private let error: Float
  /// Elements of `codes` for each tail.
  private let blocks: Int

  init(_ vectors: Matrix) {
    let (width, blocks) = (vectors.columns, (vectors.columns + 15) / 16)
    var codes = [SIMD8<Int16>](repeating: .zero, count: vectors.rows * blocks)
    var steps = [Float](repeating: 0, count: vectors.rows)
    var inverseNorms = steps
    var worst: Float = 0
    vectors.values.withUnsafeBufferPointer { values in
      codes.withUnsafeMutableBytes { bytes in
        let lanes = bytes.bindMemory(to: Int16.self)
        for tail in 0..<vectors.rows {
          let row = UnsafeBufferPointer(rebasing: values[tail * width..<(tail + 1) * width])
          let squares = row.reduce(Float(0)) { $0 + $1 * $1 }
          let largest = row.reduce(Float(0)) { max($0, abs($1)) }
          let inverse = 1 / squares.squareRoot()
          // Not so for zeros, and for what is no number.
          guard inverse > 0, inverse.isFinite, largest.isFinite else { continue }
          let step = largest * inverse / 127
          var distance: Float = 0
          for k in 0..<width {
            let unit = row[k] * inverse
            let code = Self.whole(unit / step)
            distance += (unit - Float(code) * step) * (unit - Float(code) * step)
            let lane = (tail * blocks + k / 16) * 8 + k % 8
            lanes[lane] |= k % 16 < 8 ? code & 0xff : code << 8
          }
          worst = max(worst, distance.squareRoot())
          (steps[tail], inverseNorms[tail]) = (step, inverse)
        }
      }
    }
    self.vectors = vectors
    (self.codes, self.steps, self.inverseNorms) = (codes, steps, inverseNorms)
    (error, self.blocks) = (worst, blocks)
  }

  /// The nearest whole number, of at most 127.
  private static func whole(_ x: Float) -> Int16 { Int16(x + (x < 0 ? -0.5 : 0.5)) }

  /// The candidates with the largest cosine to `value`, best first; none without a direction.
  func nearest(
    to value: [Float], among candidates: ArraySlice<Int32>, count: Int
  ) -> [(tail: Int32, cosine: Float)] {
    let length = norm(value)
    guard count > 0, length > 0, length.isFinite else { return [] }
    let unit = value.map { $0 / length }
    let (rough, bound) = roughCosines(unit, candidates)
    var leaders = Leaders<Float>(count: count)
    for cosine in rough { leaders.insert(cosine, worth: cosine) }
    // What is this far below the last of the leaders cannot be above it.
    let threshold = (leaders.isFull ? leaders.lowest : -1) - 2 * bound
    var best = Leaders<Int32>(count: count)
    for (tail, cosine) in zip(candidates, rough)
    where cosine >= threshold && inverseNorms[Int(tail)] > 0 {
      best.insert(
        tail, worth: vectors.product(row: Int(tail), unit) * inverseNorms[Int(tail)])
    }
    return best.entries.map { ($0.element, $0.worth) }
  }

  /// Cosines from the codes, −2 where there is no direction, and how far they may be off.
  private func roughCosines(
    _ unit: [Float], _ candidates: ArraySlice<Int32>
  ) -> (cosines: [Float], bound: Float) {
    // Eight products of a code and a number of the query fit into 16 bits.
    let finest = 32
    let step = unit.reduce(0) { max($0, abs($1)) } / Float(finest)
    let query = unit.map { Self.whole($0 / step) }
    let queryError = norm(zip(unit, query).map { $0 - Float($1) * step })
    var halves = [SIMD8<Int16>](repeating: .zero, count: 2 * blocks)
    for (k, number) in query.enumerated() { halves[k / 8][k % 8] = number }
    var cosines = [Float](repeating: -2, count: candidates.count)
    codes.withUnsafeBufferPointer { codes in
      halves.withUnsafeBufferPointer { halves in
        for (place, tail) in candidates.enumerated() {
          let weight = steps[Int(tail)]
          guard weight > 0 else { continue }
          let start = Int(tail) * blocks
          var sum = SIMD8<Int32>.zero
          var block = 0
          while block < blocks {
            var products = SIMD8<Int16>.zero
            let end = min(block + 4, blocks)
            while block < end {
              let pair = codes[start + block]
              products &+= ((pair &<< 8) &>> 8) &* halves[2 * block]
              products &+= (pair &>> 8) &* halves[2 * block + 1]
              block += 1
            }
            sum &+= SIMD8(truncatingIfNeeded: products)
          }
          cosines[place] = Float(sum.wrappedSum()) * weight * step
        }
      }
    }
    return (cosines, error + queryError * (1 + error) + 1e-5)
  }
}

/// The few of many elements that are worth most, best first; of equals the first to come.
private struct Leaders<Element> {
  let count: Int
  private(set) var entries: [(element: Element, worth: Float)] = []

  init(count: Int) { self.count = count }

  var isFull: Bool { entries.count == count }
  var lowest: Float { entries.last?.worth ?? -.infinity }

  mutating func insert(_ element: Element, worth: Float) {
    guard !isFull || worth > lowest else { return }
    if isFull { entries.removeLast() }
    entries.insert((element, worth), at: entries.firstIndex { $0.worth < worth } ?? entries.count)
  }
}
