import Foundation

/// The films as a knowledge graph: which tails each film has, and which films each tail.
///
/// Everything is numbered in the order of films.tsv, so that nothing depends on hashing.
package struct FilmGraph: Sendable {
  /// An entity under a relation: something that a user can follow.
  package struct Tail: Sendable, Hashable {
    package var relation: FilmRelation
    package var entity: String
  }

  /// The films in the order of the table.
  package let films: [Film]
  /// The tails in the order of their first appearance.
  package let tails: [Tail]
  /// The films of each tail, most famous first.
  package let filmsOfTail: [[Int]]
  /// The tails of each film, in the order of the relations and then of the table.
  package let tailsOfFilm: [[Int]]
  /// All films, most famous first.
  ///
  /// A film is the more famous the more films the people who made it have in the table, counted
  /// over all its directors, actors, writers and its composer; ties keep the order of the table.
  package let filmsByFame: [Int]
  /// The entities that are not films with their names, in the order of their first appearance.
  package let entities: [(token: String, name: String)]

  package init(_ table: FilmTable) {
    films = table.films
    var tails: [Tail] = []
    var places: [Tail: Int] = [:]
    var known: Set<String> = []
    var entities: [(token: String, name: String)] = []
    var tailsOfFilm: [[Int]] = []
    for film in films {
      var own: [Int] = []
      for relation in FilmRelation.allCases {
        for name in film.names(of: relation) {
          let tail = Tail(relation: relation, entity: relation.entity(name))
          if known.insert(tail.entity).inserted { entities.append((tail.entity, name)) }
          let place = places[tail] ?? tails.count
          if place == tails.count {
            places[tail] = place
            tails.append(tail)
          }
          own.append(place)
        }
      }
      tailsOfFilm.append(own)
    }
    self.tails = tails
    self.tailsOfFilm = tailsOfFilm
    self.entities = entities
    filmsByFame = Self.byFame(tails, tailsOfFilm)
    var filmsOfTail: [[Int]] = Array(repeating: [], count: tails.count)
    for film in filmsByFame {
      for tail in tailsOfFilm[film] { filmsOfTail[tail].append(film) }
    }
    self.filmsOfTail = filmsOfTail
  }

  private static func byFame(_ tails: [Tail], _ tailsOfFilm: [[Int]]) -> [Int] {
    let people = tailsOfFilm.map { own in
      Set(own.map { tails[$0] }.filter { $0.relation.kind == "person" }.map(\.entity))
    }
    var degree: [String: Int] = [:]
    for names in people {
      for name in names { degree[name, default: 0] += 1 }
    }
    let fame = people.map { names in names.reduce(0) { $0 + (degree[$1] ?? 0) } }
    return films(sorted: fame)
  }

  private static func films(sorted fame: [Int]) -> [Int] {
    fame.indices.sorted { fame[$0] != fame[$1] ? fame[$0] > fame[$1] : $0 < $1 }
  }
}

/// The text in lower-case ASCII letters, digits and single hyphens: "Amélie" becomes "amelie".
///
/// Letters lose their marks, apostrophes and full stops go without a trace, everything else
/// separates words. What has no ASCII letter or digit at all gives an empty slug.
func slug(_ text: String) -> String {
  var result = ""
  var separated = false
  for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
    switch scalar {
    case "a"..."z", "0"..."9", "A"..."Z":
      append(String(scalar).lowercased())
    case "\u{300}"..."\u{36F}", "'", "’", ".", "ʻ", "`":
      continue
    default:
      if let letters = letters[scalar] { append(letters) } else { separated = true }
    }
  }
  return result

  func append(_ letters: String) {
    if separated && !result.isEmpty { result += "-" }
    separated = false
    result += letters
  }
}

/// Letters that canonical decomposition leaves whole.
private let letters: [Unicode.Scalar: String] = [
  "Æ": "ae", "æ": "ae", "Ø": "o", "ø": "o", "Œ": "oe", "œ": "oe", "ß": "ss", "ł": "l", "Ł": "l",
  "Đ": "d", "đ": "d", "Ð": "d", "ð": "d", "Þ": "th", "þ": "th", "ı": "i", "½": "-half", "&": "and",
]
