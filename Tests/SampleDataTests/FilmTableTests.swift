import AtomicFiles
import Testing

@testable import SampleData

private let header = FilmTable.columns.joined(separator: "\t")

/// A line of a film, fields replaced by their place.
private func line(_ changes: [Int: String] = [:]) -> String {
  var fields = [
    "Vertigo", "1958", "Alfred Hitchcock", "James Stewart|Kim Novak", "Mystery|Romance",
    "United States", "English", "Alec Coppel|Samuel A. Taylor", "Bernard Herrmann",
  ]
  for (place, text) in changes { fields[place] = text }
  return fields.joined(separator: "\t")
}

private func sentence(_ lines: String...) -> String? {
  do throws(DataError) {
    _ = try FilmTable(([header] + lines).joined(separator: "\n") + "\n")
    return nil
  } catch {
    return error.description
  }
}

@Suite("films.tsv")
struct FilmTableTests {
  @Test("A line becomes a film")
  func film() throws {
    let table = try FilmTable("\(header)\n\(line())\n\(line([0: "8½", 3: "", 7: "", 8: ""]))")
    let film = try #require(table.films.first)
    #expect(film.id == "vertigo-1958")
    #expect(film.actors == ["James Stewart", "Kim Novak"])
    #expect(film.names(of: .writer) == ["Alec Coppel", "Samuel A. Taylor"])
    #expect(film.names(of: .composer) == ["Bernard Herrmann"])
    #expect(film.names(of: .decade) == ["1950s"])
    let bare = table.films[1]
    #expect(bare.id == "8-half-1958")
    #expect(bare.actors.isEmpty && bare.writers.isEmpty && bare.composer == nil)
  }

  @Test(
    "An error names the line, the field, what was found and what was expected",
    arguments: [
      (line([1: "58"]), "films.tsv, line 2, field year: found \"58\""),
      (line([1: "+1958"]), "films.tsv, line 2, field year: found \"+1958\""),
      (line([0: ""]), "films.tsv, line 2, field title: found 0 entries in nothing, expected 1."),
      (line([0: "???"]), "films.tsv, line 2, field title: found \"???\""),
      (line([2: ""]), "films.tsv, line 2, field directors: found 0 entries"),
      (line([3: "A|B|C|D|E"]), "films.tsv, line 2, field actors: found 5 entries"),
      (line([3: "Kim Novak|"]), "films.tsv, line 2, field actors: found \"Kim Novak|\""),
      (line([3: "Kim Novak|Kim Novak"]), "field actors: found \"Kim Novak\" twice"),
      (line([3: "Kim Novak| James Stewart"]), "expected names without spaces"),
      (line([0: "\"Crocodile\" Dundee"]), "field title: found"),
      (
        line([4: "Noir"]), "films.tsv, line 2, field genres: found \"Noir\", expected one of Action"
      ),
      (line([6: "English|French"]), "films.tsv, line 2, field language: found 2 entries"),
      ("Vertigo\t1958", "films.tsv, line 2: found 2 fields, expected 9 fields."),
    ])
  func errors(line: String, start: String) {
    #expect(sentence(line)?.contains(start) == true, "\(sentence(line) ?? "no error")")
  }

  @Test("A film that comes again is refused, and so is another spelling of a name")
  func repetitions() {
    #expect(
      sentence(line(), line())?
        .contains("line 3, field title: found \"Vertigo\" of 1958 as on line 2") == true)
    #expect(sentence(line(), line([1: "1959"])) == nil)
    #expect(
      sentence(line(), line([0: "Rope", 2: "Alfred Hitchcöck"]))?
        .contains("expected the spelling \"Alfred Hitchcock\"") == true)
  }

  @Test("Without its header a file is refused")
  func noHeader() {
    #expect(throws: DataError.self) { try FilmTable(line()) }
    #expect(throws: DataError.self) { try FilmTable("") }
  }

  @Test(
    "Slugs are ASCII, readable, and keep words apart",
    arguments: [
      ("La Dolce Vita", "la-dolce-vita"), ("Amélie", "amelie"), ("Miklós Rózsa", "miklos-rozsa"),
      ("8½", "8-half"), ("Schindler's List", "schindlers-list"), ("M*A*S*H", "m-a-s-h"),
      ("E.T. the Extra-Terrestrial", "et-the-extra-terrestrial"), ("Ægteskab", "aegteskab"),
      ("Stellan Skarsgård", "stellan-skarsgard"), ("Krzysztof Kieślowski", "krzysztof-kieslowski"),
      ("  What's Up, Doc? ", "whats-up-doc"), ("Tom & Jerry", "tom-and-jerry"), ("用心棒", ""),
    ])
  func slugs(text: String, expected: String) {
    #expect(slug(text) == expected)
  }
}
