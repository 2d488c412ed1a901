import Explanation
import KSRModel
import Workspace

/// One history being looked through: what is known of it so far, and the work that is left.
///
/// The steps of a history cost a scoring of the catalogue each, and those past the window a pass of
/// the model, too. So they are done a portion at a time, those nearest to the current step first,
/// and no key waits for more than a portion.
struct UserSurvey {
  let states: HistoryStates
  private(set) var scene: UserScene
  /// Steps whose attention, gates and state are not known.
  private var unread: [Int]
  /// Steps whose item has not been ranked.
  private var unranked: [Int]
  private var ranking: (step: Int, search: RankSearch)?

  /// About as many multiplications as take a millisecond.
  static let portion = 2_000_000

  /// Nothing is known yet, except what all steps of the first window share; of an edited run that
  /// is looked at behind it, not even that, for the key that edits waits for this.
  ///
  /// - Parameters:
  ///   - edited: what edits have made of the history.
  ///   - unedited: the run before the edits.
  ///   - step: the step that is looked at.
  init(
    _ history: History, isOwn: Bool, edited: EditedHistory? = nil, unedited: HistoryStates? = nil,
    around step: Int, of session: Session
  ) {
    let network = session.network
    states =
      edited?.states(network, like: unedited)
      ?? HistoryStates(network: network, items: history.items)
    let count = states.count
    scene = UserScene(
      name: history.user, isHeldOut: history.isHeldOut, isOwn: isOwn,
      rows: states.items.enumerated().map { step, item in
        UserScene.Row(
          item: item, title: session.model.itemNames[Int(item)], year: session.year(of: item),
          mark: isOwn ? nil : Self.mark(of: history, step: step, edited, session))
      },
      ranks: Array(repeating: nil, count: count),
      attention: Array(repeating: [], count: count), gates: Array(repeating: [], count: count),
      similarity: nil)
    scene.edited = edited
    unread = Array(0..<count)
    unranked = Array(1..<max(1, count))
    if edited == nil || step < network.settings.maxItemListLength { readFirstWindow() }
  }

  /// The mark of a step of the data; a step that an edit put in was never trained on.
  private static func mark(
    of history: History, step: Int, _ edited: EditedHistory?, _ session: Session
  ) -> SplitMark {
    guard let edited else { return session.mark(of: history, step: step) }
    return edited.rows[step].origin.map { session.mark(of: history, step: $0) } ?? .test
  }

  var isComplete: Bool { unread.isEmpty && unranked.isEmpty && ranking == nil }

  /// Does a portion of the work, what lies nearest to a step first.
  mutating func work(around step: Int) {
    var left = Self.portion
    // What is on the screen first, then the states of late steps, then the other ranks.
    rank(within: 40, of: step, &left)
    if left > 0, !unread.isEmpty {
      let count = max(1, left / states.network.passCost)
      left -= count * states.network.passCost
      read(atMost: count)
    }
    rank(within: .max, of: step, &left)
  }

  private mutating func rank(within distance: Int, of step: Int, _ left: inout Int) {
    let network = states.network
    while left > 0 {
      if var begun = ranking {
        scene.ranks[begun.step] = begun.search.work(&left, in: network)
        ranking = scene.ranks[begun.step] == nil ? begun : nil
        continue
      }
      guard let place = Self.nearest(unranked, to: step), abs(unranked[place] - step) <= distance
      else { return }
      let target = unranked.remove(at: place)
      // The step before lies in the shared pass, or in one of its own, which is not kept.
      let isLate = target > network.settings.maxItemListLength
      if isLate { left -= states.network.passCost }
      let trace = isLate ? lateTrace(target - 1) : states.pass(through: target - 1).trace
      let terms = network.terms(
        trace, row: isLate ? trace.count - 1 : target - 1, history: states.items[..<target])
      ranking = (target, RankSearch(of: states.items[target], under: terms, in: network))
    }
  }

  /// Reads states, attention and gates of the next steps.
  private mutating func read(atMost count: Int) {
    guard let next = unread.first else { return }
    if next < states.network.settings.maxItemListLength { return readFirstWindow() }
    let steps = unread.prefix(count)
    // Passes of late steps are large and used once: they are not kept with those of `states`.
    let scratch = HistoryStates(
      network: states.network, items: states.items, reading: states.reading)
    scene.similarity?.extend(scratch, to: 0..<next + steps.count)
    read(steps, of: scratch)
  }

  /// Reads the steps that share the first pass.
  private mutating func readFirstWindow() {
    let steps = unread.prefix(states.network.settings.maxItemListLength)
    guard !steps.isEmpty else { return }
    scene.similarity = StateSimilarity(states, steps: 0..<steps.count)
    read(steps, of: states)
  }

  private mutating func read(_ steps: ArraySlice<Int>, of states: HistoryStates) {
    if states.network.relationCount > 0 {
      for step in steps {
        let (trace, row) = states.pass(through: step)
        scene.attention[step] = Array(trace.attention.row(row))
        scene.gates[step] = Array(trace.writeGates.row(row))
      }
    }
    unread.removeFirst(steps.count)
  }

  private func lateTrace(_ step: Int) -> Trace {
    states.network.trace(Array(states.items[states.window(at: step)]), reading: states.reading)
  }

  private static func nearest(_ steps: [Int], to step: Int) -> Int? {
    steps.indices.min { abs(steps[$0] - step) < abs(steps[$1] - step) }
  }
}
