import AtomicFiles
import Foundation
import KSRModel
import Testing

@Suite("PyTorch: pickles")
struct PyTorchPickleTests {
  private func refusal(
    _ pickle: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let error = try refusedCheckpoint(checkpoint(pickle), sourceLocation: sourceLocation)
    #expect(error.reason == .pickle, sourceLocation: sourceLocation)
    return error.detail
  }

  @Test("Plain data of protocols 2 to 4 are read", arguments: [2, 3, 4] as [UInt8])
  func plainData(version: UInt8) throws {
    // The forms that differ: how sets, bytes and short text are written, and frames.
    let set: [UInt8] =
      version == 4
      ? [0x8F, 0x28, 0x4B, 1, 0x90]
      : Pickle.global(version == 2 ? "__builtin__" : "builtins", "set")
        + Pickle.tuple([Pickle.emptyList + [0x4B, 1, 0x61]]) + Pickle.reduce
    let frozen: [UInt8] =
      version == 4
      ? [0x28, 0x4B, 3, 0x91]
      : Pickle.global(version == 2 ? "__builtin__" : "builtins", "frozenset")
        + Pickle.tuple([[0x28, 0x4B, 3, 0x6C]]) + Pickle.reduce
    let text: [UInt8] = version == 4 ? [0x8C, 2, 0xC3, 0xA9, 0x94] : Pickle.text("é") + [0x71, 9]
    let ordered: [UInt8] =
      version == 4
      ? [0x8C, 11] + Array("collections".utf8) + [0x8C, 11] + Array("OrderedDict".utf8)
        + [0x93, 0x29, 0x52]
      : Pickle.call("collections", "OrderedDict")
    let values: [[UInt8]] = [
      [0x4B, 255], [0x4A, 0xFE, 0xFF, 0xFF, 0xFF], [0x4D, 0x2C, 1], [0x8A, 6, 0, 0, 0, 0, 0, 1],
      [0x8A, 1, 0x80], [0x8A, 0], [0x8B, 2, 0, 0, 0, 0xFF, 0x7F],
      [0x47, 0xC0, 0x04, 0, 0, 0, 0, 0, 0], [0x88], [0x89], [0x4E], text,
      [0x68, version == 4 ? 0 : 9], [0x4B, 1, 0x85], [0x4B, 1, 0x4B, 2, 0x86],
      [0x4B, 1, 0x4B, 2, 0x4B, 3, 0x87], Pickle.emptyTuple, set, frozen,
      ordered + Pickle.text("k") + [0x4E, 0x73], Pickle.mark + Pickle.text("d") + [0x4B, 4, 0x64],
    ]
    let config = Pickle.dictionary([
      ("a", Pickle.emptyList + Pickle.mark + Array(values.joined()) + [0x65]),
      ("bytes", [0x55, 2, 1, 2]), ("wide", [0x8A, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ])
    var pickle: [UInt8] = [0x80, version]
    if version == 4 { pickle += [0x95] + littleEndian(UInt64(3)) }
    pickle +=
      Pickle.dictionary([
        ("config", config), ("state_dict", Pickle.emptyDictionary), ("epoch", [0x4B, 7]),
      ]) + Pickle.stop
    let file = try PyTorchCheckpoint(bytes: checkpoint(pickle), file: "")
    #expect(file.epoch == 7)
    // Bytes and a number wider than 64 bits are read over.
    #expect(
      file.configuration == [
        "a": .list([
          .int(255), .int(-2), .int(300), .int(1 << 40), .int(-128), .int(0), .int(32767),
          .float(-2.5), .bool(true), .bool(false), .null, .string("é"), .string("é"),
          .list([.int(1)]), .list([.int(1), .int(2)]), .list([.int(1), .int(2), .int(3)]),
          .list([]), .list([.int(1)]), .list([.int(3)]), .map(["k": .null]), .map(["d": .int(4)]),
        ])
      ])
  }

  @Test("Classes and calls outside the state dict are inert")
  func inert() throws {
    let folder = FileManager.default.temporaryDirectory.path
    let proof = "\(folder)/ksr-pickle-\(UUID().uuidString)"
    let system = Pickle.call("os", "system", [Pickle.text("touch \(proof)")])
    let state = Pickle.dictionary([
      (
        "final_config_dict",
        Pickle.dictionary([("gamma", [0x4B, 5]), ("device", system), ("list", system + [0x85])])
      )
    ])
    let config =
      Pickle.global("recbole.config.configurator", "Config") + Pickle.emptyTuple + Pickle.newObject
      + state + Pickle.build
    let object =
      Pickle.global("a", "B") + Pickle.emptyTuple + Pickle.emptyDictionary + [0x92]
    let made = Pickle.mark + Pickle.global("posix", "system") + Pickle.text("x") + [0x6F]
    let pickle = Pickle.stateDict(
      Pickle.tensor(count: 1, shape: [1], strides: [1]),
      beside: [
        ("config", config), ("system", system),
        ("again", system + Pickle.emptyTuple + Pickle.reduce),
        ("object", object + Pickle.mark + Pickle.text("k") + [0x4E, 0x75]), ("made", made),
        ("list", system + Pickle.mark + [0x4E, 0x65]), ("id", [0x4E] + Pickle.persistentID),
      ])
    let file = try PyTorchCheckpoint(
      bytes: checkpoint(pickle, storages: ["0": [0, 0, 0x80, 0x3F]]), file: "")
    #expect(file.stateDict["w"]?.values == [1])
    #expect(file.configuration == ["gamma": .int(5)])
    #expect(!FileManager.default.fileExists(atPath: proof))
  }

  @Test("In the state dict they are named")
  func reached() throws {
    let system = Pickle.call("os", "system", [Pickle.text("true")])
    #expect(try refusal(Pickle.stateDict(system)).contains("object of \"os.system\""))
    #expect(
      try refusal(Pickle.stateDict(Pickle.global("os", "system"))).contains("class \"os.system\""))
    #expect(
      try refusal(
        Pickle.stateDict(
          Pickle.global("my.module", "Tensor") + Pickle.emptyTuple + Pickle.newObject
            + Pickle.emptyDictionary + Pickle.build)
      ).contains("object of \"my.module.Tensor\""))
    #expect(
      try refusal(Pickle.start + Pickle.dictionary([("state_dict", system)]) + Pickle.stop)
        .contains("its state_dict is an object of \"os.system\""))
    #expect(try refusal(Pickle.start + system + Pickle.stop).contains("os.system"))
    // A tensor made of something else than a storage is no tensor.
    let wrong = Pickle.call(
      "torch._utils", "_rebuild_tensor_v2",
      [system, Pickle.int(0), Pickle.emptyTuple, Pickle.emptyTuple])
    #expect(try refusal(Pickle.stateDict(wrong)).contains("_rebuild_tensor_v2"))
    for (value, kind) in [
      (Pickle.text("x"), "text"), ([0x4B, 1], "a number"), ([0x4E], "None"), ([0x88], "a truth"),
      (Pickle.emptyList, "a list"), (Pickle.emptyTuple, "a tuple"), ([0x8F], "a set"),
      (Pickle.emptyDictionary, "a dictionary"), ([0x43, 0], "bytes"),
    ] as [([UInt8], String)] {
      #expect(try refusal(Pickle.stateDict(value)).contains("it is \(kind)"))
    }
    #expect(
      try refusal(
        Pickle.start + Pickle.emptyDictionary + [0x4B, 1, 0x4E, 0x73] + Pickle.stop
      ).contains("is a dictionary, expected a dictionary of tensors by name"))
  }

  @Test("Unknown instructions and protocols are named with their place")
  func unknown() throws {
    let known = Set<UInt8>(
      [
        0x28, 0x29, 0x2E, 0x30, 0x31, 0x32, 0x42, 0x43, 0x47, 0x4A, 0x4B, 0x4D, 0x4E, 0x51, 0x52,
        0x54, 0x55, 0x58, 0x5D, 0x61, 0x62, 0x63, 0x64, 0x65, 0x68, 0x6A, 0x6C, 0x6F, 0x71, 0x72,
        0x73, 0x74, 0x75, 0x7D, 0x80, 0x81,
      ] + Array(0x85...0x95))
    for code in UInt8.min...UInt8.max where !known.contains(code) {
      let detail = try refusal(Pickle.start + [code] + Pickle.stop)
      #expect(detail.contains("byte 2 of its pickle: the instruction 0x"))
    }
    #expect(try refusal([0x80, 5, 0x2E]).contains("protocol 5"))
    #expect(try refusal([0x80, 1, 0x2E]).contains("protocol 1"))
  }

  @Test("Every instruction without what it needs is refused")
  func missing() throws {
    for code in UInt8.min...UInt8.max {
      // Alone, after a mark that hides the values below, and at the end of the pickle.
      _ = try refusal(Pickle.start + [0x4E, 0x4E, 0x28, code] + Pickle.stop)
      _ = try refusal(Pickle.start + [code])
      _ = try refusal([code])
    }
    #expect(try refusal(Pickle.start + Pickle.stop).contains("a value is missing"))
    #expect(try refusal(Pickle.start + [0x4E, 0x4E] + Pickle.stop).contains("left over"))
    #expect(try refusal(Pickle.start + [0x28, 0x4E, 0x75]).contains("no value"))
    #expect(try refusal(Pickle.start + [0x4E, 0x4E, 0x62]).contains("an object to change"))
    #expect(try refusal(Pickle.start + [0x5D, 0x4E, 0x62]).contains("can have none"))
    #expect(try refusal(Pickle.start + [0x7D, 0x4E, 0x61]).contains("no list"))
    #expect(try refusal(Pickle.start + [0x5D, 0x4E, 0x4E, 0x73]).contains("no dictionary"))
    #expect(try refusal(Pickle.start + [0x4E, 0x29, 0x52]).contains("no class or function"))
    #expect(
      try refusal(Pickle.start + Pickle.global("a", "b") + [0x4E, 0x52]).contains("no tuple"))
    #expect(try refusal(Pickle.start + [0x4E, 0x4E, 0x93]).contains("two short texts"))
  }

  @Test("Lengths beyond the pickle are refused before anything is made of them")
  func lengths() throws {
    let most = [UInt8](repeating: 0xFF, count: 8)
    for (code, width) in [
      (0x42, 4), (0x43, 1), (0x54, 4), (0x55, 1), (0x58, 4), (0x8C, 1), (0x8D, 8), (0x8E, 8),
      (0x95, 8), (0x8B, 4),
    ] as [(UInt8, Int)] {
      let detail = try refusal(Pickle.start + [code] + most.prefix(width) + [0x2E])
      #expect(detail.contains("bytes are left"))
    }
    #expect(try refusal(Pickle.start + [0x8A, 255, 0, 0x2E]).contains("inside a number"))
    #expect(
      try refusal(Pickle.start + [0x58, 2, 0, 0, 0, 0xC3, 0x28, 0x2E]).contains("not UTF-8"))
    #expect(
      try refusal(
        Pickle.start + Pickle.global(String(repeating: "m", count: 1001), "x") + Pickle.stop
      ).contains("at most 1000 bytes"))
    // Python's memo would grow to the number; here nothing was ever put there.
    #expect(
      try refusal(Pickle.start + [0x6A, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E])
        .contains("remembered as 4294967295"))
    let far = Pickle.start + [0x7D, 0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x30, 0x6A]
    #expect(
      try PyTorchCheckpoint(
        bytes: checkpoint(far + [0xFF, 0xFF, 0xFF, 0xFF] + Pickle.stop), file: ""
      ).stateDict.tensors.isEmpty)
  }

  @Test("Deep, shared and circular objects cost no more than their pickle")
  func bombs() throws {
    let half = 200_000
    // Tuples and lists in each other, half a million deep; letting them go must not recurse either.
    let deepTuple = Pickle.start + [0x29] + [UInt8](repeating: 0x85, count: 2 * half) + Pickle.stop
    #expect(try refusal(deepTuple).contains("is a tuple"))
    let deepList =
      Pickle.start + [UInt8](repeating: 0x5D, count: half)
      + [UInt8](repeating: 0x61, count: half - 1)
      + Pickle.stop
    #expect(try refusal(deepList).contains("is a list"))
    let marks = Pickle.start + [UInt8](repeating: 0x28, count: 2 * half) + Pickle.stop
    #expect(try refusal(marks).contains("a value is missing"))
    let long = Pickle.start + [UInt8](repeating: 0x4E, count: 1_100_000) + Pickle.stop
    #expect(try refusal(long).contains("more than 1000000 instructions"))
    // Each level holds the one below twice: 2^60 numbers, if one were to walk them.
    let doubled: [UInt8] = (0..<60).reduce([0x4B, 1, 0x85]) { pickle, _ in pickle + [0x32, 0x86] }
    // A list in itself, and a dictionary in itself.
    let circular: [UInt8] = [0x5D, 0x71, 1, 0x68, 1, 0x61]
    let ring: [UInt8] = [0x7D, 0x71, 2] + Pickle.text("k") + [0x68, 2, 0x73]
    // The same large dictionary again and again.
    let large = Pickle.dictionary((0..<9000).map { ("k\($0)", [0x4E]) }) + [0x71, 3]
    let again = (0..<9000).map { ("x\($0)", [0x68, 3] as [UInt8]) }
    let config = Pickle.dictionary(
      [("gamma", [0x4B, 3]), ("doubled", doubled), ("circular", circular), ("ring", ring)]
        + [("large", large)] + again)
    let pickle =
      Pickle.start
      + Pickle.dictionary([("config", config), ("state_dict", Pickle.emptyDictionary)])
      + Pickle.stop
    let file = try PyTorchCheckpoint(bytes: checkpoint(pickle), file: "")
    #expect(file.configuration["gamma"] == .int(3))
    #expect(file.configuration["doubled"] == nil && file.configuration["circular"] == nil)
  }
}
