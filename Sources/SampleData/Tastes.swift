import Randomness

/// How much a viewer likes to follow each relation: weights that differ from viewer to viewer.
///
/// They come from Pólya's urn, whose shares tend to a Dirichlet distribution: a ball is drawn and
/// put back with more of its colour, again and again. Whole numbers only, so that every machine
/// draws the same.
struct Tastes {
  /// The weight of each relation, in the order of `FilmRelation.allCases`.
  private(set) var weights: [Int]

  /// Balls in the urn before the first draw: what viewers like on average.
  static func start(_ relation: FilmRelation) -> Int {
    switch relation {
    case .director, .actor: 6
    case .genre: 4
    case .writer, .composer: 3
    case .country, .language, .decade: 1
    }
  }

  static let added = 5
  static let draws = 24

  init(using generator: inout SeededGenerator) {
    weights = FilmRelation.allCases.map(Self.start)
    for _ in 0..<Self.draws { weights[draw(weights, using: &generator)] += Self.added }
  }
}

/// A place drawn with a chance in proportion to its weight; the weights must not all be 0.
func draw(_ weights: [Int], using generator: inout SeededGenerator) -> Int {
  var rest = generator.integer(below: weights.reduce(0, +))
  for (place, weight) in weights.enumerated() {
    if rest < weight { return place }
    rest -= weight
  }
  preconditionFailure("a draw below the sum lies within one of the weights")
}
