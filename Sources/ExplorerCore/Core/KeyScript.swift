import Text

/// Keys written as text: `Right,Right,w`.
///
/// Items stand between commas. An item is one character, a name as `tmux send-keys` has it (`Left`,
/// `PageDown`, `Escape`, `Space`, `Comma`, `F1`, `C-l`, `S-Left` …), `text=…` for characters one
/// after the other, `Click@12:5`, `WheelUp@12:5` or `WheelDown@12:5` for the mouse at a column and
/// row counted from 0, or `Resize@80x24`.
public enum KeyScript {
  /// Reads a script; blanks around an item do not count, and an empty script has no keys.
  public static func parse(_ text: String) throws(UserError) -> [Key] {
    guard !text.allSatisfy(\.isWhitespace) else { return [] }
    var keys: [Key] = []
    for (index, item) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      keys += try self.keys(of: trimmed(item), number: index + 1)
    }
    return keys
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

  /// A key as a script has it.
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
