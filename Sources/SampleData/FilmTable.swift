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

  /// The genres that a film may have.
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
