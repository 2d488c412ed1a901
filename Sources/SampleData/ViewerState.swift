import Randomness

/// A viewer while the simulation draws what they watch.
struct ViewerState {
  private let simulation: ViewerSimulation
  private let tastes: Tastes
  private let wanted: Int
  private var seen: [Bool]
  /// How many films of each tail are not seen yet.
  private var unseen: [Int]
  private var run = 0
  private var time: Int
  private(set) var choices: [SimulatedViewer.Choice] = []

  private var graph: FilmGraph { simulation.graph }
  private var isFull: Bool { choices.count == ViewerSimulation.lengths.upperBound }

  init(_ simulation: ViewerSimulation, using generator: inout SeededGenerator) {
    self.simulation = simulation
    tastes = Tastes(using: &generator)
    // The smaller of two draws: most viewers watch few films.
    let lengths = ViewerSimulation.lengths
    wanted =
      lengths.lowerBound
      + min(generator.integer(below: lengths.count), generator.integer(below: lengths.count))
    seen = Array(repeating: false, count: simulation.graph.films.count)
    unseen = simulation.graph.filmsOfTail.map(\.count)
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
      let others = graph.tailsOfFilm[last.film].filter { $0 != last.followed }
      if let tail = pick(others, using: &generator) { return tail }
    }
    return pick(Array(graph.tails.indices), using: &generator)
  }

  /// One of the tails on which a run may start: a relation by taste, then any of its tails.
  private func pick(_ tails: [Int], using generator: inout SeededGenerator) -> Int? {
    var byRelation: [[Int]] = Array(repeating: [], count: FilmRelation.allCases.count)
    for tail in tails where unseen[tail] >= ViewerSimulation.unseenToStart {
      byRelation[graph.tails[tail].relation.place].append(tail)
    }
    guard byRelation.contains(where: { !$0.isEmpty }) else { return nil }
    let weights = zip(byRelation, tastes.weights).map { $0.isEmpty ? 0 : $1 }
    let candidates = byRelation[draw(weights, using: &generator)]
    return candidates[generator.integer(below: candidates.count)]
  }

  private mutating func follow(_ tail: Int, using generator: inout SeededGenerator) {
    let lengths = ViewerSimulation.runLengths
    var left = lengths.lowerBound + generator.integer(below: lengths.count)
    var first = true
    while left > 0, !isFull, unseen[tail] >= ViewerSimulation.unseenToGoOn {
      if !first, generator.integer(below: ViewerSimulation.noiseInterval) == 0 {
        distract(from: tail, using: &generator)
        if isFull { return }
      }
      let films = graph.filmsOfTail[tail].filter { !seen[$0] }
      let weights = Array(simulation.preference.prefix(films.count))
      choose(films[draw(weights, using: &generator)], following: tail, using: &generator)
      left -= 1
      first = false
    }
  }

  /// A popular film that has nothing to do with the run.
  private mutating func distract(from tail: Int, using generator: inout SeededGenerator) {
    let weights = zip(graph.filmsByFame, simulation.popularity).map { film, weight in
      seen[film] || graph.tailsOfFilm[film].contains(tail) ? 0 : weight
    }
    guard weights.contains(where: { $0 > 0 }) else { return }
    let place = draw(weights, using: &generator)
    choose(graph.filmsByFame[place], following: nil, using: &generator)
  }

  private mutating func choose(
    _ film: Int, following tail: Int?, using generator: inout SeededGenerator
  ) {
    // From an hour to four days later.
    time += hour + generator.integer(below: 4 * day - hour)
    let isContinued = choices.last?.run == run
    let isShared = choices.last.map { last in
      tail.map { graph.tailsOfFilm[last.film].contains($0) } ?? false
    }
    let truth = isContinued || isShared == true ? tail : nil
    choices.append(.init(film: film, followed: tail, run: run, timestamp: time, truth: truth))
    seen[film] = true
    for tail in graph.tailsOfFilm[film] { unseen[tail] -= 1 }
  }
}

private let hour = 3600
private let day = 24 * hour

extension FilmRelation {
  /// The relation's place among all.
  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
