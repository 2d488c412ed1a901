import Randomness

/// Draws users who follow attributes of films, one after the other.
///
/// A user follows one tail (a director, an actor, a genre …) for a run of choices, then drifts
/// to another tail of the last film. Between the choices of a run there is now and then a film
/// taken for its popularity alone. Only whole numbers are drawn, and weights are made by
/// + − × ÷ √, so that a seed gives the same users on every machine.
package struct UserSimulation: Sendable {
  /// How many films a user watches.
  package static let lengths = 12...60
  /// How many films of its tail a run has, unless the tail or the user ends before.
  package static let runLengths = 5...12
  /// A run starts only on a tail with as many films that the user has not seen.
  package static let unseenToStart = 6
  /// A run ends when its tail has fewer unseen films.
  package static let unseenToGoOn = 2
  /// Nobody follows what more than one film in so many has, such as "Drama" or "English".
  package static let rarity = 4
  /// Before one in so many choices of a run, its first aside, comes one of noise.
  package static let noiseInterval = 11

  let graph: FilmGraph
  let followed: [[Int]]
  let isFollowed: [Bool]
  let filmCounts: [Int]
  /// The weights of films from the most famous down, out of whichever films are drawn.
  let popularity: [Int]
  private let seed: UInt64

  package init(_ graph: FilmGraph, seed: UInt64) {
    self.graph = graph
    self.seed = seed
    isFollowed = Self.followedTails(graph)
    filmCounts = graph.filmsOfTail.map(\.count)
    followed = FilmRelation.allCases.map { [isFollowed] relation in
      graph.tails.indices.filter { isFollowed[$0] && graph.tails[$0].relation == relation }
    }
    // Zipf with the exponent 3/4, for which square roots are enough.
    popularity = (1...max(1, graph.films.count)).map { rank in
      let root = Double(rank).squareRoot()
      return Int(1_000_000 / (root * root.squareRoot()))
    }
  }

  /// The users "1", "2", …, each of whom depends on the seed and the id alone.
  package func users(_ count: Int) -> [SimulatedUser] {
    (0..<count).map { index in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index + 1))
      var state = UserState(self, using: &generator)
      state.watch(using: &generator)
      return SimulatedUser(id: "\(index + 1)", choices: state.choices)
    }
  }

  /// Tails that are neither too rare nor too common, and of those that more films share than not,
  /// only the first: nothing could tell which of a writer and director's two parts is followed.
  private static func followedTails(_ graph: FilmGraph) -> [Bool] {
    var result = graph.filmsOfTail.map { films in
      films.count >= unseenToStart && films.count * rarity <= graph.films.count
    }
    let order = graph.tails.indices.filter { result[$0] }.sorted {
      let places = (graph.tails[$0].relation.place, graph.tails[$1].relation.place)
      return places.0 != places.1 ? places.0 < places.1 : $0 < $1
    }
    for (place, tail) in order.enumerated() {
      let films = Set(graph.filmsOfTail[tail])
      result[tail] = !order[..<place].contains { other in
        guard result[other] else { return false }
        let common = graph.filmsOfTail[other].count(where: films.contains)
        return common * 2 > films.count + graph.filmsOfTail[other].count - common
      }
    }
    return result
  }
}

package struct SimulatedUser: Sendable, Equatable {
  package struct Choice: Sendable, Equatable {
    /// The film's place in the graph.
    package var film: Int
    /// The tail that the user was following, or nil for a choice made by popularity alone.
    package var followed: Int?
    /// The run to which the choice belongs, from 0; noise belongs to the run it interrupts.
    package var run: Int
    /// When, in seconds since 1970.
    package var timestamp: Int
    /// The attribute behind the choice that a look at the history could have found, or nil.
    ///
    /// It is `followed`, except for the first choice of a run on a tail that the film before does
    /// not have, such as a user's very first: nothing in the history points there.
    package var truth: Int?
  }

  /// The user's token: a number from "1" on.
  package var id: String
  /// The choices in the order of their time.
  package var choices: [Choice]
}
