import Foundation
import Randomness
import TestSupport
import Testing

@testable import AtomicFiles

@Suite struct SearchSpaceTests {
  private func ranges(_ text: String) throws -> [String: SearchSpace.Range] {
    let space = try SearchSpace(text, source: "hyper.test")
    return Dictionary(uniqueKeysWithValues: space.parameters.map { ($0.name, $0.range) })
  }

  /// As it is printed there.
  @Test func readsTheBlockOfThePageOfKSR() throws {
    let space = try SearchSpace(
      """
      learning_rate choice [0.01,0.005,0.001,0.0005,0.0001]
      dropout_prob choice [0.0,0.1,0.2,0.3,0.4,0.5]
      num_layers choice [1,2,3]
      hidden_size choice [128]
      freeze_kg choice [True, False]
      """, source: "hyper.test")
    #expect(
      space.parameters.map(\.name) == [
        "learning_rate", "dropout_prob", "num_layers", "hidden_size", "freeze_kg",
      ])
    #expect(space.parameters.map(\.line) == [1, 2, 3, 4, 5])
    #expect(
      space.parameters[0].range
        == .choice([.float(0.01), .float(0.005), .float(0.001), .float(0.0005), .float(0.0001)]))
    #expect(space.parameters[2].range == .choice([.int(1), .int(2), .int(3)]))
    #expect(space.parameters[4].range == .choice([.bool(true), .bool(false)]))
  }

  @Test func readsEveryType() throws {
    let ranges = try ranges(
      "\u{FEFF}# a remark of three words\r\n\r\n a  uniform   0.1, 0.5\nb loguniform -8,0\r\n"
        + "c quniform 16 , 64 , 16 \nd choice ['[64,64]', '[128]', x, ~]\ne choice [[1], 2]")
    #expect(ranges["a"] == .uniform(low: 0.1, high: 0.5))
    #expect(ranges["b"] == .logUniform(low: -8, high: 0))
    #expect(ranges["c"] == .quantised(low: 16, high: 64, step: 16))
    #expect(
      ranges["d"]
        == .choice([.list([.int(64), .int(64)]), .list([.int(128)]), .string("x"), .null]))
    #expect(ranges["e"] == .choice([.list([.int(1)]), .int(2)]))
  }

  @Test(arguments: [
    ("a choice", 1, "name, type and value"),
    ("\na normal 0,1", 2, "one of choice, uniform, loguniform, quniform"),
    ("a choice [1]\n\nb choice 1,2", 3, "a list of values in brackets"),
    ("a choice []", 1, "a list of values in brackets"),
    ("a choice [[[[[[[[[1]]]]]]]]]", 1, "a list of values in brackets"),
    ("a choice [{x: 1}]", 1, "values without keys"),
    ("a choice [.nan]", 1, "finite numbers"),
    ("a uniform 1,0", 1, "low is not above high"),
    ("a uniform 0", 1, "low,high"),
    ("a uniform 0,1,2", 1, "low,high"),
    ("a uniform 0,inf", 1, "low,high"),
    ("a loguniform -8,800", 1, "exponents of e"),
    ("a quniform 0,1,0", 1, "q above 0"),
    ("a choice [1]\na choice [2]", 2, "it stands on line 1"),
  ])
  func tellsTheLine(text: String, line: Int, expected: String) {
    let found = sentence { () throws(DataError) in try SearchSpace(text, source: "hyper.test") }
    #expect(found?.hasPrefix("hyper.test, line \(line): ") == true, "\(found ?? "taken")")
    #expect(found?.contains(expected) == true, "\(found ?? "taken")")
  }

  @Test func wantsSomethingToTry() {
    #expect(
      sentence { () throws(DataError) in try SearchSpace("# no\n\n", source: "h") }
        == "h: found no settings to try, expected lines name type value.")
  }

  /// Whatever bytes the file holds, it is read or refused with a sentence.
  @Test func readsOrRefusesDamagedFiles() throws {
    let original = Array(
      """
      learning_rate choice [0.01,0.005]
      dropout_prob uniform 0.0,0.5
      mlp choice ['[64,64]','[128,128]']
      lr loguniform -8,0
      size quniform 16,64,16

      """.utf8)
    let special = Array("\t\n\r :\"'.-+e0[]{}&*!|,# ".utf8) + [0, 0x1B, 0x80, 0xC3, 0xFE, 0xFF]
    var generator = SeededGenerator(seed: 77)
    var refused = 0
    let rounds = TestEnvironment.fuzzCount(20_000)
    for _ in 0..<rounds {
      var bytes = original
      for _ in 0...generator.integer(below: 4) {
        let place = generator.integer(below: bytes.count + 1)
        let end = min(bytes.count, place + 1 + generator.integer(below: 12))
        switch generator.integer(below: 5) {
        case 0: bytes.insert(special[generator.integer(below: special.count)], at: place)
        case 1 where place < bytes.count:
          bytes[place] = special[generator.integer(below: special.count)]
        case 2 where place < bytes.count: bytes[place] = UInt8(generator.integer(below: 256))
        case 3: bytes.removeSubrange(place..<end)
        default: bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(DataError) {
        let space = try SearchSpace(text, source: "h")
        #expect(!space.parameters.isEmpty)
      } catch {
        refused += 1
        let sentence = error.description
        #expect(sentence.hasPrefix("h") && sentence.hasSuffix(".") && sentence.count < 1500)
      }
    }
    #expect(refused > rounds / 5 && refused < rounds * 9 / 10, "\(refused)")
  }

  @Test func yamlReadsBackAsTheSame() throws {
    let values: [SettingValue] = [
      .null, .bool(false), .int(-3), .float(1e-5), .float(100), .float(.infinity),
      .string("true"), .string("[5,inf)"), .string("a \"b\" \\ \u{1}\n\té#: -"), .string(""),
      .string("007"), .list([.int(1), .string("x"), .list([])]),
      .map(["split": .map(["LS": .string("valid_only")]), "a b": .int(1), "no": .null]),
    ]
    var settings = Settings()
    for (index, value) in values.enumerated() { settings.set("k\(index)", value, source: "test") }
    settings.set("yes", .int(1), source: "test")
    settings.set("a: b", .int(2), source: "test")
    var copy = Settings()
    try copy.merge(yaml: settings.yaml, source: "copy")
    #expect(copy.keys == settings.keys)
    for key in settings.keys { #expect(copy[key] == settings[key], "\(key)") }
  }
}
