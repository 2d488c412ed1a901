/// Something that changes the state.
public enum Action: Equatable, Sendable {
  /// Does what a key, a click or the help said.
  case command(Command)
  /// A key to type into the list on top.
  case type(Key)
  /// A key that means nothing here.
  case unknown(Key)
  /// Moves the focus to a pane.
  case focus(Pane)
  /// Selects a row of the list on top and does what it says.
  case chooseRow(Int)
  /// The screen has another size now.
  case resize(Size)
  /// Shows a message until the next key.
  case show(Toast)
}

/// Something to be done outside of the state.
public enum Effect: Equatable, Sendable {
  /// Ends the program.
  case quit
  /// Sends the whole picture to the terminal again.
  case redraw
}
