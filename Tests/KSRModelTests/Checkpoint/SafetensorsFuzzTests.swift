import Foundation
import KSRModel
import Randomness
import TestSupport
import Testing

@Suite("Safetensors: damaged files")
struct SafetensorsFuzzTests {
  private func example() throws -> [UInt8] {
    try SafetensorsContents(
      metadata: ["key": "vélo\n", "k2": "\u{1}"],
      tensors: [
        SafetensorsTensor("f", shape: [2, 3], .floats([0, 1, 2, 3, 4, 5])),
        SafetensorsTensor("i", shape: [2], .int64s([1, -1])),
        SafetensorsTensor("b", shape: [3], .bytes([1, 2, 3])),
        SafetensorsTensor("none", shape: [0, 7], .int32s([])),
      ]
    ).serialized(file: "")
  }

  @Test("A file cut off anywhere is refused with a sentence")
  func truncation() throws {
    let bytes = try example()
    try exercise(try SafetensorsFile(bytes: bytes, file: ""))
    for count in bytes.indices {
      #expect(isPrintable(try refusal(Array(bytes.prefix(count)))))
    }
  }

  @Test("A file on disk cut off anywhere is refused with the sentence of its bytes")
  func truncationOnDisk() throws {
    let bytes = try example()
    try withTemporaryFolder { folder in
      let path = folder + "/bad.safetensors"
      for count in bytes.indices {
        let part = Array(bytes.prefix(count))
        try Data(part).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
        let expected = try refusal(part)
        #expect(error.reason == expected.reason && error.detail == expected.detail)
      }
    }
  }

  @Test("Bits turned over anywhere are read or refused", arguments: 1...10 as ClosedRange<UInt64>)
  func bitFlips(seed: UInt64) throws {
    let bytes = try example()
    let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    var generator = SeededGenerator(seed: seed)
    var (read, refused) = (0, 0)
    for _ in 0..<1000 {
      let damaged = flipped(bytes, headerEnd: headerEnd, &generator)
      do throws(CheckpointError) {
        let file = try SafetensorsFile(bytes: damaged, file: "")
        read += 1
        #expect(throws: Never.self) { try exercise(file) }
      } catch {
        refused += 1
        #expect(isPrintable(error))
      }
    }
    #expect(read > 20 && refused > 100)
  }

  @Test("Parts of headers put together at random are read or refused")
  func randomHeaders() throws {
    let parts = [
      "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "d83d", "\"a\"", "\"dtype\"", "\"F32\"",
      "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "0", "4", "-1", "1e9", " ", "[0,4]",
      "[1]", entry("a"), entry("b", "F4", "[3]", "[4,6]"),
    ]
    var generator = SeededGenerator(seed: 7)
    var (read, refused) = (0, 0)
    for _ in 0..<5000 {
      var header = ""
      for _ in 0...generator.integer(below: 6) {
        header += parts[generator.integer(below: parts.count)]
      }
      if generator.integer(below: 2) == 0 { header = "{\(header)}" }
      do throws(CheckpointError) {
        let file = try SafetensorsFile(
          bytes: safetensors(header, buffer: 4 * generator.integer(below: 2)), file: "")
        read += 1
        #expect(throws: Never.self) { try exercise(file) }
      } catch {
        refused += 1
        #expect(isPrintable(error))
      }
    }
    #expect(read > 10 && refused > 1000)
  }
}
