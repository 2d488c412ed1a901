/// What the simulated viewers did, and how much of it a look at the known facts can find.
package struct SampleReport: Sendable, Equatable {
  /// The runs on tails of one relation.
  package struct Runs: Sendable, Equatable {
    package var relation: FilmRelation
    /// How many runs follow it.
    package var count = 0
    /// The choices in these runs, noise left out.
    package var choices = 0
    /// The fewest choices of a run.
    package var shortest = 0
    /// The most choices of a run.
    package var longest = 0
    /// Choices with a truth under the relation.
    package var truths = 0
    /// Of these, how many the rule explains by the relation.
    package var named = 0
  }

  /// A rule's hits among the choices that have a truth.
  package struct Hits: Sendable, Equatable {
    /// Choices for which the rule names the true relation.
    package var relation = 0
    /// Choices for which it names the true tail.
    package var tail = 0
  }

  /// The number of films.
  package var films: Int
  package var viewers: Int
  package private(set) var choices = 0
  /// The choices made by popularity alone.
  package private(set) var noise = 0
  /// The choices whose attribute a look at the history could have found.
  package private(set) var truths = 0
  /// The runs of each relation.
  package private(set) var runs: [Runs] = FilmRelation.allCases.map { Runs(relation: $0) }
  /// Hits of the shared-tail rule: the tails that a chosen film shares with the last six.
  package private(set) var shared = Hits()
  /// Hits of the same rule where it does not see the chosen film.
  package private(set) var foreseen = Hits()

  /// Counts over all choices of the viewers.
  package init(_ graph: FilmGraph, _ viewers: [SimulatedViewer]) {
    films = graph.films.count
    self.viewers = viewers.count
    let rule = SharedTailRule(graph)
    for viewer in viewers {
      count(viewer, graph)
      let watched = viewer.choices.map(\.film)
      for (step, choice) in viewer.choices.enumerated() {
        guard let truth = choice.truth else { continue }
        truths += 1
        let relation = graph.tails[truth].relation
        runs[relation.place].truths += 1
        let sums = rule.sums(recent: watched[..<step])
        if let tail = rule.best(of: graph.tailsOfFilm[choice.film], sums) {
          if graph.tails[tail].relation == relation {
            shared.relation += 1
            runs[relation.place].named += 1
          }
          if tail == truth { shared.tail += 1 }
        }
        if let tail = rule.best(of: sums.keys.sorted(), sums) {
          if graph.tails[tail].relation == relation { foreseen.relation += 1 }
          if tail == truth { foreseen.tail += 1 }
        }
      }
    }
  }

  private mutating func count(_ viewer: SimulatedViewer, _ graph: FilmGraph) {
    choices += viewer.choices.count
    var lengths: [(tail: Int, length: Int)] = []
    for choice in viewer.choices {
      guard let tail = choice.followed else {
        noise += 1
        continue
      }
      if choice.run == lengths.count { lengths.append((tail, 0)) }
      lengths[choice.run].length += 1
    }
    for (tail, length) in lengths {
      let place = graph.tails[tail].relation.place
      runs[place].shortest = runs[place].count == 0 ? length : min(runs[place].shortest, length)
      runs[place].longest = max(runs[place].longest, length)
      runs[place].count += 1
      runs[place].choices += length
    }
  }
}
