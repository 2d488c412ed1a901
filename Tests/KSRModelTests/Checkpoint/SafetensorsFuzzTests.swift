import Foundation
import KSRModel
import Randomness
import TestSupport
import Testing

/// Together 25,000 inputs and every truncation (``TestEnvironment/fuzzCount(_:)``).
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
    let rounds = TestEnvironment.fuzzCount(1000)
    for _ in 0..<rounds {
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
    #expect(read >= rounds / 100 && refused > rounds / 10)
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
    let rounds = TestEnvironment.fuzzCount(5000)
    for _ in 0..<rounds {
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
    #expect(read >= rounds / 1000 && refused > rounds / 5)
  }

  @Test(
    "Pieces moved, numbers made large and lengths that lie are read or refused",
    arguments: 1...5 as ClosedRange<UInt64>)
  func splices(seed: UInt64) throws {
    let bytes = try example()
    let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    let lengths: [UInt64] = [0, 1, 7, 99_999_999, 100_000_001, 1 << 31, 1 << 48, .max - 7, .max]
    let numbers = ["9223372036854775807", "18446744073709551616", "-1", "1e5", "4294967296", "0x4"]
    var generator = SeededGenerator(seed: seed)
    var (read, refused) = (0, 0)
    let rounds = TestEnvironment.fuzzCount(2000)
    for _ in 0..<rounds {
      var damaged = bytes
      for _ in 0...generator.integer(below: 2) {
        let place = 8 + generator.integer(below: headerEnd - 8)
        let end = min(damaged.count, place + 1 + generator.integer(below: 30))
        guard place < end else { continue }
        switch generator.integer(below: 5) {
        case 0:
          damaged.insert(
            contentsOf: damaged[place..<end], at: 8 + generator.integer(below: headerEnd - 8))
        case 1: damaged.removeSubrange(place..<end)
        case 2:
          guard
            let digit = damaged[place...].firstIndex(where: { (0x30...0x39).contains($0) })
          else { continue }
          damaged.replaceSubrange(
            digit...digit, with: Array(numbers[generator.integer(below: numbers.count)].utf8))
        case 3:
          let length = lengths[generator.integer(below: lengths.count)]
          withUnsafeBytes(of: length.littleEndian) { damaged.replaceSubrange(0..<8, with: $0) }
        default: damaged += Array(repeating: 0x20, count: generator.integer(below: 20))
        }
      }
      // The length of the header is put right again in half of the files.
      if generator.integer(below: 2) == 0, damaged.count >= bytes.count - 60 {
        let length = UInt64(max(0, headerEnd - 8 + damaged.count - bytes.count))
        withUnsafeBytes(of: length.littleEndian) { damaged.replaceSubrange(0..<8, with: $0) }
      }
      do throws(CheckpointError) {
        let file = try SafetensorsFile(bytes: damaged, file: "")
        read += 1
        #expect(throws: Never.self) { try exercise(file) }
      } catch {
        refused += 1
        #expect(isPrintable(error))
      }
    }
    #expect(refused > rounds / 2, "\(read) read")
  }
}
