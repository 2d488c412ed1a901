import Explanation
import KSRModel
import KSRNumerics

/// What has been computed about reasons.
struct WhyCache {
  /// A question about an item after a step.
  struct Key: Hashable {
    let viewer: SceneCache.Viewer
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
}

extension SceneCache {
  /// The reasons that a state asks for, with what is known of them.
  ///
  /// The table and a check are computed at once; the other methods come in portions with
  /// ``workOnReasons(for:viewer:_:_:)``.
  func why(
    for state: State, viewer: Viewer, _ step: StepScene, _ states: HistoryStates
  ) -> WhyScene? {
    guard let key = question(of: state, viewer, step) else { return nil }
    var scene = why.scenes[key] ?? reasons(key, states)
    if let known = why.comparisons[key]?.known { scene.comparison = known }
    if let ablation = ablation(state.why.check, scene) {
      scene.claim = claim(ablation, key, states)
    }
    return scene
  }

  /// Does a portion of the comparison that the screen shows; false if nothing was missing.
  func workOnReasons(
    for state: State, viewer: Viewer, _ step: StepScene, _ states: HistoryStates
  ) -> Bool {
    guard let key = question(of: state, viewer, step) else { return false }
    var comparison: StepAttributions
    if let begun = why.comparisons.removeValue(forKey: key) {
      comparison = begun
    } else {
      let scene = why.scenes[key] ?? reasons(key, states)
      comparison = StepAttributions(
        AttributionQuestion(states, step: key.step, item: key.item, over: key.contrast),
        methods: Attributions.onScreen, weights: scene.contributions.stepSums)
    }
    let worked = comparison.work()
    why.comparisons[key] = comparison
    return worked
  }

  /// What is asked; nil where nothing is recommended.
  func question(of state: State, _ viewer: Viewer, _ step: StepScene) -> WhyCache.Key? {
    let selected = step.recommendations.indices.last.map {
      step.recommendations[min(state.recommendation, $0)].item
    }
    guard let item = state.why.item ?? selected else { return nil }
    return WhyCache.Key(
      viewer: viewer, step: step.step, item: item, contrast: contrast(state.why, item))
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

  private func reasons(_ key: WhyCache.Key, _ states: HistoryStates) -> WhyScene {
    let result = WhyScene(
      key.item, over: key.contrast, at: key.step, of: states, session: session, tails: tails)
    why.scenes[key] = result
    return result
  }

  private func ablation(_ check: WhyView.Check?, _ scene: WhyScene) -> Ablation? {
    switch check {
    case .topSteps(let count): .steps(scene.contributions.topSteps(count))
    case .slot(let slot): scene.attention.indices.contains(slot) ? .slot(slot) : nil
    case nil: nil
    }
  }

  private func claim(
    _ ablation: Ablation, _ question: WhyCache.Key, _ states: HistoryStates
  ) -> AblationCheck {
    let key = WhyCache.CheckKey(question: question, ablation: ablation)
    if let known = why.claims[key] { return known }
    let result = AblationRuns(states, step: question.step).check(
      ablation, on: question.item, over: question.contrast)
    why.claims[key] = result
    return result
  }
}
