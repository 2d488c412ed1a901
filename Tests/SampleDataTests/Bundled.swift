import AtomicFiles
import SampleData
import TestSupport

/// The data set of the repository and its films, read once.
enum Bundled {
  static let folder = TestEnvironment.root + "/sample-data/cinema"

  static let table = Result { try FilmTable(path: folder + "/films.tsv") }

  static let sample = Result { try CinemaSample(try table.get()) }

  static let report = Result { try sample.get().report }

  /// Some of the films, for tests that repeat what takes time.
  static func part() throws -> FilmTable {
    let films = try table.get().films
    let frequent = Dictionary(grouping: films.flatMap(\.directors), by: \.self)
      .filter { $0.value.count >= 15 }
    return FilmTable(films.filter { film in film.directors.contains { frequent[$0] != nil } })
  }
}
