/// Which rows of the table get which gradients of a chunk.
///
/// They lie together by parts of the table, so that a thread that sums the gradients of one part
/// need not look at the others; within a part they keep the order in which they were taken.
final class EmbeddingShares: @unchecked Sendable {
  /// A row that gets `sign` times the gradient `source`.
  struct Share {
    var row: Int32
    var source: Int32
    var sign: Float
  }

  /// How many parts the table is cut into: more than threads are likely, to share the work evenly.
  static let partCount = 16

  /// The part of a row; neighbours stay together, so that threads do not write into one cache line.
  @inline(__always)
  static func part(of row: Int32) -> Int { Int(row >> 4) & (partCount - 1) }

  /// All of them, part after part.
  let start: UnsafeMutablePointer<Share>
  /// Where each part begins; one more than parts.
  private let bounds: UnsafeMutablePointer<Int>
  /// Where the next one of each part goes.
  private let next: UnsafeMutablePointer<Int>

  init(capacity: Int) {
    start = .allocate(capacity: capacity)
    start.initialize(repeating: Share(row: 0, source: 0, sign: 0), count: capacity)
    bounds = .allocate(capacity: Self.partCount + 1)
    bounds.initialize(repeating: 0, count: Self.partCount + 1)
    next = .allocate(capacity: Self.partCount)
    next.initialize(repeating: 0, count: Self.partCount)
  }

  deinit {
    start.deallocate()
    bounds.deallocate()
    next.deallocate()
  }

  var count: Int { bounds[Self.partCount] }

  func range(ofPart part: Int) -> Range<Int> { bounds[part]..<bounds[part + 1] }

  func begin() {
    next.update(repeating: 0, count: Self.partCount)
  }

  /// Counts one, or, after ``layOut()``, puts it in its place.
  @inline(__always)
  func take(_ row: Int32, _ source: Int32, _ sign: Float, counts: Bool) {
    let part = Self.part(of: row)
    if !counts { start[next[part]] = Share(row: row, source: source, sign: sign) }
    next[part] += 1
  }

  /// Gives each part its place after all were counted.
  func layOut() {
    bounds[0] = 0
    for part in 0..<Self.partCount {
      bounds[part + 1] = bounds[part] + next[part]
      next[part] = bounds[part]
    }
  }
}
