import AtomicFiles
import Glibc
import Text

/// How the view on the screen can be taken out of the explorer.
public enum ExportFormat: String, CaseIterable, Sendable {
  case text
  case json
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

struct ViewExport {
  /// Throws if a number is not finite and the format has no word for that.
  typealias Document = (SceneCache) throws(UserError) -> String?

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
  /// The figure.
  var svg: Document?

  static var withoutUser: ViewExport {
    ViewExport(
      title: "", name: [],
      refusal: Toast("Nothing to write: no {user} is open", role: .warning))
  }
}

extension Context {
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
    if format == .text || format == .copy { state.hasColors = false }
    let scene = scene(for: state)
    let subject = ExportView.subject(state, scene)
    guard subject.refusal == nil else { return nil }
    var screen: Canvas { Explorer.render(state, scene, glyphs: glyphs).canvas }
    let text: String? =
      switch format {
      case .text, .copy: try subject.text?(self) ?? screen.text
      case .json: try subject.json?(self)
      case .svg: try subject.svg?(self)
      case .picture: screen.svg(state.theme)
      }
    let data = model.dataName.isEmpty ? model.name : model.dataName
    let name = format == .picture ? subject.name : subject.documentName?(self) ?? subject.name
    return text.map { ($0, ExplanationFile.name([data] + name)) }
  }
}

struct ExportMenu: ListOverlay {
  var menu = Menu()

  var context: Context { .export }
  var countsRows: Bool { false }
  func hint(_ state: State, _ scene: Scene) -> String { ExportView.subject(state, scene).title }
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    "Write out"
  }
  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] { [] }
  func area(on layout: Layout) -> Rect {
    Layout.area(columns: 56, rows: ExportFormat.allCases.count + 3, on: layout.size)
  }

  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs)
    -> [ExportFormat]
  {
    ExportFormat.allCases
  }

  func table(
    _ rows: [ExportFormat], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let key = Table.Column(.fixed(2)) { row, _ in
      let key = Bindings.of(.export).first { $0.command == rows[row].command }?.keys.first
      return .text(key?.label(glyphs) ?? "", Style(.key))
    }
    let words = Table.Column(.flexible()) { row, _ in .text(rows[row].words) }
    return Table([.mark, key, words], width: width)
  }

  func choose(_ row: ExportFormat, on next: inout Explorer.Transition, _ scene: Scene) {
    Explorer.export(row, &next)
  }
}

package enum ExplanationFile {
  /// The words joined into a name that every file system takes: letters, digits, dots, dashes.
  static func name(_ words: [String]) -> String {
    let parts = words.map { word in
      String(
        word.unicodeScalars.prefix(40).map { scalar in
          let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          return isPlain || "._-".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
        })
    }
    let joined = parts.joined(separator: "-")
    // A name with a dot first is hidden, and `.` and `..` are no names.
    return joined.hasPrefix(".") ? "-" + joined.dropFirst() : joined
  }

  /// Writes a text beside the other files of a folder, never over one that is there.
  ///
  /// - Returns: the file's name in the folder, with a number where the name was taken.
  package static func write(
    _ text: String, named name: String, as format: ExportFormat, in folder: String = "."
  ) throws(DataError) -> String {
    let ending = format.ending.map { ".\($0)" } ?? ""
    var file = name + ending
    var number = 2
    var status = stat()
    while lstat(folder + "/" + file, &status) == 0 {
      file = "\(name)-\(number)\(ending)"
      number += 1
    }
    try writeAtomically(text, to: folder == "." ? file : folder + "/" + file)
    return file
  }
}
