/// What to call many things, by place: one run of UTF-8, out of which a name is made when it is
/// asked for.
public struct NameList: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  let bytes: [UInt8]
  /// Where each name starts in `bytes`; one more entry than names.
  let offsets: [Int]
  /// What stands in the place of a name.
  private var shown: (@Sendable (_ place: Int, _ name: String) -> String)?

  /// Names that lie in one run already.
  init(bytes: [UInt8], offsets: [Int]) { (self.bytes, self.offsets) = (bytes, offsets) }

  /// The names, in their order.
  public init(_ names: some Sequence<String>) {
    var bytes: [UInt8] = []
    var offsets = [0]
    offsets.reserveCapacity(names.underestimatedCount + 1)
    for name in names {
      bytes.append(contentsOf: name.utf8)
      offsets.append(bytes.count)
    }
    self.init(bytes: bytes, offsets: offsets)
  }

  /// The names of a literal.
  public init(arrayLiteral names: String...) { self.init(names) }

  /// 0.
  public var startIndex: Int { 0 }
  /// The number of names.
  public var endIndex: Int { offsets.count - 1 }

  /// A name.
  public subscript(place: Int) -> String {
    let name = String(decoding: bytes[offsets[place]..<offsets[place + 1]], as: UTF8.self)
    return shown?(place, name) ?? name
  }

  /// The same names, each shown as `text` makes of it, once it is asked for.
  package func shown(
    as text: @escaping @Sendable (_ place: Int, _ name: String) -> String
  ) -> NameList {
    var result = self
    if let shown {
      result.shown = { place, name in text(place, shown(place, name)) }
    } else {
      result.shown = text
    }
    return result
  }
}
