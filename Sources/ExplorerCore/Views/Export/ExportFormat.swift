/// How the view on the screen can be taken out of the explorer.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// Text, in a file and copied.
  case text
  /// Every number, for programs.
  case json
  /// A figure.
  case svg
  /// The screen itself as a drawing.
  case picture
  /// The text, copied only.
  case copy

  /// The ending of the file's name; nil where there is no file.
  var ending: String? {
    switch self {
    case .text: "txt"
    case .json: "json"
    case .svg, .picture: "svg"
    case .copy: nil
    }
  }

  /// The key that takes it at once.
  var command: Command {
    switch self {
    case .text: .exportText
    case .json: .exportJSON
    case .svg: .exportSVG
    case .picture: .exportPicture
    case .copy: .exportCopy
    }
  }

  var words: String {
    switch self {
    case .text: "text file, copied as well"
    case .json: "JSON file, with every number"
    case .svg: "SVG file, a figure"
    case .picture: "SVG file, the screen as it is"
    case .copy: "copy the text, write no file"
    }
  }
}

/// What the view on the screen is about, and so what is written of it.
enum ExportSubject: Sendable {
  /// Why the item that is selected or searched for.
  case reasons
  /// Both sides of a comparison.
  case comparison
  /// The map of the items.
  case map
  /// The model as a whole.
  case diagnosis

  init(_ state: State) {
    switch state.fullView {
    case .map: self = .map
    case .diagnosis: self = .diagnosis
    case nil: self = state.pin == nil ? .reasons : .comparison
    }
  }

  /// What it is called in the list of formats.
  func title(_ scene: Scene) -> String {
    switch self {
    case .reasons: "why \(scene.why?.title ?? scene.explainedTitle)"
    case .comparison: "A and B side by side"
    case .map: "the map of the items"
    case .diagnosis: "the model as a whole"
    }
  }
}

extension Explorer {
  static func openExport(_ state: inout State, _ scene: Scene) {
    switch ExportSubject(state) {
    case .reasons, .comparison:
      guard scene.viewer != nil, scene.step?.recommendations.isEmpty == false else {
        state.toast = Toast("Nothing to write out: no viewer is looked at", role: .warning)
        return
      }
    case .map:
      guard scene.map?.plane != nil else {
        state.toast = Toast("The map is still being found; o writes it when it is there")
        return
      }
    case .diagnosis:
      guard scene.diagnosis?.report != nil else {
        state.toast = Toast("Nothing has been counted yet; o writes it when it has")
        return
      }
    }
    open(.export(Menu()), in: &state)
  }

  static func export(_ format: ExportFormat, _ next: inout Transition) {
    next.state.overlay = nil
    next.effects.append(.export(format))
  }
}
