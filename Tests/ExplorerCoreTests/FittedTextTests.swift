import Randomness
import Testing

@testable import ExplorerCore

@Suite("Fitted text")
struct FittedTextTests {
  @Test("never exceeds its columns, and leaves alone what fits", arguments: 0..<500)
  func fits(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let text = random.awkwardText(upTo: 14)
    let limit = random.integer(below: 16)
    for ellipsis in ["…", "~", "..."] {
      let head = text.truncated(to: limit, ellipsis: ellipsis)
      let tail = text.keepingTail(limit, ellipsis: ellipsis)
      #expect(head.columns <= limit)
      #expect(tail.columns <= limit)
      if text.columns <= limit {
        #expect(head == text)
        #expect(tail == text)
      }
      #expect(text.padded(to: limit, .left, ellipsis: ellipsis).columns == limit)
      #expect(text.padded(to: limit, .right, ellipsis: ellipsis).columns == limit)
    }
  }

  @Test(
    "keeps the beginning of titles",
    arguments: [
      ("Rear Window", 11, "Rear Window"), ("Rear Window", 6, "Rear …"), ("Rear Window", 1, "R"),
      ("Rear Window", 0, ""), ("七人の侍", 5, "七人…"), ("七人の侍", 4, "七…"),
    ])
  func truncated(text: String, limit: Int, expected: String) {
    #expect(text.truncated(to: limit) == expected)
  }

  @Test(
    "keeps the end of relation names, whole components first",
    arguments: [
      ("film.film_genre.films_in_this_genre", 35, "film.film_genre.films_in_this_genre"),
      ("film.film_genre.films_in_this_genre", 34, "…film_genre.films_in_this_genre"),
      ("film.film_genre.films_in_this_genre", 30, "…films_in_this_genre"),
      ("film.film.directed_by", 17, "…film.directed_by"),
      ("film.film.directed_by", 16, "…directed_by"), ("film.film.directed_by", 12, "…directed_by"),
      ("film.film.directed_by", 5, "…d_by"), ("film.director.film", 14, "…director.film"),
      ("film.director.film", 11, "…ector.film"),
    ])
  func tail(text: String, limit: Int, expected: String) {
    #expect(text.keepingTail(limit) == expected)
  }

  @Test("relations that are cut keep different labels, without what all begin with")
  func labels() {
    let names = [
      "film.film.directed_by", "film.director.film", "film.actor.film", "film.film.produced_by",
      "http://www.wikidata.org/prop/direct/P57",
    ]
    for glyphs in [Glyphs.unicode, .ascii] {
      for width in 4...40 {
        for names in [names, Array(names.dropLast()), names.map { $0 + ".x" }] {
          let labels = glyphs.labels(names, width: width)
          #expect(Set(labels).count == names.count, "\(width): \(labels)")
          #expect(labels.allSatisfy { $0.columns <= width }, "\(width): \(labels)")
        }
      }
    }
    #expect(
      Glyphs.unicode.labels(Array(names.dropLast()), width: 16)
        == ["film.directed_by", "director.film", "actor.film", "film.produced_by"])
    let uris = ["P57", "P161", "P136"].map { "http://www.wikidata.org/prop/direct/\($0)" }
    #expect(Glyphs.unicode.labels(uris, width: 10) == ["P57", "P161", "P136"])
    #expect(Glyphs.unicode.labels(uris, width: 60) == uris)
  }
}
