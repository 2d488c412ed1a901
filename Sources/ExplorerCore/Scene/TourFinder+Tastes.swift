import Explanation
import KSRModel
import Workspace

/// Stops about what a viewer follows.
extension TourFinder {
  /// A change of what the viewer follows: of the true attribute where the data tells it, else of the
  /// known fact that speaks most for the first recommendation.
  func changeOfTaste() -> Tour.Stop? {
    if let truth = SimulatedTruth(session) { return changeOfTruth(truth) }
    return changeOfSharedFact()
  }

  private func changeOfTruth(_ truth: SimulatedTruth) -> Tour.Stop? {
    guard session.network.settings.memory == .knowledge else { return nil }
    var best: (viewer: Int, step: Int, from: String, slot: Int, tail: Int32, rise: Float)?
    var count = 0
    for viewer in candidates {
      let followed = truth.attributes(of: viewer)
      let states = states(viewer)
      for step in 1..<max(1, min(readable(viewer), followed.count)) {
        guard let old = followed[step - 1], let new = followed[step], old != new else { continue }
        count += 1
        let (trace, row) = states.pass(through: step)
        let rise = trace.attention[row, new.slot] - trace.attention[row - 1, new.slot]
        if rise > best?.rise ?? -.infinity {
          best = (viewer, step, name(old.slot, old.tail), new.slot, new.tail, rise)
        }
      }
    }
    guard let best, let slot = scene(best.viewer, best.step).step?.slots[best.slot] else {
      return nil
    }
    let attention = Glyphs.unicode.share(slot.attention)
    let relation = session.model.relationNames[best.slot]
    let moves = best.rise >= 0.005 ? "rises to" : "does not rise: it is"
    return Tour.Stop(
      viewer: best.viewer, step: best.step, pane: .memory, slot: best.slot,
      sentence: "Viewer \(session.viewers[best.viewer].user) was simulated to turn from"
        + " \(best.from) to \(name(best.slot, best.tail)) at step \(best.step + 1); attention on"
        + " \(relation) \(moves) \(attention)"
        + (count > 1 ? " (clearest of \(count) turns)." : "."))
  }

  private func changeOfSharedFact() -> Tour.Stop? {
    guard let viewer = candidates.first else { return nil }
    let states = states(viewer)
    var before: SharedFacts.Group?
    var best: (step: Int, from: SharedFacts.Group, to: SharedFacts.Group)?
    for step in 0..<min(readable(viewer), affordable, 40) {
      let scores = session.network.scores(states.preference(at: step))
      guard let first = topItems(scores, count: 1).first else { return nil }
      let facts = SharedFacts(Contributions(states, step: step, item: first.item), index: tails)
      let group = facts.groups.first.flatMap { $0.amount > 0 ? $0 : nil }
      if let before, let group, (before.slot, before.tail) != (group.slot, group.tail),
        group.amount > best?.to.amount ?? 0
      {
        best = (step, before, group)
      }
      before = group
    }
    guard let best else { return nil }
    return Tour.Stop(
      viewer: viewer, step: best.step, pane: .why,
      sentence: "Of the known facts that speak for the first recommendation, the strongest changes"
        + " at step \(best.step + 1) from \(name(best.from.slot, best.from.tail)) to"
        + " \(name(best.to.slot, best.to.tail)) (grouped by known facts).")
  }

  /// The memory after a run of items that share a tail which few items have.
  func memoryAfterRun() -> Tour.Stop? {
    guard session.network.settings.memory == .knowledge else { return nil }
    var runs: [Run] = []
    for viewer in candidates { runs += self.runs(of: viewer) }
    runs.sort { $0.length != $1.length ? $0.length > $1.length : $0.itemCount < $1.itemCount }
    for run in runs.prefix(20) {
      // Only what the slot is seen to hold first is told of.
      let slots = scene(run.viewer, run.step).step?.slots ?? []
      guard slots.indices.contains(run.slot), let held = slots[run.slot].reading.facts.first,
        held.tail == run.tail
      else { continue }
      let relation = session.model.relationNames[run.slot]
      return Tour.Stop(
        viewer: run.viewer, step: run.step, pane: .memory, slot: run.slot,
        sentence: "Up to step \(run.step + 1), \(run.length) items in a row share"
          + " \(name(run.slot, run.tail)): that now makes \(Glyphs.unicode.share(held.weight)) of"
          + " what the \(relation) slot holds (exact, by known facts).")
    }
    return nil
  }

  private struct Run {
    let viewer: Int
    let slot: Int
    let tail: Int32
    /// The last step of the run.
    let step: Int
    let length: Int
    /// How many items of the catalogue have the tail.
    let itemCount: Int
  }

  /// Three and more items in a row with one tail that few items have: a person rather than a genre.
  private func runs(of viewer: Int) -> [Run] {
    let items = session.viewers[viewer].items.prefix(readable(viewer))
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
              viewer: viewer, slot: slot, tail: tail, step: step, length: length, itemCount: count))
        }
      }
    }
    // Dictionaries have no order; the same data must give the same tour.
    return runs.sorted { ($0.step, $0.slot, $0.tail) < ($1.step, $1.slot, $1.tail) }
  }
}
