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
  /// Moves the focus to a pane and selects a step, slot or item there.
  case select(Pane, Int)
  /// Turns the wheel over a pane.
  case turn(Pane, up: Bool)
  /// Goes to a tenth of the history.
  case jump(tenths: Int)
  /// Selects a row of the list on top and does what it says.
  case chooseRow(Int)
  /// Begins a tour of these stops.
  case tour([Tour.Stop])
  /// Time for the next step, while they go on by themselves.
  case tick
  /// The screen has another size now.
  case resize(Size)
  /// Selects something of the view in the place of the panes: a row, an item.
  case selectInView(Int)
  /// A click in that view, beside everything that can be selected.
  case clickInView(Point)
  /// Turns the wheel in that view.
  case turnInView(Point, up: Bool)
  /// Says what is new of the training run that is watched.
  case watch(WatchStatus)
  /// Shows a message until the next key.
  case show(Toast)
}

/// Something to be done outside of the state.
public enum Effect: Equatable, Sendable {
  /// Ends the program.
  case quit
  /// Sends the whole picture to the terminal again.
  case redraw
  /// Writes down what is kept between runs: the own users have changed.
  case keep
  /// Writes the view on the screen to a file, or copies it.
  case export(ExportFormat)
  /// Puts a text where the terminal keeps what has been copied.
  case copy(String)
}

extension Action {
  /// Whether it only puts a character after those typed, which needs no scene.
  package var isCharacter: Bool {
    if case .type(.character) = self { true } else { false }
  }
}
