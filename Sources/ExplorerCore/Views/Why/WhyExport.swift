import Explanation
import Text

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
    export.svg = { $0.report(of: state)?.svg }
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
    case .topSteps(let count): question.checkedSteps = count
    case .slot(let slot):
      question.checkedSlots = session.network.relationCount > slot ? [slot] : []
    case nil: break
    }
    return ExplanationReport(
      question, states: survey.states, model: session.model, index: tails, summary: attention,
      runs: asked.flatMap { reasons.comparisons[$0]?.outcomes })
  }
}
