import Text

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

/// What is written of a view.
struct ViewExport {
  /// Throws if a number is not finite and the format has no word for that.
  typealias Document = (SceneCache) throws(UserError) -> String?

  /// What it is called in the list of formats.
  let title: String
  /// Words of the file's name, after that of the data.
  let name: [String]
  /// The same, where documents have another name than pictures of the screen.
  var documentName: ((SceneCache) -> [String])?
  /// Why nothing can be written yet.
  var refusal: Toast?
  /// The text; nil for that of the screen.
  var text: Document?
  var json: Document?
  /// The figure; nil for the screen as a drawing.
  var svg: Document?

  /// What is said where nobody is looked at.
  static var withoutUser: ViewExport {
    ViewExport(
      title: "", name: [],
      refusal: Toast("Nothing to write: no {user} is open", role: .warning))
  }
}

extension Context {
  /// The formats in which the view can be written.
  static let export = Context("export", "writing out")
}

extension Command {
  static let export = Command("export")
  static let exportText = Command("export-text")
  static let exportJSON = Command("export-json")
  static let exportSVG = Command("export-svg")
  static let exportPicture = Command("export-picture")
  static let exportCopy = Command("export-copy")
}

/// Writing out the view on the screen, whichever it is.
enum ExportView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["o"], .export, in: [.main, .edit], "write out",
      "Write this view to a file: text, JSON or SVG.",
      when: { $1.user != nil || $0.fullView != nil },
      does: { Explorer.openExport(&$1.state, $2) }),
    format(["t"], .text, "text", "Write the view as text, and copy it."),
    format(["j"], .json, "JSON", "Write its numbers as JSON."),
    format(["s"], .svg, "SVG", "Write it as a figure."),
    format(["p"], .picture, "picture", "Write this screen, in its colours, as a drawing."),
    format(["y", "c"], .copy, "copy", "Copy the view as text and write nothing."),
  ]

  private static func format(
    _ keys: [Key], _ format: ExportFormat, _ title: String, _ help: String
  ) -> Binding {
    Binding(
      keys, format.command, in: [.export], title, help, footer: false,
      does: { _, next, _ in Explorer.export(format, &next) })
  }

  /// What is written of the view on the screen.
  static func subject(_ state: State, _ scene: Scene) -> ViewExport {
    if let view = state.fullView?.view { return view.export(scene) }
    return state.pin == nil ? WhyPane.export(state, scene) : CompareView.export(state, scene)
  }
}

extension Explorer {
  static func openExport(_ state: inout State, _ scene: Scene) {
    if let refusal = ExportView.subject(state, scene).refusal {
      state.toast = refusal
    } else {
      open(ExportMenu(), in: &state)
    }
  }

  static func export(_ format: ExportFormat, _ next: inout Transition) {
    next.state.overlay = nil
    next.effects.append(.export(format))
  }
}

extension SceneCache {
  /// The view on the screen in a format, and a telling name for its file without ending; nil where
  /// there is nothing to write.
  ///
  /// Where a view has no text of its own it is that of the screen.
  ///
  /// - Throws: if a number is not finite and the format has no word for that.
  package func export(
    of state: State, as format: ExportFormat, glyphs: Glyphs
  ) throws(UserError) -> (text: String, name: String)? {
    var state = state
    // The list of formats is no part of the view.
    (state.overlay, state.toast) = (nil, nil)
    let scene = scene(for: state)
    let subject = ExportView.subject(state, scene)
    guard subject.refusal == nil else { return nil }
    var screen: Canvas { Explorer.render(state, scene, glyphs: glyphs).canvas }
    let text: String? =
      switch format {
      case .text, .copy: try subject.text?(self) ?? screen.text
      case .json: try subject.json?(self)
      case .svg: try subject.svg?(self) ?? screen.svg(state.theme)
      case .picture: screen.svg(state.theme)
      }
    let data = model.dataName.isEmpty ? model.name : model.dataName
    let name = format == .picture ? subject.name : subject.documentName?(self) ?? subject.name
    return text.map { ($0, ExplanationFile.name([data] + name)) }
  }
}
