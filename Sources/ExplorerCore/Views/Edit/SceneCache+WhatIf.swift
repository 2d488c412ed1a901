import Explanation
import KSRModel
import Workspace

extension SceneCache {
  /// A run with edits, and the scores it is compared with.
  struct ChangesKey: Hashable {
    let viewer: Viewer
    let step: Int
    let hidesSeen: Bool
  }

  /// A search for the smallest set.
  struct SmallestKey: Hashable {
    let viewer: Viewer
    let step: Int
    let item: Int32
  }

  /// The state as the screen shows it: with the film selected in the search in its place.
  func shown(_ state: State) -> State {
    guard let search = state.overlay as? CatalogueSearch else { return state }
    let found = found(for: search)
    guard found.indices.contains(search.menu.selection), let base = unedited(state),
      let edit = search.edit(found[search.menu.selection].token)
    else { return state }
    let preview = state.applying(edit, count: 0)
    // The cursor of an insertion and the step are where they will be; the log is not touched.
    return edited(base, preview.edits.edits) == nil ? state : preview
  }

  /// A viewer's history after edits; nil if they cannot be applied, which no key can bring about.
  func edited(_ viewer: Viewer, _ edits: [Edit]) -> EditedHistory? {
    try? EditedHistory(history(of: viewer).items, EditScript(edits), in: editNames)
  }

  /// What is to be said of a run beside the run itself; nil where nothing is edited.
  func whatIf(
    _ state: State, _ viewer: Viewer, _ step: StepScene, _ survey: ViewerSurvey
  ) -> WhatIfScene? {
    guard state.editor != nil || !state.edits.edits.isEmpty || state.seeksSmallest else {
      return nil
    }
    let changes = changes(viewer, step, survey, hidesSeen: state.hidesSeen)
    return WhatIfScene(
      edited: viewer.edited, changes: changes,
      goneTitles: (changes?.gone ?? []).map { session.model.itemNames[Int($0.item)] },
      smallest: smallest(state, viewer, step, survey))
  }

  private func changes(
    _ viewer: Viewer, _ step: StepScene, _ survey: ViewerSurvey, hidesSeen: Bool
  ) -> RankChanges? {
    guard case .edited(let base, let history) = viewer,
      let before = history.unedited(at: step.step)
    else { return nil }
    let key = ChangesKey(viewer: viewer, step: step.step, hidesSeen: hidesSeen)
    if let known = changesOfRank[key] { return known }
    let unedited = self.survey(base, around: before).states
    let result = RankChanges(
      before: unedited.scores(at: before), after: survey.states.scores(at: step.step),
      items: step.recommendations.map(\.item))
    changesOfRank[key] = result
    return result
  }

  /// Scores an edited step together with the unedited one that it is compared with.
  func findScoresOfChanges(_ viewer: Viewer, _ step: Int, _ survey: ViewerSurvey) {
    guard case .edited(let base, let history) = viewer,
      let before = history.unedited(at: step)
    else { return }
    survey.states.findScores(
      at: step, andOf: self.survey(base, around: before).states, at: before)
  }

  // MARK: The smallest set

  private func smallestKey(
    _ state: State, _ viewer: Viewer, _ step: StepScene
  ) -> SmallestKey? {
    guard state.seeksSmallest, let last = step.recommendations.indices.last else { return nil }
    let item = step.recommendations[min(state.recommendation, last)].item
    return SmallestKey(viewer: viewer, step: step.step, item: item)
  }

  private func smallest(
    _ state: State, _ viewer: Viewer, _ step: StepScene, _ survey: ViewerSurvey
  ) -> SmallestScene? {
    guard let key = smallestKey(state, viewer, step) else { return nil }
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

  private func search(_ key: SmallestKey, _ survey: ViewerSurvey) -> SmallestSetSearch {
    if let known = searches[key] { return known }
    let search = SmallestSetSearch(survey.states, step: key.step, item: key.item)
    searches[key] = search
    return search
  }

  /// Goes on with the search that the screen waits for; false if there is none.
  func seekSmallest(for state: State) -> Bool {
    guard state.seeksSmallest, let viewer = viewer(of: state) else { return false }
    let survey = survey(viewer, around: state.step)
    let step = step(
      min(state.step, survey.states.count - 1), of: viewer, survey, hidesSeen: state.hidesSeen)
    guard let key = smallestKey(state, viewer, step) else { return false }
    var search = search(key, survey)
    let pass = session.network.passCost + session.network.itemVectors.values.count
    let hasWorked = search.work(runs: max(1, ViewerSurvey.portion / pass))
    searches[key] = search
    return hasWorked
  }
}
