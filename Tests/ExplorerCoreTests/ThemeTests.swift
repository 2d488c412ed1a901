import Glibc
import Testing

@testable import ExplorerCore

extension Role {
  fileprivate static let ramp: [Role] = [.heat1, .heat2, .heat3, .heat4, .heat5]
}

@Suite("Themes and colours")
struct ThemeTests {
  @Test("the mono theme has no colours and still tells the roles that matter apart")
  func mono() {
    for role in Role.allCases {
      #expect(Theme.mono[role].foreground == .standard)
      #expect(Theme.mono[role].background == .standard)
    }
    for role in [Role.selection, .match, .focus, .truth, .failure] {
      #expect(Theme.mono[role] != Theme.mono[.text])
    }
  }

  @Test("the default theme uses the terminal's own colours, and others only if read on any ground")
  func standard() {
    for role in Role.allCases where !Role.ramp.contains(role) {
      let look = Theme.standard[role]
      #expect(look.background == .standard)
      #expect(look.foreground != .named(3), "yellow is not read on white: \(role)")
      guard case .rgb = look.foreground else { continue }
      for ground in [Color.rgb(0, 0, 0), .rgb(255, 255, 255)] {
        #expect(contrast(look.foreground, ground) >= 3, "\(role)")
      }
      #expect([.eight, .sixteen].allSatisfy { look.foreground.index(at: $0) == 1 })
    }
    #expect(Theme.standard[.negative].foreground != Theme.standard[.positive].foreground)
  }

  @Test("cells of heat maps run evenly from dark to bright or back, in 256 colours, too")
  func ramps() {
    for theme in Theme.all where theme != .mono {
      for shown in [{ $0 }, inPalette] {
        // Lightness as the eye takes it (CIE 1976), from 0 to 100.
        let steps = Role.ramp.map { role -> Double in
          #expect(theme[role].background == theme[role].foreground, "a filled cell")
          let light = luminance(shown(theme[role].foreground))
          return light > 0.008856 ? 116 * cbrt(light) - 16 : 903.3 * light
        }
        let rises = zip(steps, steps.dropFirst()).map { ($1 - $0) * (theme == .light ? -1 : 1) }
        #expect(rises.allSatisfy { (8...30).contains($0) }, "\(theme.name): \(rises)")
      }
    }
  }

  @Test("a sign on a shade is read, and the shade stays; where shades are ink, it is turned over")
  func framed() {
    for theme in Theme.all {
      for role in Role.ramp {
        let look = theme.look(of: Style(role, .reverse))
        guard theme != .mono else {
          #expect(look.emphasis.contains(.reverse))
          continue
        }
        #expect(look.background == theme[role].background && !look.emphasis.contains(.reverse))
        #expect(contrast(look.foreground, look.background) >= 4, "\(theme.name) \(role)")
        #expect(theme.at(.sixteen).look(of: Style(role, .reverse)).emphasis.contains(.reverse))
      }
    }
  }

  @Test("with fewer colours the ink says how much, in one colour")
  func inkOnly() {
    for theme in Theme.all {
      for depth in [ColorDepth.eight, .sixteen] {
        let looks = Role.ramp.map { theme.at(depth)[$0] }
        #expect(looks.allSatisfy { $0.background == .standard })
        #expect(Set(looks.map { $0.foreground.index(at: depth) }).count == 1)
      }
      #expect(theme.at(.mono) == .mono)
      #expect(theme.at(.palette) == theme && theme.at(.direct) == theme)
    }
    for glyphs in [Glyphs.unicode, .ascii] {
      #expect(Set((0..<5).map { glyphs.shade((Double($0) + 0.5) / 5) }).count == 5)
    }
  }

  private func luminance(_ color: Color) -> Double {
    guard case .rgb(let red, let green, let blue) = color else { return .nan }
    let parts = [red, green, blue].map { value -> Double in
      let share = Double(value) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  /// The ratio of WCAG 2 between two colours: 1 for the same, 21 for black and white.
  private func contrast(_ first: Color, _ second: Color) -> Double {
    let (a, b) = (luminance(first), luminance(second))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// What a terminal of 256 colours shows for a colour.
  private func inPalette(_ color: Color) -> Color {
    guard let index = color.index(at: .palette).map(Int.init), index >= 16 else { return color }
    if index >= 232 {
      let grey = UInt8(8 + 10 * (index - 232))
      return .rgb(grey, grey, grey)
    }
    let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
    let place = index - 16
    return .rgb(levels[place / 36], levels[place / 6 % 6], levels[place % 6])
  }

  @Test(
    "every role is read on the ground that its theme is for: 4.5 for text, 3 for lines and shades",
    arguments: [
      (Theme.light, [Color.rgb(255, 255, 255), .rgb(250, 250, 245)], 4.5),
      (.dark, [.rgb(0, 0, 0), .rgb(30, 30, 30)], 4.5),
      // No colour but a grey reaches 4.5 on black and on white.
      (.colorBlind, [.rgb(0, 0, 0), .rgb(255, 255, 255)], 3),
    ])
  func contrasts(theme: Theme, grounds: [Color], ofText: Double) {
    let shapes: Set<Role> = [.border, .bar]
    for role in Role.allCases where !Role.ramp.contains(role) {
      let look = theme[role]
      for ground in grounds {
        // The terminal's own colour on its own ground is its owner's choice.
        guard look.foreground != .standard else { continue }
        let behind = look.background == .standard ? ground : look.background
        let least = shapes.contains(role) ? 3 : ofText
        #expect(contrast(look.foreground, behind) >= least, "\(theme.name) \(role)")
        let shown = contrast(
          inPalette(look.foreground), behind == ground ? ground : inPalette(behind))
        #expect(shown >= least * 0.9, "\(theme.name) \(role) in 256 colours")
      }
    }
  }

  @Test("themes are found by their names, which differ")
  func names() {
    #expect(Set(Theme.all.map(\.name)).count == Theme.all.count)
    for theme in Theme.all { #expect(Theme.named(theme.name) == theme) }
    #expect(Theme.named("none") == nil)
  }

  @Test("stress is added to that of the role")
  func emphasis() {
    let look = Theme.standard.look(of: Style(.match, .bold))
    #expect(look.emphasis == [.underline, .bold])
    #expect(look.foreground == Theme.standard[.match].foreground)
  }

  @Test("colours become the nearest that a terminal has")
  func nearest() {
    #expect(Color.standard.index(at: .direct) == nil)
    #expect(Color.rgb(1, 2, 3).index(at: .mono) == nil)
    #expect(Color.named(12).index(at: .eight) == 4)
    #expect(Color.named(12).index(at: .sixteen) == 12)
    #expect(Color.named(12).index(at: .palette) == 12)
    #expect(Color.named(4).index(at: .direct) == 4)
    #expect(Color.rgb(0x12, 0x34, 0x56).index(at: .direct) == 0x123456)
    #expect(Color.rgb(255, 0, 0).index(at: .palette) == 196)
    #expect(Color.rgb(0, 95, 135).index(at: .palette) == 24)
    #expect(Color.rgb(128, 128, 128).index(at: .palette) == 244)
    #expect(Color.rgb(250, 5, 5).index(at: .sixteen) == 9)
    #expect(Color.rgb(250, 250, 250).index(at: .eight) == 7)
  }

  @Test("every colour has a number that its terminal knows")
  func inRange() {
    for depth in [ColorDepth.eight, .sixteen, .palette, .direct] {
      for red in stride(from: UInt8(0), through: 255, by: 51) {
        for green in stride(from: UInt8(0), through: 255, by: 15) {
          let index = Color.rgb(red, green, 77).index(at: depth) ?? -1
          #expect((0..<Int32(depth.rawValue)).contains(index))
        }
      }
    }
    #expect(
      [0, 7, 8, 15, 16, 88, 256, 32_768, 16_777_216].map { ColorDepth(colors: $0) }
        == [.mono, .mono, .eight, .eight, .sixteen, .sixteen, .palette, .palette, .direct])
  }

  @Test(
    "whether colours are wanted follows the usual order",
    arguments: [
      (ColorChoice.auto, [:], true, true), (.auto, [:], false, false),
      (.auto, ["TERM": "dumb"], true, false), (.auto, ["NO_COLOR": "1"], true, false),
      (.auto, ["NO_COLOR": ""], true, true), (.auto, ["CLICOLOR": "0"], true, false),
      (.auto, ["FORCE_COLOR": "1"], false, true), (.auto, ["CLICOLOR_FORCE": "1"], false, true),
      (.auto, ["FORCE_COLOR": "0"], false, false),
      (.auto, ["NO_COLOR": "1", "FORCE_COLOR": "1"], true, false),
      (.auto, ["CLICOLOR": "0", "FORCE_COLOR": "1"], true, false),
      (.always, ["NO_COLOR": "1"], false, true), (.never, ["FORCE_COLOR": "1"], true, false),
    ] as [(ColorChoice, [String: String], Bool, Bool)])
  func policy(
    choice: ColorChoice, environment: [String: String], isTerminal: Bool, expected: Bool
  ) {
    #expect(choice.wantsColor(environment: environment, isTerminal: isTerminal) == expected)
  }
}
