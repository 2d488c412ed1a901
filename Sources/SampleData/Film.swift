/// A film and the facts about it: a line of films.tsv.
public struct Film: Sendable, Equatable {
  /// The title as it is shown.
  public var title: String
  /// The year of the first release.
  public var year: Int
  /// The directors, at least one.
  public var directors: [String]
  /// Up to four leading actors.
  public var actors: [String]
  /// One to three of ``FilmTable/genres``.
  public var genres: [String]
  /// One to three countries of production.
  public var countries: [String]
  /// The main language, or "Silent".
  public var language: String
  /// Up to three screenwriters.
  public var writers: [String]
  /// The composer of the score, where known.
  public var composer: String?

  /// The item's token: the title and the year, such as "vertigo-1958".
  public var id: String { "\(slug(title))-\(year)" }

  /// The decade of the release, such as "1950s".
  public var decade: String { "\(year / 10)0s" }

  /// The tails that the film has under a relation, as they are shown.
  public func names(of relation: FilmRelation) -> [String] {
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
public enum FilmRelation: String, Sendable, CaseIterable {
  case director, actor, writer, composer, genre, country, language, decade

  /// What the entities under the relation are: the prefix of their tokens.
  ///
  /// A person is one entity, whatever they did in a film.
  public var kind: String {
    switch self {
    case .director, .actor, .writer, .composer: "person"
    case .genre, .country, .language, .decade: rawValue
    }
  }

  /// Whether it says where and when a film was made rather than what it is like.
  public var isSetting: Bool { [.country, .language, .decade].contains(self) }

  /// The token of the entity that has a name under the relation.
  public func entity(_ name: String) -> String { "\(kind):\(slug(name))" }
}
