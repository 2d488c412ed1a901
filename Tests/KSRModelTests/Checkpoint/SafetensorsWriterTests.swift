import Foundation
import KSRModel
import Testing

@Suite("Safetensors: writing")
struct SafetensorsWriterTests {
  private let six = SafetensorsTensor.Elements.floats([0, 1, 2, 3, 4, 5])
  private let sixBytes: [UInt8] = [
    0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64,
  ]

  @Test("The format's example without padding")
  func knownVector() throws {
    let tensor = SafetensorsTensor("attn.0", shape: [1, 2, 3], six)
    let header = #"{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}"#
    #expect(
      try SafetensorsContents(tensors: [tensor]).serialized(file: "")
        == [64, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + sixBytes)
  }

  @Test("The format's example with seven spaces of padding")
  func knownVectorPadded() throws {
    let tensor = SafetensorsTensor("attn0", shape: [1, 1, 2, 3], six)
    let header = #"{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       "#
    #expect(
      try SafetensorsContents(tensors: [tensor]).serialized(file: "")
        == [72, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + sixBytes)
  }

  @Test("Wide elements first, then by name; metadata before all, by key")
  func order() throws {
    let contents = SafetensorsContents(
      metadata: ["b": "2", "a": "1", "\u{e9}": "", "Z": ""],
      tensors: [
        SafetensorsTensor("b", shape: [1], .bytes([1])),
        SafetensorsTensor("a", shape: [3], .bytes([2, 3, 4])),
        SafetensorsTensor("d", shape: [1], .int32s([-1])),
        SafetensorsTensor("c", shape: [], .floats([1])),
        SafetensorsTensor("f", shape: [1, 0], .int64s([])),
        SafetensorsTensor("e", shape: [1], .int64s([-2])),
      ])
    let bytes = try contents.serialized(file: "")
    let file = try SafetensorsFile(bytes: bytes, file: "")
    #expect(file.names == ["e", "f", "c", "d", "a", "b"])
    #expect(file.metadata == contents.metadata)
    let header = String(decoding: bytes.dropFirst(8), as: UTF8.self)
    #expect(header.hasPrefix(#"{"__metadata__":{"Z":"","a":"1","b":"2","é":""},"e":{"#))
    #expect(try file.integers("e") == [-2] && file.integers("a") == [2, 3, 4])
    #expect(try file.floats("c") == [1] && file.int32s("d") == [-1])
  }

  @Test("The order given makes no difference to the bytes; every tensor is aligned")
  func deterministic() throws {
    let tensors = (0..<12).map { i -> SafetensorsTensor in
      switch i % 4 {
      case 0: SafetensorsTensor("t\(i)", shape: [i], .bytes(Array(repeating: 1, count: i)))
      case 1: SafetensorsTensor("t\(i)", shape: [i], .int32s(Array(repeating: 1, count: i)))
      case 2: SafetensorsTensor("t\(i)", shape: [i], .int64s(Array(repeating: 1, count: i)))
      default: SafetensorsTensor("t\(i)", shape: [i], .floats(Array(repeating: 1, count: i)))
      }
    }
    let bytes = try SafetensorsContents(tensors: tensors).serialized(file: "")
    #expect(try SafetensorsContents(tensors: tensors.reversed()).serialized(file: "") == bytes)
    #expect(bytes[0] % 8 == 0)
    for tensor in try SafetensorsFile(bytes: bytes, file: "").tensors {
      #expect(tensor.begin * 8 % tensor.type.bits == 0)
    }
  }

  @Test("Any text survives as name and as metadata")
  func text() throws {
    let scalars = (0...0x2ff).compactMap { Unicode.Scalar($0 as UInt32) } + ["\u{2028}", "😀"]
    for scalar in scalars {
      let text = "a\(scalar)b"
      let contents = SafetensorsContents(
        metadata: [text: text], tensors: [SafetensorsTensor(text, shape: [], .bytes([9]))])
      let file = try SafetensorsFile(bytes: try contents.serialized(file: ""), file: "")
      #expect(file.metadata == [text: text])
      #expect(try file.integers(text) == [9])
    }
  }

  @Test("What could not be read is not written")
  func unreadable() throws {
    let long = String(repeating: "x", count: 4097)
    let error = try #require(throws: CheckpointError.self) {
      try SafetensorsContents(metadata: [long: ""]).serialized(file: "out")
    }
    #expect(error.file == "out" && error.detail.contains("longer than 4096 bytes"))
  }

  @Test("A file replaces another whole, and nothing is left beside it")
  func replaces() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/m.safetensors"
      for value: Float in [1, 2] {
        let tensor = SafetensorsTensor("a", shape: [1], .floats([value]))
        try SafetensorsContents(tensors: [tensor]).write(to: path)
        #expect(try SafetensorsFile(path: path).floats("a") == [value])
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["m.safetensors"])
    }
  }

  @Test("A place that cannot be written to is named")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      for path in [folder, folder + "/missing/m.safetensors", "/dev/null"] {
        let error = try #require(throws: CheckpointError.self) {
          try SafetensorsContents().write(to: path)
        }
        #expect(error.reason == .unwritable && error.description.hasPrefix(path + ": "))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }
}
