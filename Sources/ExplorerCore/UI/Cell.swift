/// What a cell means; a ``Theme`` says what that looks like.
package enum Role: UInt8, CaseIterable, Sendable {
  case text
  /// Text of less weight: hints, things not seen by the model, fitted ranks.
  case muted
  case title
  case border
  case focus
  case key
  /// The step, row or item that is selected.
  case selection
  case match
  /// A bar that has no sign: attention, gates, probabilities.
  case bar
  /// A contribution that raises the score.
  case positive
  /// A contribution that lowers the score.
  case negative
  case train
  case valid
  case test
  case truth
  case warning
  /// Something that went wrong.
  case failure
  /// The lowest of five shades of a heat map.
  case heat1
  /// The second of five shades.
  case heat2
  case heat3
  case heat4
  /// The highest of five shades.
  case heat5

  /// The shades from the lowest to the highest.
  static let shades: [Role] = [.heat1, .heat2, .heat3, .heat4, .heat5]

  /// The shade for a value between 0 and 1; what is not a number has the lowest.
  package static func heat(_ value: Double) -> Role {
    guard value > 0 else { return .heat1 }
    return shades[min(4, Int(min(value, 1) * 5))]
  }
}

/// How a cell looks: a role and, where needed, more stress than the role has by itself.
package struct Style: Hashable, Sendable {
  package var role: Role
  /// Stress added to that of the role.
  package var emphasis: Emphasis

  package init(_ role: Role = .text, _ emphasis: Emphasis = []) {
    self.role = role
    self.emphasis = emphasis
  }
}

/// Stress that every terminal can show without colour.
package struct Emphasis: OptionSet, Hashable, Sendable {
  /// One bit for each kind of stress.
  package let rawValue: UInt8

  /// Makes a set from its bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Emphasis(rawValue: 1)
  package static let dim = Emphasis(rawValue: 2)
  package static let underline = Emphasis(rawValue: 4)
  package static let reverse = Emphasis(rawValue: 8)
}

/// One cell of the screen: a character, how it looks, and how many columns it covers.
package struct Cell: Hashable, Sendable {
  package let base: Unicode.Scalar
  /// Up to four combining scalars on top of it; 0 where there is none.
  package private(set) var marks: SIMD4<UInt32>
  /// 1 or 2; 0 for the cell covered by the right half of the wide character before it.
  package let width: UInt8
  package var style: Style

  package init(_ base: Unicode.Scalar, width: UInt8 = 1, style: Style = Style()) {
    self.base = base
    self.marks = SIMD4(repeating: 0)
    self.width = width
    self.style = style
  }

  package static func blank(_ style: Style = Style()) -> Cell { Cell(" ", style: style) }

  /// The cell behind the left half of a wide character.
  static func covered(_ style: Style) -> Cell { Cell(" ", width: 0, style: style) }

  /// Adds a combining scalar; a fifth one is dropped, as terminals do.
  mutating func attach(_ mark: Unicode.Scalar) {
    for lane in 0..<4 where marks[lane] == 0 {
      marks[lane] = mark.value
      return
    }
  }

  /// The scalars to send to the terminal, none for a covered cell.
  package var scalars: [Unicode.Scalar] {
    guard width > 0 else { return [] }
    var result = [base]
    for lane in 0..<4 {
      guard marks[lane] != 0, let mark = Unicode.Scalar(marks[lane]) else { break }
      result.append(mark)
    }
    return result
  }
}

/// Takes a text apart into what each cell shows, from left to right.
///
/// Nothing that a text holds may reach the terminal as a command: control characters become
/// visible signs, and invisible formatting, above all the marks that turn the direction of the
/// rest of the line, is left out. Joined emoji are shown side by side and skin tones are left out,
/// because terminals do not agree on their width.
func forEachCell(of text: some StringProtocol, _ body: (Cell) -> Void) {
  var pending: Cell?
  for scalar in text.unicodeScalars {
    if scalar.value >= 0x20 && scalar.value < 0x7F {
      if let cell = pending { body(cell) }
      pending = Cell(scalar)
      continue
    }
    let shown = visible(scalar)
    let columns = TextWidth.columns(of: shown)
    if columns > 0 {
      if (0x1F3FB...0x1F3FF).contains(shown.value), pending?.width == 2 { continue }
      if let cell = pending { body(cell) }
      pending = Cell(shown, width: UInt8(columns))
    } else if isMark(shown) {
      // A mark without anything before it gets a space to stand on.
      if pending == nil { pending = Cell(" ") }
      pending?.attach(shown)
    }
  }
  if let cell = pending { body(cell) }
}

/// The scalar itself, or the sign that stands for one which must not be sent.
private func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar.value {
  case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
  case 0x7F: return "\u{2421}"
  case 0x80..<0xA0, 0x2028, 0x2029: return "\u{FFFD}"
  case 0xA0, 0xAD: return scalar.value == 0xA0 ? " " : "-"
  case 0..<0x300: return scalar
  default: break
  }
  switch scalar.properties.generalCategory {
  case .unassigned, .surrogate: return "\u{FFFD}"
  default: return scalar
  }
}

/// Whether a scalar of no width is something to see; variation selectors are not.
private func isMark(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x34F, 0x180B...0x180F: return false
  default: break
  }
  return scalar.properties.generalCategory != .format
}
