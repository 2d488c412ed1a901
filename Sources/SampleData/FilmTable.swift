import AtomicFiles
import Foundation

/// The films of films.tsv, checked.
///
/// The file has a header and nine columns between tabs; lists are separated by `|`. An error names
/// the line and the field: a table of facts is no place for silent repairs.
package struct FilmTable: Sendable, Equatable {
  /// The columns in the order of the file.
  package static let columns = [
    "title", "year", "directors", "actors", "genres", "countries", "language", "writers",
    "composer",
  ]

  package static let genres: Set<String> = [
    "Action", "Adventure", "Animation", "Biography", "Comedy", "Crime", "Drama", "Family",
    "Fantasy", "Film Noir", "History", "Horror", "Musical", "Mystery", "Romance",
    "Science Fiction", "Thriller", "War", "Western",
  ]

  /// The films in the order of the file.
  package let films: [Film]

  /// Films that are already checked, such as some of another table.
  package init(_ films: [Film]) { self.films = films }

  package init(path: String) throws(DataError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw DataError(file: path, found: "cannot be read: \(error.localizedDescription)")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw DataError(file: path, found: "bytes that are not UTF-8", expected: "a text in UTF-8")
    }
    try self.init(text, file: path)
  }

  /// Reads a text; `file` is what errors call it.
  package init(_ text: String, file: String = "films.tsv") throws(DataError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    let header = Self.columns.joined(separator: "\t")
    guard let first = lines.first, first == header else {
      throw DataError(
        file: file, line: 1, found: quoted(lines.first ?? ""), expected: "the header \(header)")
    }
    var films: [Film] = []
    var names = KnownNames()
    for (index, line) in lines.enumerated().dropFirst() {
      let row = FilmRow(file: file, line: index + 1)
      let film = try row.film(line)
      try names.add(film, row)
      films.append(film)
    }
    self.films = films
  }
}

/// The identifiers seen so far, with what they stand for.
private struct KnownNames {
  private var filmLines: [String: Int] = [:]
  private var entityNames: [String: String] = [:]

  /// Refuses a film that is there already, and a name that differs from a known one only in marks,
  /// capitals or punctuation: one person would become two, or two one.
  mutating func add(_ film: Film, _ row: FilmRow) throws(DataError) {
    guard !slug(film.title).isEmpty else {
      throw row.error("title", quoted(film.title), "a title with a letter or digit")
    }
    if let line = filmLines.updateValue(row.line, forKey: film.id) {
      throw row.error(
        "title", "\(quoted(film.title)) of \(film.year) as on line \(line)", "a film not listed yet"
      )
    }
    for relation in FilmRelation.allCases {
      for name in film.names(of: relation) {
        let entity = relation.entity(name)
        guard !entity.hasSuffix(":") else {
          throw row.error(relation.rawValue, quoted(name), "a name with a letter or digit")
        }
        if let known = entityNames.updateValue(name, forKey: entity), known != name {
          throw row.error(relation.rawValue, quoted(name), "the spelling \(quoted(known))")
        }
      }
    }
  }
}

/// A line of films.tsv while it is read.
struct FilmRow {
  let file: String
  let line: Int

  func error(_ field: String?, _ found: String, _ expected: String) -> DataError {
    DataError(file: file, line: line, field: field, found: found, expected: expected)
  }

  func film(_ text: Substring) throws(DataError) -> Film {
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == FilmTable.columns.count else {
      throw error(nil, "\(fields.count) fields", "\(FilmTable.columns.count) fields")
    }
    guard let year = Int(fields[1]), (1888...2100).contains(year), fields[1].utf8.count == 4 else {
      throw error("year", quoted(fields[1]), "a year of four digits from 1888 on")
    }
    let genres = try list(fields[4], "genres", 1...3)
    for genre in genres where !FilmTable.genres.contains(genre) {
      throw error(
        "genres", quoted(genre), "one of \(FilmTable.genres.sorted().joined(separator: ", "))")
    }
    return Film(
      title: try list(fields[0], "title", 1...1)[0],
      year: year,
      directors: try list(fields[2], "directors", 1...4),
      actors: try list(fields[3], "actors", 0...4),
      genres: genres,
      countries: try list(fields[5], "countries", 1...3),
      language: try list(fields[6], "language", 1...1)[0],
      writers: try list(fields[7], "writers", 0...3),
      composer: try list(fields[8], "composer", 0...1).first)
  }

  /// The pieces of a field, none of which is empty, padded or there twice.
  private func list(
    _ text: String, _ field: String, _ count: ClosedRange<Int>
  ) throws(DataError) -> [String] {
    let pieces =
      text.isEmpty
      ? [] : text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard count.contains(pieces.count) else {
      let range =
        count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound)–\(count.upperBound)"
      throw error(field, "\(pieces.count) entries in \(quoted(text))", range)
    }
    for (index, piece) in pieces.enumerated() {
      // A quotation mark at the start of a field would open a quotation for RecBole's reader.
      guard let first = piece.first, let last = piece.last, first != " ", last != " ", first != "\""
      else {
        throw error(field, quoted(text), "names without spaces or a quotation mark at their ends")
      }
      guard !pieces[..<index].contains(piece) else {
        throw error(field, "\(quoted(piece)) twice", "each name once")
      }
    }
    return pieces
  }
}

/// A film and the facts about it: a line of films.tsv.
package struct Film: Sendable, Equatable {
  package var title: String
  /// The year of the first release.
  package var year: Int
  /// The directors, at least one.
  package var directors: [String]
  /// Up to four leading actors.
  package var actors: [String]
  /// One to three of ``FilmTable/genres``.
  package var genres: [String]
  /// One to three countries of production.
  package var countries: [String]
  /// The main language, or "Silent".
  package var language: String
  /// Up to three screenwriters.
  package var writers: [String]
  /// The composer of the score, where known.
  package var composer: String?

  /// The item's token: the title and the year, such as "vertigo-1958".
  package var id: String { "\(slug(title))-\(year)" }

  /// The decade of the release, such as "1950s".
  package var decade: String { "\(year / 10)0s" }

  /// The tails that the film has under a relation, as they are shown.
  package func names(of relation: FilmRelation) -> [String] {
    switch relation {
    case .director: directors
    case .actor: actors
    case .writer: writers
    case .composer: composer.map { [$0] } ?? []
    case .genre: genres
    case .country: countries
    case .language: [language]
    case .decade: [decade]
    }
  }
}

/// What a film can be related by; the raw value is the relation's token.
package enum FilmRelation: String, Sendable, CaseIterable {
  case director, actor, writer, composer, genre, country, language, decade

  /// What the entities under the relation are: the prefix of their tokens.
  ///
  /// A person is one entity, whatever they did in a film.
  package var kind: String {
    switch self {
    case .director, .actor, .writer, .composer: "person"
    case .genre, .country, .language, .decade: rawValue
    }
  }

  package var isSetting: Bool { [.country, .language, .decade].contains(self) }

  /// The token of the entity that has a name under the relation.
  package func entity(_ name: String) -> String { "\(kind):\(slug(name))" }
}
