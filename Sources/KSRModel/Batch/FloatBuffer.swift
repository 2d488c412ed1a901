/// Numbers that a pass works on: allocated once, grown when a batch needs more.
///
/// They start at a cache line, so that a vector of 64 bytes never lies in two.
package final class FloatBuffer {
  package private(set) var base: UnsafeMutablePointer<Float>
  private var capacity: Int

  package init() {
    capacity = 16
    base = Self.allocate(capacity)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Room for `count` numbers; their values are whatever was there.
  @discardableResult
  package func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if count > capacity {
      UnsafeMutableRawPointer(base).deallocate()
      capacity = count + count / 8
      base = Self.allocate(capacity)
    }
    return base
  }

  /// Room for `count` zeros.
  @discardableResult
  package func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    reserve(count).update(repeating: 0, count: count)
    return base
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: capacity)
  }
}
