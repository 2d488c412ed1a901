import CNcurses
import ExplorerCore
import Foundation
import Glibc

extension CursesTerminal {
  /// Makes the terminal show a picture; only rows that differ from what it shows are written.
  func show(_ canvas: Canvas) {
    for index in 0..<min(canvas.size.rows, size.rows) {
      if let shown, shown.size == canvas.size, shown.row(index) == canvas.row(index) { continue }
      write(canvas.row(index), row: Int32(index))
    }
    shown = canvas
    wrefresh(window)
  }

  /// Makes the next picture be sent whole, whatever the terminal shows.
  func forgetScreen() {
    shown = nil
    clearok(window, true)
  }

  /// Asks the terminal to keep a text as copied (OSC 52); what it does with it is its own choice.
  func copy(_ text: String) {
    let sequence = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}"
    sequence.withCString { bytes in
      var rest = bytes
      var left = strlen(bytes)
      while left > 0 {
        let count = Glibc.write(output, rest, left)
        guard count > 0 else { return }
        rest += count
        left -= count
      }
    }
  }

  private func write(_ cells: ArraySlice<Cell>, row: Int32) {
    var line: [cchar_t] = []
    line.reserveCapacity(cells.count)
    var style = Style()
    var look = theme.look(of: style)
    for cell in cells where cell.width > 0 {
      if cell.style != style {
        style = cell.style
        look = theme.look(of: style)
      }
      append(cell, look, to: &line)
    }
    mvwadd_wchnstr(window, row, 0, line, Int32(line.count))
  }

  /// Adds a cell as curses knows it.
  ///
  /// Where the C library sees another width than we do, question marks keep the rest of the row in
  /// place.
  private func append(_ cell: Cell, _ look: Theme.Look, to line: inout [cchar_t]) {
    let attributes = colors.attributes(of: look)
    var pair = colors.pair(for: look)
    var scalars = cell.scalars.map { wchar_t(bitPattern: $0.value) }
    let isAsKnown = cell.base.isASCII || (sendsUnicode && wcwidth(scalars[0]) == cell.width)
    var repeats = 1
    if !isAsKnown {
      scalars = [wchar_t(UInt8(ascii: "?"))]
      repeats = Int(cell.width)
    }
    scalars.append(0)
    var result = cchar_t()
    setcchar(&result, scalars, attributes, 0, &pair)
    for _ in 0..<repeats { line.append(result) }
  }
}

/// The pairs of colours that curses has been told about.
@MainActor
struct CursesColors {
  let depth: ColorDepth
  private var pairs: [Theme.Look: Int32] = [:]
  private var count: Int32 = 1

  /// Finds out what the terminal can do; without colours wanted, it can do none.
  init(wanted: Bool) {
    guard wanted, has_colors(), start_color() == OK else {
      depth = .mono
      return
    }
    use_default_colors()
    depth = ColorDepth(colors: Int(ksr_colors()))
  }

  /// The pair for a look, made when it is first needed; 0 where there are no colours or no more
  /// pairs.
  mutating func pair(for look: Theme.Look) -> Int32 {
    let key = Theme.Look(look.foreground, on: look.background)
    if let pair = pairs[key] { return pair }
    let foreground = look.foreground.index(at: depth)
    let background = look.background.index(at: depth)
    guard foreground != nil || background != nil, count < ksr_color_pairs(),
      init_extended_pair(count, foreground ?? -1, background ?? -1) == OK
    else {
      pairs[key] = 0
      return 0
    }
    pairs[key] = count
    count += 1
    return count - 1
  }

  /// The attributes of a look; bright colours become bold where a terminal has only eight.
  func attributes(of look: Theme.Look) -> attr_t {
    var result: attr_t = 0
    if look.emphasis.contains(.bold) { result |= KSR_A_BOLD }
    if look.emphasis.contains(.dim) { result |= KSR_A_DIM }
    if look.emphasis.contains(.underline) { result |= KSR_A_UNDERLINE }
    if look.emphasis.contains(.reverse) { result |= KSR_A_REVERSE }
    if depth == .eight, case .named(8...) = look.foreground { result |= KSR_A_BOLD }
    return result
  }
}
