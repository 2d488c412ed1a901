import Explanation
import Glibc
import KSRModel
import Workspace

/// A turn of taste that the model follows, told in one arc: the taste before, the item at which it
/// turns, attention and slot after it, the list, why, and what happens without the relation.
///
/// It is chosen by what silencing the relation really does: an arc is one only where the item that
/// came next then falls.
struct TourArc: TourRule {
  private struct Turn {
    let user: Int
    /// The last step of the old taste, and the step at which the new one is clear.
    let before: Int
    let after: Int
    let old: (slot: Int, tail: Int32)
    let new: (slot: Int, tail: Int32)
    let place: (before: Double, after: Double, silenced: Double)
  }

  /// How many histories are looked through.
  private static let userLimit = 120
  /// How many items in a row make a taste.
  private static let run = 2
  /// Within how many items after the turn the new taste has to be clear.
  private static let mostToTurn = 3
  /// The least α that leads clearly.
  private static let clear: Float = 0.4

  private var users: ArraySlice<Int>
  private var best: (turn: Turn, size: Double)?
  private let isComparing: Bool

  init(_ finder: TourFinder) {
    let all = finder.session.users
    let heldOut = all.indices.filter { all[$0].isHeldOut && all[$0].count > 2 * Self.run }
    let network = finder.session.network
    let isReadable = network.readsMemory && network.relationCount > 1
    users =
      isReadable ? (heldOut.isEmpty ? Array(all.indices) : heldOut).prefix(Self.userLimit) : []
    isComparing = finder.cache.compared?.session.network.settings.memory == .linear
  }

  /// Looks through one more history.
  mutating func look(_ finder: TourFinder) -> [Tour.Stop]? {
    guard let user = users.popFirst() else { return stops(finder) }
    let states = finder.states(user)
    let steps = min(finder.readable(user), states.count - 1, finder.affordable)
    for after in stride(from: 2 * Self.run, to: steps, by: 1) {
      guard let new = leading(states, after, finder), finder.has(states.items[after + 1], new)
      else { continue }
      // Back through the items that share the new tail, to the last that does not.
      var before = after
      while before > 0, finder.has(states.items[before], new) { before -= 1 }
      guard after - before <= Self.mostToTurn, after > before,
        let old = leading(states, before, finder), old.slot != new.slot,
        !finder.has(states.items[before + 1], old),
        (before - Self.run + 1...before).allSatisfy({ $0 >= 0 && finder.has(states.items[$0], old) }
        )
      else { continue }
      consider(user, states, before, after, old, new)
    }
    return nil
  }

  /// The relation that is read most at a step, and the tail that its slot holds most, where that is
  /// clear.
  private func leading(
    _ states: HistoryStates, _ step: Int, _ finder: TourFinder
  ) -> (slot: Int, tail: Int32)? {
    let (trace, row) = states.pass(through: step)
    let alpha = trace.attention.row(row)
    guard let slot = alpha.indices.max(by: { alpha[$0] < alpha[$1] }), alpha[slot] >= Self.clear
    else {
      return nil
    }
    let relation = slot - alpha.startIndex
    let held = SlotReading(
      trace, row: row, slot: relation, index: finder.tails, nearest: 0, firstStep: step - row)
    return held.facts.first.map { (relation, $0.tail) }
  }

  private mutating func consider(
    _ user: Int, _ states: HistoryStates, _ before: Int, _ after: Int,
    _ old: (slot: Int, tail: Int32), _ new: (slot: Int, tail: Int32)
  ) {
    let next = states.items[after + 1]
    let there = rank(of: next, in: states.scores(at: after))
    guard there <= 10 else { return }
    let (trace, row) = states.pass(through: after)
    let silent = states.network.terms(
      trace, row: row, under: trace.reading.silencing(new.slot), history: states.items[...after])
    let silenced = rank(of: next, in: states.network.scores(silent))
    guard silenced > there else { return }
    let place = (rank(of: next, in: states.scores(at: before)), there, silenced)
    let (first, firstRow) = states.pass(through: before)
    let clarity = Double(first.attention[firstRow, old.slot] * trace.attention[row, new.slot])
    let size = log(silenced / there) + min(log(place.0 / there), 3) / 4 + 2 * log(clarity)
    guard size > best?.size ?? -.infinity else { return }
    best = (
      Turn(user: user, before: before, after: after, old: old, new: new, place: place), size
    )
  }

  // MARK: Stops

  private func stops(_ finder: TourFinder) -> [Tour.Stop] {
    guard let turn = best?.turn else { return [] }
    let session = finder.session
    let history = session.users[turn.user]
    let glyphs = Glyphs.unicode
    let (old, new) = (turn.old, turn.new)
    let relation = session.model.relationNames[new.slot]
    func title(_ step: Int) -> String { session.model.itemNames[Int(history.items[step])] }
    let scenes = (
      before: finder.scene(turn.user, turn.before).step,
      after: finder.scene(turn.user, turn.after).step
    )
    guard let first = scenes.before, let last = scenes.after,
      let place = last.recommendations.firstIndex(where: \.isTruth)
    else { return [] }
    let next = last.recommendations[place]
    func alpha(_ step: StepScene, _ slot: Int) -> String {
      glyphs.share(step.slots[slot].attention)
    }
    let who = finder.nouns.fill(
      "{User} \(history.user)" + (session.isSimulated ? ", simulated" : "")
        + (history.isHeldOut ? ", left out of training" : ""))
    let listed = Set(first.recommendations.prefix(10).map(\.item))
    let fresh = last.recommendations.prefix(10).count { !listed.contains($0.item) }
    var stops = [
      Tour.Stop(
        user: turn.user, step: turn.before, pane: .memory, slot: old.slot,
        sentence: "\(who). At step \(turn.before + 1) attention is on"
          + " \(session.model.relationNames[old.slot]), \(alpha(first, old.slot)): the last"
          + finder.nouns.fill(" {items} share \(finder.name(old.slot, old.tail)).")),
      Tour.Stop(
        user: turn.user, step: turn.before + 1, pane: .history,
        sentence: "The taste turns: \(title(turn.before + 1)) is not of"
          + " \(finder.name(old.slot, old.tail)). It has \(finder.name(new.slot, new.tail))."),
      Tour.Stop(
        user: turn.user, step: turn.after, pane: .memory, slot: new.slot,
        sentence: "Step \(turn.after + 1): attention on \(relation) went from"
          + " \(alpha(first, new.slot)) to \(alpha(last, new.slot)). Its slot holds"
          + " \(session.model.tails.names[Int(new.tail)]) most."),
      Tour.Stop(
        user: turn.user, step: turn.after, pane: .recommendations, recommendation: place,
        sentence: "The list has changed: \(fresh) of the first ten are new since step"
          + " \(turn.before + 1). What really came next, \(next.title), went from"
          + " \(finder.number(turn.place.before)) to \(finder.outOfAll(turn.place.after))."),
    ]
    if let why = finder.scene(turn.user, turn.after, why: place).why {
      let table = why.contributions
      let part = table.relationSums[new.slot]
      let start =
        "Why \(why.title): \(glyphs.signed(table.score)) over the average is an exact sum;"
      stops.append(
        Tour.Stop(
          user: turn.user, step: turn.after, pane: .why, recommendation: place,
          sentence: "\(start) \(relation) has \(glyphs.signed(part)) of it."))
    }
    // What came next stays in sight below the list, which is seen from its beginning.
    stops.append(
      Tour.Stop(
        user: turn.user, step: turn.after, pane: .recommendations,
        edits: [.silence(relation: session.model.relations[new.slot])],
        sentence: "What if \(relation) is silenced? The model ran again: \(next.title) falls from"
          + " \(finder.number(turn.place.after)) to \(finder.outOfAll(turn.place.silenced))."))
    if isComparing, let linear = linear(turn, finder) { stops.append(linear) }
    return stops
  }

  /// What the second model, with its linear memory, does at the same step.
  private func linear(_ turn: Turn, _ finder: TourFinder) -> Tour.Stop? {
    let items = Array(finder.session.users[turn.user].items)
    let relation = finder.session.model.relations[turn.new.slot]
    guard let compared = finder.cache.compared, let slot = compared.slots[turn.new.slot] else {
      return nil
    }
    let states = compared.states(items, edits: [])
    let silent = compared.states(items, edits: [.silence(relation: relation)])
    guard states.count == items.count else { return nil }
    let next = states.items[turn.after + 1]
    let ranks = [states, silent].map { rank(of: next, in: $0.scores(at: turn.after)) }
    let alpha = [turn.before, turn.after].map { step in
      let (trace, row) = states.pass(through: step)
      return Glyphs.unicode.share(trace.attention[row, slot])
    }
    return Tour.Stop(
      user: turn.user, step: turn.after, pane: .recommendations, comparesModels: true,
      sentence: finder.nouns.fill(
        "The linear memory at the same step: its attention on"
          + " \(finder.session.model.relationNames[turn.new.slot]) went from \(alpha[0]) to \(alpha[1])."
          + " Silencing it moves the same {item} from \(finder.number(ranks[0])) to \(finder.number(ranks[1]))."
          + " C compares the two."))
  }
}
