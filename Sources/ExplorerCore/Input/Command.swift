/// Something that the explorer can be told to do without further words.
///
/// The raw value is the name by which settings and documentation know it.
public enum Command: String, CaseIterable, Sendable {
  /// Leave.
  case quit
  /// Show the keys.
  case help
  /// Open or close the pane of reasons.
  case why
  /// Move the focus to the pane after this one.
  case focusNext = "focus-next"
  /// Move the focus to the pane before this one.
  case focusPrevious = "focus-previous"
  /// Give the mouse back to the terminal, or take it again.
  case toggleMouse = "toggle-mouse"
  /// Draw the whole screen again.
  case redraw
  /// Close what lies on top.
  case close
  /// Select the row above.
  case rowUp = "row-up"
  /// Select the row below.
  case rowDown = "row-down"
  /// Go a screen of rows up.
  case pageUp = "page-up"
  /// Go a screen of rows down.
  case pageDown = "page-down"
  /// Select the first row.
  case firstRow = "first-row"
  /// Select the last row.
  case lastRow = "last-row"
  /// Do what the selected row says.
  case choose
}
