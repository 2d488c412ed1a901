/// What each role looks like.
///
/// Every role is a property without a default, so a theme that forgets one does not compile.
public struct Theme: Equatable, Sendable {
  /// Colours and stress of one role.
  package struct Look: Hashable, Sendable {
    package let foreground: Color
    /// The colour behind them.
    package let background: Color
    /// Stress that needs no colour.
    package let emphasis: Emphasis

    /// Makes a look; what is not said is the terminal's own.
    package init(
      _ foreground: Color = .standard, on background: Color = .standard, _ emphasis: Emphasis = []
    ) {
      self.foreground = foreground
      self.background = background
      self.emphasis = emphasis
    }
  }

  /// Five looks from weak to strong.
  package struct Shades: Equatable, Sendable {
    let first: Look
    let second: Look
    let third: Look
    let fourth: Look
    let fifth: Look
  }

  /// The name that `--theme` takes.
  package let name: String
  package let summary: String
  let text: Look
  let muted: Look
  let title: Look
  let border: Look
  let focus: Look
  let key: Look
  let selection: Look
  let match: Look
  let bar: Look
  let positive: Look
  let negative: Look
  let train: Look
  let valid: Look
  let test: Look
  let truth: Look
  let warning: Look
  let failure: Look
  let heat: Shades

  package subscript(role: Role) -> Look {
    switch role {
    case .text: text
    case .muted: muted
    case .title: title
    case .border: border
    case .focus: focus
    case .key: key
    case .selection: selection
    case .match: match
    case .bar: bar
    case .positive: positive
    case .negative: negative
    case .train: train
    case .valid: valid
    case .test: test
    case .truth: truth
    case .warning: warning
    case .failure: failure
    case .heat1: heat.first
    case .heat2: heat.second
    case .heat3: heat.third
    case .heat4: heat.fourth
    case .heat5: heat.fifth
    }
  }

  /// The look of a style: that of its role with the style's own stress added.
  package func look(of style: Style) -> Look {
    let look = self[style.role]
    guard !style.emphasis.isEmpty else { return look }
    return Look(
      look.foreground, on: look.background, look.emphasis.union(style.emphasis))
  }
}
