import KSRModel

/// The smallest set of watched items without which a recommendation falls out of the first k.
///
/// Sets are tried by running the model without them. First every item alone; then one more at a
/// time, whichever brings the recommendation nearest to falling, until it falls; then what turns out
/// not to be needed is put back; then all sets that are smaller still, as far as ``runLimit`` goes.
/// An item watched several times is left out every time. One step at least stays.
package struct SmallestSetSearch: Sendable {
  package enum Outcome: Sendable, Equatable {
    /// Without these steps (from 0, ascending) the item stands at `rankAfter`. `isProven`: no smaller
    /// set exists, for all of them were tried.
    case found(steps: [Int], rankAfter: Double, isProven: Bool)
    /// The item is not among the first k to begin with.
    case notAmongFirst(rank: Double)
    /// It never fell, neither without one item after the other until one was left, nor without any
    /// set of up to `size` items.
    case notFound(size: Int)
  }

  package let states: HistoryStates
  /// The step whose recommendation is looked at.
  package let step: Int
  package let item: Int32
  /// How many places count as the top.
  package let k: Int
  /// The most runs of the model for the proof that nothing smaller exists.
  package let runLimit: Int
  package let rankBefore: Double
  /// How often the model has run so far.
  package private(set) var runs = 0
  /// What came out; nil while the search goes on.
  package private(set) var outcome: Outcome?

  /// Where taking away one after the other found nothing, all sets of up to this size are tried.
  private static let largestBlindSize = 3

  /// Steps of each item watched, the item watched last first.
  private let units: [[Int]]
  private var phase: Phase

  private enum Phase: Sendable {
    /// One more item left out of the set, besides those in it; `best` is the nearest to falling.
    case growing(set: [Int], next: Int, best: (unit: Int, margin: Float)?)
    /// One item put back at a time.
    case shrinking(set: [Int], next: Int)
    /// All sets of a size smaller than the one found.
    case proving(found: [Int]?, tried: UnitSets)
  }

  /// A search for the item at a step of a history; ``work(runs:)`` does it.
  package init(
    _ states: HistoryStates, step: Int, item: Int32, k: Int = 10, runLimit: Int = 25_000
  ) {
    self.states = states
    self.step = step
    self.item = item
    self.k = k
    self.runLimit = runLimit
    var places: [Int32: Int] = [:]
    var units: [[Int]] = []
    for s in stride(from: step, through: 0, by: -1) {
      if let place = places[states.items[s]] {
        units[place].append(s)
      } else {
        places[states.items[s]] = units.count
        units.append([s])
      }
    }
    self.units = units
    phase = .growing(set: [], next: 0, best: nil)
    rankBefore = rank(of: item, in: states.scores(at: step))
    if rankBefore > Double(k) { outcome = .notAmongFirst(rank: rankBefore) }
  }

  /// Runs the model up to `count` times; false when there was nothing left to do.
  package mutating func work(runs count: Int) -> Bool {
    guard outcome == nil else { return false }
    let end = runs + count
    while outcome == nil, runs < end {
      switch phase {
      case .growing(let set, let next, let best): grow(set, next, best)
      case .shrinking(let set, let next): shrink(set, next)
      case .proving(let found, var tried): prove(found, &tried)
      }
    }
    return true
  }

  private mutating func grow(_ set: [Int], _ next: Int, _ best: (unit: Int, margin: Float)?) {
    if next < visible(without: set) {
      guard !set.contains(next), set.count + 1 < units.count else {
        phase = .growing(set: set, next: next + 1, best: best)
        return
      }
      let margin = margin(without: set + [next])
      let better = best.map { margin < $0.margin } ?? true
      phase = .growing(
        set: set, next: next + 1, best: better ? (next, margin) : best)
      return
    }
    guard let best else {
      phase = .proving(found: nil, tried: UnitSets(size: 2))
      return
    }
    let grown = set + [best.unit]
    if best.margin < 0 {
      phase = .shrinking(set: grown, next: 0)
    } else {
      phase = .growing(set: grown, next: 0, best: nil)
    }
  }

  private mutating func shrink(_ set: [Int], _ next: Int) {
    guard set.count > 1, next < set.count else {
      phase = .proving(found: set, tried: UnitSets(size: 2))
      return
    }
    var smaller = set
    smaller.remove(at: next)
    phase =
      falls(without: smaller)
      ? .shrinking(set: smaller, next: 0) : .shrinking(set: set, next: next + 1)
  }

  /// Singles were all tried when the set began to grow.
  private mutating func prove(_ found: [Int]?, _ tried: inout UnitSets) {
    let isDone = tried.size >= found?.count ?? Self.largestBlindSize + 1
    guard !isDone, runs < runLimit else {
      if let found { return finish(found, isProven: isDone) }
      outcome = .notFound(size: tried.size - 1)
      return
    }
    guard let set = tried.next(below: { visible(without: $0) }) else {
      phase = .proving(found: found, tried: UnitSets(size: tried.size + 1))
      return
    }
    if set.count < units.count, falls(without: set) { return finish(set, isProven: true) }
    phase = .proving(found: found, tried: tried)
  }

  private mutating func finish(_ set: [Int], isProven: Bool) {
    let steps = set.flatMap { units[$0] }.sorted()
    // The run that an edit would make, all of it.
    let scores = AblationRuns(states, step: step).scoresWithout(steps: Set(steps))
    outcome = .found(
      steps: steps, rankAfter: rank(of: item, in: scores), isProven: isProven)
  }

  /// How many units, the latest first, the model sees something of when some are left out: of a
  /// smallest set, each unit is seen when those watched later are gone.
  private func visible(without set: [Int]) -> Int {
    let removed = Set(set.flatMap { units[$0] })
    // A repeat bias knows the whole history.
    if states.network.repeatBias != nil { return units.count }
    var left = states.network.settings.maxItemListLength
    var first = step + 1
    while first > 0, left > 0 {
      first -= 1
      if !removed.contains(first) { left -= 1 }
    }
    return units.firstIndex { $0[0] < first } ?? units.count
  }

  private mutating func scores(without set: [Int]) -> [Float] {
    runs += 1
    let removed = Set(set.flatMap { units[$0] })
    let kept = (0...step).filter { !removed.contains($0) }.map { states.items[$0] }
    let network = states.network
    let trace = network.trace(
      kept.suffix(network.settings.maxItemListLength), reading: states.reading)
    return network.scores(network.terms(trace, row: trace.count - 1, history: kept[...]))
  }

  private mutating func falls(without set: [Int]) -> Bool {
    rank(of: item, in: scores(without: set)) > Double(k)
  }

  /// The item's score over the first that is not among the first k without it; below 0 when it has
  /// fallen out.
  private mutating func margin(without set: [Int]) -> Float {
    let scores = scores(without: set)
    let rivals = topItems(scores, count: k) { $0 == item }
    guard rivals.count == k, let last = rivals.last else { return .infinity }
    if rank(of: item, in: scores) > Double(k) {
      return min(-Float.leastNormalMagnitude, scores[Int(item)] - last.score)
    }
    return max(0, scores[Int(item)] - last.score)
  }
}

/// All sets of a size, members ascending, each below a bound that depends on those before.
struct UnitSets: Sendable {
  let size: Int
  private var current: [Int] = []

  init(size: Int) { self.size = size }

  /// The next set; nil after the last.
  mutating func next(below bound: ([Int]) -> Int) -> [Int]? {
    // The first set starts from nothing, every other by moving the last member on.
    var candidate = current.popLast().map { $0 + 1 } ?? 0
    while true {
      if candidate < bound(current) {
        current.append(candidate)
        if current.count == size { return current }
        candidate += 1
      } else {
        guard let last = current.popLast() else { return nil }
        candidate = last + 1
      }
    }
  }
}
