/// Everything that the picture on the screen depends on.
public struct State: Equatable, Sendable {
  /// The extent of the screen.
  public internal(set) var size: Size
  /// The pane that the keys go to.
  public internal(set) var focus: Pane = .history
  /// What stands beside the history on a screen of medium width: state or memory.
  public internal(set) var side: Pane = .memory
  /// Whether the pane of reasons is open.
  public internal(set) var showsWhy = false
  /// What lies on top of the panes.
  public internal(set) var overlay: Overlay?
  /// A short message, shown until the next key.
  public internal(set) var toast: Toast?
  /// Whether the explorer gets the mouse, or the terminal does.
  public internal(set) var takesMouse: Bool

  /// The state at the start.
  public init(size: Size, takesMouse: Bool = true) {
    self.size = size
    self.takesMouse = takesMouse
  }

  /// Where everything is.
  public var layout: Layout {
    Layout(size, Layout.Request(focus: focus, side: side, showsWhy: showsWhy))
  }

  /// What the keys go to.
  public var context: Context {
    if Layout.form(for: size) == .message { return .message }
    return overlay == nil ? .main : .menu
  }

  /// The panes in the order in which the focus goes through them.
  public var openPanes: [Pane] { Pane.allCases.filter { $0 != .why || showsWhy } }
}

/// Something that lies on top of the panes.
public enum Overlay: Equatable, Sendable {
  /// The list of keys.
  case help(Menu)
}

/// A list in which a word can be typed to leave only the rows that have it.
public struct Menu: Equatable, Sendable {
  /// What has been typed.
  public internal(set) var filter = TextField()
  /// The selected one among the rows that are left.
  public internal(set) var selection = 0
}

/// A short message in the place of the footer.
public struct Toast: Equatable, Sendable {
  /// What it says.
  public let text: String
  /// How it is meant: ordinary text, a warning or a failure.
  public let role: Role

  /// Makes a message.
  public init(_ text: String, role: Role = .text) {
    self.text = text
    self.role = role
  }
}
