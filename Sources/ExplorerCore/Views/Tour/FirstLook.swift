import Explanation
import KSRModel
import Workspace

/// Where to begin when nobody has said: a step that shows what the model can do.
///
/// A user left out of training, at a step after which what really came next is among the first
/// three of the ranking, and known facts shared with the history carry most of its score. The search
/// goes on a step at a time, so that it can make way for keys.
struct FirstLook {
  /// How many histories are looked through.
  private static let userLimit = 6
  /// How early in a history there is too little to show.
  private static let leastStep = 7

  /// The user and the step, when they are known.
  private(set) var found: (user: Int, step: Int)?

  private let session: Session
  private let tails: TailIndex
  private let candidates: [Int]
  private var left: ArraySlice<Int>
  private var current: (user: Int, states: HistoryStates, steps: ArraySlice<Int>)?
  private var best: (user: Int, step: Int, share: Float)?

  /// A search that has not begun, among one user at least.
  init(_ session: Session, _ tails: TailIndex) {
    self.session = session
    self.tails = tails
    let heldOut = session.users.indices.filter { session.users[$0].isHeldOut }
    candidates = heldOut.isEmpty ? Array(session.users.indices) : heldOut
    left = candidates.prefix(Self.userLimit)
  }

  /// The user and the step, however long it takes.
  static func find(in session: Session, _ tails: TailIndex) -> (user: Int, step: Int) {
    var search = FirstLook(session, tails)
    while true {
      if let found = search.found { return found }
      search.look()
    }
  }

  /// Looks at one more step, or begins with one more history.
  mutating func look() {
    guard found == nil else { return }
    if let step = current?.steps.popFirst() { return look(at: step) }
    // A history that has been looked through and shows it clearly is enough.
    guard best?.share ?? 0 <= 0.5, let user = left.popFirst() else {
      let first = candidates.first ?? 0
      found =
        best.map { ($0.user, $0.step) } ?? (first, max(0, session.users[first].count - 2))
      return
    }
    let history = session.users[user]
    let window = session.network.settings.maxItemListLength
    // Scoring a large catalogue costs more; a few steps are enough to begin with.
    let affordable = max(4, 12_000_000 / max(1, session.network.itemVectors.values.count))
    let steps = Self.leastStep..<max(Self.leastStep, min(history.count - 1, window))
    guard !steps.isEmpty else { return }
    current = (
      user, HistoryStates(network: session.network, items: history.items),
      Array(steps.prefix(affordable))[...]
    )
  }

  /// Keeps a step that was foreseen well, if known facts carry more of it than of those before.
  private mutating func look(at step: Int) {
    guard let (user, states, _) = current else { return }
    let next = states.items[step + 1]
    let scores = states.scores(at: step)
    guard rank(of: next, in: scores) <= 3 else { return }
    let facts = SharedFacts(Contributions(states, step: step, item: next), index: tails)
    let all = facts.groups.reduce(max(0, facts.other)) { $0 + max(0, $1.amount) }
    var share: Float = 0
    if let largest = facts.groups.first, all > 0 { share = largest.amount / all }
    if share > best?.share ?? 0 { best = (user, step, share) }
  }
}
