/// How an explanation can be taken out of the explorer.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// Text of at most 100 columns, in a file and copied.
  case text
  /// Every number, for programs.
  case json
  /// A figure.
  case svg
  /// The text, copied only.
  case copy

  /// The ending of the file's name; nil where there is no file.
  var ending: String? {
    switch self {
    case .text: "txt"
    case .json: "json"
    case .svg: "svg"
    case .copy: nil
    }
  }

  /// The key that takes it at once.
  var command: Command {
    switch self {
    case .text: .exportText
    case .json: .exportJSON
    case .svg: .exportSVG
    case .copy: .exportCopy
    }
  }

  /// What it is for.
  var words: String {
    switch self {
    case .text: "text file, copied as well"
    case .json: "JSON file, with every number"
    case .svg: "SVG file, a figure"
    case .copy: "copy the text, write no file"
    }
  }
}

extension Explorer {
  static func openExport(_ state: inout State, _ scene: Scene) {
    guard scene.viewer != nil, scene.step?.recommendations.isEmpty == false else {
      state.toast = Toast("Nothing to write out: no viewer is looked at", role: .warning)
      return
    }
    open(.export(Menu()), in: &state)
  }

  static func export(_ format: ExportFormat, _ next: inout Transition) {
    next.state.overlay = nil
    next.effects.append(.export(format))
  }
}
