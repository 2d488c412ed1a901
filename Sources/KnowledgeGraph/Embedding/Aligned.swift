/// Plain values at an address that does not move, aligned for vector registers.
///
/// Threads may write different parts of it at the same time; nothing checks that they do.
final class Aligned<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int

  /// So many copies of a value.
  init(_ count: Int, of value: Element) {
    let capacity = max(1, count)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
    start = memory.bindMemory(to: Element.self, capacity: capacity)
    start.initialize(repeating: value, count: capacity)
    self.count = count
  }

  convenience init(_ values: [Element]) where Element: AdditiveArithmetic {
    self.init(values.count, of: .zero)
    for (index, value) in values.enumerated() { start[index] = value }
  }

  deinit { start.deallocate() }

  /// Takes over the values of another of the same length.
  func copy(_ other: Aligned) {
    precondition(count == other.count, "both must have one length")
    start.update(from: other.start, count: count)
  }
}

extension Aligned where Element: AdditiveArithmetic {
  /// So many zeros.
  convenience init(_ count: Int) { self.init(count, of: .zero) }
}

typealias AlignedFloats = Aligned<Float>
typealias AlignedIntegers = Aligned<Int32>
