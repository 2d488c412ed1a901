import Foundation
import KSRModel
import Testing

/// The checks of the format in the order in which they are made, each with a file that fails it
/// and passes those before.
@Suite("Safetensors: checks on reading")
struct SafetensorsReaderTests {
  @Test("1: a file of fewer than eight bytes", arguments: 0..<8)
  func headerTooSmall(count: Int) throws {
    let error = try refusal(Array(repeating: 0, count: count))
    #expect(error.reason == .headerTooSmall)
    #expect(error.description.hasPrefix("bad.safetensors: the file has \(count) bytes"))
  }

  @Test(
    "2: a header that is too long",
    arguments: [0xffff_ff00_0000_003c, UInt64.max, UInt64(Int.max), 1 << 63, 100_000_001])
  func headerTooLarge(length: UInt64) throws {
    let error = try refusal(littleEndian(length) + Array("{}".utf8))
    #expect(error.reason == .headerTooLarge)
    #expect(error.detail.contains("\(length)"))
  }

  @Test("3: a header beyond the end of the file", arguments: [3, 100_000_000] as [UInt64])
  func headerBeyondFile(length: UInt64) throws {
    let error = try refusal(littleEndian(length) + Array("{}".utf8))
    #expect(error.reason == .headerBeyondFile)
    #expect(error.detail.contains("\(length)") && error.detail.contains("only 2"))
  }

  @Test(
    "4: a header that is not UTF-8",
    arguments: [[0xff], [0x7b, 0xc3, 0x7d], [0x7b, 0xed, 0xa0, 0x80, 0x7d], [0xc0, 0x80]])
  func headerNotUTF8(header: [UInt8]) throws {
    #expect(try refusal(safetensors(header, buffer: [])).reason == .headerNotUTF8)
  }

  @Test("6: a hole before the first tensor")
  func holeAtStart() throws {
    let error = try refusal(safetensors("{\(entry("a", "U8", "[4]", "[4,8]"))}", buffer: 8))
    #expect(error.reason == .tensorOffsets)
    #expect(error.tensor == "a")
    #expect(error.detail.contains("begin at 4, expected 0"))
  }

  @Test("6: a hole between tensors")
  func holeBetween() throws {
    let header = "{\(entry("a")),\(entry("b", "F32", "[1]", "[5,9]"))}"
    let error = try refusal(safetensors(header, buffer: 9))
    #expect(error.reason == .tensorOffsets)
    #expect(error.tensor == "b")
    #expect(error.detail.contains("leaves a hole"))
  }

  @Test("6: ten tensors in the same bytes")
  func overlap() throws {
    let entries = (0..<10).map { entry("weight_\($0)", "F32", "[2,2]", "[0,16]") }
    let error = try refusal(safetensors("{\(entries.joined(separator: ","))}", buffer: 16))
    #expect(error.reason == .tensorOffsets)
    #expect(error.tensor == "weight_1")
    #expect(error.detail.contains("overlaps"))
  }

  @Test("6: a tensor partly over another")
  func partialOverlap() throws {
    let header = "{\(entry("a")),\(entry("b", "F32", "[1]", "[2,6]"))}"
    #expect(try refusal(safetensors(header, buffer: 6)).reason == .tensorOffsets)
  }

  @Test("6: a tensor that ends before it begins")
  func backwards() throws {
    let header = "{\(entry("a")),\(entry("b", "U8", "[1]", "[4,3]"))}"
    let error = try refusal(safetensors(header, buffer: 4))
    #expect(error.reason == .tensorOffsets)
    #expect(error.detail.contains("end at 3, before they begin at 4"))
  }

  @Test(
    "7: a shape that overflows",
    arguments: [
      "[281474976710656,281474976710656]", "[281474976710656,32768,0]", "[2,281474976710656,8192]",
      "[65536,65536,65536,65536,65536,65536,65536,65536]",
    ])
  func overflow(shape: String) throws {
    let error = try refusal(safetensors("{\(entry("a", "I32", shape, "[0,16]"))}", buffer: 16))
    #expect(error.reason == .sizeOverflow)
    #expect(error.tensor == "a")
  }

  @Test(
    "7: small elements that end inside a byte",
    arguments: [("F4", 1), ("F4", 3), ("F6_E2M3", 1), ("F6_E3M2", 2), ("F6_E2M3", 3)])
  func partialByte(type: String, count: Int) throws {
    let error = try refusal(
      safetensors("{\(entry("a", type, "[\(count)]", "[0,2]"))}", buffer: 2))
    #expect(error.reason == .partialByte)
    #expect(error.detail.contains(type))
  }

  @Test(
    "8: bytes that do not fit the shape",
    arguments: [("[2,2]", 4), ("[2,2]", 15), ("[2,2]", 17), ("[0]", 4), ("[]", 8), ("[1]", 0)])
  func size(shape: String, bytes: Int) throws {
    let error = try refusal(
      safetensors("{\(entry("a", "I32", shape, "[0,\(bytes)]"))}", buffer: bytes))
    #expect(error.reason == .tensorSize)
    #expect(error.detail.contains("give \(bytes) bytes, but I32"))
  }

  @Test("9: a file cut off, or with more behind its tensors", arguments: [0, 14, 15, 17, 50])
  func fileSize(buffer: Int) throws {
    let error = try refusal(
      safetensors("{\(entry("a", "I32", "[2,2]", "[0,16]"))}", buffer: buffer))
    #expect(error.reason == .fileSize)
    #expect(error.detail.contains(buffer < 16 ? "cut off" : "added to"))
  }

  @Test("9: bytes behind a header without tensors")
  func bytesWithoutTensors() throws {
    #expect(try refusal(safetensors("{}", buffer: 1)).reason == .fileSize)
  }

  @Test("Offsets outside the file never reach it")
  func offsetsOutside() throws {
    let header = "{\(entry("a", "U8", "[281474976710656]", "[0,281474976710656]"))}"
    #expect(try refusal(safetensors(header, buffer: 8)).reason == .fileSize)
  }

  @Test("Every type is known by its size, to the byte", arguments: ElementType.allCases)
  func typeSizes(type: ElementType) throws {
    let bytes = type.bits
    let good = "{\(entry("a", type.rawValue, "[2,4]", "[0,\(bytes)]"))}"
    let file = try SafetensorsFile(bytes: safetensors(good, buffer: bytes), file: "")
    #expect(file.layout("a")?.type == type)
    let bad = "{\(entry("a", type.rawValue, "[2,4]", "[0,\(bytes + 1)]"))}"
    #expect(try refusal(safetensors(bad, buffer: bytes + 1)).reason == .tensorSize)
  }

  @Test("Single numbers, tensors without elements and files without tensors are allowed")
  func small() throws {
    let header =
      "{\(entry("empty", "I32", "[2,0]", "[0,0]")),\(entry("one", "I32", "[]", "[0,4]")),"
      + "\(entry("last", "U8", "[0]", "[4,4]"))}"
    let file = try SafetensorsFile(bytes: safetensors(header, buffer: 4), file: "")
    #expect(file.names == ["empty", "one", "last"])
    #expect(try file.shape("one") == [] && file.integers("one") == [0])
    #expect(try file.shape("empty") == [2, 0] && file.integers("empty") == [])
    #expect(try SafetensorsFile(bytes: safetensors("{}"), file: "").names == [])
  }

  @Test("Names come in the order of their bytes, not of the header")
  func order() throws {
    let header = "{\(entry("z", "U8", "[2]", "[1,3]")),\(entry("a", "U8", "[1]", "[0,1]"))}"
    let file = try SafetensorsFile(
      bytes: safetensors(Array(header.utf8), buffer: [7, 8, 9]), file: "")
    #expect(file.names == ["a", "z"])
    #expect(try file.integers("a") == [7] && file.integers("z") == [8, 9])
  }

  @Test("What is not a file is refused")
  func notFiles() throws {
    try withTemporaryFolder { folder in
      for path in [folder, folder + "/missing", "/dev/null", "/dev/zero"] {
        let error = try #require(throws: CheckpointError.self) {
          try SafetensorsFile(path: path)
        }
        #expect(error.reason == .unreadable && error.file == path)
      }
    }
  }

  @Test("A pipe that nobody writes to is refused at once")
  func pipe() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test("A file that claims to be huge takes no memory")
  func sparse() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/huge.safetensors"
      let size = 1 << 42
      let header = "{\(entry("a", "U8", "[\(size)]", "[0,\(size)]"))}"
      try Data(safetensors(header)).write(to: URL(fileURLWithPath: path))
      try #require(truncate(path, off_t(8 + header.utf8.count + size)) == 0)
      let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
      #expect(error.reason == .unreadable && error.detail.contains("memory"))
    }
  }
}
