import AtomicFiles

/// Tensors and metadata to be written as a safetensors file; equal contents give equal bytes.
package struct SafetensorsContents: Sendable {
  /// `__metadata__`; left out if empty.
  package var metadata: [String: String]
  /// The tensors, in any order; their names differ.
  package var tensors: [SafetensorsTensor]

  package init(metadata: [String: String] = [:], tensors: [SafetensorsTensor] = []) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Writes the file beside its place and moves it there when it is complete.
  package func write(to path: String) throws(CheckpointError) {
    let (start, ordered) = try beginning(file: path)
    do throws(DataError) {
      // Tensor after tensor: the file may be as large as memory.
      let file = try AtomicFile(path)
      try append(start, to: file)
      for tensor in ordered { try tensor.elements.append(to: file) }
      try file.finish()
    } catch {
      throw CheckpointError(.unwritable, file: error.file, error.found)
    }
  }

  private func append(_ bytes: [UInt8], to file: AtomicFile) throws(DataError) {
    try SafetensorsTensor.Elements.bytes(bytes).append(to: file)
  }

  /// The bytes of the file.
  ///
  /// Tensors of wider elements come first, so that all begin at a multiple of their element.
  /// - Parameter file: what errors call it.
  /// - Throws: what reading the bytes would throw, such as a header that is too long.
  package func serialized(file: String) throws(CheckpointError) -> [UInt8] {
    var (bytes, ordered) = try beginning(file: file)
    bytes.reserveCapacity(bytes.count + ordered.reduce(0) { $0 + $1.elements.byteCount })
    for tensor in ordered { tensor.elements.withBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// What stands before the tensors, and these in their order.
  private func beginning(
    file: String
  ) throws(CheckpointError) -> ([UInt8], [SafetensorsTensor]) {
    let ordered = tensors.sorted {
      $0.elements.type != $1.elements.type
        ? $0.elements.type > $1.elements.type
        : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    let size = ordered.reduce(0) { $0 + $1.elements.byteCount }
    let header = self.header(of: ordered)
    let prefix = SafetensorsHeader.prefix
    var bytes: [UInt8] = []
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    _ = try SafetensorsHeader.length(
      start: bytes, fileSize: prefix + header.count + size, file: file)
    _ = try SafetensorsHeader(header, bufferSize: size, file: file)
    bytes += header
    return (bytes, ordered)
  }

  private func header(of ordered: [SafetensorsTensor]) -> [UInt8] {
    var header = Array("{".utf8)
    var separator = ""
    if !metadata.isEmpty {
      header += "\"__metadata__\":{".utf8
      for (key, value) in metadata.sorted(by: {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }) {
        header += separator.utf8
        appendJSON(key, to: &header)
        header += ":".utf8
        appendJSON(value, to: &header)
        separator = ","
      }
      header += "}".utf8
    }
    var begin = 0
    for tensor in ordered {
      let end = begin + tensor.elements.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      header += separator.utf8
      appendJSON(tensor.name, to: &header)
      header += ":{\"dtype\":\"\(tensor.elements.type.rawValue)\",".utf8
      header += "\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}".utf8
      separator = ","
      begin = end
    }
    header += "}".utf8
    // Spaces up to a multiple of eight, so that the tensors begin at one.
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    return header
  }

  private func appendJSON(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x08: bytes += "\\b".utf8
      case 0x0C: bytes += "\\f".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case ..<0x20: bytes += "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

package struct SafetensorsTensor: Sendable {
  package let name: String
  /// Its shape, outermost first.
  package let shape: [Int]
  /// Its elements, row after row.
  package let elements: Elements

  /// A tensor of elements that fill its shape.
  package init(_ name: String, shape: [Int], _ elements: Elements) {
    precondition(shape.reduce(1, *) == elements.count, "\(elements.count) elements for \(shape)")
    self.name = name
    self.shape = shape
    self.elements = elements
  }

  package enum Elements: Sendable {
    /// F32.
    case floats([Float])
    /// I64.
    case int64s([Int64])
    /// I32.
    case int32s([Int32])
    /// U8.
    case bytes([UInt8])

    package var type: ElementType {
      switch self {
      case .floats: .f32
      case .int64s: .i64
      case .int32s: .i32
      case .bytes: .u8
      }
    }

    package var count: Int {
      switch self {
      case .floats(let values): values.count
      case .int64s(let values): values.count
      case .int32s(let values): values.count
      case .bytes(let values): values.count
      }
    }

    var byteCount: Int { count * type.bits / 8 }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      switch self {
      case .floats(let values): values.withUnsafeBytes(body)
      case .int64s(let values): values.withUnsafeBytes(body)
      case .int32s(let values): values.withUnsafeBytes(body)
      case .bytes(let values): values.withUnsafeBytes(body)
      }
    }

    func append(to file: AtomicFile) throws(DataError) {
      let result: Swift.Result<Void, DataError> = withBytes { bytes in
        do throws(DataError) {
          return .success(try file.append(bytes))
        } catch {
          return .failure(error)
        }
      }
      try result.get()
    }
  }
}
