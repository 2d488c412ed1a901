/// Plain values that start at a cache line, so that a vector of 64 bytes never lies in two.
///
/// Their address does not move, unless ``reserve(_:)`` is asked for more of them. Threads may write
/// different parts at the same time; nothing checks that they do.
///
/// Public, as all that is generic here: only then other rooms get code made for their types.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// For kernels and loops that have checked their bounds; else take a subscript or a part.
  public private(set) var start: UnsafeMutablePointer<Element>
  /// How many values there are.
  public private(set) var count: Int
  private var capacity: Int

  /// So many copies of a value.
  @inlinable
  public convenience init(_ count: Int, of value: Element) {
    self.init(uninitialized: count)
    start.update(repeating: value, count: count)
  }

  /// The elements of an array.
  @inlinable
  public convenience init(_ values: [Element]) {
    self.init(uninitialized: values.count)
    for (index, value) in values.enumerated() { start[index] = value }
  }

  /// So many values, whatever was in their place.
  public init(uninitialized count: Int) {
    self.count = count
    capacity = max(16, count)
    start = Self.allocate(capacity)
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  /// Makes it `count` values long; what they are is whatever was there.
  public func reserve(_ count: Int) {
    self.count = count
    guard count > capacity else { return }
    UnsafeMutableRawPointer(start).deallocate()
    capacity = count + count / 8
    start = Self.allocate(capacity)
  }

  /// Makes it `count` values long; those that were there stay.
  public func extend(_ count: Int) {
    let (old, kept) = (start, min(self.count, count))
    self.count = count
    guard count > capacity else { return }
    capacity = count + count / 8
    start = Self.allocate(capacity)
    start.update(from: old, count: kept)
    UnsafeMutableRawPointer(old).deallocate()
  }

  /// One value.
  @inlinable
  public subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      return start[index]
    }
    set {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      start[index] = newValue
    }
  }

  /// The address of so many values from a place on.
  @inlinable
  public func part(_ from: Int, count part: Int) -> UnsafeMutablePointer<Element> {
    assert(from >= 0 && part >= 0 && from + part <= count, "\(part) from \(from) of \(count)")
    return start + from
  }

  /// Takes over the values of another of the same length.
  public func copy(_ other: AlignedBuffer) {
    precondition(count == other.count, "both must have one length")
    start.update(from: other.start, count: count)
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64
    ).bindMemory(to: Element.self, capacity: capacity)
  }
}

extension AlignedBuffer where Element: AdditiveArithmetic {
  /// So many zeros.
  @inlinable
  public convenience init(_ count: Int) { self.init(count, of: .zero) }
}

/// A matrix that a pass works on: allocated once, grown when a batch needs more rows.
package final class MatrixBuffer {
  private let buffer = AlignedBuffer<Float>(uninitialized: 0)
  package private(set) var rows = 0
  package private(set) var columns = 0

  package init() {}

  /// Room for a matrix; its elements are whatever was there.
  @discardableResult
  package func reserve(rows: Int, columns: Int) -> MutableMatrixView {
    buffer.reserve(rows * columns)
    (self.rows, self.columns) = (rows, columns)
    return all
  }

  @discardableResult
  package func zeros(rows: Int, columns: Int) -> MutableMatrixView {
    reserve(rows: rows, columns: columns).base.update(repeating: 0, count: rows * columns)
    return all
  }

  package var all: MutableMatrixView {
    MutableMatrixView(buffer.start, rows: rows, columns: columns)
  }

  package var view: MatrixView { all.view }

  package func rows(_ range: Range<Int>) -> MutableMatrixView { all.rows(range) }

  package var matrix: Matrix {
    Matrix(
      rows: rows, columns: columns,
      values: Array(UnsafeBufferPointer(start: buffer.start, count: rows * columns)))
  }
}
