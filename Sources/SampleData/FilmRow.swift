import AtomicFiles

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
