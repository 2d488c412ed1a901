/// Something that a person does at the terminal.
public enum Key: Hashable, Sendable {
  /// A character typed, the space among them.
  case character(Character)
  /// A letter typed with Ctrl, in lower case.
  case control(Character)
  /// An arrow.
  case up
  /// An arrow.
  case down
  /// An arrow.
  case left
  /// An arrow.
  case right
  /// An arrow with Shift.
  case shiftUp
  /// An arrow with Shift.
  case shiftDown
  /// An arrow with Shift.
  case shiftLeft
  /// An arrow with Shift.
  case shiftRight
  /// To the first.
  case home
  /// To the last.
  case end
  /// One screen back.
  case pageUp
  /// One screen on.
  case pageDown
  /// The return key.
  case enter
  /// The escape key alone.
  case escape
  /// The tabulator key.
  case tab
  /// The tabulator key with Shift.
  case backTab
  /// Deletes to the left.
  case backspace
  /// Deletes to the right.
  case delete
  /// F1, F2, …
  case function(Int)
  /// The left mouse button went down.
  case click(Point)
  /// The wheel was turned away from the person.
  case wheelUp(Point)
  /// The wheel was turned towards the person.
  case wheelDown(Point)
  /// The terminal has another size now.
  case resize(Size)
}

extension Key: ExpressibleByExtendedGraphemeClusterLiteral {
  /// A character typed.
  public init(extendedGraphemeClusterLiteral character: Character) { self = .character(character) }
}

extension Key {
  /// How the key is written in the footer and in the help.
  package func label(_ glyphs: Glyphs) -> String {
    switch self {
    case .left: glyphs.arrows[0]
    case .right: glyphs.arrows[1]
    case .up: glyphs.arrows[2]
    case .down: glyphs.arrows[3]
    case .shiftLeft: "Shift-" + glyphs.arrows[0]
    case .shiftRight: "Shift-" + glyphs.arrows[1]
    case .shiftUp: "Shift-" + glyphs.arrows[2]
    case .shiftDown: "Shift-" + glyphs.arrows[3]
    case .character(" "): "space"
    case .character(let character): String(character)
    case .control(let letter): "^" + letter.uppercased()
    case .escape: "Esc"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .backTab: "Shift-Tab"
    case .backspace: "Backspace"
    case .function(let number): "F\(number)"
    case .click: "click"
    case .wheelUp, .wheelDown: "wheel"
    case .resize: "resize"
    case .home, .end, .enter, .tab, .delete:
      Key.names.first { $0.key == self }?.name ?? ""
    }
  }

  /// Names of keys in scripts, as `tmux send-keys` has them; the first for a key is the usual one.
  static let names: [(name: String, key: Key)] = [
    ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right),
    ("S-Up", .shiftUp), ("S-Down", .shiftDown), ("S-Left", .shiftLeft), ("S-Right", .shiftRight),
    ("Shift-Up", .shiftUp), ("Shift-Down", .shiftDown), ("Shift-Left", .shiftLeft),
    ("Shift-Right", .shiftRight), ("Shift-Tab", .backTab),
    ("Home", .home), ("End", .end),
    ("PageUp", .pageUp), ("PgUp", .pageUp), ("PPage", .pageUp),
    ("PageDown", .pageDown), ("PgDn", .pageDown), ("NPage", .pageDown),
    ("Enter", .enter), ("Escape", .escape), ("Esc", .escape), ("Tab", .tab), ("BTab", .backTab),
    ("BSpace", .backspace), ("Backspace", .backspace), ("Delete", .delete), ("DC", .delete),
    ("Space", .character(" ")), ("Comma", .character(",")),
  ]
}
