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
