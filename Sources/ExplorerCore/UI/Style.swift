/// What a cell means; a ``Theme`` says what that looks like.
package enum Role: UInt8, CaseIterable, Sendable {
  case text
  /// Text of less weight: hints, things not seen by the model, fitted ranks.
  case muted
  case title
  /// Lines between panes.
  case border
  /// The name of the pane that has the focus.
  case focus
  /// A key in the footer and in the help.
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
  /// A step of the training part.
  case train
  /// A step of the validation part.
  case valid
  /// A step of the test part.
  case test
  /// The item that came next.
  case truth
  /// Something to be careful about.
  case warning
  /// Something that went wrong.
  case failure
  /// The weakest of five shades of a heat map.
  case heat1
  /// The second of five shades.
  case heat2
  /// The third of five shades.
  case heat3
  /// The fourth of five shades.
  case heat4
  /// The strongest of five shades.
  case heat5

  /// The shade for a value between 0 and 1; what is not a number has the weakest.
  package static func heat(_ value: Double) -> Role {
    let shades: [Role] = [.heat1, .heat2, .heat3, .heat4, .heat5]
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
  /// Foreground and background exchanged.
  package static let reverse = Emphasis(rawValue: 8)
}
