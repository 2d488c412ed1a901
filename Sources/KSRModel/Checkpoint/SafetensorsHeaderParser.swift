import AtomicFiles

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
