import AtomicFiles
import Explanation
import KSRModel
import Text

extension SceneCache {
  /// The view on the screen in a format, and a telling name for its file without ending; nil where
  /// there is nothing to write.
  ///
  /// Reasons are written as `ksr explain` prints them, about the very question on the screen: item,
  /// contrast, edits and checks. Of the other views the text is the screen itself.
  ///
  /// - Throws: if a number is not finite and the format has no word for that.
  package func export(
    of state: State, as format: ExportFormat, glyphs: Glyphs
  ) throws(UserError) -> (text: String, name: String)? {
    var state = state
    // The list of formats is no part of the view.
    (state.overlay, state.toast) = (nil, nil)
    let scene = scene(for: state)
    let subject = ExportSubject(state)
    var screen: Canvas { Explorer.render(state, scene, glyphs: glyphs).canvas }
    if format == .picture {
      return name(of: subject, state, scene).map { (screen.svg(state.theme), $0) }
    }
    if subject == .reasons {
      guard let report = report(of: state) else { return nil }
      return (try report.written(as: format), name(of: report))
    }
    guard let name = name(of: subject, state, scene) else { return nil }
    switch format {
    case .text, .copy: return (screen.text, name)
    case .json:
      guard let text = try json(of: subject, state, scene) else { return nil }
      return (text, name)
    case .svg:
      let map = scene.map.flatMap { map in MapFigure(map)?.svg }
      return ((subject == .map ? map : nil) ?? screen.svg(state.theme), name)
    case .picture: return nil
    }
  }

  // MARK: Reasons

  /// Why the item that the screen explains, with the contrast, the edits and the check on it.
  private func report(of state: State) -> ExplanationReport? {
    guard let viewer = viewer(of: state), let step = scene(for: state).step,
      let last = step.recommendations.indices.last
    else { return nil }
    let item = step.recommendations[min(state.recommendation, last)].item
    let asked = state.showsWhy ? question(of: state, viewer, step) : nil
    let survey = survey(viewer, around: step.step)
    var question = ExplanationReport.Question(
      viewer: history(of: viewer).user, step: step.step, item: asked?.item ?? item,
      over: asked?.contrast ?? .catalogueMean, edited: viewer.edited)
    switch state.showsWhy ? state.why.check : nil {
    case .topSteps(let count): question.checkedSteps = count
    case .slot(let slot):
      question.checkedSlots = session.network.relationCount > slot ? [slot] : []
    case nil: break
    }
    return ExplanationReport(
      question, states: survey.states, model: session.model, index: tails, summary: attention,
      without: asked.flatMap { why.comparisons[$0]?.known.without.complete() })
  }

  private func name(of report: ExplanationReport) -> String {
    ExplanationFile.name([
      dataName, report.question.viewer ?? "items", "step\(report.question.step + 1)",
      session.model.items[Int(report.question.item)],
    ])
  }

  // MARK: Other views

  private var dataName: String { model.dataName.isEmpty ? model.name : model.dataName }

  private func name(of subject: ExportSubject, _ state: State, _ scene: Scene) -> String? {
    switch subject {
    case .map: return ExplanationFile.name([dataName, "map"])
    case .diagnosis: return ExplanationFile.name([dataName, "model"])
    case .reasons, .comparison:
      guard let viewer = scene.viewer, let step = scene.step else { return nil }
      return ExplanationFile.name([
        dataName, viewer.user, "step\(step.step + 1)",
        subject == .comparison ? "compared" : state.showsWhy ? "why" : "panes",
      ])
    }
  }

  private func json(
    of subject: ExportSubject, _ state: State, _ scene: Scene
  ) throws(UserError) -> String? {
    switch subject {
    case .reasons: return nil
    case .comparison:
      let other = state.pin == .model ? compared?.session.model : nil
      guard let comparison = scene.comparison else { return nil }
      return try JSON.text(
        ComparisonDocument(comparison, live: session.model, pinned: other ?? session.model))
    case .map:
      guard case .map(let view) = state.fullView else { return nil }
      guard let map = scene.map, let document = MapDocument(map, view, session.model) else {
        return nil
      }
      return try JSON.text(document)
    case .diagnosis:
      guard let document = scene.diagnosis.flatMap(DiagnosisDocument.init) else { return nil }
      return try JSON.text(document)
    }
  }
}

extension ExplanationReport {
  fileprivate func written(as format: ExportFormat) throws(UserError) -> String {
    switch format {
    case .text, .copy, .picture: text + "\n"
    case .json: try json
    case .svg: svg
    }
  }
}

extension Array {
  /// The elements when all of them are there.
  fileprivate func complete<Value>() -> [Value]? where Element == Value? {
    let known = compactMap { $0 }
    return known.count == count ? known : nil
  }
}
