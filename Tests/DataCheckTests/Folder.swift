import AtomicFiles
import DataCheck
import Foundation
import KSRModel
import Randomness
import TestSupport
import Workspace

/// A data set of tables for a test, with nothing wrong until something is changed.
///
/// 60 films f0 … f59 with three genres, four directors and ten years in turn, all different in
/// name, and 20 users who watch five of them each.
struct Folder {
  static let films = 60
  static let users = 20
  private static let name = "films"

  /// The fields of each file's rows by suffix, the header first.
  var tables: [String: [[String]]]

  init() {
    let names = (0..<Self.films).map(Self.title)
    let films = 0..<Self.films
    tables = [
      "inter": [["user_id:token", "item_id:token", "timestamp:float"]]
        + (0..<Self.users).flatMap { user in
          (0..<5).map { ["u\(user)", "f\((user * 7 + $0 * 3) % Self.films)", "\($0 * 10)"] }
        },
      "item": [
        ["item_id:token", "movie_title:token_seq", "release_year:token", "class:token_seq"]
      ] + films.map { ["f\($0)", names[$0], "\(Self.year($0))", Self.genres[$0 % 3]] },
      "link": [["item_id:token", "entity_id:token"]] + films.map { ["f\($0)", "e\($0)"] },
      "kg": [["head_id:token", "relation_id:token", "tail_id:token"]]
        + films.flatMap { film in
          [
            ["e\(film)", "genre", "g:\(Self.genres[film % 3])"],
            ["e\(film)", "director", "d\(film % 4)"],
            ["e\(film)", "year", "y:\(Self.year(film))"],
          ]
        },
      "entity": [["entity_id:token", "name:token_seq"]]
        + films.map { ["e\($0)", names[$0]] } + (0..<4).map { ["d\($0)", "Director \($0)"] },
    ]
  }

  static let genres = ["Comedy", "Drama", "Film-Noir"]
  static func year(_ film: Int) -> Int { 1950 + film / 6 * 5 }
  /// Words that no two films share and few letters in common.
  static func title(_ film: Int) -> String {
    let syllables = ["barol", "fequi", "minos", "tuvak", "xylog", "hedip", "zorna", "cwelt"]
    return syllables[film % 8].capitalized + syllables[film / 8 % 8] + " \(film)"
  }

  /// Changes every row of a file below the header.
  mutating func change(_ suffix: String, _ body: (inout [String]) -> Void) {
    guard var rows = tables[suffix] else { return }
    for i in rows.indices.dropFirst() { body(&rows[i]) }
    tables[suffix] = rows
  }

  mutating func append(_ suffix: String, _ rows: [String]...) { tables[suffix]? += rows }

  mutating func remove(_ suffix: String, where isWrong: ([String]) -> Bool) {
    guard let rows = tables[suffix] else { return }
    tables[suffix] = [rows[0]] + rows.dropFirst().filter { !isWrong($0) }
  }

  /// Deals the entities of the links out by lot.
  mutating func shuffleLinks(seed: UInt64) {
    var entities = (tables["link"] ?? []).dropFirst().map { $0[1] }
    var generator = SeededGenerator(seed: seed)
    generator.shuffle(&entities)
    change("link") { $0[1] = entities.removeLast() }
  }

  /// Writes the folder for the time of the body.
  func written<Result>(_ body: (AtomicFolder) throws -> Result) throws -> Result {
    let parent = NSTemporaryDirectory() + "check-\(UUID().uuidString)"
    let path = parent + "/" + Self.name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: parent) }
    for (suffix, rows) in tables {
      let text = rows.map { $0.joined(separator: "\t") + "\n" }.joined()
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(Self.name).\(suffix)"))
    }
    return try body(AtomicFolder(path: path))
  }

  func report(_ model: TrainedModel? = nil, examples: Int = 5) throws -> DataReport {
    try written { try DataReport($0, model: model, examples: examples) }
  }

  /// A folder with one change.
  static func with(_ change: (inout Folder) -> Void) -> Folder {
    var folder = Folder()
    change(&folder)
    return folder
  }

  /// Vectors of all entities and relations, all different.
  mutating func addVectors(width: Int = 4) {
    func vector(_ number: Int) -> String {
      (0..<width).map { "\(Float((number * 31 + $0 * 17) % 97 - 48) / 100)" }
        .joined(separator: " ")
    }
    let rows = (tables["kg"] ?? []).dropFirst()
    let entities = Set(rows.flatMap { [$0[0], $0[2]] }).sorted()
    let relations = Set(rows.map { $0[1] }).sorted()
    tables["ent_feature"] =
      [["ent_id:token", "ent_vec:float_seq"]]
      + entities.enumerated().map { [$1, vector($0)] }
    tables["rel_feature"] =
      [["rel_id:token", "rel_vec:float_seq"]]
      + relations.enumerated().map { [$1, vector($0 + 500)] }
  }
}

extension DataReport {
  var kinds: [FindingKind] { findings.map(\.kind) }
  func finding(_ kind: FindingKind) -> Finding? { findings.first { $0.kind == kind } }
}
