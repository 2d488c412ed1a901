import Randomness

/// A user while the simulation draws what they watch.
struct UserState {
  private let simulation: UserSimulation
  private let tastes: Tastes
  private let wanted: Int
  private var seen: [Bool]
  /// How many films of each tail are not seen yet.
  private var unseen: [Int]
  private var run = 0
  private var time: Int
  private(set) var choices: [SimulatedUser.Choice] = []

  private var graph: FilmGraph { simulation.graph }
  private var isFull: Bool { choices.count == UserSimulation.lengths.upperBound }

  init(_ simulation: UserSimulation, using generator: inout SeededGenerator) {
    self.simulation = simulation
    tastes = Tastes(using: &generator)
    // The smallest of three draws: most users watch few films.
    let lengths = UserSimulation.lengths
    let draws = (0..<3).map { _ in generator.integer(below: lengths.count) }
    wanted = lengths.lowerBound + (draws.min() ?? 0)
    seen = Array(repeating: false, count: simulation.graph.films.count)
    unseen = simulation.filmCounts
    // The years 2015 to 2019, in seconds since 1970.
    time = 1_420_070_400 + generator.integer(below: 5 * 365 * day)
  }

  /// Runs until as many films are watched as were wanted; the last run is not cut short.
  mutating func watch(using generator: inout SeededGenerator) {
    while choices.count < wanted, let tail = nextTail(using: &generator) {
      follow(tail, using: &generator)
      run += 1
    }
  }

  /// Another tail of the last film, by taste; where there is none, or no film yet, any tail.
  private func nextTail(using generator: inout SeededGenerator) -> Int? {
    if let last = choices.last {
      var others: [[Int]] = Array(repeating: [], count: simulation.followed.count)
      for tail in graph.tailsOfFilm[last.film]
      where simulation.isFollowed[tail] && tail != last.followed {
        others[graph.tails[tail].relation.place].append(tail)
      }
      if let tail = pick(others, using: &generator) { return tail }
    }
    return pick(simulation.followed, using: &generator)
  }

  /// One of the tails on which a run may start: a relation by taste, then any of its tails.
  private func pick(_ tails: [[Int]], using generator: inout SeededGenerator) -> Int? {
    let open = tails.map { $0.filter { unseen[$0] >= UserSimulation.unseenToStart } }
    guard open.contains(where: { !$0.isEmpty }) else { return nil }
    let weights = zip(open, tastes.weights).map { $0.isEmpty ? 0 : $1 }
    let candidates = open[draw(weights, using: &generator)]
    return candidates[generator.integer(below: candidates.count)]
  }

  private mutating func follow(_ tail: Int, using generator: inout SeededGenerator) {
    let lengths = UserSimulation.runLengths
    var left = lengths.lowerBound + generator.integer(below: lengths.count)
    var first = true
    while left > 0, !isFull, unseen[tail] >= UserSimulation.unseenToGoOn {
      if !first, generator.integer(below: UserSimulation.noiseInterval) == 0 {
        distract(from: tail, using: &generator)
        if isFull { return }
      }
      let films = graph.filmsOfTail[tail].filter { !seen[$0] }
      let weights = Array(simulation.popularity.prefix(films.count))
      choose(films[draw(weights, using: &generator)], following: tail, using: &generator)
      left -= 1
      first = false
    }
  }

  /// A popular film that has nothing to do with the run.
  private mutating func distract(from tail: Int, using generator: inout SeededGenerator) {
    var excluded = seen
    for film in graph.filmsOfTail[tail] { excluded[film] = true }
    var weights = simulation.popularity
    for (rank, film) in graph.filmsByFame.enumerated() where excluded[film] { weights[rank] = 0 }
    guard weights.contains(where: { $0 > 0 }) else { return }
    let place = draw(weights, using: &generator)
    choose(graph.filmsByFame[place], following: nil, using: &generator)
  }

  private mutating func choose(
    _ film: Int, following tail: Int?, using generator: inout SeededGenerator
  ) {
    // From an hour to four days later.
    time += hour + generator.integer(below: 4 * day - hour)
    let truth = tail.flatMap { tail -> Int? in
      guard let last = choices.last else { return nil }
      return last.run == run || graph.tailsOfFilm[last.film].contains(tail) ? tail : nil
    }
    choices.append(.init(film: film, followed: tail, run: run, timestamp: time, truth: truth))
    seen[film] = true
    for tail in graph.tailsOfFilm[film] { unseen[tail] -= 1 }
  }
}

private let hour = 3600
private let day = 24 * hour

extension FilmRelation {
  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// How much a user likes to follow each relation: weights that differ from user to user.
///
/// They come from Pólya's urn, whose shares tend to a Dirichlet distribution: a ball is drawn and
/// put back with more of its colour, again and again. Whole numbers only, so that every machine
/// draws the same.
struct Tastes {
  /// The weight of each relation, in the order of `FilmRelation.allCases`.
  private(set) var weights: [Int]

  /// Balls in the urn before the first draw: what users like on average.
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
