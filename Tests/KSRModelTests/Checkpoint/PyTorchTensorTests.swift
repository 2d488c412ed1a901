import KSRModel
import Testing

@Suite("PyTorch: tensors")
struct PyTorchTensorTests {
  private static let storage: [UInt8] = (0..<6).flatMap { littleEndian(Float($0).bitPattern) }

  private func values(
    _ tensor: [UInt8], storage: [UInt8] = Self.storage
  ) throws -> (shape: [Int], values: [Float]) {
    let file = try PyTorchCheckpoint(
      bytes: checkpoint(Pickle.stateDict(tensor), storages: ["0": storage]), file: "")
    let found = try #require(file.stateDict["w"])
    return (found.shape, found.values)
  }

  private func refusal(
    _ tensor: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let error = try refusedCheckpoint(
      checkpoint(Pickle.stateDict(tensor), storages: ["0": Self.storage]),
      sourceLocation: sourceLocation)
    #expect(error.tensor == "w", sourceLocation: sourceLocation)
    return error.detail
  }

  @Test("Every shape and order of rows that a storage can show")
  func views() throws {
    func view(_ shape: [Int], _ strides: [Int], offset: Int = 0) throws -> [Float] {
      let found = try values(
        Pickle.tensor(count: 6, offset: offset, shape: shape, strides: strides))
      #expect(found.shape == shape)
      return found.values
    }
    #expect(try view([2, 3], [3, 1]) == [0, 1, 2, 3, 4, 5])
    #expect(try view([3, 2], [1, 3]) == [0, 3, 1, 4, 2, 5])
    #expect(try view([2, 2], [3, 1], offset: 1) == [1, 2, 4, 5])
    #expect(try view([3, 1, 2], [2, 99, 1]) == [0, 1, 2, 3, 4, 5])
    #expect(try view([2, 3], [1, 0]) == [0, 0, 0, 1, 1, 1])
    #expect(try view([], [], offset: 5) == [5])
    #expect(try view([0, 7], [7, 1]) == [])
    #expect(try view([1], [Int.max], offset: 3) == [3])
    // All orders of the axes of 1 × 2 × 3.
    let shape = [1, 2, 3]
    let strides = [6, 3, 1]
    for axes in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      var expected: [Float] = []
      for i in 0..<shape[axes[0]] {
        for j in 0..<shape[axes[1]] {
          for k in 0..<shape[axes[2]] {
            expected.append(
              Float(i * strides[axes[0]] + j * strides[axes[1]] + k * strides[axes[2]]))
          }
        }
      }
      #expect(try view(axes.map { shape[$0] }, axes.map { strides[$0] }) == expected)
    }
  }

  @Test("Half, brain and double precision become single")
  func types() throws {
    let numbers: [Float] = [0, 1.5, -2, 0.25]
    func read(_ type: String, _ bytes: [UInt8]) throws -> [Float] {
      try values(
        Pickle.tensor(type: type, count: 4, shape: [4], strides: [1]), storage: bytes
      ).values
    }
    #expect(
      try read("HalfStorage", numbers.flatMap { littleEndian(Float16($0).bitPattern) }) == numbers)
    #expect(
      try read("BFloat16Storage", numbers.flatMap { littleEndian(UInt16($0.bitPattern >> 16)) })
        == numbers)
    #expect(
      try read("DoubleStorage", numbers.flatMap { littleEndian(Double($0).bitPattern) }) == numbers)
    let error = try refusedCheckpoint(
      checkpoint(
        Pickle.stateDict(Pickle.tensor(type: "LongStorage", count: 1, shape: [1], strides: [1])),
        storages: ["0": [UInt8](repeating: 0, count: 8)]))
    #expect(error.reason == .elementType && error.detail.contains("I64"))
  }

  @Test("A parameter is its tensor")
  func parameter() throws {
    let tensor = Pickle.tensor(count: 6, shape: [6], strides: [1])
    let parameter = Pickle.call("torch._utils", "_rebuild_parameter", [tensor, [0x88], [0x4E]])
    #expect(try values(parameter).values == [0, 1, 2, 3, 4, 5])
  }

  @Test("What reaches beyond the storage is refused, however large the numbers")
  func beyond() throws {
    func view(_ shape: [Int], _ strides: [Int], offset: Int = 0, count: Int = 6) throws -> String {
      try refusal(Pickle.tensor(count: count, offset: offset, shape: shape, strides: strides))
    }
    #expect(try view([7], [1]).contains("beyond its storage of 6"))
    #expect(try view([2, 3], [4, 1]).contains("beyond"))
    #expect(try view([1], [1], offset: 6).contains("beyond"))
    #expect(try view([2], [Int.max], offset: 1).contains("beyond"))
    #expect(try view([Int.max, Int.max], [0, 0]).contains("beyond"))
    #expect(try view([Int.max], [0]).contains("beyond"))
    #expect(try view([7], [0]).contains("beyond"))
    #expect(try view([-1], [1]).contains("not those of a tensor"))
    #expect(try view([2], [-1]).contains("not those of a tensor"))
    #expect(try view([1], [1], offset: -1).contains("not those of a tensor"))
    #expect(try view([1], [1, 1]).contains("not those of a tensor"))
    #expect(
      try view(Array(repeating: 1, count: 9), Array(repeating: 1, count: 9))
        .contains("not those of a tensor"))
    #expect(try view([6], [1], count: 7).contains("has 24 bytes"))
    #expect(try view([Int.max], [1], count: Int.max).contains("more elements than the file"))
    #expect(try view([1], [1], count: Int.max).contains("has 24 bytes"))
    #expect(
      try refusal(Pickle.tensor(key: "9", count: 6, shape: [6], strides: [1]))
        .contains("\"9\" is not in the archive"))
  }

  @Test("Many views of one storage do not make much out of little")
  func sharing() throws {
    let view = Pickle.tensor(count: 1000, shape: [1000], strides: [1])
    let pairs = (0..<200).map { ("w\($0)", view) }
    let pickle =
      Pickle.start + Pickle.dictionary([("state_dict", Pickle.dictionary(pairs))]) + Pickle.stop
    let error = try refusedCheckpoint(
      checkpoint(pickle, storages: ["0": [UInt8](repeating: 0, count: 4000)]))
    #expect(error.detail.contains("more elements than the file has bytes"))
    let many = (0..<1001).map { ("w\($0)", view) }
    let error2 = try refusedCheckpoint(
      checkpoint(Pickle.start + Pickle.dictionary(many) + Pickle.stop))
    #expect(error2.detail.contains("1001 entries"))
  }
}
