import AtomicFiles
import KSRNumerics

/// A safetensors file in memory, checked before anything in it is used.
public struct SafetensorsFile: Sendable {
  /// The name of the file, as errors give it.
  package let file: String
  /// `__metadata__`: text by name; empty if there is none.
  package let metadata: [String: String]
  /// The tensors in the order of their bytes.
  package let tensors: [TensorLayout]
  private let index: [String: Int]
  private let buffer: FileBytes

  /// Reads and checks a file.
  package init(path: String) throws(CheckpointError) {
    let input = try InputFile(path: path)
    let prefix = SafetensorsHeader.prefix
    let start = try input.read(min(prefix, input.size))
    let length = try SafetensorsHeader.length(start: start, fileSize: input.size, file: path)
    let bufferSize = input.size - prefix - length
    let header = try SafetensorsHeader(
      try input.read(length), bufferSize: bufferSize, file: path)
    self.init(header, buffer: try input.rest(from: prefix + length), file: path)
  }

  /// Checks the bytes of a file.
  ///
  /// - Parameter file: what errors call it.
  package init(bytes: [UInt8], file: String) throws(CheckpointError) {
    let prefix = SafetensorsHeader.prefix
    let length = try SafetensorsHeader.length(
      start: Array(bytes.prefix(prefix)), fileSize: bytes.count, file: file)
    let header = try SafetensorsHeader(
      Array(bytes[prefix..<prefix + length]), bufferSize: bytes.count - prefix - length, file: file)
    self.init(header, buffer: FileBytes(Array(bytes[(prefix + length)...])), file: file)
  }

  private init(_ header: SafetensorsHeader, buffer: FileBytes, file: String) {
    self.file = file
    self.buffer = buffer
    metadata = header.metadata ?? [:]
    tensors = header.tensors
    index = Dictionary(
      uniqueKeysWithValues: header.tensors.enumerated().map { ($1.name, $0) })
  }

  /// The names of the tensors in the order of their bytes.
  package var names: [String] { tensors.map(\.name) }

  /// The description of a tensor, if there is one of that name.
  package func layout(_ name: String) -> TensorLayout? { index[name].map { tensors[$0] } }

  /// The shape of a tensor, outermost first.
  package func shape(_ name: String) throws(CheckpointError) -> [Int] { try existing(name).shape }

  /// The bytes of a tensor, whatever its type.
  package func bytes(_ name: String) throws(CheckpointError) -> [UInt8] {
    let tensor = try existing(name)
    return Array(buffer.all[tensor.begin..<tensor.end])
  }

  /// The elements of a tensor, row after row; F16, BF16 and F64 become single precision.
  package func floats(_ name: String) throws(CheckpointError) -> [Float] {
    let tensor = try existing(name)
    switch tensor.type {
    case .f32: return elements(tensor)
    case .f64: return (elements(tensor) as [Double]).map(Float.init)
    case .f16: return (elements(tensor) as [Float16]).map(Float.init)
    case .bf16:
      return (elements(tensor) as [UInt16]).map { Float(bitPattern: UInt32($0) << 16) }
    default: throw wrongType(tensor, "F32, F16, BF16 or F64")
    }
  }

  /// A tensor as a matrix, which is read where it lies if the file is mapped.
  ///
  /// - Parameter refusesNonFinite: whether infinities and NaN are an error.
  func matrix(
    _ name: String, rows: Int, columns: Int, refusesNonFinite: Bool
  ) throws(CheckpointError) -> Matrix {
    let tensor = try existing(name)
    guard tensor.type == .f32, let lent = buffer.lend(tensor.begin..<tensor.end) else {
      let values = try floats(name)
      if refusesNonFinite { try checkFinite(values, tensor: name, file: file) }
      return Matrix(rows: rows, columns: columns, values: values)
    }
    let matrix = Matrix(rows: rows, columns: columns, lent: lent)
    if refusesNonFinite {
      try checkFinite(tensor: name, file: file, count: matrix.count) { start, count in
        let wrong = matrix.withValues { nonFiniteCount($0[start..<start + count]) }
        lent.release(start..<start + count)
        return wrong
      }
    }
    return matrix
  }

  /// The elements of a tensor of 32-bit integers, row after row.
  package func int32s(_ name: String) throws(CheckpointError) -> [Int32] {
    let tensor = try existing(name)
    guard tensor.type == .i32 else { throw wrongType(tensor, "I32") }
    return elements(tensor)
  }

  /// The elements of a tensor of whole numbers (BOOL: 0 and 1), row after row.
  package func integers(_ name: String) throws(CheckpointError) -> [Int] {
    let tensor = try existing(name)
    switch tensor.type {
    case .i64: return elements(tensor)
    case .i32: return (elements(tensor) as [Int32]).map(Int.init)
    case .u32: return (elements(tensor) as [UInt32]).map(Int.init)
    case .i16: return (elements(tensor) as [Int16]).map(Int.init)
    case .u16: return (elements(tensor) as [UInt16]).map(Int.init)
    case .i8: return (elements(tensor) as [Int8]).map(Int.init)
    case .u8, .bool:
      let values = (elements(tensor) as [UInt8]).map(Int.init)
      if tensor.type == .bool, let wrong = values.first(where: { $0 > 1 }) {
        throw CheckpointError(
          .elementValue, file: file, tensor: name, "found \(wrong) as a BOOL, expected 0 or 1")
      }
      return values
    default: throw wrongType(tensor, "I64, I32, U32, I16, U16, I8, U8 or BOOL")
    }
  }

  private func existing(_ name: String) throws(CheckpointError) -> TensorLayout {
    guard let tensor = layout(name) else {
      throw CheckpointError(
        .noSuchTensor, file: file, tensor: name, "there is no tensor of this name")
    }
    return tensor
  }

  private func wrongType(_ tensor: TensorLayout, _ expected: String) -> CheckpointError {
    CheckpointError(
      .elementType, file: file, tensor: tensor.name,
      "the elements are \(tensor.type.rawValue), expected \(expected)")
  }

  /// A tensor's bytes as numbers, copied to aligned memory since a tensor may begin anywhere.
  ///
  /// Linux runs Swift on little-endian machines, as the format is.
  private func elements<Element: BitwiseCopyable>(_ tensor: TensorLayout) -> [Element] {
    let count = (tensor.end - tensor.begin) / MemoryLayout<Element>.stride
    return Array(unsafeUninitializedCapacity: count) { target, filled in
      UnsafeMutableRawBufferPointer(target).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: buffer.all[tensor.begin..<tensor.end]))
      filled = count
    }
  }
}

extension SafetensorsFile {
  /// A list of text stored as UTF-8 and offsets, both checked.
  func strings(_ name: String) throws(CheckpointError) -> [String] { Array(try names(name)) }

  /// The same, of which a string is made when it is asked for.
  func names(_ name: String) throws(CheckpointError) -> NameList {
    let (bytes, offsets) = try text(name)
    return NameList(bytes: bytes, offsets: offsets)
  }

  /// A list of different tokens stored as UTF-8 and offsets, both checked.
  func vocabulary(_ name: String) throws(CheckpointError) -> Vocabulary {
    let (bytes, offsets) = try text(name)
    // Identifiers are 32 bits wide wherever facts are stored.
    guard offsets.count <= Int(Int32.max) else {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.offsets(name),
        "there are \(offsets.count - 1) tokens, expected fewer than \(Int32.max)")
    }
    var repeated: Int?
    let vocabulary = Vocabulary(bytes: bytes, offsets: offsets, repeated: &repeated)
    if let repeated {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.bytes(name),
        "the token \(quoted(vocabulary[repeated])) comes again at place \(repeated), expected different tokens"
      )
    }
    return vocabulary
  }

  /// The bytes and offsets of a list of text: every part is valid UTF-8 by itself.
  private func text(_ name: String) throws(CheckpointError) -> (bytes: [UInt8], offsets: [Int]) {
    let bytes = try self.bytes(ModelFile.bytes(name))
    let offsets = try integers(ModelFile.offsets(name))
    try checkOffsets(offsets, count: bytes.count, tensor: ModelFile.offsets(name))
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.bytes(name), "the text is not valid UTF-8")
    }
    // The whole is valid, so a part is unless it begins inside a character.
    if let split = offsets.firstIndex(where: { $0 < bytes.count && UTF8.isContinuation(bytes[$0]) })
    {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.offsets(name),
        "the offset at place \(split) is \(offsets[split]), inside a character")
    }
    return (bytes, offsets)
  }

  /// Offsets start at 0, never go back, and end at `count`.
  func checkOffsets<Offset: BinaryInteger>(
    _ offsets: [Offset], count: Int, tensor: String
  ) throws(CheckpointError) {
    func fail(_ detail: String) -> CheckpointError {
      CheckpointError(.elementValue, file: file, tensor: tensor, detail)
    }
    guard let first = offsets.first, let last = offsets.last else {
      throw fail("there are no offsets, expected at least one")
    }
    guard first == 0 else { throw fail("the offsets start at \(first), expected 0") }
    for place in 1..<max(offsets.count, 1) where offsets[place] < offsets[place - 1] {
      throw fail(
        "the offset at place \(place) is \(offsets[place]), expected at least \(offsets[place - 1])"
      )
    }
    guard last == count else { throw fail("the offsets end at \(last), expected \(count)") }
  }
}
