import Foundation
import TestSupport
import Testing

@Suite(
  "Explorer in a terminal",
  .enabled(if: Programs.canUseTerminal, "needs tmux; KSR_REQUIRE_TMUX=1 makes that a failure"))
struct ExplorerInTerminalTests {
  /// Starts the explorer and waits for its first screen.
  private func open(_ arguments: String = "", columns: Int = 100, rows: Int = 30) throws
    -> TmuxSession
  {
    let session = try TmuxSession(columns: columns, rows: rows)
    let data = TestEnvironment.fixture("explorer/little")
    try session.enter("\(try Programs.executable("ksr-tui")) --data \(data) \(arguments)")
    try session.wait(for: arguments.contains("--demo") ? "Tour" : "help")
    return session
  }

  /// The terminal is as a shell needs it: ordinary screen, cursor, no mouse, echo.
  private func expectShell(_ session: TmuxSession, status: Int) throws {
    try session.wait(for: "alternate_on", toBe: "0")
    try session.wait("the shell's prompt") {
      $0.split(separator: "\n").last?.hasSuffix("ready>") == true
    }
    try session.enter("echo status=$? done")
    // The typed line is seen only if the terminal echoes.
    try session.wait("the shell's echo and answer") {
      $0.contains("ready> echo status=$? done") && $0.contains("\nstatus=\(status) done")
    }
    #expect(try session.variable("alternate_on") == "0")
    #expect(try session.variable("cursor_flag") == "1")
    #expect(try session.variable("mouse_any_flag") == "0")
    #expect(try session.variable("keypad_cursor_flag") == "0")
  }

  @Test("opens, hears keys, and gives the terminal back")
  func keys() throws {
    let session = try open()
    #expect(try session.variable("alternate_on") == "1")
    #expect(try session.variable("cursor_flag") == "0")
    #expect(try session.variable("mouse_any_flag") == "1")
    try session.press("w")
    try session.wait(for: "├─ Why")
    try session.press("F1")
    try session.wait(for: "─ Signs and keys ─")
    try session.type("mouse")
    try session.wait("one row") { $0.contains("Let the mouse select") && !$0.contains("Leave the") }
    try session.press("Escape")
    try session.wait("the list to be closed") { !$0.contains("─ Signs and keys ─") }
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("hears Esc alone at once, and passes over sequences that it does not know")
  func escape() throws {
    let session = try open()
    try session.press("?", "Escape", "w")
    try session.wait(for: "├─ Why")
    try session.type("\u{1B}[99;5w")
    try session.press("?")
    try session.wait(for: "─ Signs and keys ─")
    try session.press("Escape")
    try session.wait("the list to be closed, and the reasons to be open: w was no key") {
      !$0.contains("─ Signs and keys ─") && $0.contains("├─ Why")
    }
  }

  @Test("follows the terminal's size, down to one cell and back")
  func resize() throws {
    let session = try open()
    try session.resize(columns: 130, rows: 20)
    try session.wait(for: "GRU state")
    try session.resize(columns: 60, rows: 12)
    try session.wait("one pane") { $0.contains("History") && !$0.contains("Recommended") }
    try session.resize(columns: 22, rows: 3)
    try session.wait(for: "needs 20x6")
    try session.resize(columns: 1, rows: 1)
    try session.wait(for: "pane_width", toBe: "1")
    try session.resize(columns: 90, rows: 30)
    try session.wait("both panes") { $0.contains("History") && $0.contains("Recommended") }
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("answers the mouse, and leaves it alone when told to")
  func mouse() throws {
    let session = try open()
    try session.click(column: 6, row: 4)
    try session.wait(for: "step 3/9")
    try session.press("M")
    try session.wait(for: "mouse_any_flag", toBe: "0")
    try session.press("q")
    try expectShell(session, status: 0)
    let other = try open("--no-mouse")
    #expect(try other.variable("mouse_any_flag") == "0")
  }

  @Test(
    "gives the terminal back when a signal ends it",
    arguments: [
      ("TERM", 143), ("INT", 130), ("HUP", 129), ("QUIT", 131), ("SEGV", 139), ("ILL", 132),
      ("TRAP", 133), ("ABRT", 134), ("BUS", 135), ("FPE", 136),
    ])
  func signals(name: String, status: Int) throws {
    let session = try open()
    let explorer = try #require(try session.child())
    let number = try #require(Int32(exactly: status - 128))
    #expect(kill(explorer, number) == 0)
    try expectShell(session, status: status)
  }

  @Test("keeps user and step when SIGTERM or SIGHUP ends it", arguments: [SIGTERM, SIGHUP])
  func endKeeps(signal: Int32) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-state-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = try TmuxSession(columns: 100, rows: 30)
    let command =
      "XDG_STATE_HOME=\(folder) \(try Programs.executable("ksr-tui"))"
      + " --data \(TestEnvironment.fixture("explorer/little"))"
    try session.enter("\(command) --viewer bo --step 3")
    try session.wait(for: "step 3/8")
    try session.press("Right")
    try session.wait(for: "step 4/8")
    #expect(kill(try #require(try session.child()), signal) == 0)
    try expectShell(session, status: Int(128 + signal))
    try session.enter("clear; \(command)")
    try session.wait(for: "step 4/8")
  }

  @Test("ends, and keeps user and step, when the terminal vanishes while SIGHUP is ignored")
  func vanishes() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-state-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let command =
      "XDG_STATE_HOME=\(folder) \(try Programs.executable("ksr-tui"))"
      + " --data \(TestEnvironment.fixture("explorer/little"))"
    let session = try TmuxSession(columns: 100, rows: 30)
    try session.enter("trap '' HUP; \(command) --viewer bo --step 3")
    try session.wait(for: "step 3/8")
    try session.press("Right")
    try session.wait(for: "step 4/8")
    let explorer = try #require(try session.child())
    try session.vanish()
    try session.waitForEnd(of: explorer)
    let next = try TmuxSession(columns: 100, rows: 30)
    try next.enter(command)
    try next.wait(for: "step 4/8")
  }

  @Test("ends by Ctrl-C as programs do")
  func interrupt() throws {
    let session = try open()
    try session.press("C-c")
    try expectShell(session, status: 130)
  }

  @Test("stops by Ctrl-Z and comes back to a screen that may have another size")
  func suspend() throws {
    let session = try open()
    try session.press("C-z")
    try session.wait(for: "alternate_on", toBe: "0")
    try session.wait(for: "topped")
    #expect(try session.variable("cursor_flag") == "1")
    #expect(try session.variable("mouse_any_flag") == "0")
    try session.resize(columns: 130, rows: 20)
    try session.enter("fg")
    try session.wait(for: "GRU state")
    #expect(try session.variable("alternate_on") == "1")
    #expect(try session.variable("mouse_any_flag") == "1")
    try session.press("w")
    try session.wait(for: "├─ Why")
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test(
    "says in a sentence why a terminal cannot be used",
    arguments: [("nonsense", "is not known here"), ("dumb", "cannot place text")])
  func unknownTerminal(name: String, part: String) throws {
    let session = try TmuxSession()
    try session.enter("TERM=\(name) \(try Programs.executable("ksr-tui"))")
    try session.wait(for: part)
    try expectShell(session, status: 1)
  }

  @Test("draws in ASCII where the terminal's character set is not UTF-8")
  func ascii() throws {
    let session = try TmuxSession()
    let data = TestEnvironment.fixture("explorer/little")
    try session.enter("LC_ALL=C \(try Programs.executable("ksr-tui")) --data \(data) --viewer eve")
    let shown = try session.wait(for: "? help")
    #expect(shown.unicodeScalars.allSatisfy { $0.isASCII })
  }

  @Test(
    "a locale that is not installed is said, and C.UTF-8 stands in where UTF-8 was asked for",
    arguments: [("xx_YY.UTF-8", "C.UTF-8", "╭─ little"), ("xx_YY", "ASCII", "+- little")])
  func missingLocale(name: String, used: String, corner: String) throws {
    let session = try TmuxSession()
    let data = TestEnvironment.fixture("explorer/little")
    let program = try Programs.executable("ksr-tui")
    try session.enter("LC_ALL=\(name) \(program) --data \(data) --viewer eve")
    let shown = try session.wait(for: "The locale \(name) is not installed: \(used) is used")
    #expect(shown.contains(corner))
    try session.press("Right")
    try session.wait(for: "? help")
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("draws in ASCII on the Linux console, whose fonts have few characters")
  func console() throws {
    let session = try TmuxSession()
    let data = TestEnvironment.fixture("explorer/little")
    let program = try Programs.executable("ksr-tui")
    try session.enter("TERM=linux \(program) --data \(data) --viewer eve")
    let shown = try session.wait(for: "? help")
    // Titles are what they are.
    #expect(shown.contains("+- little") && !shown.contains("─") && !shown.contains("│"))
  }

  @Test("steps through a history, chooses another viewer, and keeps the step when resized")
  func steps() throws {
    let session = try open("--viewer guest0 --step 3", columns: 120, rows: 36)
    try session.wait(for: "step 3/9")
    try session.press("Right", "Right")
    try session.wait("the fifth step") { $0.contains("step 5/9") && $0.contains("▶ 5 Psycho") }
    try session.press("End")
    try session.wait(for: "step 9/9")
    try session.press("v")
    try session.wait(for: "─ Viewers")
    try session.type("sey")
    try session.wait(for: "No match.")
    try session.press("BSpace", "BSpace", "BSpace")
    try session.type("fay")
    try session.press("Enter")
    try session.wait(for: "viewer fay")
    try session.press("Home")
    try session.wait(for: "step 1/8")
    try session.resize(columns: 40, rows: 12)
    try session.wait("one pane") { $0.contains("step 1/8") && !$0.contains("Recommended") }
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("keeps a viewer made of two titles, and where one was, until the next run")
  func ownUser() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-state-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = try TmuxSession(columns: 80, rows: 24)
    let data = TestEnvironment.fixture("explorer/little")
    let command =
      "XDG_STATE_HOME=\(folder) \(try Programs.executable("ksr-tui")) --data \(data)"
    try session.enter(command)
    try session.wait(for: "? help")
    try session.press("n")
    try session.wait(for: "A viewer of your own")
    try session.type("vert")
    try session.press("Enter")
    try session.wait(for: "1 Vertigo")
    try session.type("psy")
    try session.press("Enter")
    try session.wait("recommendations") {
      $0.contains("2 Psycho") && $0.contains("Recommended now") && $0.contains("Marnie (1964)")
    }
    try session.press("Escape")
    try session.wait(for: "A name to find it again")
    try session.type("Zoe")
    try session.press("Enter")
    try session.wait(for: "viewer Zoe")
    try session.press("q")
    try expectShell(session, status: 0)
    try session.enter("clear; \(command)")
    try session.wait("the same viewer and step") {
      $0.contains("viewer Zoe · own") && $0.contains("step 2/2")
    }
    try session.press("v")
    try session.wait("the list of viewers") { $0.contains("▶ Zoe") && $0.contains(" own ") }
    // Ctrl-S must not stop the terminal.
    try session.press("C-s", "C-s", "C-s")
    try session.wait("the best predicted viewer first") {
      $0.contains("by how well the model predicts") && $0.contains("fay         8    .815")
    }
    try session.press("Escape", "q")
    try expectShell(session, status: 0)
    try session.enter("clear; \(command) --viewer bo --step 3")
    try session.wait(for: "step 3/8")
  }

  @Test("edits a history, shows how far the recommendations moved, and takes it back")
  func edits() throws {
    let session = try open("--viewer guest0 --step 6", columns: 120, rows: 36)
    try session.press("e", "Up", "d")
    try session.wait("what moved") {
      $0.contains("guest0 · edited") && $0.contains("step 5/8") && $0.contains("Edits -5")
        && $0.contains("▲1") && $0.contains("▼2") && $0.contains("gone from the first 10")
    }
    try session.press("a")
    try session.wait(for: "Insert as step 6")
    try session.type("shin")
    try session.wait("the film tried at once") {
      $0.contains("step 6/9") && $0.contains("+6:shining")
    }
    try session.press("Enter", "s")
    try session.wait(for: "Edits -5,+6:shining,silence:film.film.directed_by")
    try session.press("u", "u", "u")
    try session.wait("the history as it was") {
      $0.contains("step 6/9") && !$0.contains("edited") && !$0.contains("▼2")
    }
    try session.press("U", "Escape", "c", "Left")
    try session.wait("a comparison") {
      $0.contains("A viewer guest0, step 5, 1 edit")
        && $0.contains("B viewer guest0, step 4, 1 edit")
    }
    try session.press("c", "S")
    try session.wait("the smallest set") { $0.contains("(checked, ") && $0.contains("falls from") }
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("opens with edits, a pinned view or a second model, as copied")
  func editsOfTheCommandLine() throws {
    let program = try Programs.executable("ksr-tui")
    let data = TestEnvironment.fixture("explorer/little")
    func screen(_ arguments: String...) throws -> String {
      let run = try Programs.run(
        program, ["--data", data, "--viewer", "guest0", "--print"] + arguments,
        environment: ["LC_ALL=C.UTF-8"])
      #expect(run.status == 0, "\(run.output)")
      return run.output
    }
    let typed = try screen("--step", "6", "--keys", "e,Up,d,s,e")
    let given = try screen(
      "--step", "5", "--edit", "-5,silence:directed_by", "--keys", "Tab,Tab,BTab,BTab")
    // The selected slot stays selected where a key silenced it; all numbers are the same.
    #expect(given.contains("-5,silence:film.film.directed_by"))
    #expect(
      typed.components(separatedBy: "\n").prefix(8).map { $0.suffix(31) }
        == given.components(separatedBy: "\n").prefix(8).map { $0.suffix(31) })
    let pinned = try screen("--step", "5", "--edit=-5", "--pin", "guest0:6")
    #expect(pinned == (try screen("--step", "6", "--keys", "c,e,Up,d,e")))
    #expect(
      try screen("--compare", data + "/little.safetensors").contains("A model little"))
    #expect(
      try screen("--map", "row=2") == screen("--keys", "m,Tab,Tab"), "the map opens after the keys")
  }

  @Test("records a session and prints frames in other formats, or says why not")
  func recordings() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-record-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let program = try Programs.executable("ksr-tui")
    func run(_ arguments: String...) throws -> (status: Int32, output: String) {
      let data = TestEnvironment.fixture("explorer/little")
      return try Programs.run(
        program, ["--data", data, "--viewer", "guest0"] + arguments,
        environment: ["LC_ALL=C"])
    }
    for (name, start) in [("a.svg", "<svg "), ("a.cast", "{\"version\": 2, ")] {
      let (status, output) = try run("--record", "\(folder)/\(name)", "--keys", "w,wait=2,Esc")
      #expect(status == 0 && output.isEmpty, "\(output)")
      let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      // Drawn in Unicode whatever the locale, since no terminal shows it.
      #expect(text.hasPrefix(start) && text.contains("Why"))
    }
    for (format, start) in [("svg", "<svg "), ("cast", "{"), ("ansi", "\u{1B}[")] {
      let (status, output) = try run("--print", "--format", format)
      #expect(status == 0 && output.hasPrefix(start), "\(format)")
    }
    for (arguments, part) in [
      (["--record", "a.gif"], "FILE.svg or FILE.cast"), (["--format", "svg"], "with --print"),
      (["--print", "--keys", "wait=1"], "--record"),
      (["--record", "a.svg", "--keys", "Resize@80x24"], "--size"),
      (["--record", folder + "/none/a.svg"], "none/a.svg"),
    ] {
      let (status, output) = try Programs.run(
        program, ["--data", TestEnvironment.fixture("explorer/little")] + arguments)
      #expect(status != 0 && output.contains(part), "\(output)")
    }
  }

  @Test("o writes the explanation beside the current folder, twice without writing over it")
  func export() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-out-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = try TmuxSession()
    let data = TestEnvironment.fixture("explorer/little")
    try session.enter(
      "cd \(folder); \(try Programs.executable("ksr-tui")) --data \(data) --viewer guest0 --step 3")
    try session.wait(for: "? help")
    for suffix in ["", "-2"] {
      try session.press("o")
      try session.wait(for: "─ Write out ─")
      try session.press("s")
      try session.wait(for: "\(suffix).svg")
    }
    try session.press("o", "t")
    try session.wait(for: "(and copied)")
    try session.press("q")
    try expectShell(session, status: 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(files.count == 3 && files.allSatisfy { $0.hasPrefix("little-guest0-step3-") })
    let text = try #require(files.first { $0.hasSuffix(".txt") })
    #expect(try String(contentsOfFile: folder + "/" + text, encoding: .utf8).contains("Why "))
    try session.enter("clear; chmod 500 .")
    guard getuid() != 0 else { return }
    try session.enter("\(try Programs.executable("ksr-tui")) --data \(data)")
    try session.wait(for: "? help")
    try session.press("o", "j")
    try session.wait(for: "Not written")
  }

  @Test("films on the command line make a viewer, also in one printed frame")
  func items() throws {
    let program = try Programs.executable("ksr-tui")
    let run = try Programs.run(
      program,
      [
        "--data", TestEnvironment.fixture("explorer/little"), "--print", "--size", "80x24",
        "--items", "Vertigo,Psycho", "--viewer", "Zoe", "--step", "1",
      ],
      environment: ["LC_ALL=C.UTF-8"])
    #expect(run.status == 0)
    #expect(run.output.contains("viewer Zoe · own") && run.output.contains("step 1/2"))
    let none = try Programs.run(
      program, ["--data", TestEnvironment.fixture("explorer/little"), "--print", "--items", "Nix"],
      environment: ["LC_ALL=C.UTF-8"])
    #expect(none.status == 1 && none.output.contains("Nix"))
  }

  @Test("the first start says where to go, the second one does not")
  func firstStart() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-state-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = try TmuxSession(columns: 100, rows: 30)
    let command =
      "XDG_STATE_HOME=\(folder) \(try Programs.executable("ksr-tui"))"
      + " --data \(TestEnvironment.fixture("explorer/little"))"
    try session.enter(command)
    try session.wait(for: "New here? t one-minute tour")
    // Any key brings the usual footer.
    try session.press("Right")
    try session.wait("the keys") { $0.contains("q quit") && !$0.contains("New here?") }
    try session.press("q")
    try expectShell(session, status: 0)
    try session.enter("clear; \(command)")
    let second = try session.wait(for: "q quit")
    #expect(!second.contains("New here?"))
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("what cannot be written or kept is said on the screen and again on leaving")
  func unwritable() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-gone-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let session = try TmuxSession(columns: 100, rows: 30)
    let program = try Programs.executable("ksr-tui")
    let data = TestEnvironment.fixture("explorer/little")
    // A folder that is no more: not even root can write there.
    try session.enter("cd \(folder); rmdir \(folder)")
    try session.enter("clear; XDG_STATE_HOME=/proc/none \(program) --data \(data)")
    try session.wait(for: "Nothing will be kept: ")
    try session.press("o", "j")
    try session.wait(for: "Not written: ")
    try session.press("Right", "q")
    try session.wait("both sentences below the prompt") {
      $0.contains("ksr-tui: Not written: ") && $0.contains("ksr-tui: Not kept: ")
    }
    try expectShell(session, status: 0)
    // A recording is all that was asked for: it fails.
    let run = try Programs.run(
      program, ["--data", data, "--record", "/proc/none/a.svg", "--keys", "Right"],
      environment: ["LC_ALL=C.UTF-8"])
    #expect(run.status == 1 && run.output.contains("/proc/none/a.svg"), "\(run.output)")
    #expect(run.output.split(separator: "\n").count == 1)
  }

  @Test("a state that cannot be read stops nothing")
  func brokenState() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-state-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/ksr-tui", withIntermediateDirectories: true)
    try "no state".write(
      toFile: folder + "/ksr-tui/state.json", atomically: true, encoding: .utf8)
    let session = try TmuxSession()
    let data = TestEnvironment.fixture("explorer/little")
    try session.enter(
      "XDG_STATE_HOME=\(folder) \(try Programs.executable("ksr-tui")) --data \(data)")
    try session.wait(for: "What was kept of the last run cannot be read")
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("plays on by itself until a key stops it")
  func play() throws {
    let session = try open("--viewer guest0 --step 1")
    try session.press("+", "+", "+", "+", "Space")
    try session.wait(for: "step 9/9")
    try session.wait(for: "The end of the history")
  }

  @Test("--demo goes from the first stop to the last, and leaves the user there")
  func demo() throws {
    let session = try open("--demo", columns: 80, rows: 24)
    let first = try session.wait(for: "Tour 1/")
    let rest = first.components(separatedBy: "Tour 1/").last?.prefix { $0.isNumber }
    let count = try #require(rest.flatMap { Int($0) })
    #expect(count >= 4)
    for place in 2...count {
      try session.press(["Right", "Enter", "Space"][place % 3])
      try session.wait(for: "Tour \(place)/\(count)")
    }
    try session.press("Left")
    try session.wait(for: "Tour \(count - 1)/")
    try session.press("Right")
    try session.wait(for: "Tour \(count)/")
    try session.press("Right")
    let end = try session.wait(for: "The tour ends here")
    #expect(!end.contains("Tour \(count)/"))
    try session.press("q")
    try expectShell(session, status: 0)
  }

  @Test("says in a sentence what cannot be opened")
  func failures() throws {
    let program = try Programs.executable("ksr-tui")
    let data = TestEnvironment.fixture("explorer/little")
    for (arguments, part) in [
      (["--data", data, "--viewer", "nobody"], "There is no user \"nobody\""),
      (["--data", data, "--viewer", "bo", "--step", "9"], "has steps 1 to 8"),
      (["--data", TestEnvironment.root + "/sample-data/cinema"], "ksr train --data"),
      (["/nonexistent/model.safetensors"], "/nonexistent/model.safetensors"),
      (["--data", data, "--viewer", "bo", "--edit", "-1,-9"], "--edit, character 4, \"-9\""),
      (["--data", data, "--viewer", "bo", "--edit", "cutt:3"], "the nearest is cut:"),
      (["--data", data, "--viewer", "bo", "--edit", "+1:psyco"], "Psycho (psycho)"),
      (
        ["--data", data, "--viewer", "bo", "--step", "8", "--edit", "-1"], "1 to 7 after the edits"
      ),
      (["--data", data, "--pin", "nobody:1"], "--pin: there is no user \"nobody\""),
      (["--data", data, "--map", "of=psyco"], "--map: "),
      (["--data", data, "--map", "zoom=far"], "--map, \"zoom=far\""),
      (["--data", data, "--compare", "/nonexistent/b.safetensors"], "/nonexistent/b.safetensors"),
    ] {
      let run = try Programs.run(program, arguments, environment: ["LC_ALL=C.UTF-8"])
      #expect(run.status == 1)
      #expect(run.output.contains(part), "\(run.output)")
      #expect(run.output.split(separator: "\n").count == 1)
    }
  }

  @Test("prints the frame that the terminal shows")
  func print() throws {
    let program = try Programs.executable("ksr-tui")
    let session = try open("--keys w,Tab", columns: 110, rows: 32)
    let printed = try Programs.run(
      program,
      [
        "--data", TestEnvironment.fixture("explorer/little"), "--print", "--size", "110x32",
        "--keys", "w,Tab",
      ],
      environment: ["LC_ALL=C.UTF-8"])
    #expect(printed.status == 0)
    // The terminal shows the frame at once, and what takes longer when it is known.
    try session.wait("the printed frame") { $0 == printed.output }
  }
}
