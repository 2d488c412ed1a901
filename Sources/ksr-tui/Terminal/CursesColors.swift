import CNcurses
import ExplorerCore

/// The pairs of colours that curses has been told about.
@MainActor
struct CursesColors {
  /// How many colours are used.
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
