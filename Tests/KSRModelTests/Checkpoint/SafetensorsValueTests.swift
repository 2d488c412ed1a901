import KSRModel
import Testing

@Suite("Safetensors: values")
struct SafetensorsValueTests {
  private func file(_ type: String, _ elements: [[UInt8]]) throws -> SafetensorsFile {
    let bytes = elements.flatMap { $0 }
    let header = "{\(entry("a", type, "[\(elements.count)]", "[0,\(bytes.count)]"))}"
    return try SafetensorsFile(
      bytes: safetensors(Array(header.utf8), buffer: bytes), file: "values")
  }

  @Test("Every half-precision number becomes the same single-precision number")
  func halfPrecision() throws {
    let floats = try file("F16", (0...UInt16.max).map { littleEndian($0) }).floats("a")
    for (pattern, value) in floats.enumerated() {
      let half = Float16(bitPattern: UInt16(pattern))
      #expect(value == Float(half) || (value.isNaN && half.isNaN))
    }
    #expect(floats[0x3c00] == 1 && floats[0xc000] == -2 && floats[0x0001] == 0x1p-24)
  }

  @Test("BF16 is the upper half of F32")
  func brainFloat() throws {
    let floats = try file(
      "BF16", [0x3f80, 0xc000, 0x7f80, 0x0001].map { littleEndian($0 as UInt16) }
    )
    .floats("a")
    #expect(floats == [1, -2, .infinity, Float(bitPattern: 0x10000)])
  }

  @Test("F64 is rounded to the nearest F32; F32 keeps every bit")
  func doublesAndFloats() throws {
    let doubles = [1, -0.1, 1e300, 0x1.000001p0].map { ($0 as Double).bitPattern }
    #expect(
      try file("F64", doubles.map { littleEndian($0) }).floats("a") == [1, -0.1, .infinity, 1])
    let patterns: [UInt32] = [0x3f80_0000, 0x7fc0_1234, 0xff80_0000, 1, 0x8000_0000]
    #expect(
      try file("F32", patterns.map { littleEndian($0) }).floats("a").map(\.bitPattern) == patterns)
  }

  @Test("Whole numbers of every width keep their value and sign")
  func integers() throws {
    func check<T: FixedWidthInteger>(_ name: String, _ type: T.Type) throws {
      let values: [T] = [0, 1, .min, .max]
      let found = try file(name, values.map { littleEndian($0) }).integers("a")
      #expect(found == values.map { Int($0) })
    }
    try check("U8", UInt8.self)
    try check("I8", Int8.self)
    try check("U16", UInt16.self)
    try check("I16", Int16.self)
    try check("U32", UInt32.self)
    try check("I32", Int32.self)
    try check("I64", Int64.self)
    #expect(try file("I32", [littleEndian(Int32.min)]).int32s("a") == [.min])
  }

  @Test("BOOL is 0 or 1")
  func truthValues() throws {
    #expect(try file("BOOL", [[1], [0]]).integers("a") == [1, 0])
    let error = try #require(throws: CheckpointError.self) {
      try file("BOOL", [[1], [2]]).integers("a")
    }
    #expect(error.reason == .elementValue && error.detail.contains("found 2"))
  }

  @Test("Other types are refused by name")
  func otherTypes() throws {
    let floats = try file("F32", [[0, 0, 0, 0]])
    let wide = try file("U64", [Array(repeating: 0, count: 8)])
    let errors = [
      try #require(throws: CheckpointError.self) { try floats.integers("a") },
      try #require(throws: CheckpointError.self) { try floats.int32s("a") },
      try #require(throws: CheckpointError.self) { try wide.floats("a") },
      try #require(throws: CheckpointError.self) { try wide.integers("a") },
    ]
    #expect(errors.allSatisfy { $0.reason == .elementType && $0.tensor == "a" })
    #expect(errors[0].description.hasPrefix("values: tensor \"a\": the elements are F32, expected"))
  }

  @Test("A name that is not there is refused")
  func noSuchTensor() throws {
    let file = try file("F32", [])
    let error = try #require(throws: CheckpointError.self) { try file.floats("b") }
    #expect(error.reason == .noSuchTensor && error.tensor == "b")
    #expect(throws: CheckpointError.self) { try file.shape("b") }
    #expect(file.layout("b") == nil)
  }

  @Test("Tensors at odd places, as older writers left them, are read", arguments: 1...9)
  func unaligned(shift: Int) throws {
    let header =
      "{\(entry("pad", "U8", "[\(shift)]", "[0,\(shift)]")),"
      + "\(entry("f", "F32", "[2]", "[\(shift),\(shift + 8)]")),"
      + "\(entry("i", "I64", "[1]", "[\(shift + 8),\(shift + 16)]"))}"
    let buffer =
      Array(repeating: 0xee, count: shift) + littleEndian(Float(1.5).bitPattern)
      + littleEndian(Float(-3).bitPattern) + littleEndian(-7 as Int64)
    let file = try SafetensorsFile(
      bytes: safetensors(Array(header.utf8), buffer: buffer), file: "")
    #expect(try file.floats("f") == [1.5, -3])
    #expect(try file.integers("i") == [-7])
  }
}
