import CNcurses
import CTerminal
import ExplorerCore
import Glibc
import Text

/// The terminal, by way of ncurses: the only part of the program that knows it.
@MainActor
final class CursesTerminal {
  struct Options {
    var theme: Theme
    var wantsColor: Bool
    var takesMouse: Bool
  }

  /// Where keys come from and pictures go to, and how that terminal is to be spoken to.
  struct Line {
    var input: Int32
    var output: Int32
    /// The name in terminfo; nil for that in `TERM`.
    var kind: String?
  }

  let window: UnsafeMutablePointer<WINDOW>
  /// The colours; one of colours says little where there are none.
  var theme: Theme {
    get { shownTheme }
    set { shownTheme = newValue.at(colors.depth) }
  }
  private var shownTheme: Theme
  var hasColors: Bool { colors.depth > .mono }
  /// Whether the terminal is sent more than ASCII.
  let sendsUnicode: Bool
  var colors: CursesColors
  /// What the terminal shows, as far as we know.
  var shown: Canvas?
  private let screen: OpaquePointer
  private let input: Int32
  let output: Int32
  private let hasMouse: Bool
  private var takesMouse = false
  private var isOpen = true
  /// Whether a signal has asked the program to end, which ``close()`` does.
  private(set) var isEnding = false
  /// How the terminal treated keys before.
  private var before: termios

  /// Prepares the character set of the environment.
  ///
  /// A locale of UTF-8 that is not installed says what the terminal takes: C.UTF-8 stands in for it.
  ///
  /// - Returns: whether it is UTF-8, and a sentence if the locale is not installed.
  static func prepareLocale(_ environment: [String: String]) -> (isUnicode: Bool, note: String?) {
    func isUnicode() -> Bool { String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8" }
    if setlocale(LC_ALL, "") != nil { return (isUnicode(), nil) }
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    let name = names.first { !$0.isEmpty } ?? "of the environment"
    let wanted = name.lowercased()
    let isWanted = wanted.contains("utf-8") || wanted.contains("utf8")
    guard isWanted, setlocale(LC_ALL, "C.UTF-8") != nil else {
      return (isUnicode(), "The locale \(name) is not installed: ASCII is used")
    }
    return (isUnicode(), "The locale \(name) is not installed: C.UTF-8 is used")
  }

  /// Adds the folders in which the common systems keep descriptions of terminals.
  ///
  /// An ncurses that is linked into the program knows those of one system alone. The program's own come
  /// last, for a container without any; `TERMINFO_DIRS` and what ncurses was made with come first.
  static func addDescriptions(bundled: String?) {
    let given = getenv("TERMINFO_DIRS").map { String(cString: $0) } ?? ""
    let folders = ["/etc", "/lib", "/usr/share", "/usr/lib", "/usr/local/share"]
      .map { $0 + "/terminfo" }
    let all = [given] + folders + (bundled.map { [$0] } ?? [])
    setenv("TERMINFO_DIRS", all.joined(separator: ":"), 1)
  }

  /// Takes the terminal over; `prepareLocale` must have been called.
  ///
  /// - Parameter line: the terminal; nil for that of the process.
  init(_ options: Options, on line: Line? = nil) throws(UserError) {
    let name = line?.kind ?? getenv("TERM").map { String(cString: $0) }
    let descriptor =
      line.map { dup($0.input) } ?? (isatty(0) == 1 ? dup(0) : open("/dev/tty", O_RDWR | O_CLOEXEC))
    guard descriptor >= 0, let keys = fdopen(descriptor, "r") else {
      throw UserError.noKeyboard
    }
    let target = line?.output ?? 1
    guard let output = fdopen(dup(target), "w") else { throw UserError.gone }
    // The terminal is as it should be afterwards now, before curses changes it.
    var before = termios()
    tcgetattr(descriptor, &before)
    let error = ksr_terminal_install(descriptor, "")
    guard error == 0 else {
      throw UserError(
        "Cannot read the settings of the terminal: \(String(cString: strerror(error))).")
    }
    if getenv("ESCDELAY") == nil { set_escdelay(25) }
    guard let screen = newterm(line?.kind, output, keys) else {
      ksr_terminal_uninstall()
      throw UserError.unusable(name, because: "is not known here")
    }
    guard let window = newwin(0, 0, 0, 0), ksr_capability("cup") != nil else {
      endwin()
      ksr_terminal_uninstall()
      throw UserError.unusable(name, because: "cannot place text on the screen")
    }
    self.screen = screen
    self.window = window
    input = descriptor
    self.before = before
    self.output = target
    hasMouse = ksr_capability("kmous") != nil
    sendsUnicode = String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8"
    colors = CursesColors(wanted: options.wantsColor)
    shownTheme = options.theme.at(colors.depth)
    ksr_terminal_set_leave(CursesTerminal.bytesToLeave(hasMouse: hasMouse))
    prepareKeys()
    setMouse(options.takesMouse)
  }

  var size: Size { Size(columns: Int(getmaxx(window)), rows: Int(getmaxy(window))) }

  private func prepareKeys() {
    cbreak()
    noecho()
    nonl()
    keypad(window, true)
    nodelay(window, true)
    intrflush(window, false)
    // What terminals send for Home and End, whatever TERM says they send.
    for (sequences, key) in [
      (["[1~", "[7~", "[H", "OH"], KEY_HOME), (["[4~", "[8~", "[F", "OF"], KEY_END),
    ] {
      for sequence in sequences where key_defined("\u{1B}" + sequence) == 0 {
        define_key("\u{1B}" + sequence, key)
      }
    }
    leaveok(window, true)
    curs_set(0)
    mouseinterval(0)
    prepareLine()
  }

  /// Makes keys come one by one, and Ctrl-S a key like others; to a terminal as it usually is, it
  /// says to write nothing more.
  private func prepareLine() {
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { return }
    settings.c_iflag &= ~tcflag_t(IXON)
    // Curses says this to the terminal that it writes to, which may be another.
    settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // Curses takes them as its own, and so comes back to them after a stop.
    if tcsetattr(input, TCSADRAIN, &settings) == 0 { def_prog_mode() }
  }

  /// Takes the mouse, or leaves it to the terminal, which then can select text with it.
  func setMouse(_ takes: Bool) {
    guard hasMouse, takes != takesMouse else { return }
    takesMouse = takes
    mousemask(takes ? KSR_BUTTON1_PRESSED | KSR_BUTTON4_PRESSED | KSR_BUTTON5_PRESSED : 0, nil)
  }

  /// Waits for keys, for `wake` to become readable, or for some milliseconds to pass.
  ///
  /// - Returns: all keys that have come; none if the time is over, `wake` is readable, or the program
  ///   is asked to end.
  func nextKeys(wake: Int32 = -1, milliseconds: Int32 = -1) throws(UserError) -> [Key] {
    let waiting = readKeys()
    if !waiting.isEmpty { return waiting }
    let ready = ksr_terminal_wait(input, wake, milliseconds)
    let requests = ksr_terminal_take_requests()
    if requests & Int32(KSR_TERMINAL_SUSPEND) != 0 {
      suspend()
      return [.resize(size)]
    }
    if requests & Int32(KSR_TERMINAL_RESUMED) != 0 {
      endwin()
      comeBack()
      return [.resize(size)]
    }
    isEnding = requests & Int32(KSR_TERMINAL_END) != 0
    if isEnding { return [] }
    if ready < 0 { throw UserError.gone }
    return readKeys()
  }

  /// Leaves the screen, stops as Ctrl-Z does, and comes back when the process goes on.
  private func suspend() {
    endwin()
    ksr_terminal_uninstall()
    ksr_terminal_stop()
    ksr_terminal_install(input, CursesTerminal.bytesToLeave(hasMouse: hasMouse))
    comeBack()
  }

  /// Takes the screen again after somebody else may have used it.
  private func comeBack() {
    var columns: Int32 = 0
    var rows: Int32 = 0
    if ksr_terminal_size(input, &columns, &rows) == 0, is_term_resized(rows, columns) {
      resizeterm(rows, columns)
    }
    forgetScreen()
  }

  /// Gives the terminal back, and ends the process if a signal has asked for that.
  func close() {
    guard isOpen else { return }
    isOpen = false
    endwin()
    tcsetattr(input, TCSADRAIN, &before)
    ksr_terminal_uninstall()
    ksr_terminal_end()
  }

  /// What to send so that the terminal is as before, for the case that curses cannot do it.
  private static func bytesToLeave(hasMouse: Bool) -> String {
    func capability(_ name: String) -> String {
      ksr_capability(name).map { withoutPadding(String(cString: $0)) } ?? ""
    }
    let mouse = hasMouse ? "\u{1B}[?1000l\u{1B}[?1006l" : ""
    let leave = capability("rmcup")
    return mouse + capability("sgr0") + capability("op") + capability("cnorm")
      + capability("rmkx") + (leave.isEmpty ? "\r\n" : leave)
  }

  /// A capability without its pauses, which are written as `$<5>`.
  private static func withoutPadding(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "$<") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: ">") else { return result }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}

/// Why the terminal cannot be used.
extension UserError {
  /// The terminal is of a kind that terminfo does not know, or that cannot place text.
  static func unusable(_ name: String?, because reason: String) -> UserError {
    let kind = name.map { "TERM=\($0)" } ?? "TERM is not set, so the kind of terminal"
    return UserError(
      "\(kind) \(reason). Set TERM to the kind of your terminal, for example"
        + " TERM=xterm-256color, or use --print for one frame as text.")
  }

  /// Nobody is there to press keys.
  static let noKeyboard = UserError(
    "No terminal to read keys from. Use --print for one frame as text.")

  static let gone = UserError("The terminal has been closed.")
}
