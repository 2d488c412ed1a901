import AtomicFiles

/// Goes once through the bytes of a pickle: instructions and what stands after them.
///
/// Nothing is made longer than what is left of the pickle: every length that it states is compared
/// with that first.
struct PickleReader {
  /// The longest name of a module, class or function, in bytes.
  static let longestName = 1000

  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  /// A reader at the first byte.
  ///
  /// - Parameter file: what errors call the file.
  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The number of bytes of the whole pickle.
  var count: Int { bytes.count }

  mutating func opcode() throws(CheckpointError) -> Opcode {
    let code = try byte()
    guard let opcode = Opcode(rawValue: code) else {
      position -= 1
      throw failure("the instruction \(hexadecimal(code)) is not one of those understood here")
    }
    return opcode
  }

  mutating func byte() throws(CheckpointError) -> UInt8 { try number(UInt8.self) }

  /// The next bytes as a number, the lowest first.
  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _: Number.Type
  ) throws(CheckpointError) -> Number {
    guard let value: Number = bytes.number(at: position) else {
      throw failure("it ends inside an instruction")
    }
    position += Number.bitWidth / 8
    return value
  }

  /// A length of 1, 4 or 8 bytes, no longer than what is left.
  mutating func length(_ width: Int) throws(CheckpointError) -> Int {
    let stated: UInt64 =
      switch width {
      case 1: UInt64(try byte())
      case 4: UInt64(try number(UInt32.self))
      default: try number(UInt64.self)
      }
    guard stated <= UInt64(bytes.count - position) else {
      throw failure("a length is given as \(stated), but \(bytes.count - position) bytes are left")
    }
    return Int(stated)
  }

  /// A text of a length that ``length(_:)`` gave.
  mutating func text(_ count: Int) throws(CheckpointError) -> String {
    let part = bytes[position..<position + count]
    guard let text = String(validating: part, as: UTF8.self) else {
      throw failure("a text of \(count) bytes is not UTF-8")
    }
    position += count
    return text
  }

  /// Passes over as many bytes as ``length(_:)`` gave.
  mutating func skip(_ count: Int) { position += count }

  /// A whole number of as many bytes in two's complement; nil if it has more than 8.
  mutating func integer(_ count: Int) throws(CheckpointError) -> Int? {
    guard count <= bytes.count - position else { throw failure("it ends inside a number") }
    let part = bytes[position..<position + count]
    position += count
    guard count <= 8 else { return nil }
    var value: Int64 = part.last.map { $0 & 0x80 != 0 ? -1 : 0 } ?? 0
    for byte in part.reversed() { value = value << 8 | Int64(byte) }
    return Int(value)
  }

  /// A name up to the end of its line.
  mutating func line() throws(CheckpointError) -> String {
    let rest = bytes[position...].prefix(Self.longestName + 1)
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")),
      let name = String(validating: bytes[position..<end], as: UTF8.self)
    else { throw failure("a class has no name of at most \(Self.longestName) bytes") }
    position = end + 1
    return name
  }

  /// An error at this place of the pickle.
  func failure(_ detail: String) -> CheckpointError {
    CheckpointError(
      .pickle, file: file, "byte \(position) of its pickle: \(printable(detail, limit: 400))")
  }
}

/// The instructions of pickles that are understood: those of protocols 2 to 4.
///
/// The text forms of protocols 0 and 1, extension codes and out-of-band buffers are not among them:
/// `torch.save` writes none.
enum Opcode: UInt8 {
  case mark = 0x28
  case emptyTuple = 0x29
  case stop = 0x2E
  case pop = 0x30
  case popMark = 0x31
  case duplicate = 0x32
  case bytes = 0x42
  case shortBytes = 0x43
  case float = 0x47
  case int = 0x4A
  case int1 = 0x4B
  case int2 = 0x4D
  case none = 0x4E
  case persistentID = 0x51
  case reduce = 0x52
  case string = 0x54
  case shortString = 0x55
  case unicode = 0x58
  case emptyList = 0x5D
  case append = 0x61
  case build = 0x62
  case global = 0x63
  case dictionary = 0x64
  case appends = 0x65
  case get = 0x68
  case longGet = 0x6A
  case list = 0x6C
  case object = 0x6F
  case put = 0x71
  case longPut = 0x72
  case setItem = 0x73
  case tuple = 0x74
  case setItems = 0x75
  case emptyDictionary = 0x7D
  case `protocol` = 0x80
  case newObject = 0x81
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case newTrue = 0x88
  case newFalse = 0x89
  case long1 = 0x8A
  case long4 = 0x8B
  case shortUnicode = 0x8C
  case unicode8 = 0x8D
  case bytes8 = 0x8E
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  case newObjectWithNames = 0x92
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95
}
