import Glibc
import Text

/// What the simulated users did, and how much of it a look at the known facts can find.
package struct SampleReport: Sendable, Equatable {
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

  package var films: Int
  package var users: Int
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

  package init(_ graph: FilmGraph, _ users: [SimulatedUser]) {
    films = graph.films.count
    self.users = users.count
    let rule = SharedTailRule(graph)
    for user in users {
      count(user, graph)
      let watched = user.choices.map(\.film)
      for (step, choice) in user.choices.enumerated() {
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

  private mutating func count(_ user: SimulatedUser, _ graph: FilmGraph) {
    choices += user.choices.count
    var lengths: [(tail: Int, length: Int)] = []
    for choice in user.choices {
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

extension SampleReport {
  /// The share of choices made by popularity alone.
  package var noiseShare: Double { share(noise, choices) }

  /// The share of runs that follow a country, a language or a decade.
  package var settingShare: Double {
    let settings = runs.filter { $0.relation.isSetting }.reduce(0) { $0 + $1.count }
    return share(settings, runs.reduce(0) { $0 + $1.count })
  }

  /// How often the shared-tail rule names the true relation of a choice.
  package var sharedRelationShare: Double { share(shared.relation, truths) }

  /// How often the shared-tail rule names the true tail of a choice.
  package var sharedTailShare: Double { share(shared.tail, truths) }

  /// How often the most shared tail of the last films alone names the relation of the next choice.
  package var foreseenRelationShare: Double { share(foreseen.relation, truths) }

  /// How often the most shared tail of the last films alone is that of the next choice.
  package var foreseenTailShare: Double { share(foreseen.tail, truths) }

  package var text: String {
    var lines = [
      "\(films) films, \(users) simulated viewers, \(choices) choices",
      "noise \(decimal(100 * noiseShare, places: 1)) % of the choices; country, language and decade "
        + "\(decimal(100 * settingShare, places: 1)) % of the runs",
      "",
    ]
    let total = runs.reduce(0) { $0 + $1.count }
    var table = TextTable([
      .left("relation"), .right("runs"), .right("share"), .right("length: mean"), .right("min"),
      .right("max"), .right("named by the rule"),
    ])
    for run in runs {
      table.add([
        run.relation.rawValue, "\(run.count)",
        decimal(100 * share(run.count, total), places: 1) + " %",
        decimal(share(run.choices, run.count), places: 1), "\(run.shortest)", "\(run.longest)",
        decimal(share(run.named, run.truths)),
      ])
    }
    lines += table.lines
    lines += [
      "",
      "The shared-tail rule: of the tails that a chosen film shares with the last "
        + "\(SharedTailRule.window) before it, the",
      "one with the largest count × log(films / films with it). Of \(truths) choices with a known",
      "attribute it names",
      "  the relation  \(decimal(sharedRelationShare, places: 3))   (target: at least .8)",
      "  the very tail \(decimal(sharedTailShare, places: 3))",
      "Without a look at the chosen film, from the last films alone:",
      "  the relation  \(decimal(foreseenRelationShare, places: 3))",
      "  the very tail \(decimal(foreseenTailShare, places: 3))",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

private func share(_ part: Int, _ whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}

/// Names the tail behind a choice by counting tails in the last films before it.
///
/// Each tail counts as often as the recent films have it, times log(films / films with the tail):
/// that six films in a row are dramas says little, that two have one composer says much. Of equal
/// sums the tail of fewer films wins, then the one that comes first in the graph.
struct SharedTailRule {
  /// How many films before a choice are looked at.
  static let window = 6

  private let graph: FilmGraph
  private let weights: [Double]

  init(_ graph: FilmGraph) {
    self.graph = graph
    weights = graph.filmsOfTail.map { films in
      log(Double(graph.films.count) / Double(max(1, films.count)))
    }
  }

  /// The sum of each tail that the last films have.
  func sums(recent: some Collection<Int>) -> [Int: Double] {
    var sums: [Int: Double] = [:]
    for film in recent.suffix(Self.window) {
      for tail in graph.tailsOfFilm[film] { sums[tail, default: 0] += weights[tail] }
    }
    return sums
  }

  /// The candidate with the largest sum, or nil if the last films have none of them.
  func best(of candidates: [Int], _ sums: [Int: Double]) -> Int? {
    var best: Int?
    for tail in candidates {
      guard let sum = sums[tail] else { continue }
      if let other = best, let otherSum = sums[other] {
        let isRarer = graph.filmsOfTail[tail].count < graph.filmsOfTail[other].count
        guard sum > otherSum || (sum == otherSum && isRarer) else { continue }
      }
      best = tail
    }
    return best
  }
}
