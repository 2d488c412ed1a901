import CKernels
import KSRNumerics
import Randomness

/// The rows of all entities and, after them, of all relations, with what the learner remembers.
///
/// Gradients of a step are summed in the order of their chunks, whichever thread does it: threads
/// share the rows among them, and each walks through all gradients in order.
final class EmbeddingTable: @unchecked Sendable {
  /// The rows [entities + relations, stride]; what is beyond the dimension stays 0.
  let rows: AlignedBuffer<Float>
  private let settings: EmbeddingSettings
  private let entityCount: Int
  private let rowCount: Int
  private let stride: Int
  /// A sum of squares for each row (Adagrad), or means and variances of its numbers (Adam).
  private let memory: AlignedBuffer<Float>
  private let parts: [Part]

  /// What one part of the rows needs while a step is made.
  private final class Part {
    let sum: AlignedBuffer<Float>
    /// The rows that get a gradient, in the order in which they first do.
    let touched: AlignedBuffer<Int32>
    var count = 0

    init(_ stride: Int, rowCount: Int) {
      sum = AlignedBuffer<Float>(stride)
      touched = AlignedBuffer<Int32>(rowCount)
    }
  }

  /// A gradient in the chain of its row.
  private struct Link {
    var gradient: UnsafeMutablePointer<Float>
    var sign: Float
    var next: Int32
  }

  private let first: UnsafeMutablePointer<Int32>
  private let last: UnsafeMutablePointer<Int32>
  private let links: UnsafeMutablePointer<Link>

  init(_ settings: EmbeddingSettings, entityCount: Int, relationCount: Int, sharesInStep: Int) {
    self.settings = settings
    self.entityCount = entityCount
    rowCount = entityCount + relationCount
    stride = settings.stride
    rows = AlignedBuffer<Float>(rowCount * stride)
    let perRow =
      switch settings.learner {
      case .sgd: 0
      case .adagrad: 1
      case .adam: 2 * stride
      }
    memory = AlignedBuffer<Float>(perRow * rowCount)
    parts = (0..<EmbeddingShares.partCount).map { [stride, rowCount] _ in
      Part(stride, rowCount: rowCount / EmbeddingShares.partCount + 16)
    }
    first = .allocate(capacity: rowCount)
    last = .allocate(capacity: rowCount)
    links = .allocate(capacity: sharesInStep)
    first.initialize(repeating: -1, count: rowCount)
    last.initialize(repeating: -1, count: rowCount)
    fill()
  }

  deinit {
    first.deallocate()
    last.deallocate()
    links.deallocate()
  }

  /// Random rows, such that distances start near the margin.
  private func fill() {
    var generator = SeededGenerator(seed: settings.seed, stream: 0xE3B)
    let width = Float(settings.dimension)
    let reach =
      settings.normalisesEntities
      ? 6 / width.squareRoot()
      : settings.norm == 1 ? settings.margin / width : settings.margin / width.squareRoot()
    for row in 0..<rowCount {
      for column in 0..<settings.dimension {
        rows[row * stride + column] = generator.uniform(-reach, reach)
      }
      if settings.normalisesEntities { normalise(rows.start + row * stride) }
    }
  }

  /// Makes a step with the gradients of some chunks.
  ///
  /// - Parameters:
  ///   - step: the number of the step, from 1.
  ///   - rate: its size.
  func step(_ chunks: ArraySlice<EmbeddingChunk>, step: Int, rate: Float, threads: Int) {
    var offsets = [0]
    for chunk in chunks { offsets.append(offsets[offsets.count - 1] + chunk.shares.count) }
    let starts = offsets
    parallel(EmbeddingShares.partCount, threads: threads) { part in
      gather(chunks, starts, part)
      apply(step: step, rate: rate, part)
    }
  }

  /// Chains the gradients of each row of a part, in the order of the chunks.
  private func gather(_ chunks: ArraySlice<EmbeddingChunk>, _ starts: [Int], _ number: Int) {
    let part = parts[number]
    part.count = 0
    for (index, chunk) in chunks.enumerated() {
      let shares = chunk.shares.start
      for place in chunk.shares.range(ofPart: number) {
        let row = Int(shares[place].row)
        let link = Int32(starts[index] + place)
        let gradient = chunk.gradients.start + Int(shares[place].source) * stride
        links[Int(link)] = Link(gradient: gradient, sign: shares[place].sign, next: -1)
        if first[row] < 0 {
          first[row] = link
          part.touched[part.count] = Int32(row)
          part.count += 1
        } else {
          links[Int(last[row])].next = link
        }
        last[row] = link
      }
    }
  }

  private func apply(step: Int, rate: Float, _ number: Int) {
    let part = parts[number]
    let sum = part.sum.start
    for index in 0..<part.count {
      let row = Int(part.touched[index])
      var link = links[Int(first[row])]
      first[row] = -1
      if link.next < 0, link.sign == 1 {
        move(row, link.gradient, step: step, rate: rate)
        continue
      }
      sum.update(repeating: 0, count: stride)
      ksr_add_scaled(stride, link.sign, link.gradient, sum)
      while link.next >= 0 {
        link = links[Int(link.next)]
        ksr_add_scaled(stride, link.sign, link.gradient, sum)
      }
      move(row, sum, step: step, rate: rate)
    }
  }

  private func move(_ row: Int, _ gradient: UnsafePointer<Float>, step: Int, rate: Float) {
    let values = rows.start + row * stride
    let width = settings.dimension
    switch settings.learner {
    case .sgd: ksr_add_scaled(width, -rate, gradient, values)
    case .adagrad:
      ksr_adagrad_step(width, rate, 1e-10, values, gradient, memory.start + row)
    case .adam:
      let correction1 = 1 / (1 - power(0.9, step))
      let correction2 = 1 / (1 - power(0.999, step))
      let settings = ksr_adam(
        rate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: Float(correction1),
        correction2: Float(correction2), weight_decay: 0, parameter_decay: 0)
      let mean = memory.start + 2 * row * stride
      ksr_adam_step(width, settings, values, gradient, mean, mean + stride)
    }
    if settings.normalisesEntities, row < entityCount { normalise(values) }
  }

  /// Brings a row to length 1; a row of zeros stays.
  private func normalise(_ row: UnsafeMutablePointer<Float>) {
    var square: Float = 0
    ksr_row_squares(1, stride, row, &square)
    guard square > 0 else { return }
    let scale = 1 / square.squareRoot()
    for column in 0..<settings.dimension { row[column] *= scale }
  }

  /// The vectors of some rows without the filling.
  func values(_ range: Range<Int>) -> [Float] {
    range.flatMap { row in
      UnsafeBufferPointer(start: rows.start + row * stride, count: settings.dimension)
    }
  }
}

/// A power with a whole exponent, by squaring.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, left) = (1.0, base, exponent)
  while left > 0 {
    if left & 1 == 1 { result *= factor }
    factor *= factor
    left >>= 1
  }
  return result
}
