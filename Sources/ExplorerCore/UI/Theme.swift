/// What each role looks like.
///
/// Every role is a property without a default, so a theme that forgets one does not compile.
public struct Theme: Equatable, Sendable {
  package struct Look: Hashable, Sendable {
    package let foreground: Color
    package let background: Color
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

  /// Five looks from low to high.
  package struct Shades: Equatable, Sendable {
    let looks: [Look]

    /// Cells filled with colours of rising or of falling lightness, whatever the ground.
    fileprivate init(_ colors: Color...) { looks = colors.map { Look($0, on: $0) } }

    /// One colour, so that the ink of the signs alone says how much.
    fileprivate init(ink: Color) {
      looks = [Look(ink, .dim), Look(ink), Look(ink), Look(ink), Look(ink, .bold)]
    }
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
  package private(set) var heat: Shades

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
    case .heat1: heat.looks[0]
    case .heat2: heat.looks[1]
    case .heat3: heat.looks[2]
    case .heat4: heat.looks[3]
    case .heat5: heat.looks[4]
    }
  }

  /// The theme as a terminal of some colours shows it: with fewer than 256 a ramp of colours would
  /// not rise from step to step, and without any the roles need other stress.
  package func at(_ depth: ColorDepth) -> Theme {
    guard depth > .mono else { return .mono }
    guard depth < .palette else { return self }
    var theme = self
    theme.heat = Shades(ink: bar.foreground)
    return theme
  }

  /// The look of a style: that of its role with the style's own stress added.
  ///
  /// A shade that is turned over is a sign on it: black or white where the shade is a colour, in the
  /// colour of the page where it is ink.
  package func look(of style: Style) -> Look {
    let look = self[style.role]
    guard !style.emphasis.isEmpty else { return look }
    if style.emphasis.contains(.reverse), Role.shades.contains(style.role),
      look.background != .standard
    {
      return Look(look.background.opposite, on: look.background)
    }
    return Look(
      look.foreground, on: look.background, look.emphasis.union(style.emphasis))
  }
}

extension Theme {
  /// All themes, the default one first.
  package static let all: [Theme] = [.standard, .light, .dark, .colorBlind, .mono]

  package static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

  /// An orange that is read on black and on white, which few terminals' own yellow is; red where
  /// there are only sixteen colours.
  private static let orange = Color.rgb(215, 95, 0)

  /// The sixteen colours that people have chosen for their terminal, on its own background.
  public static let standard = Theme(
    name: "default", summary: "the colours of your terminal, and an orange",
    text: Look(), muted: Look(.standard, .dim), title: Look(.standard, .bold),
    border: Look(.standard, .dim), focus: Look(.named(6), .bold), key: Look(.named(6)),
    selection: Look(.standard, .reverse), match: Look(orange, .underline),
    bar: Look(.named(6)), positive: Look(.named(4), .bold), negative: Look(orange),
    train: Look(.standard, .dim), valid: Look(.named(6)), test: Look(.named(2)),
    truth: Look(.named(5), .bold), warning: Look(orange), failure: Look(.named(1), .bold),
    heat: viridis)

  /// Five colours near those of the map of that name: they rise evenly in lightness, to every kind of colour
  /// vision.
  private static let viridis = Shades(
    .rgb(68, 1, 84), .rgb(40, 85, 140), .rgb(33, 145, 140), .rgb(94, 201, 98), .rgb(253, 240, 60))

  package static let light = Theme(
    name: "light", summary: "for a bright background",
    text: Look(), muted: Look(.rgb(112, 112, 112)), title: Look(.rgb(0, 0, 0), .bold),
    border: Look(.rgb(135, 135, 135)), focus: Look(.rgb(0, 80, 160), .bold),
    key: Look(.rgb(0, 80, 160)), selection: Look(.rgb(0, 0, 0), on: .rgb(205, 225, 250)),
    match: Look(.rgb(0, 0, 0), on: .rgb(250, 230, 150)), bar: Look(.rgb(0, 105, 135)),
    positive: Look(.rgb(0, 80, 175)), negative: Look(.rgb(180, 80, 0)),
    train: Look(.rgb(112, 112, 112)), valid: Look(.rgb(0, 105, 135)), test: Look(.rgb(0, 110, 50)),
    truth: Look(.rgb(130, 20, 130), .bold), warning: Look(.rgb(150, 90, 0)),
    failure: Look(.rgb(175, 0, 30), .bold),
    heat: Shades(
      .rgb(215, 225, 250), .rgb(150, 180, 230), .rgb(95, 140, 205), .rgb(25, 95, 170),
      .rgb(0, 25, 120)))

  package static let dark = Theme(
    name: "dark", summary: "for a dark background",
    text: Look(), muted: Look(.rgb(138, 138, 138)), title: Look(.rgb(255, 255, 255), .bold),
    border: Look(.rgb(112, 112, 112)), focus: Look(.rgb(110, 190, 255), .bold),
    key: Look(.rgb(110, 190, 255)), selection: Look(.rgb(255, 255, 255), on: .rgb(0, 95, 135)),
    match: Look(.rgb(0, 0, 0), on: .rgb(220, 190, 90)), bar: Look(.rgb(95, 200, 200)),
    positive: Look(.rgb(100, 170, 255)), negative: Look(.rgb(255, 165, 80)),
    train: Look(.rgb(138, 138, 138)), valid: Look(.rgb(95, 200, 200)),
    test: Look(.rgb(130, 210, 130)), truth: Look(.rgb(240, 150, 240), .bold),
    warning: Look(.rgb(240, 200, 90)), failure: Look(.rgb(255, 110, 110), .bold),
    heat: Shades(
      .rgb(48, 48, 72), .rgb(60, 90, 140), .rgb(85, 140, 175), .rgb(140, 205, 170),
      .rgb(250, 245, 170)))

  /// Colours of Okabe and Ito, told apart with every kind of colour vision: those of them that are
  /// read on black and on white, and a sky blue made darker for it.
  package static let colorBlind = Theme(
    name: "colorblind", summary: "colours told apart with every kind of colour vision",
    text: Look(), muted: Look(.standard, .dim), title: Look(.standard, .bold),
    border: Look(.standard, .dim), focus: Look(skyBlue, .bold), key: Look(skyBlue),
    selection: Look(.standard, .reverse), match: Look(vermilion, .underline), bar: Look(skyBlue),
    positive: Look(.rgb(0, 125, 205), .bold), negative: Look(vermilion),
    train: Look(.standard, .dim), valid: Look(skyBlue), test: Look(.rgb(0, 148, 108)),
    truth: Look(.rgb(200, 110, 160), .bold), warning: Look(vermilion),
    failure: Look(vermilion, [.bold, .reverse]),
    heat: viridis)

  private static let skyBlue = Color.rgb(0, 135, 195)
  private static let vermilion = Color.rgb(213, 94, 0)

  /// No colour at all: only bold, dim, underlined and reversed text.
  package static let mono = Theme(
    name: "mono", summary: "no colour: bold, dim, underlined and reversed text",
    text: Look(), muted: Look(.standard, .dim), title: Look(.standard, .bold),
    border: Look(.standard, .dim), focus: Look(.standard, [.bold, .underline]),
    key: Look(.standard, .bold), selection: Look(.standard, .reverse),
    match: Look(.standard, .underline), bar: Look(), positive: Look(.standard, .bold),
    negative: Look(), train: Look(.standard, .dim), valid: Look(), test: Look(.standard, .bold),
    truth: Look(.standard, [.bold, .underline]), warning: Look(.standard, .bold),
    failure: Look(.standard, [.bold, .reverse]),
    heat: Shades(ink: .standard))
}
