import Explanation
import KSRModel
import Workspace

/// One history being looked through: what is known of it so far, and the work that is left.
///
/// The steps of a history cost a scoring of the catalogue each, and those past the window a pass of
/// the model, too. So they are done a portion at a time, those nearest to the current step first,
/// and no key waits for more than a portion.
struct ViewerSurvey {
  /// The steps' states and the model.
  let states: HistoryStates
  /// What is known so far.
  private(set) var scene: ViewerScene
  /// Steps whose attention, gates and state are not known.
  private var unread: [Int]
  /// Steps whose item has not been ranked.
  private var unranked: [Int]

  /// About as many multiplications as take a millisecond or two.
  static let portion = 4_000_000

  init(
    _ history: History, isOwn: Bool, edited: EditedHistory? = nil, of session: Session
  ) {
    let network = session.network
    states =
      edited?.states(network) ?? HistoryStates(network: network, items: history.items)
    let count = states.count
    let shared = min(count, network.settings.maxItemListLength)
    var attention = [[Float]](repeating: [], count: count)
    var gates = attention
    if shared > 0, network.relationCount > 0 {
      let trace = states.pass(through: 0).trace
      for step in 0..<shared {
        attention[step] = Array(trace.attention.row(step))
        gates[step] = Array(trace.writeGates.row(step))
      }
    }
    scene = ViewerScene(
      user: history.user, isHeldOut: history.isHeldOut, isOwn: isOwn,
      rows: states.items.enumerated().map { step, item in
        ViewerScene.Row(
          item: item, title: session.model.itemNames[Int(item)], year: session.year(of: item),
          mark: isOwn ? nil : Self.mark(of: history, step: step, edited, session))
      },
      ranks: Array(repeating: nil, count: count), attention: attention, gates: gates,
      similarity: shared > 0 ? StateSimilarity(states, steps: 0..<shared) : nil)
    scene.edited = edited
    unread = Array(shared..<max(shared, count))
    unranked = Array(1..<max(1, count))
  }

  /// The mark of a step of the data; a step that an edit put in was never trained on.
  private static func mark(
    of history: History, step: Int, _ edited: EditedHistory?, _ session: Session
  ) -> SplitMark {
    guard let edited else { return session.mark(of: history, step: step) }
    return edited.rows[step].origin.map { session.mark(of: history, step: $0) } ?? .test
  }

  /// Whether something is left to do.
  var isComplete: Bool { unread.isEmpty && unranked.isEmpty }

  /// Does a portion of the work, what lies nearest to a step first.
  mutating func work(around step: Int) {
    var left = Self.portion
    // What is on the screen first, then the states of late steps, then the other ranks.
    rank(within: 40, of: step, &left)
    if left > 0, !unread.isEmpty {
      let count = max(1, left / passCost)
      left -= count * passCost
      read(atMost: count)
    }
    rank(within: .max, of: step, &left)
  }

  private mutating func rank(within distance: Int, of step: Int, _ left: inout Int) {
    let network = states.network
    while left > 0, let place = Self.nearest(unranked, to: step),
      abs(unranked[place] - step) <= distance
    {
      let target = unranked.remove(at: place)
      left -= network.itemVectors.values.count
      // The step before lies in the shared pass, or in one of its own, which is not kept.
      let isLate = target > network.settings.maxItemListLength
      if isLate { left -= passCost }
      let trace = isLate ? lateTrace(target - 1) : states.pass(through: target - 1).trace
      let preference = trace.preferences.row(isLate ? trace.count - 1 : target - 1)
      scene.ranks[target] = KSRModel.rank(
        of: states.items[target], in: network.scores(preference))
    }
  }

  /// Reads states, attention and gates of the next late steps.
  private mutating func read(atMost count: Int) {
    let steps = unread.prefix(count)
    guard let last = steps.last else { return }
    // Passes of late steps are large and used once: they are not kept with those of `states`.
    let scratch = HistoryStates(
      network: states.network, items: states.items, reading: states.reading)
    scene.similarity?.extend(scratch, to: 0..<last + 1)
    if states.network.relationCount > 0 {
      for step in steps {
        let (trace, row) = scratch.pass(through: step)
        scene.attention[step] = Array(trace.attention.row(row))
        scene.gates[step] = Array(trace.writeGates.row(row))
      }
    }
    unread.removeFirst(steps.count)
  }

  private func lateTrace(_ step: Int) -> Trace {
    states.network.trace(Array(states.items[states.window(at: step)]), reading: states.reading)
  }

  /// Multiplications of a pass through a whole window, roughly.
  private var passCost: Int {
    let settings = states.network.settings
    return settings.maxItemListLength * 6 * settings.hiddenSize * settings.hiddenSize
  }

  private static func nearest(_ steps: [Int], to step: Int) -> Int? {
    steps.indices.min { abs(steps[$0] - step) < abs(steps[$1] - step) }
  }
}
