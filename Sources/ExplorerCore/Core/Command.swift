/// Something that the explorer can be told to do without further words.
///
/// What it does stands in its bindings; each view names its own commands in its folder.
public struct Command: Hashable, Sendable {
  /// The name by which the palette finds it.
  package let rawValue: String

  init(_ name: String) { rawValue = name }
}

extension Command {
  package static let quit = Command("quit")
  static let help = Command("help")
  static let palette = Command("palette")
  static let plainWords = Command("plain-words")
  static let nextTheme = Command("next-theme")
  static let toggleMouse = Command("toggle-mouse")
  static let redraw = Command("redraw")
  static let copy = Command("copy")
  /// Closes what is open, or goes up to the list of users.
  static let back = Command("back")
  static let focusNext = Command("focus-next")
  static let focusPrevious = Command("focus-previous")

  // Rows of the pane, list or card that the keys go to.
  static let rowUp = Command("row-up")
  static let rowDown = Command("row-down")
  static let pageUp = Command("page-up")
  static let pageDown = Command("page-down")
  static let firstRow = Command("first-row")
  static let lastRow = Command("last-row")
  /// Does what the selected row says.
  static let choose = Command("choose")
  /// Closes what lies on top.
  static let close = Command("close")
  static let sort = Command("sort")

  // Steps of the history.
  static let stepForward = Command("step-forward")
  static let stepBack = Command("step-back")
  static let firstStep = Command("first-step")
  static let lastStep = Command("last-step")
  static let skipForward = Command("skip-forward")
  static let skipBack = Command("skip-back")
  /// Goes to a tenth of the history, by the digit typed.
  static let jump = Command("jump")
  /// Goes to the next step at which another slot is read most.
  static let nextChange = Command("next-change")
  static let previousChange = Command("previous-change")
  static let play = Command("play")
  static let faster = Command("faster")
  static let slower = Command("slower")
}
