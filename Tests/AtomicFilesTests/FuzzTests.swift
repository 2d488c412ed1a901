import Foundation
import Randomness
import TestSupport
import Testing

@testable import AtomicFiles

/// Damaged files: whatever bytes a file holds, it is read or refused with a sentence.
///
/// 20,000 atomic files and 22,000 settings (``TestEnvironment/fuzzCount(_:)``).
@Suite struct FuzzTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let interactions = """
    user_id:token\titem_id:token\trating:float\ttimestamp:float
    1\t10\t3\t881250949
    2\t20\t\t1.5e9
    1\t30\t4.5\t-7.25
    NA\té\tx\t0

    """
  private static let items = """
    item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq
    10\tToy Story (1995)\t1995\tAnimation Comedy
    20\tGoldenEye\t\t
    10\tAgain\t1\tx

    """
  private static let vectors =
    "ent_id:token\tent_vec:float_seq\na\t0.5 -1e-3 7\nb\t1 2 3\na\t4 5 6\n"
  private static let triples = "head_id:token\trelation_id:token\ttail_id:token\na\tr\tb\nb\ts\ta\n"
  private static let yaml = """
    # comment
    load_col:
      inter: [user_id, item_id]
    eval_args: {split: {LS: valid_and_test}, order: TO}
    rate: &r 1e-4
    other: *r
    text: |
      lines
    quoted: "a\\tb"

    """

  /// Changes some bytes: other values, ends of fields and lines, pieces left out or repeated.
  private func damaged(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
    let special =
      Array("\t\n\r :\"'.-+e0[]{}&*!|,#".utf8) + [0, 0x1B, 0x7F, 0x80, 0xC3, 0xFE, 0xFF]
    var bytes = Array(text.utf8)
    for _ in 0...generator.integer(below: 4) {
      let place = generator.integer(below: bytes.count + 1)
      let end = min(bytes.count, place + 1 + generator.integer(below: 12))
      switch generator.integer(below: 6) {
      case 0: bytes.insert(special[generator.integer(below: special.count)], at: place)
      case 1 where place < bytes.count:
        bytes[place] = special[generator.integer(below: special.count)]
      case 2 where place < bytes.count: bytes[place] = UInt8(generator.integer(below: 256))
      case 3: bytes.removeSubrange(place..<end)
      case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
      default: if generator.integer(below: 4) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }

  /// Counts what is refused; a sentence must be one, and name the file.
  private func attempt(
    _ refused: inout Int, _ file: String, _ body: () throws(DataError) -> Void
  ) {
    guard let error = sentence(body) else { return }
    refused += 1
    #expect(error.hasPrefix(file) && error.hasSuffix("."))
    #expect(error.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(error.count < file.count + 1000)
  }

  @Test func readsOrRefusesDamagedFiles() throws {
    var generator = SeededGenerator(seed: 1)
    var set = try folder.dataSet("d", ["inter": Self.interactions])
    var refused = 0
    let rounds = TestEnvironment.fuzzCount(5000)
    for round in 0..<rounds {
      // Other separators make fields of pieces, and the other way round.
      set.form = AtomicForm()
      if round % 8 == 7 {
        set.form.fieldSeparator = Array(" ,|:".utf8)[generator.integer(below: 3)]
        set.form.sequenceSeparator = tab
        set.form.sequenceLengths = ["ent_vec": 1 + generator.integer(below: 3)]
      }
      for (suffix, text) in [
        ("inter", Self.interactions), ("item", Self.items), ("kg", Self.triples),
        ("ent_feature", Self.vectors),
      ] {
        _ = try folder.file("d/d.\(suffix)", damaged(text, &generator))
      }
      attempt(&refused, set.file("inter")) { () throws(DataError) in
        let read = try Interactions.read(set)
        #expect(read.user.count == read.count && read.item.count == read.count)
        #expect(read.timestamp.count == read.count && read.timestamp.allSatisfy(\.isFinite))
        #expect(read.user.allSatisfy { (0..<Int32(read.users.count)).contains($0) })
        #expect(read.item.allSatisfy { (0..<Int32(read.items.count)).contains($0) })
        #expect(!read.users.tokens.contains("") && Set(read.items.tokens).count <= read.items.count)
      }
      attempt(&refused, set.file("item")) { () throws(DataError) in
        let items = try AttributeTable.items(of: set)
        for item in 0..<items.ids.count {
          _ = (items.title(of: item), items.year(of: item), items.value("class", of: item))
        }
      }
      attempt(&refused, set.file("kg")) { () throws(DataError) in
        let triples = try Triples.read(set)
        let ids = triples.head + triples.tail
        #expect(ids.allSatisfy { (0..<Int32(triples.entities.count)).contains($0) })
        #expect(triples.relation.allSatisfy { (0..<Int32(triples.relations.count)).contains($0) })
      }
      attempt(&refused, set.file("ent_feature")) { () throws(DataError) in
        let vectors = try FeatureVectors(set.file("ent_feature"), form: set.form)
        #expect(vectors.values.count == vectors.tokens.count * vectors.width)
        #expect(vectors.width > 0 && vectors.values.allSatisfy(\.isFinite))
      }
    }
    // Both happen often, or the damage would be of the wrong kind.
    #expect(refused > rounds && refused < rounds * 15 / 4, "\(refused)")
  }

  @Test func readsOrRefusesDamagedSettings() throws {
    var generator = SeededGenerator(seed: 2)
    var refused = 0
    let rounds = TestEnvironment.fuzzCount(2000)
    for _ in 0..<rounds {
      let bytes = damaged(Self.yaml, &generator)
      let path = try folder.file("s.yaml", bytes)
      attempt(&refused, path) { () throws(DataError) in
        var settings = Settings()
        try settings.merge(file: path)
        for key in settings.keys { _ = settings.error(key, expected: "x").description }
      }
      var settings = Settings()
      try settings.merge(assignment: "k=" + String(decoding: bytes.suffix(30), as: UTF8.self))
    }
    #expect(refused > rounds / 5 && refused < rounds, "\(refused)")
  }

  /// The block that the page prints, the checkpoint's own kind of YAML, and pieces of both.
  @Test func readsOrRefusesAnySettings() throws {
    let pieces = [
      "load_col:", "  inter: [a, b]", "fields_in_same_space: [", "    [a, b]", "  ent_id: ent_vec",
      "]", "{", "}", "- x", "a: &a [*a]", "a: &a b", "b: *a", "<<: *a", "? [x]", "---", "...",
      "%YAML 1.1", "!!binary |", "k: |", "k: >-", "'", "\"\\x41\"", "1e-4", "0x10", "~", "#",
      "\t", "é: ü", "\u{FEFF}", "val_interval: {rating: '[3,inf)'}", "x: [[[[[[[[", "y: {{{{{{",
    ]
    var generator = SeededGenerator(seed: 3)
    var (read, refused) = (0, 0)
    let rounds = TestEnvironment.fuzzCount(10_000)
    for round in 0..<2 * rounds {
      var text = ""
      if round < rounds {
        for _ in 0...generator.integer(below: 8) {
          text += String(repeating: " ", count: 2 * generator.integer(below: 3))
          text += pieces[generator.integer(below: pieces.count)] + "\n"
        }
      } else {
        text = String(decoding: damaged(printedBlock, &generator), as: UTF8.self)
      }
      var settings = Settings()
      do throws(DataError) {
        try settings.merge(yaml: text, source: "s.yaml")
        read += 1
        for key in settings.keys {
          // What is written down reads back as the same.
          guard let value = settings[key] else { continue }
          var again = Settings()
          try again.merge(yaml: "k: \(value.yaml)", source: "again")
          #expect(again["k"] == value || "\(value)".contains("nan"), "\(value.yaml)")
        }
      } catch {
        refused += 1
        #expect(error.file == "s.yaml", "\(error)")
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
      }
    }
    #expect(read > rounds / 5 && refused > rounds / 5, "\(read) and \(refused)")
  }
}
