import KSRModel
import Testing

@Suite("PyTorch: the archive")
struct PyTorchArchiveTests {
  private static let pickle = Pickle.start + Pickle.emptyDictionary + Pickle.stop

  private func refusal(
    _ change: (inout ZipPart) -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    var part = ZipPart("model/data.pkl", Self.pickle)
    change(&part)
    let error = try refusedCheckpoint(
      zip([part, ZipPart("model/version", [0x33])]), sourceLocation: sourceLocation)
    #expect(error.reason == .archive, sourceLocation: sourceLocation)
    return error.detail
  }

  @Test(
    "Entries are read with and without the records for large archives", arguments: [true, false])
  func plain(isLarge: Bool) throws {
    let file = try PyTorchCheckpoint(
      bytes: zip([ZipPart("model/data.pkl", Self.pickle)], isLarge: isLarge), file: "")
    #expect(file.stateDict.tensors.isEmpty && file.configuration.isEmpty && file.epoch == nil)
  }

  @Test("Sizes and places may stand in the extra field")
  func largeNumbers() throws {
    var part = ZipPart("model/data.pkl", Self.pickle)
    part.size = .max
    part.place = .max
    let size = UInt64(Self.pickle.count)
    part.extra =
      [1, 0, 24, 0] + littleEndian(size) + littleEndian(size) + littleEndian(UInt64(0))
    _ = try PyTorchCheckpoint(bytes: zip([part]), file: "")
    #expect(
      try refusal {
        $0.size = .max
        $0.extra = [1, 0, 8, 0] + littleEndian(UInt64.max)
      }.contains("too large"))
    #expect(try refusal { $0.size = .max }.contains("missing or too large"))
    #expect(
      try refusal {
        $0.extra = [1, 0, 200, 0]
      }.contains("extra field"))
  }

  @Test("What is not as torch.save writes it is named")
  func refused() throws {
    #expect(try refusal { $0.checksum = 1 }.contains("checksum is"))
    #expect(try refusal { $0.method = 8 }.contains("compressed (method 8)"))
    #expect(try refusal { $0.flags = 1 }.contains("encrypted"))
    #expect(try refusal { $0.size = 1 << 31 }.contains("2147483648 bytes, more than"))
    #expect(try refusal { $0.storedSize = 3 }.contains("two sizes"))
    #expect(try refusal { $0.place = 3 }.contains("holds no entry"))
    #expect(try refusal { $0.place = 1 << 31 }.contains("holds no entry"))
    #expect(try refusal { $0.listedName = "model/data.pkm" }.contains("another header"))
    #expect(try refusal { $0.name = "" }.contains("not UTF-8 of 1"))
    #expect(try refusal { $0.name = "model/other" }.contains("0 entries called data.pkl"))
    #expect(try refusal { $0.name = "model/version" }.contains("twice"))
  }

  @Test("Entries that share bytes are refused")
  func overlap() throws {
    // The first entry's data are a whole entry, which the list names too.
    let inner = zip([ZipPart("model/data.pkl", Self.pickle)], isLarge: false)
    var second = ZipPart("model/data.pkl", Self.pickle)
    second.place = UInt32(30 + "model/outer".utf8.count)
    let error = try refusedCheckpoint(zip([ZipPart("model/outer", inner), second]))
    #expect(error.detail.contains("share bytes"))
  }

  @Test("Other files are recognised")
  func otherFiles() throws {
    func detail(_ bytes: [UInt8]) throws -> String { try refusedCheckpoint(bytes).detail }
    #expect(try detail([]).contains("not an archive"))
    #expect(try detail(Array("a text".utf8)).contains("not an archive"))
    let old: [UInt8] = [
      0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    #expect(try detail(old).contains("before version 1.6"))
    #expect(try detail(Array(checkpoint(Self.pickle).dropLast(30))).contains("cut off"))
    let big = zip([
      ZipPart("model/data.pkl", Self.pickle), ZipPart("model/byteorder", Array("big".utf8)),
    ])
    #expect(try detail(big).contains("byteorder is \"big\""))
  }

  @Test("Checksums of all lengths are those of the plain method")
  func checksums() throws {
    for count in 0..<40 {
      let text = String(repeating: "k", count: count)
      let pickle =
        Pickle.start + Pickle.dictionary([("state_dict", Pickle.emptyDictionary), (text, [0x4E])])
        + Pickle.stop
      _ = try PyTorchCheckpoint(bytes: checkpoint(pickle), file: "")
    }
  }
}
