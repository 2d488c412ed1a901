import KSRModel
import Testing

/// An entry of an archive to be written, right or wrong.
struct ZipPart {
  var name: String
  var data: [UInt8]
  var method: UInt16 = 0
  var flags: UInt16 = 0x0808
  /// What the list says, where it is not the truth.
  var checksum: UInt32?
  var size: UInt32?
  var storedSize: UInt32?
  var place: UInt32?
  var listedName: String?
  /// Bytes of the list's extra field.
  var extra: [UInt8] = []

  init(_ name: String, _ data: [UInt8]) {
    self.name = name
    self.data = data
  }
}

/// The effect of each byte on a checksum.
private let checksumTable: [UInt32] = (0..<256).map { byte in
  var value = UInt32(byte)
  for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
  return value
}

/// CRC-32, a byte at a time.
func crc32(_ bytes: [UInt8]) -> UInt32 {
  var value = ~UInt32(0)
  for byte in bytes { value = value >> 8 ^ checksumTable[Int((value ^ UInt32(byte)) & 0xFF)] }
  return ~value
}

/// Numbers of 16, 32 or 64 bits, one after the other.
private struct Fields {
  var bytes: [UInt8] = []

  mutating func put16(_ values: UInt16...) { for value in values { bytes += littleEndian(value) } }
  mutating func put32(_ values: UInt32...) { for value in values { bytes += littleEndian(value) } }
  mutating func put64(_ values: Int...) { for value in values { bytes += littleEndian(value) } }
}

/// An archive in the form that `torch.save` writes: sizes behind the data and the records for large
/// archives at the end.
func zip(_ parts: [ZipPart], isLarge: Bool = true) -> [UInt8] {
  var file = Fields()
  var list = Fields()
  for part in parts {
    let start = UInt32(file.bytes.count)
    let checksum = part.checksum ?? crc32(part.data)
    let size = UInt32(part.data.count)
    file.put32(0x0403_4B50)
    file.put16(0, part.flags, part.method, 0, 0)
    file.put32(0, 0, 0)
    file.put16(UInt16(part.name.utf8.count), 0)
    file.bytes += Array(part.name.utf8)
    file.bytes += part.data
    file.put32(0x0807_4B50, checksum, size, size)
    let name = Array((part.listedName ?? part.name).utf8)
    list.put32(0x0201_4B50)
    list.put16(0, 0, part.flags, part.method, 0, 0)
    list.put32(checksum, part.storedSize ?? part.size ?? size, part.size ?? size)
    list.put16(UInt16(name.count), UInt16(part.extra.count), 0, 0, 0)
    list.put32(0, part.place ?? start)
    list.bytes += name
    list.bytes += part.extra
  }
  let (start, count) = (file.bytes.count, parts.count)
  file.bytes += list.bytes
  if isLarge {
    let record = file.bytes.count
    file.put32(0x0606_4B50)
    file.put64(44)
    file.put32(0, 0, 0)
    file.put64(count, count, list.bytes.count, start)
    file.put32(0x0706_4B50, 0)
    file.put64(record)
    file.put32(1)
  }
  file.put32(0x0605_4B50)
  file.put16(0, 0, UInt16(count), UInt16(count))
  file.put32(UInt32(list.bytes.count), UInt32(start))
  file.put16(0)
  return file.bytes
}

/// A checkpoint with a pickle and storages as given.
func checkpoint(_ pickle: [UInt8], storages: [String: [UInt8]] = [:]) -> [UInt8] {
  var parts = [
    ZipPart("model/data.pkl", pickle), ZipPart("model/byteorder", Array("little".utf8)),
  ]
  for (key, bytes) in storages.sorted(by: { $0.key < $1.key }) {
    parts.append(ZipPart("model/data/\(key)", bytes))
  }
  return zip(parts)
}

/// Parts of pickles.
enum Pickle {
  static let start: [UInt8] = [0x80, 2]
  static let stop: [UInt8] = [0x2E]
  static let mark: [UInt8] = [0x28]
  static let emptyTuple: [UInt8] = [0x29]
  static let emptyDictionary: [UInt8] = [0x7D]
  static let emptyList: [UInt8] = [0x5D]
  static let reduce: [UInt8] = [0x52]
  static let newObject: [UInt8] = [0x81]
  static let build: [UInt8] = [0x62]
  static let persistentID: [UInt8] = [0x51]

  static func text(_ text: String) -> [UInt8] {
    [0x58] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func int(_ value: Int) -> [UInt8] { [0x8A, 8] + littleEndian(value) }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func tuple(_ values: [[UInt8]]) -> [UInt8] { mark + Array(values.joined()) + [0x74] }

  static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    var bytes = emptyDictionary + mark
    for (key, value) in pairs { bytes += text(key) + value }
    return bytes + [0x75]
  }

  static func call(_ module: String, _ name: String, _ arguments: [[UInt8]] = []) -> [UInt8] {
    global(module, name) + tuple(arguments) + reduce
  }

  static func tensor(
    key: String = "0", type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int],
    strides: [Int]
  ) -> [UInt8] {
    let identifier = [
      text("storage"), global("torch", type), text(key), text("cuda:0"), int(count),
    ]
    let storage = tuple(identifier) + persistentID
    return call(
      "torch._utils", "_rebuild_tensor_v2",
      [
        storage, int(offset), tuple(shape.map(int)), tuple(strides.map(int)), [0x89],
        call("collections", "OrderedDict"),
      ])
  }

  /// A whole pickle with one entry in its state dict, and more beside it.
  static func stateDict(_ value: [UInt8], beside: [(String, [UInt8])] = []) -> [UInt8] {
    start + dictionary(beside + [("state_dict", dictionary([("w", value)]))]) + stop
  }
}

/// The error that a checkpoint gives; fails the test if it gives none.
func refusedCheckpoint(
  _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) throws -> CheckpointError {
  let error = try #require(throws: CheckpointError.self, sourceLocation: sourceLocation) {
    try PyTorchCheckpoint(bytes: bytes, file: "bad.pth")
  }
  #expect(isPrintable(error), sourceLocation: sourceLocation)
  return error
}
