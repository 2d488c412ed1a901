import Explanation
import KSRModel
import Workspace

/// Finds the stops of a tour by rules, in whatever data there is; what the data does not have is no
/// stop.
///
/// The rules look through a few histories as far as the model reads them in one pass. The numbers in
/// the sentences are those that the screen shows.
struct TourFinder {
  let cache: SceneCache
  let tails: TailIndex
  /// The viewers looked through: those left out of training, if there are any.
  let candidates: [Int]
  private let start: (viewer: Int, step: Int)?

  private static let viewerLimit = 6

  init(_ cache: SceneCache, _ tails: TailIndex) {
    self.cache = cache
    self.tails = tails
    let viewers = cache.session.viewers
    let heldOut = viewers.indices.lazy.filter { viewers[$0].isHeldOut }
    var some = Array(heldOut.prefix(Self.viewerLimit))
    if some.isEmpty { some = Array(viewers.indices.prefix(Self.viewerLimit)) }
    start = cache.firstLook()
    // The viewer whom the explorer begins with comes first.
    if let start { some = [start.viewer] + some.filter { $0 != start.viewer } }
    candidates = some.filter { viewers[$0].count > 1 }
  }

  var session: Session { cache.session }

  /// The stops that this data has, in the order of the tour.
  func stops() -> [Tour.Stop] {
    [heldOut(), changeOfTaste(), foreseen(), memoryAfterRun(), surprise(), reasons()]
      .compactMap { $0 }
  }

  // MARK: What the rules share

  /// What the screen shows of a step.
  func scene(_ viewer: Int, _ step: Int, why: Int? = nil) -> Scene {
    var state = State(size: Size(columns: 120, rows: 36), viewer: viewer, step: step)
    state.showsWhy = why != nil
    state.recommendation = why ?? 0
    return cache.scene(for: state)
  }

  func states(_ viewer: Int) -> HistoryStates {
    HistoryStates(network: session.network, items: session.viewers[viewer].items)
  }

  /// The number of steps of a history that one pass reads.
  func readable(_ viewer: Int) -> Int {
    min(session.viewers[viewer].count, session.network.settings.maxItemListLength)
  }

  /// How many steps may be scored: fewer where the catalogue is large.
  var affordable: Int { max(8, 12_000_000 / max(1, session.network.itemVectors.values.count)) }

  func name(_ slot: Int, _ tail: Int32) -> String {
    "\(session.model.relationNames[slot]) \(session.model.tails.names[Int(tail)])"
  }

  private func outOfAll(_ rank: Double) -> String {
    let all = Glyphs.unicode.count(cache.model.itemCount)
    return "number \(Glyphs.unicode.count(Int(rank.rounded(.up)))) of \(all)"
  }

  // MARK: Stops about the ranking

  /// A viewer of whom the model saw nothing.
  private func heldOut() -> Tour.Stop? {
    guard let viewer = candidates.first, session.viewers[viewer].isHeldOut else { return nil }
    let history = session.viewers[viewer]
    let who = "Viewer \(history.user) \(session.isSimulated ? "is simulated and " : "")"
    return Tour.Stop(
      viewer: viewer, step: max(0, min(start?.step ?? 0, history.count - 2)), pane: .history,
      sentence: who + "was left out of training: the model was fitted to none of these"
        + " \(history.count) items, so the ranks beside them are predictions.")
  }

  /// What came next is among the first three.
  private func foreseen() -> Tour.Stop? {
    guard let start, let place = wellForeseen() else { return nil }
    let item = scene(start.viewer, start.step).step?.recommendations[place]
    guard let item else { return nil }
    let chance = item.probability.map { ", with a chance of \(Glyphs.unicode.probability($0))" }
    return Tour.Stop(
      viewer: start.viewer, step: start.step, pane: .recommendations, recommendation: place,
      sentence: "After step \(start.step + 1) the model puts what really came next, \(item.title),"
        + " at \(outOfAll(item.rank))\(chance ?? "").")
  }

  /// The place in the list of what came next, where that is among the first three.
  private func wellForeseen() -> Int? {
    guard let start else { return nil }
    return scene(start.viewer, start.step).step?.recommendations
      .firstIndex { $0.isTruth && $0.rank <= 3 }
  }

  /// What came next is further down than anywhere else, and in the last nine tenths.
  private func surprise() -> Tour.Stop? {
    var left = affordable
    for viewer in candidates where left > 0 {
      let history = session.viewers[viewer]
      let states = states(viewer)
      var worst: (step: Int, rank: Double)?
      for step in 0..<max(0, min(readable(viewer), history.count - 1))
      where left > 0 && session.mark(of: history, step: step + 1) != .train {
        left -= 1
        let scores = session.network.scores(states.preference(at: step))
        let rank = rank(of: history.items[step + 1], in: scores)
        if rank > worst?.rank ?? 0 { worst = (step, rank) }
      }
      guard let worst, worst.rank > max(3, Double(cache.model.itemCount) / 10) else { continue }
      let items = scene(viewer, worst.step).step?.recommendations ?? []
      guard let place = items.firstIndex(where: \.isTruth) else { continue }
      return Tour.Stop(
        viewer: viewer, step: worst.step, pane: .recommendations, recommendation: place,
        sentence: "Here the model is surprised: what came next after step \(worst.step + 1),"
          + " \(items[place].title), is only \(outOfAll(items[place].rank)).")
    }
    return nil
  }

  /// Why what came next is where it is, or else the first of the ranking.
  private func reasons() -> Tour.Stop? {
    guard let start else { return nil }
    let place = wellForeseen() ?? 0
    guard let why = scene(start.viewer, start.step, why: place).why else { return nil }
    let table = why.contributions
    let glyphs = Glyphs.unicode
    let sums = table.relationSums
    var slot = ""
    if let largest = sums.indices.max(by: { sums[$0] < sums[$1] }), sums[largest] > 0 {
      let name = cache.model.relationNames[largest]
      slot = ", strongest slot \(name) \(glyphs.signed(sums[largest]))"
    }
    return Tour.Stop(
      viewer: start.viewer, step: start.step, pane: .why, recommendation: place,
      sentence: "Why \(why.title): \(glyphs.signed(table.score)) over the average item is an exact"
        + " sum: sequence \(glyphs.signed(table.sequenceSum))\(slot), and the rest.")
  }
}
