/// Something that changes the state.
public enum Action: Equatable, Sendable {
  case command(Command)
  case type(Key)
  case unknown(Key)
  case focus(Pane)
  /// Moves the focus to a pane and selects a step, slot or item there.
  case select(Pane, Int)
  case turn(Pane, up: Bool)
  case jump(tenths: Int)
  /// Selects a row of the list on top and does what it says.
  case chooseRow(Int)
  case tour([Tour.Stop])
  /// Time for the next step, while they go on by themselves.
  case tick
  case resize(Size)
  /// Selects something of the view in the place of the panes: a row, an item.
  case selectInView(Int)
  /// A click in that view, beside everything that can be selected.
  case clickInView(Point)
  case turnInView(Point, up: Bool)
  case watch(WatchStatus)
  case show(Toast)
}

/// Something to be done outside of the state.
public enum Effect: Equatable, Sendable {
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

extension Explorer {
  /// What a key means in a state; the frame says what a click has hit.
  public static func action(for key: Key, in state: State, frame: Frame) -> Action? {
    switch key {
    case .resize(let size): return .resize(size)
    case .click(let place):
      if let action = frame.action(at: place) { return action }
      return state.isInFullView ? .clickInView(place) : nil
    case .wheelUp(let place), .wheelDown(let place):
      if state.menu != nil || state.context == .card {
        return .command(key.isWheelUp ? .rowUp : .rowDown)
      }
      if state.isInFullView { return .turnInView(place, up: key.isWheelUp) }
      guard state.overlay == nil else { return nil }
      return state.layout.panes.first { $0.body.contains(place) }
        .map { .turn($0.pane, up: key.isWheelUp) }
    default: break
    }
    if let command = Bindings.command(for: key, in: state.context) {
      if command == .jump, case .character(let digit) = key, let tenths = digit.wholeNumberValue {
        return .jump(tenths: tenths)
      }
      return .command(command)
    }
    return switch state.context.unbound {
    case .typed: .type(key)
    case .named: .unknown(key)
    case .does(let command): .command(command)
    case .nothing: nil
    }
  }

  /// Does what a list of keys says, one after the other, and stops where one of them ends the
  /// program.
  public static func run(
    _ keys: [Key], from state: State, with cache: SceneCache, glyphs: Glyphs
  ) -> Transition {
    var last = Transition(state: state)
    var scene = cache.scene(for: last.state)
    var frame = render(last.state, scene, glyphs: glyphs)
    for key in keys {
      // What rows are ordered by is waited for: the same keys lead to the same place.
      while last.state.showsWhy, cache.work(for: last.state, on: WhyPane.self) {}
      // Text that is pasted is filtered by once.
      if action(for: key, in: last.state, frame: frame)?.isCharacter != true {
        scene = cache.scene(for: last.state)
        frame = render(last.state, scene, glyphs: glyphs)
      }
      guard let action = action(for: key, in: last.state, frame: frame) else { continue }
      last = reduce(last.state, action, in: scene)
      if last.state.awaitsTour {
        last = reduce(last.state, .tour(cache.tour()), in: scene)
      }
      if last.effects.contains(.quit) { break }
    }
    return last
  }
}

extension Key {
  var isWheelUp: Bool { if case .wheelUp = self { true } else { false } }
}
