import Foundation
import Randomness
import TestSupport
import Testing

@testable import AtomicFiles

@Suite struct WriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func writesATableThatReadsBack() throws {
    var writer = try AtomicFileWriter([
      .init("id", .token), .init("name", .tokenSequence), .init("time", .float),
      .init("vec", .floatSequence),
    ])
    try writer.append([.token("a"), .text("one two"), .number(881_250_949), .vector([1, -0.5])])
    try writer.append([.token("é"), .text(""), .number(0.1), .vector([1e-30, 3])])
    let path = folder.path + "/t.x"
    try writer.write(to: path)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == "id:token\tname:token_seq\ttime:float\tvec:float_seq\n"
        + "a\tone two\t881250949\t1.0 -0.5\né\t\t0.1\t1e-30 3.0\n")
    #expect(try folder.names == ["t.x"])
  }

  @Test func vectorsReadBackBitForBit() throws {
    var generator = SeededGenerator(seed: 3)
    var values: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3, 16_777_216,
    ]
    while values.count < 6000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      if value.isFinite { values.append(value) }
    }
    let written = FeatureVectors(
      tokens: Vocabulary((0..<100).map { "e\($0)" }), width: 60, values: values)
    let path = folder.path + "/d.ent_feature"
    try written.write(to: path, id: "ent_id", vector: "ent_vec")
    let read = try FeatureVectors(path)
    #expect(read.tokens == written.tokens && read.width == 60)
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func refusesWhatWouldBreakTheTable() throws {
    var writer = try AtomicFileWriter([.init("id", .token), .init("x", .float)])
    try writer.append([.token("a"), .number(1)])
    let bad: [[AtomicFileWriter.Field]] = [
      [.token("a")], [.token("a"), .number(1), .number(1)], [.token(""), .number(1)],
      [.token("a\tb"), .number(1)], [.token("a\nb"), .number(1)], [.token("a\rb"), .number(1)],
      [.token("a\r\nb"), .number(1)], [.text("a"), .number(1)], [.token("a"), .number(.nan)],
      [.token("a"), .number(.infinity)], [.token("a"), .vector([1])],
    ]
    for fields in bad {
      #expect(sentence { () throws(DataError) in try writer.append(fields) } != nil, "\(fields)")
    }
    try writer.append([.token("b"), .number(2)])
    #expect(writer.rowCount == 2)
    try writer.write(to: folder.path + "/t")
    #expect(
      try String(contentsOfFile: folder.path + "/t", encoding: .utf8)
        == "id:token\tx:float\na\t1\nb\t2\n")
    #expect(
      sentence { () throws(DataError) in try AtomicFileWriter([.init("a:b", .token)]) } != nil)
    #expect(sentence { () throws(DataError) in try AtomicFileWriter([.init("", .token)]) } != nil)
    #expect(
      sentence { () throws(DataError) in try AtomicFileWriter([.init("a\t", .token)]) } != nil)
  }

  @Test func replacesAFileAndKeepsItsPermissionsAndLinks() throws {
    let path = try folder.file("f", "old and longer")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "f")
    try writeAtomically("new", to: link)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "f")
    #expect(try folder.names == ["f", "link"])
    try writeAtomically([UInt8](), to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
  }

  @Test func writesANameAsLongAsNamesCanBe() throws {
    let path = folder.path + "/" + String(repeating: "n", count: 255)
    try writeAtomically("x", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "x")
    #expect(
      sentence { () throws(DataError) in try writeAtomically("x", to: path + "n") }
        == "\(path)n: cannot be put in place: File name too long.")
    #expect(try folder.names.count == 1)
  }

  @Test func tellsWhyAFileCannotBeWritten() throws {
    let vanished = folder.path + "/none/f"
    #expect(
      sentence { () throws(DataError) in try writeAtomically("x", to: vanished) }
        == "\(vanished): cannot be written in its folder: No such file or directory.")
    #expect(
      sentence { () throws(DataError) in try writeAtomically("x", to: folder.path) }
        == "\(folder.path): cannot be written: it is not a regular file.")
    #expect(
      sentence { () throws(DataError) in try writeAtomically("x", to: "/dev/full") }
        == "/dev/full: cannot be written: it is not a regular file.")
    // Nobody may make files here, not even the superuser.
    #expect(sentence { () throws(DataError) in try writeAtomically("x", to: "/proc/sys/f") } != nil)
    #expect(try folder.names.isEmpty)
  }
}
