import Foundation
import Randomness
import Testing

@testable import AtomicFiles

/// Damaged files: whatever bytes a file holds, it is read or refused with a sentence.
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
    let set = try folder.dataSet("d", ["inter": Self.interactions])
    var refused = 0
    let rounds = 1500
    for _ in 0..<rounds {
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
        let vectors = try FeatureVectors(set.file("ent_feature"))
        #expect(vectors.values.count == vectors.tokens.count * vectors.width)
        #expect(vectors.width > 0 && vectors.values.allSatisfy(\.isFinite))
      }
    }
    // Both happen often, or the damage would be of the wrong kind.
    #expect(refused > rounds && refused < rounds * 7 / 2, "\(refused)")
  }

  @Test func readsOrRefusesDamagedSettings() throws {
    var generator = SeededGenerator(seed: 2)
    var refused = 0
    let rounds = 2000
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
}
