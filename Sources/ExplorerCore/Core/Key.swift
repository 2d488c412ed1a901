import Text

/// Something that a person does at the terminal.
public enum Key: Hashable, Sendable {
  /// A character typed, the space among them.
  case character(Character)
  /// A letter typed with Ctrl, in lower case.
  case control(Character)
  case up, down, left, right
  case shiftUp, shiftDown, shiftLeft, shiftRight
  case home, end, pageUp, pageDown
  case enter, escape, tab, backTab, backspace, delete
  /// F1, F2, …
  case function(Int)
  /// The left mouse button went down.
  case click(Point)
  case wheelUp(Point)
  case wheelDown(Point)
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

/// Keys written as text: `Right,Right,w`.
///
/// Items stand between commas. An item is one character, a name as `tmux send-keys` has it (`Left`,
/// `PageDown`, `Escape`, `Space`, `Comma`, `F1`, `C-l`, `S-Left` …), `text=…` for characters one
/// after the other, `Click@12:5`, `WheelUp@12:5` or `WheelDown@12:5` for the mouse at a column and
/// row counted from 0, or `Resize@80x24`. In a recording `wait=1.5` stays for so many seconds.
public enum KeyScript {
  package enum Item: Hashable, Sendable {
    /// A key, and how long a recording shows what it did.
    case key(Key, milliseconds: Int)
    case wait(milliseconds: Int)
  }

  /// How long a recording shows a picture if the script does not say, in milliseconds.
  package static let (pause, typing) = (1000, 120)

  /// Reads a script without waits; blanks around an item do not count, and an empty script has no keys.
  public static func parse(_ text: String) throws(UserError) -> [Key] {
    try items(text).map { item throws(UserError) in
      if case .key(let key, _) = item { return key }
      throw UserError("wait=… is for a recording (--record); without one, leave it out.")
    }
  }

  /// Reads a script for a recording.
  package static func items(_ text: String) throws(UserError) -> [Item] {
    guard !text.allSatisfy(\.isWhitespace) else { return [] }
    var items: [Item] = []
    for (index, item) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      let (item, number) = (trimmed(item), index + 1)
      if item.hasPrefix("wait=") {
        items.append(.wait(milliseconds: try milliseconds(item.dropFirst(5), number: number)))
      } else {
        let keys = try self.keys(of: item, number: number)
        let isTyped = item.hasPrefix("text=")
        items += keys.map { .key($0, milliseconds: isTyped ? typing : pause) }
      }
    }
    return items
  }

  /// Reads seconds, from 0 to an hour.
  private static func milliseconds(_ text: Substring, number: Int) throws(UserError) -> Int {
    guard let seconds = Double(text), (0...3600).contains(seconds) else {
      throw UserError(
        "Key \(number), \"wait=\(text)\": expected seconds from 0 to 3600, as in wait=1.5.")
    }
    return Int((seconds * 1000).rounded())
  }

  private static func keys(of item: Substring, number: Int) throws(UserError) -> [Key] {
    guard let first = item.first else {
      throw UserError(
        "Key \(number) is empty. Items stand between single commas; a comma itself is"
          + " written Comma, a blank Space.")
    }
    if item.dropFirst().isEmpty { return [.character(first)] }
    if item.hasPrefix("text=") { return item.dropFirst(5).map { .character($0) } }
    if let key = named(item) ?? control(item) ?? function(item) ?? placed(item) { return [key] }
    throw UserError(
      "Key \(number), \"\(item)\", is not a key. Write single characters, names such"
        + " as Left, PageDown, Enter, Escape, Space, Comma, F1, C-l, or text=\(item) to type that.")
  }

  static func name(of key: Key) -> String {
    if let named = Key.names.first(where: { $0.key == key }) { return named.name }
    return switch key {
    case .control(let letter): "C-\(letter)"
    default: key.label(.ascii)
    }
  }

  private static func named(_ item: Substring) -> Key? {
    let wanted = item.lowercased()
    return Key.names.first { $0.name.lowercased() == wanted }?.key
  }

  private static func control(_ item: Substring) -> Key? {
    let isControl = item.hasPrefix("C-") || item.hasPrefix("c-") || item.hasPrefix("^")
    guard isControl, let letter = item.last, letter.isASCII, letter.isLetter,
      item.count == (item.hasPrefix("^") ? 2 : 3)
    else { return nil }
    // Terminals send the same for these as for the keys of that name.
    switch letter.lowercased() {
    case "i": return .tab
    case "m", "j": return .enter
    case "h": return .backspace
    case let lower: return lower.first.map { .control($0) }
    }
  }

  private static func function(_ item: Substring) -> Key? {
    guard item.hasPrefix("F") || item.hasPrefix("f"), let number = Int(item.dropFirst()),
      (1...12).contains(number)
    else { return nil }
    return .function(number)
  }

  private static func placed(_ item: Substring) -> Key? {
    let parts = item.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let kind = parts[0].lowercased()
    if kind == "resize" { return Size(parts[1]).map { .resize($0) } }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard numbers.count == 2, let column = Int(numbers[0]), let row = Int(numbers[1]),
      column >= 0, row >= 0
    else { return nil }
    let place = Point(column: column, row: row)
    switch kind {
    case "click": return .click(place)
    case "wheelup": return .wheelUp(place)
    case "wheeldown": return .wheelDown(place)
    default: return nil
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var rest = text.drop(while: \.isWhitespace)
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }
}
