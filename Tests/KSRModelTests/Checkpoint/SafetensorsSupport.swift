import Foundation
import KSRModel
import Randomness
import Testing

/// The bytes of a file with a header as given, whatever it is, and `buffer` zeros after it.
func safetensors(_ header: String, buffer: Int = 0) -> [UInt8] {
  safetensors(Array(header.utf8), buffer: Array(repeating: 0, count: buffer))
}

func safetensors(_ header: [UInt8], buffer: [UInt8]) -> [UInt8] {
  littleEndian(UInt64(header.count)) + header + buffer
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// The description of one tensor in a header.
func entry(
  _ name: String, _ type: String = "F32", _ shape: String = "[1]", _ offsets: String = "[0,4]"
) -> String {
  "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

/// The error that the bytes of a file give; fails the test if they give none.
func refusal(
  _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) throws -> CheckpointError {
  try #require(throws: CheckpointError.self, sourceLocation: sourceLocation) {
    try SafetensorsFile(bytes: bytes, file: "bad.safetensors")
  }
}

/// Uses every tensor of a file in every way, whatever comes of it.
func exercise(_ file: SafetensorsFile) throws {
  for tensor in file.tensors {
    let bytes = try file.bytes(tensor.name)
    #expect(bytes.count == tensor.end - tensor.begin)
    let count = tensor.shape.reduce(1, *)
    if let floats = try? file.floats(tensor.name) { #expect(floats.count == count) }
    if let integers = try? file.integers(tensor.name) { #expect(integers.count == count) }
    if let int32s = try? file.int32s(tensor.name) { #expect(int32s.count == count) }
  }
}

/// Whether a sentence can be shown: it says something and cannot steer a terminal.
func isPrintable(_ error: CheckpointError) -> Bool {
  !error.detail.isEmpty
    && error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
}

/// A copy with one to four bits turned over, half of the time all among the first `headerEnd` bytes.
func flipped(_ bytes: [UInt8], headerEnd: Int, _ generator: inout SeededGenerator) -> [UInt8] {
  var result = bytes
  let limit = generator.integer(below: 2) == 0 ? headerEnd : bytes.count
  for _ in 0...generator.integer(below: 4) {
    result[generator.integer(below: limit)] ^= 1 << UInt8(generator.integer(below: 8))
  }
  return result
}

/// Runs `body` with the path of an empty folder, which is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}
