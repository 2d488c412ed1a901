package enum Color: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case standard
  /// One of the sixteen colours that people choose for their terminal, 0–15.
  case named(UInt8)
  /// A certain colour, shown as the nearest one that the terminal has.
  case rgb(UInt8, UInt8, UInt8)
}

package enum ColorDepth: Int, Comparable, Sendable {
  /// None, or none wanted.
  case mono = 0
  /// The eight basic colours.
  case eight = 8
  /// The basic colours and their bright variants.
  case sixteen = 16
  /// The sixteen, a 6×6×6 cube and 24 greys.
  case palette = 256
  /// Red, green and blue given directly.
  case direct = 16_777_216

  /// The depth for a number of colours as terminfo states it.
  package init(colors: Int) {
    switch colors {
    case ..<8: self = .mono
    case ..<16: self = .eight
    case ..<256: self = .sixteen
    case ..<65_536: self = .palette
    default: self = .direct
    }
  }

  /// Fewer colours come first.
  package static func < (left: ColorDepth, right: ColorDepth) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension Color {
  /// Black or white, whichever is read better on it.
  var opposite: Color {
    guard case .rgb(let red, let green, let blue) = self else { return .standard }
    let light = (299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000
    return light > 100 ? .rgb(0, 0, 0) : .rgb(255, 255, 255)
  }

  /// The number by which a terminal of this depth knows the colour; nil for its own colour.
  package func index(at depth: ColorDepth) -> Int32? {
    switch (self, depth) {
    case (.standard, _), (_, .mono): nil
    case (.named(let number), .eight): Int32(number & 7)
    case (.named(let number), .direct) where number > 7:
      // Terminals of direct colours take 0–7 as names and the rest as 0xRRGGBB.
      Color.packed(Color.named[Int(number & 15)])
    case (.named(let number), _): Int32(number & 15)
    case (.rgb(let red, let green, let blue), .direct):
      max(8, Color.packed((red, green, blue)))
    case (.rgb(let red, let green, let blue), .palette): Color.cube(red, green, blue)
    case (.rgb(let red, let green, let blue), .sixteen): Color.nearest(red, green, blue, among: 16)
    case (.rgb(let red, let green, let blue), .eight): Color.nearest(red, green, blue, among: 8)
    }
  }

  private typealias Channels = (red: UInt8, green: UInt8, blue: UInt8)

  private static func packed(_ color: Channels) -> Int32 {
    Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue)
  }

  /// The nearest place in the colour cube or among the greys of the 256 colours.
  private static func cube(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int32 {
    let levels: [Int] = [0, 95, 135, 175, 215, 255]
    func nearestLevel(_ value: UInt8) -> Int {
      levels.indices.min { abs(levels[$0] - Int(value)) < abs(levels[$1] - Int(value)) } ?? 0
    }
    let place = [nearestLevel(red), nearestLevel(green), nearestLevel(blue)]
    let inCube = 16 + 36 * place[0] + 6 * place[1] + place[2]
    let mean = (Int(red) + Int(green) + Int(blue)) / 3
    let step = min(23, max(0, (mean - 3) / 10))
    let grey = UInt8(8 + 10 * step)
    let wanted: Channels = (red, green, blue)
    let cubeColor: Channels = (
      UInt8(levels[place[0]]), UInt8(levels[place[1]]), UInt8(levels[place[2]])
    )
    let isGrey = distance(wanted, (grey, grey, grey)) < distance(wanted, cubeColor)
    return Int32(isGrey ? 232 + step : inCube)
  }

  private static func nearest(_ red: UInt8, _ green: UInt8, _ blue: UInt8, among count: Int)
    -> Int32
  {
    let wanted: Channels = (red, green, blue)
    let best = (0..<count).min { distance(wanted, named[$0]) < distance(wanted, named[$1]) }
    return Int32(best ?? 7)
  }

  private static func distance(_ left: Channels, _ right: Channels) -> Int {
    let red = Int(left.red) - Int(right.red)
    let green = Int(left.green) - Int(right.green)
    let blue = Int(left.blue) - Int(right.blue)
    return red * red + green * green + blue * blue
  }

  /// What the named colours look like where nobody has changed them.
  private static let named: [Channels] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0),
    (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
    (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
  ]
}

/// What `--color` says.
package enum ColorChoice: String, CaseIterable, Sendable {
  /// As the environment and the terminal say.
  case auto
  case always
  case never

  /// Whether colours are wanted.
  ///
  /// The order is the common one: the option, `NO_COLOR` (if it is not empty), `CLICOLOR=0`,
  /// `FORCE_COLOR` and `CLICOLOR_FORCE` (if not 0), then whether a terminal that is not `dumb` shows
  /// it.
  package func wantsColor(environment: [String: String], isTerminal: Bool) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if let value = environment["NO_COLOR"], !value.isEmpty { return false }
    if environment["CLICOLOR"] == "0" { return false }
    for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
      if let value = environment[name], !value.isEmpty, value != "0" { return true }
    }
    return isTerminal && environment["TERM"] != "dumb"
  }
}
