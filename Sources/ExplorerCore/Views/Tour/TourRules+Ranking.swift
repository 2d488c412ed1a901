import Explanation
import KSRModel
import Workspace

/// A user of whom the model saw nothing.
struct HeldOutRule: TourRule {
  func look(_ finder: TourFinder) -> [Tour.Stop]? {
    let session = finder.session
    guard let user = finder.candidates.first, session.users[user].isHeldOut else {
      return []
    }
    let history = session.users[user]
    let who = finder.nouns.fill(
      "{User} \(history.user) \(session.isSimulated ? "is simulated and " : "")")
    return [
      Tour.Stop(
        user: user, step: max(0, min(finder.start?.step ?? 0, history.count - 2)),
        pane: .history,
        sentence: who + "was left out of training: the model was fitted to none of these"
          + " \(history.count) items, so the ranks beside them are predictions.",
        plainSentence: who + "is new to the model: it learnt from none of these"
          + " \(history.count) items, so the places beside them are predictions.")
    ]
  }
}

/// What came next is among the first three.
struct ForeseenRule: TourRule {
  func look(_ finder: TourFinder) -> [Tour.Stop]? {
    guard let start = finder.start, let place = finder.wellForeseen(),
      let item = finder.scene(start.user, start.step).step?.recommendations[place]
    else { return [] }
    let chance = item.probability.map { ", p = \(Glyphs.unicode.probability($0))" }
    return [
      Tour.Stop(
        user: start.user, step: start.step, pane: .recommendations, recommendation: place,
        sentence: "After step \(start.step + 1) the model puts what really came next,"
          + " \(item.title), at \(finder.outOfAll(item.rank))\(chance ?? "").")
    ]
  }
}

/// What came next is further down than anywhere else, and in the last nine tenths.
struct SurpriseRule: TourRule {
  private var users: ArraySlice<Int>?
  private var left = 0
  private var current: (user: Int, states: HistoryStates, steps: ArraySlice<Int>)?
  private var worst: (step: Int, rank: Double)?

  mutating func look(_ finder: TourFinder) -> [Tour.Stop]? {
    let session = finder.session
    if users == nil { (users, left) = (finder.candidates[...], finder.affordable) }
    if left > 0, let step = current?.steps.popFirst(), let current {
      left -= 1
      let scores = current.states.scores(at: step)
      let rank = rank(of: current.states.items[step + 1], in: scores)
      if rank > worst?.rank ?? 0 { worst = (step, rank) }
      return nil
    }
    if let current, let stop = stop(current.user, finder) { return [stop] }
    guard left > 0, let user = users?.popFirst() else { return [] }
    let history = session.users[user]
    let steps = 0..<max(0, min(finder.readable(user), history.count - 1))
    worst = nil
    current = (
      user, finder.states(user),
      steps.filter { session.mark(of: history, step: $0 + 1) != .train }[...]
    )
    return nil
  }

  private func stop(_ user: Int, _ finder: TourFinder) -> Tour.Stop? {
    guard let worst, worst.rank > max(3, Double(finder.cache.model.itemCount) / 10) else {
      return nil
    }
    let items = finder.scene(user, worst.step).step?.recommendations ?? []
    guard let place = items.firstIndex(where: \.isTruth) else { return nil }
    return Tour.Stop(
      user: user, step: worst.step, pane: .recommendations, recommendation: place,
      sentence: "Here the model is surprised: what came next after step \(worst.step + 1),"
        + " \(items[place].title), is only \(finder.outOfAll(items[place].rank)).")
  }
}

/// Why what came next is where it is, or else the first of the ranking.
struct ReasonsRule: TourRule {
  func look(_ finder: TourFinder) -> [Tour.Stop]? {
    guard let start = finder.start else { return [] }
    let place = finder.wellForeseen() ?? 0
    guard let why = finder.scene(start.user, start.step, why: place).why else { return [] }
    let table = why.contributions
    let glyphs = Glyphs.unicode
    let sums = table.relationSums
    let largest = sums.indices.max { sums[$0] < sums[$1] }.flatMap { sums[$0] > 0 ? $0 : nil }
    func slot(_ words: String) -> String {
      largest.map {
        ", \(words) \(finder.cache.model.relationNames[$0]) \(glyphs.signed(sums[$0]))"
      } ?? ""
    }
    let start0 =
      "Why \(why.title): \(glyphs.signed(table.score)) over the average item is an exact sum: "
    let sequence = glyphs.signed(table.sequenceSum)
    return [
      Tour.Stop(
        user: start.user, step: start.step, pane: .why, recommendation: place,
        sentence: start0 + "sequence \(sequence)\(slot("strongest slot")), and the rest.",
        plainSentence: start0
          + "the order of the history \(sequence)\(slot("what is remembered under"))"
          + ", and the rest.")
    ]
  }
}
