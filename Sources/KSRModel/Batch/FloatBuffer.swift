/// Numbers that a pass works on: allocated once, grown when a batch needs more.
package final class FloatBuffer {
  package private(set) var base: UnsafeMutablePointer<Float>
  private var capacity: Int

  package init() {
    capacity = 16
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Room for `count` numbers; their values are whatever was there.
  @discardableResult
  package func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if count > capacity {
      base.deallocate()
      capacity = count + count / 8
      base = .allocate(capacity: capacity)
    }
    return base
  }

  /// Room for `count` zeros.
  @discardableResult
  package func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    reserve(count).update(repeating: 0, count: count)
    return base
  }
}
