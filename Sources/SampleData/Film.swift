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

  /// Whether it says where and when a film was made rather than what it is like.
  package var isSetting: Bool { [.country, .language, .decade].contains(self) }

  /// The token of the entity that has a name under the relation.
  package func entity(_ name: String) -> String { "\(kind):\(slug(name))" }
}
