import Explanation
import KSRModel
import KSRNumerics
import Text

final class WhyCache: ViewCache {
  /// A question about an item after a step.
  struct Key: Hashable {
    let user: SceneCache.User
    let step: Int
    let item: Int32
    let contrast: Contrast
  }

  struct CheckKey: Hashable {
    let question: Key
    let ablation: Ablation
  }

  var scenes = LRUCache<Key, WhyScene>(limit: 200)
  var claims = LRUCache<CheckKey, AblationCheck>(limit: 200)
  /// Those begun are kept, so that going back to one goes on where it was left.
  var comparisons = LRUCache<Key, StepAttributions>(limit: 20)

  private unowned let cache: SceneCache

  init(_ cache: SceneCache) { self.cache = cache }

  /// The reasons that a state asks for, with what is known of them.
  ///
  /// What was written and a check are computed at once; the other methods come in portions with
  /// ``work(for:_:)``.
  func scene(for state: State, _ moment: Selection.Moment) -> WhyScene? {
    guard let key = question(of: state, moment) else { return nil }
    let states = moment.survey.states
    var scene = scenes[key] ?? reasons(key, states)
    if let known = comparisons[key]?.known { scene.comparison = known }
    scene.sentences = scene.facts.whySentences(
      in: cache.session.model, isPlain: state.usesPlainWords, missed: scene.comparison.missed)
    let table = WhyTable(scene, state.why, cache.model, .terms(.unicode), .unicode)
    scene.leftOut = scene.leftOut(state.why, table)
    switch state.why.check {
    case .slot(let slot) where scene.attention.indices.contains(slot):
      scene.claim = claim(.slot(slot), key, scene.comparison, states)
    case .steps where !scene.leftOut.isEmpty:
      scene.claim = claim(.steps(scene.leftOut), key, scene.comparison, states)
    default: break
    }
    return scene
  }

  /// Does a portion of the comparison that the screen shows; false if nothing was missing.
  func work(for state: State, _ moment: Selection.Moment) -> Bool {
    guard let key = question(of: state, moment) else { return false }
    let states = moment.survey.states
    var comparison: StepAttributions
    if let begun = comparisons.removeValue(forKey: key) {
      comparison = begun
    } else {
      let scene = scenes[key] ?? reasons(key, states)
      comparison = StepAttributions(
        AttributionQuestion(states, step: key.step, item: key.item, over: key.contrast),
        methods: Attributions.reported, weights: scene.contributions.stepSums, slots: true)
    }
    let worked = comparison.work()
    comparisons[key] = comparison
    return worked
  }

  /// What is asked; nil where nothing is recommended.
  func question(of state: State, _ moment: Selection.Moment) -> Key? {
    let step = moment.step
    guard step.isRanked,
      let item = state.why.item ?? step.recommendation(state.recommendation)?.item
    else {
      return nil
    }
    return Key(
      user: moment.user, step: step.step, item: item, contrast: contrast(state.why, item))
  }

  /// An item is not compared with itself: it is with the average then.
  private func contrast(_ view: WhyView, _ item: Int32) -> Contrast {
    switch view.comparison {
    case .average: .catalogueMean
    case .rivals: .rivals
    case .nothing: .none
    case .other: view.other.flatMap { $0 == item ? nil : .item($0) } ?? .catalogueMean
    }
  }

  private func reasons(_ key: Key, _ states: HistoryStates) -> WhyScene {
    let result = WhyScene(
      key.item, over: key.contrast, at: key.step, of: states, session: cache.session,
      tails: cache.tails)
    scenes[key] = result
    return result
  }

  private func claim(
    _ ablation: Ablation, _ question: Key, _ known: StepAttributions.Known, _ states: HistoryStates
  ) -> AblationCheck {
    let key = CheckKey(question: question, ablation: ablation)
    if var kept = claims[key] {
      let after = kept.forecast?.after
      // The values may have settled since.
      kept.forecast = known.forecast(without: ablation)
      if let after { kept.forecast?.after = after }
      return kept
    }
    let result = AblationRuns(states, step: question.step).check(
      ablation, on: question.item, over: question.contrast, known: known)
    if case .steps = ablation, result.forecast == nil { return result }
    claims[key] = result
    return result
  }
}

extension Scene {
  /// What the reasons are about, also where they are not open.
  fileprivate struct Explained {
    let title: String
    let searched: (item: String?, other: String?)
  }

  /// Why the selected item; nil unless the reasons are on the screen.
  package var why: WhyScene? { self[WhyScene.self] }
  package var explainedTitle: String { self[Explained.self]?.title ?? "" }
  var searched: (item: String?, other: String?) { self[Explained.self]?.searched ?? (nil, nil) }
}

extension WhyPane {
  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let moment = selection.moment else { return }
    let (state, tokens) = (selection.state, selection.cache.session.model.items)
    scene[Scene.Explained.self] = Scene.Explained(
      title: moment.step.recommendation(state.recommendation)?.title ?? "",
      searched: (
        state.why.item.map { tokens[Int($0)] }, state.why.other.map { tokens[Int($0)] }
      ))
    guard state.showsWhy else { return }
    scene[WhyScene.self] = selection.cache.kept(WhyCache.self).scene(for: state, moment)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    guard turn == .onScreen, selection.state.showsWhy, let moment = selection.moment else {
      return false
    }
    return selection.cache.kept(WhyCache.self).work(for: selection.state, moment)
  }
}

extension WhyPane {
  /// The reasons as `ksr explain` prints them, about the very question on the screen: item, contrast,
  /// edits and checks.
  static func export(_ state: State, _ scene: Scene) -> ViewExport {
    guard let user = scene.user, let step = scene.step, !step.recommendations.isEmpty else {
      return .withoutUser
    }
    let name = [user.name, "step\(step.step + 1)"]
    var export = ViewExport(
      title: "why \(scene.why?.title ?? scene.explainedTitle)",
      name: name + [state.showsWhy ? "why" : "panes"])
    export.documentName = { cache in
      name + (cache.explained(in: state).map { [cache.session.model.items[Int($0)]] } ?? [])
    }
    export.text = { $0.report(of: state).map { $0.text + "\n" } }
    export.json = { cache throws(UserError) in try cache.report(of: state)?.json }
    export.svg = { $0.report(of: state)?.svg() }
    return export
  }
}

extension SceneCache {
  /// The item that the screen explains, or would.
  fileprivate func explained(in state: State) -> Int32? {
    let selected = scene(for: state).step?.recommendation(state.recommendation)?.item
    return state.showsWhy ? state.why.item ?? selected : selected
  }

  /// Why the item that the screen explains, with the contrast, the edits and the check on it.
  fileprivate func report(of state: State) -> ExplanationReport? {
    guard let moment = selection(state).moment,
      let item = moment.step.recommendation(state.recommendation)?.item
    else { return nil }
    let (user, survey, step) = (moment.user, moment.survey, moment.step)
    let reasons = kept(WhyCache.self)
    let asked = state.showsWhy ? reasons.question(of: state, moment) : nil
    var question = ExplanationReport.Question(
      user: history(of: user).user, step: step.step, item: asked?.item ?? item,
      over: asked?.contrast ?? .catalogueMean, edited: user.edited)
    switch state.showsWhy ? state.why.check : nil {
    case .steps: question.leftOut = reasons.scene(for: state, moment)?.leftOut ?? []
    case .slot(let slot):
      question.checkedSlots = session.network.relationCount > slot ? [slot] : []
    case nil: break
    }
    return ExplanationReport(
      question, states: survey.states, model: session.model, index: tails, summary: attention,
      runs: asked.flatMap { reasons.comparisons[$0]?.outcomes })
  }
}
