import Explanation
import KSRModel
import Workspace

/// Where to begin when nobody has said: a step that shows what the model can do.
///
/// A viewer left out of training, at a step after which what really came next is among the first
/// three of the ranking, and known facts shared with the history carry most of its score.
enum FirstLook {
  /// How many histories are looked through.
  private static let viewerLimit = 6
  /// How early in a history there is too little to show.
  private static let leastStep = 7

  /// The viewer and the step to begin with, among one viewer at least.
  static func find(in session: Session, _ tails: TailIndex) -> (viewer: Int, step: Int) {
    let heldOut = session.viewers.indices.filter { session.viewers[$0].isHeldOut }
    let candidates = heldOut.isEmpty ? Array(session.viewers.indices) : heldOut
    var best: (viewer: Int, step: Int, share: Float)?
    for viewer in candidates.prefix(viewerLimit) {
      for (step, share) in steps(of: session.viewers[viewer], session, tails)
      where share > best?.share ?? 0 {
        best = (viewer, step, share)
      }
      if let best, best.share > 0.5 { break }
    }
    if let best { return (best.viewer, best.step) }
    let first = candidates.first ?? 0
    return (first, max(0, session.viewers[first].count - 2))
  }

  /// The steps foreseen well, with the share of the score that one known fact carries.
  private static func steps(
    of history: History, _ session: Session, _ tails: TailIndex
  ) -> [(step: Int, share: Float)] {
    let network = session.network
    let window = network.settings.maxItemListLength
    // Scoring a large catalogue costs more; a few steps are enough to begin with.
    let affordable = max(4, 12_000_000 / max(1, network.itemVectors.values.count))
    let steps = Array(
      (leastStep..<max(leastStep, min(history.count - 1, window))).prefix(affordable))
    guard !steps.isEmpty else { return [] }
    let states = HistoryStates(network: network, items: history.items)
    return steps.compactMap { step in
      let next = history.items[step + 1]
      let scores = network.scores(states.preference(at: step))
      guard rank(of: next, in: scores) <= 3 else { return nil }
      let facts = SharedFacts(Contributions(states, step: step, item: next), index: tails)
      let all = facts.groups.reduce(max(0, facts.other)) { $0 + max(0, $1.amount) }
      guard let largest = facts.groups.first, all > 0 else { return (step, 0) }
      return (step, largest.amount / all)
    }
  }
}
