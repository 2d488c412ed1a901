import AtomicFiles
import Foundation
import KnowledgeGraph
import Randomness

/// The bundled data set: real films, simulated users, and vectors of the graph.
///
/// Everything follows from the table of films and a seed.
package struct CinemaSample: Sendable {
  /// The seed of the data in the repository.
  package static let defaultSeed: UInt64 = 1958
  /// The number of users in the repository.
  package static let defaultUserCount = 2_100

  package let graph: FilmGraph
  package let users: [SimulatedUser]
  private let seed: UInt64

  /// Simulates users of the films in a table; an error if there are too few to follow anything.
  package init(
    _ table: FilmTable, seed: UInt64 = defaultSeed, userCount: Int = defaultUserCount
  ) throws(DataError) {
    graph = FilmGraph(table)
    users = UserSimulation(graph, seed: seed).users(userCount)
    self.seed = seed
    let fewest = UserSimulation.lengths.lowerBound
    guard users.allSatisfy({ $0.choices.count >= fewest }) else {
      throw DataError(
        file: "film table", found: "\(table.films.count) films with too little in common",
        expected: "films enough for every viewer to follow people and genres for \(fewest) films")
    }
  }

  /// Reads films.tsv and writes the whole data set into a folder, which need not exist yet.
  ///
  /// The files get the folder's name, as `AtomicFolder` expects. Nothing is written before
  /// everything is computed, and each file appears whole or not at all.
  package static func generate(
    films path: String, to folder: String, seed: UInt64 = defaultSeed
  ) throws(DataError) {
    try CinemaSample(try FilmTable(path: path), seed: seed).write(to: folder)
  }

  /// What the users did, and how much of it the known facts explain.
  package var report: SampleReport { SampleReport(graph, users) }

  package func write(to folder: String) throws(DataError) {
    let files = [
      ("item", try items()), ("inter", try interactions()), ("truth", try truth()),
      ("kg", try facts()), ("link", try links()), ("entity", try entityNames()),
      ("relation", try relationNames()),
    ]
    let vectors = try vectors()
    let prefix = try Self.prefix(in: folder)
    for (suffix, writer) in files { try writer.write(to: "\(prefix).\(suffix)") }
    try vectors.entities.write(to: "\(prefix).ent_feature", id: "ent_id", vector: "ent_vec")
    try vectors.relations.write(to: "\(prefix).rel_feature", id: "rel_id", vector: "rel_vec")
  }

  /// Makes the folder, and throws if no file can be written to it.
  package static func checkOutput(_ folder: String) throws(DataError) {
    try AtomicFile.check("\(try prefix(in: folder)).item")
  }

  /// What the names of the files in a folder begin with; the folder is made if it is missing.
  private static func prefix(in folder: String) throws(DataError) -> String {
    let url = URL(fileURLWithPath: folder, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw DataError(file: folder, found: "cannot be created: \(error.localizedDescription)")
    }
    return url.appendingPathComponent(url.standardizedFileURL.lastPathComponent).path
  }

  /// TransE's vectors of all entities and relations, to four decimals.
  func vectors() throws(DataError) -> (entities: FeatureVectors, relations: FeatureVectors) {
    let relations = Vocabulary(FilmRelation.allCases.map(\.rawValue))
    let films = graph.films.map(Self.entity)
    let entities = Vocabulary(films + graph.entities.map(\.token))
    var triples = Triples(
      entities: entities, relations: relations, head: [], relation: [], tail: [])
    for (film, tails) in graph.tailsOfFilm.enumerated() {
      for tail in tails.map({ graph.tails[$0] }) {
        guard let entity = entities.id(of: tail.entity) else {
          preconditionFailure("every tail is an entity")
        }
        triples.head.append(Int32(film))
        triples.relation.append(Int32(tail.relation.place))
        triples.tail.append(Int32(entity))
      }
    }
    var settings = TransESettings()
    settings.seed = seed
    let vectors = try TransE.train(triples, settings)
    return (rounded(vectors.entities), rounded(vectors.relations))
  }

  static func entity(_ film: Film) -> String { "film:\(film.id)" }
}

/// The vectors with four decimals, which keeps the files small.
private func rounded(_ vectors: FeatureVectors) -> FeatureVectors {
  FeatureVectors(
    tokens: vectors.tokens, width: vectors.width,
    values: vectors.values.map { ($0 * 10_000).rounded() / 10_000 + 0 })
}

/// The tables of the data set, in the order of films.tsv and of the users.
extension CinemaSample {
  func items() throws(DataError) -> AtomicFileWriter {
    try table(
      [
        ("item_id", .token), ("movie_title", .tokenSequence), ("release_year", .float),
        ("class", .tokenSequence),
      ],
      graph.films.map { film in
        // A token of a sequence has no space in it.
        let genres = film.genres.map { $0.split(separator: " ").joined(separator: "-") }
        return [
          .token(film.id), .text(film.title), .number(Double(film.year)),
          .text(genres.joined(separator: " ")),
        ]
      })
  }

  func interactions() throws(DataError) -> AtomicFileWriter {
    let items = graph.films.map(\.id)
    return try table(
      [("user_id", .token), ("item_id", .token), ("timestamp", .float)],
      users.flatMap { user in
        user.choices.map { choice in
          [.token(user.id), .token(items[choice.film]), .number(Double(choice.timestamp))]
        }
      })
  }

  func truth() throws(DataError) -> AtomicFileWriter {
    try table(
      [("user_id", .token), ("step", .float), ("relation", .token), ("entity", .token)],
      users.flatMap { user in
        user.choices.enumerated().map { index, choice in
          let tail = choice.truth.map { graph.tails[$0] }
          return [
            .token(user.id), .number(Double(index + 1)),
            .token(tail?.relation.rawValue ?? "none"), .token(tail?.entity ?? "none"),
          ]
        }
      })
  }

  func facts() throws(DataError) -> AtomicFileWriter {
    try table(
      [("head_id", .token), ("relation_id", .token), ("tail_id", .token)],
      zip(graph.films, graph.tailsOfFilm).flatMap { film, tails in
        tails.map { graph.tails[$0] }.map { tail in
          [.token(Self.entity(film)), .token(tail.relation.rawValue), .token(tail.entity)]
        }
      })
  }

  func links() throws(DataError) -> AtomicFileWriter {
    try table(
      [("item_id", .token), ("entity_id", .token)],
      graph.films.map { [.token($0.id), .token(Self.entity($0))] })
  }

  func entityNames() throws(DataError) -> AtomicFileWriter {
    try table(
      [("entity_id", .token), ("name", .tokenSequence)],
      graph.films.map { [.token(Self.entity($0)), .text($0.title)] }
        + graph.entities.map { [.token($0.token), .text($0.name)] })
  }

  func relationNames() throws(DataError) -> AtomicFileWriter {
    try table(
      [("relation_id", .token), ("name", .tokenSequence)],
      FilmRelation.allCases.map { [.token($0.rawValue), .text($0.rawValue)] })
  }

  private func table(
    _ columns: [(name: String, type: ColumnType)], _ rows: [[AtomicFileWriter.Field]]
  ) throws(DataError) -> AtomicFileWriter {
    var writer = try AtomicFileWriter(columns.map { AtomicColumn($0.name, $0.type) })
    for row in rows { try writer.append(row) }
    return writer
  }
}
