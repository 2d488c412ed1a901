import CNcurses
import ExplorerCore

extension CursesTerminal {
  /// All keys that have arrived; does not wait.
  func readKeys() -> [Key] {
    var keys: [Key] = []
    while let code = readCode() {
      switch code {
      case .character(27): keys += keysAfterEscape()
      case .character(let value): if let key = CursesTerminal.typed(value) { keys.append(key) }
      case .key(KEY_MOUSE): if let key = mouseKey() { keys.append(key) }
      case .key(KEY_RESIZE):
        forgetScreen()
        keys.append(.resize(size))
      case .key(let value): if let key = CursesTerminal.named(value) { keys.append(key) }
      }
    }
    return keys
  }

  private enum Code {
    case character(UInt32)
    case key(Int32)
  }

  private func readCode() -> Code? {
    var value: wint_t = 0
    switch wget_wch(window, &value) {
    case OK: return .character(value)
    case KEY_CODE_YES: return .key(Int32(bitPattern: value))
    default: return nil
    }
  }

  /// The escape key, and what was typed after it; sequences that curses does not know are passed
  /// over, so that their letters do not act as keys.
  private func keysAfterEscape() -> [Key] {
    guard let next = readCode() else { return [.escape] }
    switch next {
    case .character(let value) where value == 0x5B || value == 0x4F:
      while case .character(let part) = readCode(), !(0x40...0x7E).contains(part) {}
      return []
    case .character(27): return [.escape] + keysAfterEscape()
    case .character(let value): return [.escape] + (CursesTerminal.typed(value).map { [$0] } ?? [])
    case .key(let value): return [.escape] + (CursesTerminal.named(value).map { [$0] } ?? [])
    }
  }

  private func mouseKey() -> Key? {
    var event = MEVENT()
    guard getmouse(&event) == OK else { return nil }
    let place = Point(column: Int(event.x), row: Int(event.y))
    if event.bstate & KSR_BUTTON1_PRESSED != 0 { return .click(place) }
    if event.bstate & KSR_BUTTON4_PRESSED != 0 { return .wheelUp(place) }
    if event.bstate & KSR_BUTTON5_PRESSED != 0 { return .wheelDown(place) }
    return nil
  }

  static func typed(_ value: UInt32) -> Key? {
    switch value {
    case 8, 127: return .backspace
    case 9: return .tab
    case 10, 13: return .enter
    case 1...26: return Unicode.Scalar(value + 96).map { .control(Character($0)) }
    case 0..<32: return nil
    default: return Unicode.Scalar(value).map { .character(Character($0)) }
    }
  }

  /// The key for one of curses's own codes.
  static func named(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP: return .up
    case KEY_DOWN: return .down
    case KEY_LEFT: return .left
    case KEY_RIGHT: return .right
    case KEY_SR: return .shiftUp
    case KEY_SF: return .shiftDown
    case KEY_SLEFT: return .shiftLeft
    case KEY_SRIGHT: return .shiftRight
    case KEY_HOME, KEY_FIND: return .home
    case KEY_END, KEY_LL, KEY_SELECT: return .end
    case KEY_PPAGE: return .pageUp
    case KEY_NPAGE: return .pageDown
    case KEY_ENTER: return .enter
    case KEY_BTAB: return .backTab
    case KEY_BACKSPACE: return .backspace
    case KEY_DC: return .delete
    default:
      let number = Int(ksr_function_key(code))
      return number > 0 ? .function(number) : nil
    }
  }
}
