import Explanation
import KSRModel
import Workspace

/// The step at which another known fact speaks most for the first recommendation.
struct SharedFactRule: TourRule {
  private let user: Int?
  private let states: HistoryStates?
  private var steps: Range<Int>
  private var before: SharedFacts.Group?
  private var best: (step: Int, from: SharedFacts.Group, to: SharedFacts.Group)?

  init(_ finder: TourFinder) {
    user = finder.candidates.first
    states = user.map { finder.states($0) }
    steps = 0..<(user.map { min(finder.readable($0), finder.affordable, 40) } ?? 0)
  }

  mutating func look(_ finder: TourFinder) -> [Tour.Stop]? {
    guard let step = steps.popFirst(), let states else { return stop(finder).map { [$0] } ?? [] }
    let scores = states.scores(at: step)
    guard let first = topItems(scores, count: 1).first else { return [] }
    let facts = SharedFacts(
      Contributions(states, step: step, item: first.item), index: finder.tails)
    let group = facts.groups.first.flatMap { $0.amount > 0 ? $0 : nil }
    if let before, let group, (before.slot, before.tail) != (group.slot, group.tail),
      group.amount > best?.to.amount ?? 0
    {
      best = (step, before, group)
    }
    before = group
    return nil
  }

  private func stop(_ finder: TourFinder) -> Tour.Stop? {
    guard let best, let user else { return nil }
    return Tour.Stop(
      user: user, step: best.step, pane: .why,
      sentence: "Of the known facts that speak for the first recommendation, the strongest changes"
        + " at step \(best.step + 1) from \(finder.name(best.from.slot, best.from.tail)) to"
        + " \(finder.name(best.to.slot, best.to.tail)) (grouped by known facts).")
  }
}

/// The memory after a run of items that share a tail which few items have.
struct RunRule: TourRule {
  private var users: ArraySlice<Int>?
  private var found: [Run] = []
  private var sorted: ArraySlice<Run>?

  private struct Run {
    let user: Int
    let slot: Int
    let tail: Int32
    let step: Int
    let length: Int
    let itemCount: Int
  }

  mutating func look(_ finder: TourFinder) -> [Tour.Stop]? {
    guard finder.session.network.settings.memory != .none else { return [] }
    if users == nil { users = finder.candidates[...] }
    if let user = users?.popFirst() {
      found += Self.runs(of: user, finder)
      return nil
    }
    if sorted == nil {
      sorted =
        found.sorted {
          $0.length != $1.length ? $0.length > $1.length : $0.itemCount < $1.itemCount
        }.prefix(20)
    }
    guard let run = sorted?.popFirst() else { return [] }
    return stop(run, finder).map { [$0] }
  }

  /// Only what the slot is seen to hold first is told of.
  private func stop(_ run: Run, _ finder: TourFinder) -> Tour.Stop? {
    let slots = finder.scene(run.user, run.step).step?.slots ?? []
    guard slots.indices.contains(run.slot), let held = slots[run.slot].reading.facts.first,
      held.tail == run.tail
    else { return nil }
    let relation = finder.session.model.relationNames[run.slot]
    let opening =
      "Up to step \(run.step + 1), \(run.length) items in a row share"
      + " \(finder.name(run.slot, run.tail)): that now makes"
      + " \(Glyphs.unicode.share(held.weight)) of what "
    return Tour.Stop(
      user: run.user, step: run.step, pane: .memory, slot: run.slot,
      sentence: opening + "the \(relation) slot holds (exact, by known facts).",
      plainSentence: opening + "is remembered under \(relation) (exact, by known facts).")
  }

  /// Three and more items in a row with one tail that few items have: a person rather than a genre.
  private static func runs(of user: Int, _ finder: TourFinder) -> [Run] {
    let items = finder.session.users[user].items.prefix(finder.readable(user))
    let tails = finder.tails
    var runs: [Run] = []
    for slot in 0..<tails.tails.relationCount {
      var open: [Int32: Int] = [:]
      for (step, item) in items.enumerated() {
        var longer: [Int32: Int] = [:]
        for tail in tails.tails.of(item: Int(item), slot: slot) {
          longer[tail] = (open[tail] ?? 0) + 1
        }
        open = longer
        for (tail, length) in longer where length >= 3 {
          let count = tails.count(of: tail, slot: slot)
          guard count * 25 <= max(125, tails.itemCount) else { continue }
          runs.append(
            Run(
              user: user, slot: slot, tail: tail, step: step, length: length, itemCount: count))
        }
      }
    }
    // Dictionaries have no order; the same data must give the same tour.
    return runs.sorted { ($0.step, $0.slot, $0.tail) < ($1.step, $1.slot, $1.tail) }
  }
}
