import Explanation
import KSRModel
import KSRNumerics
import Workspace

private final class EditCache: ViewCache {
  /// A run with edits, and the scores it is compared with.
  private struct ChangesKey: Hashable {
    let user: SceneCache.User
    let step: Int
    let hidesSeen: Bool
  }

  private struct SmallestKey: Hashable {
    let user: SceneCache.User
    let step: Int
    let item: Int32
  }

  private unowned let cache: SceneCache
  private var changesOfRank = LRUCache<ChangesKey, RankChanges>(limit: 50)
  private var searches = LRUCache<SmallestKey, SmallestSetSearch>(limit: 8)
  private var isSearchNext = false

  init(_ cache: SceneCache) { self.cache = cache }

  /// What is to be said of a run beside the run itself; nil where nothing is edited.
  func scene(for state: State, _ moment: Selection.Moment) -> WhatIfScene? {
    guard state.editor != nil || !state.edits.edits.isEmpty || state.seeksSmallest else {
      return nil
    }
    let changes = changes(moment, hidesSeen: state.hidesSeen)
    return WhatIfScene(
      edited: moment.user.edited, changes: changes,
      goneTitles: (changes?.gone ?? []).map { cache.session.model.itemNames[Int($0.item)] },
      smallest: smallest(state, moment))
  }

  private func changes(_ moment: Selection.Moment, hidesSeen: Bool) -> RankChanges? {
    let (user, survey, step) = (moment.user, moment.survey, moment.step)
    guard step.isRanked, case .edited(let base, let history) = user,
      let before = history.unedited(at: step.step)
    else { return nil }
    let key = ChangesKey(user: user, step: step.step, hidesSeen: hidesSeen)
    if let known = changesOfRank[key] { return known }
    let unedited = cache.survey(base, around: before).states
    let result = RankChanges(
      before: unedited.scores(at: before), after: survey.states.scores(at: step.step),
      items: step.recommendations.map(\.item))
    changesOfRank[key] = result
    return result
  }

  // MARK: The smallest set

  private func smallestKey(_ state: State, _ moment: Selection.Moment) -> SmallestKey? {
    guard state.seeksSmallest,
      let item = moment.step.recommendation(state.recommendation)?.item
    else { return nil }
    return SmallestKey(user: moment.user, step: moment.step.step, item: item)
  }

  private func smallest(_ state: State, _ moment: Selection.Moment) -> SmallestScene? {
    guard let key = smallestKey(state, moment) else { return nil }
    let (session, survey) = (cache.session, moment.survey)
    let search = search(key, survey)
    var titles: [String] = []
    if case .found(let steps, _, _) = search.outcome {
      let items = steps.map { survey.states.items[$0] }
      titles = items.enumerated().filter { !items[..<$0].contains($1) }
        .map { session.model.itemNames[Int($1)] }
    }
    return SmallestScene(
      title: session.model.itemNames[Int(key.item)], rankBefore: search.rankBefore,
      outcome: search.outcome, runs: search.runs, titles: titles)
  }

  private func search(_ key: SmallestKey, _ survey: UserSurvey) -> SmallestSetSearch {
    if let known = searches[key] { return known }
    let search = SmallestSetSearch(survey.states, step: key.step, item: key.item)
    searches[key] = search
    return search
  }

  /// Goes on with the search that the screen waits for; false if there is none.
  private func seekSmallest(for state: State, _ moment: Selection.Moment) -> Bool {
    guard let key = smallestKey(state, moment) else { return false }
    var search = search(key, moment.survey)
    let network = cache.session.network
    let pass = network.passCost + network.scoringCost
    let hasWorked = search.work(runs: max(1, UserSurvey.portion / pass))
    searches[key] = search
    return hasWorked
  }

  /// By turns with all other work, so that neither the history nor the search for the smallest set
  /// waits for the other.
  func work(for state: State, _ moment: Selection.Moment, at turn: WorkTurn) -> Bool {
    switch turn {
    case .first:
      isSearchNext.toggle()
      return isSearchNext && seekSmallest(for: state, moment)
    case .atLeisure: return seekSmallest(for: state, moment)
    case .onScreen, .inDepth: return false
    }
  }
}

extension Scene {
  /// What an edited run is compared with; nil where nothing is edited.
  package var whatIf: WhatIfScene? { self[WhatIfScene.self] }
}

extension EditView {
  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let moment = selection.moment else { return }
    scene[WhatIfScene.self] = selection.cache.kept(EditCache.self)
      .scene(for: selection.state, moment)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    guard selection.state.seeksSmallest, let moment = selection.moment else { return false }
    return selection.cache.kept(EditCache.self).work(for: selection.state, moment, at: turn)
  }

  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    guard scene.step != nil, !state.edits.edits.isEmpty else { return }
    trail.options += ["--edit", state.edits.text]
  }
}

extension SceneCache {
  /// A user's history after edits; nil if they cannot be applied, which no key can bring about.
  func edited(_ user: User, _ edits: [Edit]) -> EditedHistory? {
    try? EditedHistory(history(of: user).items, EditScript(edits), in: editNames)
  }

  /// Scores an edited step together with the unedited one that it is compared with.
  func findScoresOfChanges(_ user: User, _ step: Int, _ survey: UserSurvey) {
    guard case .edited(let base, let history) = user,
      let before = history.unedited(at: step)
    else { return }
    survey.states.findScores(
      at: step, andOf: self.survey(base, around: before).states, at: before)
  }
}

/// What the screen shows of an edited run beside the run itself.
package struct WhatIfScene: Sendable {
  /// The edited history, with the item that is selected in the search; nil without edits.
  let edited: EditedHistory?
  /// The recommendations against those of the unedited run; nil where there is none to compare.
  let changes: RankChanges?
  /// What to call the items that left the first places, in their order before.
  let goneTitles: [String]
  let smallest: SmallestScene?

  /// The sign for what becomes of a slot; nil for a slot that is read as the model reads it.
  func mark(of slot: Int) -> String? {
    guard let reading = edited?.reading, !reading.isNone else { return nil }
    if reading.slots[slot] != nil { return "@" }
    let factor = reading.factor(of: slot)
    return factor == 0 ? "-" : factor > 1 ? "+" : factor < 1 ? "<" : nil
  }
}

package struct SmallestScene: Sendable {
  let title: String
  let rankBefore: Double
  /// What came out; nil while the search goes on.
  let outcome: SmallestSetSearch.Outcome?
  let runs: Int
  let titles: [String]

  func sentence(_ glyphs: Glyphs) -> String {
    switch outcome {
    case nil:
      return "Smallest set for \(title): searching, \(glyphs.count(runs)) runs\(glyphs.ellipsis)"
    case .notAmongFirst(let rank):
      return "\(title) has rank \(glyphs.rank(rank)): it is not among the first 10 to fall out of"
    case .notFound(let size):
      return "\(title) stays among the first 10: no set of up to \(size) {items} was found "
        + "without which it falls"
    case .found(_, let after, let isProven):
      let names = Self.list(titles)
      return "Without \(names), \(title) falls from \(glyphs.rank(rankBefore)) to "
        + "\(glyphs.rank(after)) (checked, \(isProven ? "none smaller" : "a smaller one may exist"))"
        + "; A takes \(titles.count == 1 ? "it" : "them") out"
    }
  }

  private static func list(_ titles: [String]) -> String {
    guard titles.count > 3 else {
      return titles.count < 2
        ? titles.joined()
        : titles.dropLast().joined(separator: ", ") + " and " + titles[titles.count - 1]
    }
    return titles.prefix(2).joined(separator: ", ") + " and \(titles.count - 2) more"
  }
}
