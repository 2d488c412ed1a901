import AtomicFiles

/// One tensor as the header of a safetensors file describes it.
package struct TensorLayout: Sendable, Equatable {
  package let name: String
  package let type: ElementType
  /// Its shape, outermost first; empty for a single number.
  package let shape: [Int]
  /// Where the header says that its bytes begin, from the header's end.
  package let begin: Int
  /// Where the header says that its bytes end.
  package let end: Int
}

/// The header of a safetensors file: metadata and the layout of the tensors.
///
/// `[N: UInt64, little-endian][N bytes of JSON][tensors to the end of the file]`. What cannot be
/// trusted is checked in a fixed order before any tensor is looked at; the checks are numbered.
struct SafetensorsHeader {
  /// The format's own limit on the header, in bytes.
  static let longest = 100_000_000
  /// The bytes before the header, which hold its length.
  static let prefix = 8

  /// `__metadata__`; nil if the header has none.
  let metadata: [String: String]?
  /// The tensors in the order of their bytes.
  let tensors: [TensorLayout]

  /// Checks 1 to 3: the header's length, from the first bytes of a file.
  static func length(start: [UInt8], fileSize: Int, file: String) throws(CheckpointError) -> Int {
    guard fileSize >= prefix, start.count >= prefix else {
      throw CheckpointError(
        .headerTooSmall, file: file,
        "the file has \(fileSize) bytes, but a safetensors file starts with \(prefix) bytes that"
          + " give the length of its header")
    }
    let stored = start.prefix(prefix).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let length = Int(exactly: stored), length <= longest else {
      throw CheckpointError(
        .headerTooLarge, file: file,
        "the header's length is given as \(stored) bytes, expected at most \(longest);"
          + " this is not a safetensors file")
    }
    guard length <= fileSize - prefix else {
      throw CheckpointError(
        .headerBeyondFile, file: file,
        "the header's length is given as \(length) bytes, but only \(fileSize - prefix) follow")
    }
    return length
  }

  /// Checks 4 to 9: the header's text, and that its tensors fill the rest of the file exactly.
  init(_ bytes: [UInt8], bufferSize: Int, file: String) throws(CheckpointError) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw CheckpointError(.headerNotUTF8, file: file, "the header is not valid UTF-8")
    }
    var parser = SafetensorsHeaderParser(bytes: bytes, file: file)
    let (metadata, described) = try parser.header()
    // Tensors of no bytes share their place with the next, so the end counts too; the place in the
    // header decides last, to keep one order for one file.
    tensors = described.enumerated()
      .sorted {
        ($0.element.begin, $0.element.end, $0.offset)
          < ($1.element.begin, $1.element.end, $1.offset)
      }
      .map(\.element)
    self.metadata = metadata
    var expected = 0
    for tensor in tensors {
      try Self.check(tensor, begins: expected, file: file)
      expected = tensor.end
    }
    guard expected == bufferSize else {
      throw CheckpointError(
        .fileSize, file: file,
        "the tensors take \(expected) bytes, but \(bufferSize) follow the header; the file was"
          + (bufferSize < expected ? " cut off" : " added to"))
    }
  }

  /// Checks 6 to 8: a tensor begins where the last one ended and is as long as its shape needs.
  private static func check(
    _ tensor: TensorLayout, begins expected: Int, file: String
  ) throws(CheckpointError) {
    func fail(_ reason: CheckpointError.Reason, _ detail: String) -> CheckpointError {
      CheckpointError(reason, file: file, tensor: tensor.name, detail)
    }
    guard tensor.begin == expected else {
      let fault = tensor.begin < expected ? "overlaps another tensor" : "leaves a hole before it"
      throw fail(
        .tensorOffsets,
        "data_offsets begin at \(tensor.begin), expected \(expected); it \(fault)")
    }
    guard tensor.end >= tensor.begin else {
      throw fail(
        .tensorOffsets, "data_offsets end at \(tensor.end), before they begin at \(tensor.begin)")
    }
    let overflow = fail(
      .sizeOverflow, "the shape \(tensor.shape.shapeText) has more elements than can be counted")
    var bits = tensor.type.bits
    for side in tensor.shape {
      let product = bits.multipliedReportingOverflow(by: side)
      if product.overflow { throw overflow }
      bits = product.partialValue
    }
    guard bits % 8 == 0 else {
      throw fail(
        .partialByte,
        "\(tensor.type.rawValue) of shape \(tensor.shape.shapeText) takes \(bits) bits, which is"
          + " not a whole number of bytes")
    }
    guard tensor.end - tensor.begin == bits / 8 else {
      throw fail(
        .tensorSize,
        "data_offsets give \(tensor.end - tensor.begin) bytes, but \(tensor.type.rawValue) of shape"
          + " \(tensor.shape.shapeText) takes \(bits / 8)")
    }
  }
}

/// Reads the JSON of a safetensors header, and nothing but the JSON that such a header may be.
///
/// It follows the format's own form (an object of objects of numbers), so it never recurses: JSON
/// nested deeper, or of another form, is an error where it starts. A general parser would keep one
/// of two equal names and take 1.0 for 1.
struct SafetensorsHeaderParser {
  /// The most tensors a header may name.
  static let mostTensors = 100_000
  /// The most dimensions a tensor may have.
  static let highestRank = 8
  /// The longest name of a tensor or of an entry in the metadata, in bytes.
  static let longestName = 4096
  /// The largest whole number a header may hold.
  static let largestInteger = 1 << 48

  private var scanner: JSONScanner

  init(bytes: [UInt8], file: String) {
    scanner = JSONScanner(bytes: bytes, file: file)
  }

  /// Check 5: the whole header.
  mutating func header() throws(CheckpointError) -> (
    metadata: [String: String]?, tensors: [TensorLayout]
  ) {
    var metadata: [String: String]?
    var tensors: [TensorLayout] = []
    var names: Set<String> = []
    try scanner.object("the header") { (scanner, key) throws(CheckpointError) in
      if key == "__metadata__" {
        guard metadata == nil else { throw scanner.failure("__metadata__ comes twice") }
        metadata = try Self.metadata(&scanner)
        return
      }
      guard names.insert(key).inserted else {
        throw scanner.failure("the tensor \(quoted(key)) comes twice")
      }
      guard tensors.count < Self.mostTensors else {
        throw scanner.failure("found more than \(Self.mostTensors) tensors, the most allowed")
      }
      scanner.tensor = key
      tensors.append(try Self.tensor(named: key, &scanner))
      scanner.tensor = nil
    }
    try scanner.end()
    return (metadata, tensors)
  }

  private static func metadata(
    _ scanner: inout JSONScanner
  ) throws(CheckpointError) -> [String: String] {
    var result: [String: String] = [:]
    try scanner.object("__metadata__") { (scanner, key) throws(CheckpointError) in
      let value = try scanner.string("the text of \(quoted(key)) in __metadata__", longest: nil)
      guard result.updateValue(value, forKey: key) == nil else {
        throw scanner.failure("\(quoted(key)) comes twice in __metadata__")
      }
    }
    return result
  }

  private static func tensor(
    named name: String, _ scanner: inout JSONScanner
  ) throws(CheckpointError) -> TensorLayout {
    var type: ElementType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object("its description") { (scanner, key) throws(CheckpointError) in
      switch key {
      case "dtype" where type == nil: type = try elementType(&scanner)
      case "shape" where shape == nil:
        shape = try scanner.integers("shape", most: highestRank, upTo: largestInteger)
      case "data_offsets" where offsets == nil:
        offsets = try scanner.integers("data_offsets", most: 2, upTo: largestInteger)
      case "dtype", "shape", "data_offsets": throw scanner.failure("\(key) comes twice")
      default:
        throw scanner.failure("found \(quoted(key)), expected dtype, shape or data_offsets")
      }
    }
    guard let type else { throw scanner.failure("dtype is missing") }
    guard let shape else { throw scanner.failure("shape is missing") }
    guard let offsets else { throw scanner.failure("data_offsets is missing") }
    guard offsets.count == 2 else {
      throw scanner.failure("data_offsets has \(offsets.count) numbers, expected 2")
    }
    return TensorLayout(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  private static func elementType(
    _ scanner: inout JSONScanner
  ) throws(CheckpointError) -> ElementType {
    let name = try scanner.string("a dtype", longest: longestName)
    guard let type = ElementType(rawValue: name) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw scanner.failure("found dtype \(quoted(name)), expected one of \(known)")
    }
    return type
  }
}

/// The element types of safetensors, in increasing order of alignment as the format lists them.
package enum ElementType: String, Sendable, CaseIterable, Comparable {
  /// A truth value in a byte.
  case bool = "BOOL"
  /// A four-bit number.
  case f4 = "F4"
  /// A six-bit number.
  case f6e2m3 = "F6_E2M3"
  /// A six-bit number.
  case f6e3m2 = "F6_E3M2"
  case u8 = "U8"
  case i8 = "I8"
  /// An eight-bit number.
  case f8e5m2 = "F8_E5M2"
  /// An eight-bit number.
  case f8e4m3 = "F8_E4M3"
  /// An eight-bit power of two.
  case f8e8m0 = "F8_E8M0"
  /// An eight-bit number without negative zero.
  case f8e4m3fnuz = "F8_E4M3FNUZ"
  /// An eight-bit number without negative zero.
  case f8e5m2fnuz = "F8_E5M2FNUZ"
  /// A signed 16-bit integer.
  case i16 = "I16"
  /// An unsigned 16-bit integer.
  case u16 = "U16"
  case f16 = "F16"
  /// The upper half of single precision.
  case bf16 = "BF16"
  /// A signed 32-bit integer.
  case i32 = "I32"
  /// An unsigned 32-bit integer.
  case u32 = "U32"
  case f32 = "F32"
  /// A complex number of two single-precision parts.
  case c64 = "C64"
  case f64 = "F64"
  /// A signed 64-bit integer.
  case i64 = "I64"
  /// An unsigned 64-bit integer.
  case u64 = "U64"

  package var bits: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }

  /// The order of alignment, in which writers lay out tensors from the end.
  package static func < (a: ElementType, b: ElementType) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
