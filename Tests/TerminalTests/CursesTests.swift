import AtomicFiles
import CNcurses
import ExplorerCore
import Foundation
import KSRModel
import TestSupport
import Testing
import Text
import Workspace

@testable import ksr_tui

/// The real curses on a terminal without a window.
@Suite("Curses", .serialized)
@MainActor
struct CursesTests {
  private static let size = Size(columns: 110, rows: 32)
  private let request = OpenRequest(
    model: nil, data: TestEnvironment.fixture("explorer/little"), user: "guest0", step: 6)

  init() { setlocale(LC_ALL, "C.UTF-8") }

  private func state(_ cache: SceneCache) throws -> State {
    let start = try request.start(in: cache)
    return State(size: Self.size, user: start.user, step: start.step)
  }

  /// What curses has in its window, line by line, without blanks at the ends.
  private func lines(_ terminal: CursesTerminal) -> [String] {
    (0..<Self.size.rows).map { row in
      var text = [wchar_t](repeating: 0, count: 1000)
      mvwinnwstr(terminal.window, Int32(row), 0, &text, 999)
      var line = String.UnicodeScalarView()
      for value in text.prefix(while: { $0 != 0 }) {
        if let scalar = Unicode.Scalar(UInt32(bitPattern: value)) { line.append(scalar) }
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }

  @Test(
    "draws what the core renders, hears keys, and gives the terminal back, with any colours",
    arguments: [
      ("xterm-256color", 256), ("ksr-16color", 16), ("xterm", 8), ("vt100", 0), ("xterm-mono", 0),
    ])
  func session(kind: String, colors: Int) throws {
    let entries = try Terminfo.sixteenColors()
    defer { entries.remove() }
    let pty = try Pty(columns: 110, rows: 32)
    let before = pty.settings
    let cache = try request.open(request.openModel().model)
    let terminal = try CursesTerminal(
      .init(theme: .dark, wantsColor: true, takesMouse: true),
      on: .init(input: pty.program, output: pty.program, kind: kind))
    #expect(terminal.size == Self.size)
    #expect(terminal.colors.depth == ColorDepth(colors: colors))
    #expect(terminal.theme == (colors == 0 ? .mono : Theme.dark.at(ColorDepth(colors: colors))))
    #expect(pty.settings != before, "keys come one by one and unseen")
    var loop = TerminalLoop(
      state: try state(cache), cache: cache, terminal: terminal, glyphs: .unicode,
      keeper: try StateKeeper(request, cache))
    // w, the right arrow in the terminal's own sequence, y, q.
    pty.type("w\u{1B}OCyq")
    try loop.run()
    #expect(loop.state.showsWhy && loop.state.step == 6)
    // The loop leaves before it shows the last state; that is drawn here.
    let frame = Explorer.render(loop.state, cache.scene(for: loop.state), glyphs: .unicode)
    terminal.show(frame.canvas)
    let expected = frame.canvas.text.split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().map(String.init)
    #expect(lines(terminal) == expected)
    terminal.close()
    #expect(pty.settings == before)
    let written = pty.written
    #expect(written.contains("History"))
    #expect(written.contains("\u{1B}]52;c;"), "y copies")
    // Colours are set by SGR 30 to 38 with xterm's sequences; without colours there are none.
    let setsColor = written.contains(
      /\u{1B}\[([0-9;]*;)?(3[0-8]|9[0-7])(;[0-9;]*)?m/)
    #expect(setsColor == (colors > 0), "\(kind)")
    if kind.hasPrefix("xterm") || kind.hasPrefix("ksr") {
      #expect(written.contains("\u{1B}[?1049h") || written.contains("\u{1B}[?47h"))
      let left = written.range(of: "\u{1B}[?1049l") ?? written.range(of: "\u{1B}[?47l")
      let after = try #require(left.map { written[$0.upperBound...] }, "the screen is left")
      #expect(!after.contains("History"))
    }
  }

  @Test(
    "Home and End are heard as every terminal sends them, whatever TERM says",
    arguments: [
      "xterm-256color", "xterm", "screen", "screen-256color", "tmux-256color", "linux", "rxvt",
      "rxvt-unicode-256color", "vt100", "vt220", "ansi",
    ])
  func homeAndEnd(kind: String) throws {
    let pty = try Pty(columns: 80, rows: 24)
    let terminal = try CursesTerminal(
      .init(theme: .standard, wantsColor: false, takesMouse: false),
      on: .init(input: pty.program, output: pty.program, kind: kind))
    defer { terminal.close() }
    for (key, sequences) in [
      (Key.home, ["[1~", "[7~", "OH", "[H"]), (.end, ["[4~", "[8~", "OF", "[F"]),
    ] {
      for sequence in sequences {
        pty.type("\u{1B}" + sequence)
        var keys: [Key] = []
        while keys.isEmpty { keys = try terminal.nextKeys(milliseconds: 5000) }
        #expect(keys == [key], "\(kind): ESC \(sequence)")
      }
    }
  }

  @Test("text that is pasted is filtered by once")
  func paste() throws {
    let pty = try Pty(columns: 110, rows: 32)
    let cache = try request.open(request.openModel().model)
    let terminal = try CursesTerminal(
      .init(theme: .dark, wantsColor: true, takesMouse: false),
      on: .init(input: pty.program, output: pty.program, kind: "xterm-256color"))
    var loop = TerminalLoop(
      state: try state(cache), cache: cache, terminal: terminal, glyphs: .unicode,
      keeper: try StateKeeper(request, cache))
    let before = loop.sceneCount
    pty.type(":" + String(repeating: "a", count: 300) + "\u{1B}q")
    try loop.run()
    #expect(loop.sceneCount - before <= 4)
    terminal.close()
  }

  @Test("draws without complaint where nothing is kept of it")
  func nowhere() throws {
    let pty = try Pty(columns: 80, rows: 24)
    let before = pty.settings
    let output = open("/dev/null", O_WRONLY)
    defer { close(output) }
    let cache = try request.open(request.openModel().model)
    let terminal = try CursesTerminal(
      .init(theme: .standard, wantsColor: true, takesMouse: true),
      on: .init(input: pty.program, output: output, kind: "xterm-256color"))
    pty.type("?")
    let first = try state(cache)
    terminal.show(Explorer.render(first, cache.scene(for: first), glyphs: .unicode).canvas)
    #expect(try terminal.nextKeys(milliseconds: 5000) == [.character("?")])
    terminal.close()
    #expect(pty.settings == before)
  }

  @Test("says in a sentence that a kind of terminal is not known, and changes nothing")
  func unknown() throws {
    let pty = try Pty(columns: 80, rows: 24)
    let before = pty.settings
    #expect(throws: UserError.self) {
      try CursesTerminal(
        .init(theme: .standard, wantsColor: true, takesMouse: false),
        on: .init(input: pty.program, output: pty.program, kind: "no-such-terminal"))
    }
    #expect(pty.settings == before)
  }
}

/// A description of a terminal with sixteen colours, which few systems have.
struct Terminfo {
  private let folder: String

  /// Compiles it, and makes curses look for it.
  static func sixteenColors() throws -> Terminfo {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-terminfo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let source = folder + "/source"
    try "ksr-16color|sixteen colours,\n\tcolors#16, pairs#0x100, use=xterm-256color,\n"
      .write(toFile: source, atomically: true, encoding: .utf8)
    let tic = Process()
    tic.executableURL = URL(fileURLWithPath: "/usr/bin/tic")
    tic.arguments = ["-x", "-o", folder, source]
    try tic.run()
    tic.waitUntilExit()
    setenv("TERMINFO_DIRS", "\(folder):", 1)
    return Terminfo(folder: folder)
  }

  /// Removes it.
  func remove() {
    unsetenv("TERMINFO_DIRS")
    try? FileManager.default.removeItem(atPath: folder)
  }
}
