import Explanation
import Text

extension Explorer {
  static func copy(_ next: inout Transition, _ scene: Scene) {
    let text = commandLine(next.state, scene)
    next.effects.append(.copy(text))
    next.state.toast = Toast("Copied: \(text)")
  }

  /// The words of the shell that lead to a state: model and data, what each view asks for, and the
  /// keys for what is not as at the start.
  static func commandLine(_ state: State, _ scene: Scene) -> String {
    var trail = Trail()
    for view in Views.all where view.openers.isEmpty {
      view.retrace(&trail, to: state, scene)
    }
    // The pane beside the history is the one that has had the focus last.
    if state.side == .gruState, state.focus != .gruState { trail.go(to: .gruState) }
    for view in Views.all where !view.openers.isEmpty { view.retrace(&trail, to: state, scene) }
    trail.go(to: state.focus)
    if let view = state.fullView?.view.commandLine(scene) {
      trail.options += view.options
      trail.keys += view.keys
    }
    var words = scene.model.command + trail.options
    if !trail.keys.isEmpty { words += ["--keys", trail.keys.joined(separator: ",")] }
    return words.map(shellWord).joined(separator: " ")
  }
}

/// Options of the command line, and keys pressed from a first start on.
struct Trail {
  var options: [String] = []
  var keys: [String] = []
  /// Where the keys have led, as far as the order of the panes depends on it.
  private var state = State(size: Size(columns: 0, rows: 0))

  mutating func press(_ command: Command, times: Int = 1, in context: Context = .main) {
    keys += Array(repeating: Bindings.key(command, in: context), count: times)
  }

  /// Selects a row so far below.
  mutating func down(_ count: Int) { press(.rowDown, times: count, in: .menu) }

  mutating func openWhy() {
    press(.why)
    // The reasons take the focus when they open.
    (state.showsWhy, state.focus) = (true, .why)
  }

  /// Moves the focus the shorter way.
  mutating func go(to pane: Pane) {
    let panes = state.openPanes
    guard let start = panes.firstIndex(of: state.focus), let end = panes.firstIndex(of: pane) else {
      return
    }
    let on = (end - start + panes.count) % panes.count
    let back = panes.count - on
    press(on <= back ? .focusNext : .focusPrevious, times: on == 0 ? 0 : min(on, back))
    state.focus = pane
  }

  mutating func type(_ text: String) {
    // A comma ends an item, and blanks around one do not count.
    guard text.contains(",") || text.first?.isWhitespace == true || text.last?.isWhitespace == true
    else { return keys.append("text=\(text)") }
    keys += text.map { KeyScript.name(of: .character($0)) }
  }
}
