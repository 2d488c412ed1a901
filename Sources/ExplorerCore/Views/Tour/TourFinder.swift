import Explanation
import KSRModel
import Workspace

/// Finds the stops of a tour by rules, in whatever data there is; what the data does not have is no
/// stop.
///
/// The rules look through a few histories as far as the model reads them in one pass. The numbers in
/// the sentences are those that the screen shows.
struct TourFinder {
  unowned let cache: SceneCache
  let tails: TailIndex
  /// The users looked through: those left out of training, if there are any.
  let candidates: [Int]
  let start: (user: Int, step: Int)?

  private static let userLimit = 6

  init(_ cache: SceneCache, _ tails: TailIndex, start: (user: Int, step: Int)?) {
    self.cache = cache
    self.tails = tails
    self.start = start
    let users = cache.session.users
    let heldOut = users.indices.lazy.filter { users[$0].isHeldOut }
    var some = Array(heldOut.prefix(Self.userLimit))
    if some.isEmpty { some = Array(users.indices.prefix(Self.userLimit)) }
    // The user whom the explorer begins with comes first.
    if let start { some = [start.user] + some.filter { $0 != start.user } }
    candidates = some.filter { users[$0].count > 1 }
  }

  var session: Session { cache.session }
  var nouns: Nouns { cache.model.nouns }

  // MARK: What the rules share

  func scene(_ user: Int, _ step: Int, why: Int? = nil) -> Scene {
    var state = State(size: Size(columns: 120, rows: 36), user: user, step: step)
    state.showsWhy = why != nil
    state.recommendation = why ?? 0
    return cache.waitingForRanking { cache.scene(for: state) }
  }

  func states(_ user: Int) -> HistoryStates {
    HistoryStates(network: session.network, items: session.users[user].items)
  }

  /// The number of steps of a history that one pass reads.
  func readable(_ user: Int) -> Int {
    min(session.users[user].count, session.network.settings.maxItemListLength)
  }

  /// How many steps may be scored: fewer where the catalogue is large.
  var affordable: Int { max(8, 12_000_000 / max(1, session.network.scoringCost)) }

  func name(_ slot: Int, _ tail: Int32) -> String {
    "\(session.model.relationNames[slot]) \(session.model.tails.names[Int(tail)])"
  }

  func number(_ rank: Double) -> String {
    "number \(Glyphs.unicode.count(Int(rank.rounded(.up))))"
  }

  func outOfAll(_ rank: Double) -> String {
    "\(number(rank)) of \(Glyphs.unicode.count(cache.model.itemCount))"
  }

  /// Whether an item has a known tail.
  func has(_ item: Int32, _ fact: (slot: Int, tail: Int32)) -> Bool {
    tails.tails.of(item: Int(item), slot: fact.slot).contains(fact.tail)
  }

  /// The place in the list of what came next where the explorer begins, if among the first three.
  func wellForeseen() -> Int? {
    guard let start else { return nil }
    return scene(start.user, start.step).step?.recommendations
      .firstIndex { $0.isTruth && $0.rank <= 3 }
  }
}

/// A rule that finds stops, in portions that a key can wait for.
protocol TourRule {
  /// Does a portion of the search.
  ///
  /// - Returns: the stops, none where the data has none; nil while there is more to do.
  mutating func look(_ finder: TourFinder) -> [Tour.Stop]?
}

struct TourSearch {
  /// The stops in the order of the tour, when all rules are through.
  private(set) var found: [Tour.Stop]?

  private unowned let cache: SceneCache
  private let tails: TailIndex
  private var first: FirstLook?
  private var finder: TourFinder?
  /// The rules that are not through; those after the arc are for data in which there is none.
  private var rules: ArraySlice<any TourRule> = []
  private var stops: [Tour.Stop] = []

  init(_ cache: SceneCache, _ tails: TailIndex) {
    self.cache = cache
    self.tails = tails
    first = cache.session.users.isEmpty ? nil : FirstLook(cache.session, tails)
  }

  mutating func work() {
    guard found == nil else { return }
    if var search = first, search.found == nil {
      search.look()
      first = search
      return
    }
    guard let finder else {
      let finder = TourFinder(cache, tails, start: first?.found)
      self.finder = finder
      rules = [
        TourArc(finder), HeldOutRule(), SharedFactRule(finder), ForeseenRule(), RunRule(),
        SurpriseRule(), ReasonsRule(),
      ]
      return
    }
    guard let more = rules[rules.startIndex].look(finder) else { return }
    stops += more
    let isWhole = rules.removeFirst() is TourArc && !more.isEmpty
    if isWhole || rules.isEmpty { found = stops }
  }
}

/// Where to begin when nobody has said: a step that shows what the model can do.
///
/// A user left out of training, at a step after which what really came next is among the first
/// three of the ranking, and known facts shared with the history carry most of its score. The search
/// goes on a step at a time, so that it can make way for keys.
struct FirstLook {
  private static let userLimit = 6
  /// How early in a history there is too little to show.
  private static let leastStep = 7

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
    candidates = Self.candidates(in: session)
    left = candidates.prefix(Self.userLimit)
  }

  static func candidates(in session: Session) -> [Int] {
    let heldOut = session.users.indices.filter { session.users.isHeldOut($0) }
    return heldOut.isEmpty ? Array(session.users.indices) : heldOut
  }

  /// Whether so few items have to be scored that the first picture can wait for the search.
  static func isQuick(in session: Session) -> Bool { session.network.scoringCost <= 1 << 24 }

  /// Where to begin without a search.
  static func plain(_ candidates: [Int], _ session: Session) -> (user: Int, step: Int) {
    let first = candidates.first ?? 0
    return (first, max(0, session.users[first].count - 2))
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
      found = best.map { ($0.user, $0.step) } ?? Self.plain(candidates, session)
      return
    }
    let history = session.users[user]
    let window = session.network.settings.maxItemListLength
    // Scoring a large catalogue costs more; a few steps are enough to begin with.
    let affordable = max(4, 12_000_000 / max(1, session.network.scoringCost))
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
