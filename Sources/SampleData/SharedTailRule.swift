import Glibc

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
