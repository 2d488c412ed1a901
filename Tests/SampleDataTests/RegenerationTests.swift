import AtomicFiles
import Foundation
import SampleData
import Testing

@Suite("Writing the data set")
struct RegenerationTests {
  static let suffixes = [
    "item", "inter", "truth", "kg", "link", "entity", "relation", "ent_feature", "rel_feature",
  ]

  /// Calls the body with a folder that is removed afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "sample-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test("The files of the repository are what the films and the seed give")
  func regenerate() throws {
    try withFolder { folder in
      let fresh = folder + "/cinema"
      try CinemaSample.generate(films: Bundled.folder + "/films.tsv", to: fresh)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: fresh).sorted()
          == Self.suffixes.map { "cinema.\($0)" }.sorted())
      for suffix in Self.suffixes {
        let (new, old) = ("\(fresh)/cinema.\(suffix)", "\(Bundled.folder)/cinema.\(suffix)")
        guard try bytes(new) != bytes(old) else { continue }
        try #require(suffix.hasSuffix("_feature"), "cinema.\(suffix) differs")
        let (a, b) = (try FeatureVectors(new), try FeatureVectors(old))
        try #require(a.tokens == b.tokens && a.width == b.width)
        #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1.001e-4 })
      }
    }
  }

  @Test("The folder takes at most 8 MB")
  func size() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Bundled.folder)
    let sizes = try names.map { try bytes("\(Bundled.folder)/\($0)").count }
    #expect(sizes.reduce(0, +) <= 8_000_000)
    #expect(names.contains("README.md") && names.contains("films.tsv"))
  }

  @Test("The same seed gives the same bytes, another seed others; names follow the folder")
  func seeds() throws {
    let films = try Bundled.part()
    try withFolder { folder in
      for (name, seed) in [("a/x", 7), ("b/x", 7), ("c/x", 8)] as [(String, UInt64)] {
        try CinemaSample(films, seed: seed, userCount: 10).write(to: "\(folder)/\(name)")
      }
      for suffix in Self.suffixes {
        let first = try bytes("\(folder)/a/x/x.\(suffix)")
        #expect(try bytes("\(folder)/b/x/x.\(suffix)") == first, "\(suffix)")
        let depends = ["inter", "truth", "ent_feature", "rel_feature"].contains(suffix)
        #expect((try bytes("\(folder)/c/x/x.\(suffix)") == first) != depends, "\(suffix)")
      }
    }
  }

  @Test("The files fit together as a data set")
  func dataSet() throws {
    let folder = try AtomicFolder(path: Bundled.folder)
    let films = try Bundled.table.get().films
    let items = try AttributeTable.items(of: folder)
    #expect(items.ids.tokens == films.map(\.id))
    #expect((0..<films.count).map { items.title(of: $0) } == films.map(\.title))
    #expect((0..<films.count).map { items.year(of: $0) } == films.map(\.year))
    let links = try Links.read(folder)
    #expect(links.items == items.ids)
    let triples = try Triples.read(folder)
    #expect(Set(triples.relations.tokens) == Set(FilmRelation.allCases.map(\.rawValue)))
    let vectors = try FeatureVectors(folder.file("ent_feature"))
    #expect(vectors.width == 64)
    #expect(Set(vectors.tokens.tokens) == Set(triples.entities.tokens))
    #expect(links.entities.tokens.allSatisfy { vectors.tokens.id(of: $0) != nil })
    let relations = try FeatureVectors(folder.file("rel_feature")).tokens
    #expect(Set(relations.tokens) == Set(triples.relations.tokens))
    let names = try DisplayNames.entities(of: folder)
    #expect(names.count == triples.entities.count)
    #expect(names.name(of: "person:alfred-hitchcock") == "Alfred Hitchcock")
    #expect(try DisplayNames.relations(of: folder).count == FilmRelation.allCases.count)
  }

  @Test("The truth stands beside every interaction")
  func truth() throws {
    let folder = try AtomicFolder(path: Bundled.folder)
    let inter = try lines(folder.file("inter"))
    let truth = try lines(folder.file("truth"))
    try #require(inter.count == truth.count)
    #expect(truth.first == ["user_id:token", "step:float", "relation:token", "entity:token"])
    var steps: [Substring: Int] = [:]
    var wrong: [[Substring]] = []
    for (row, choice) in zip(truth, inter).dropFirst() {
      let step = steps[choice[0], default: 0] + 1
      steps[choice[0]] = step
      let fits = row[0] == choice[0] && row[1] == "\(step)"
      if !fits || (row[2] == "none") != (row[3] == "none") { wrong.append(row) }
    }
    #expect(wrong.isEmpty)
  }

  private func lines(_ path: String) throws -> [[Substring]] {
    String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "\t") }
  }
}
