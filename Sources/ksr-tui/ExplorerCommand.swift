import ArgumentParser
import AtomicFiles
import CKernels
import Explanation
import ExplorerCore
import Foundation
import Text
import ksr

/// The program, which is `ksr` where it is called so, else `ksr-tui`.
@main
enum Program {
  static func main() {
    Paths.name(CommandLine.arguments.first ?? "") == "ksr" ? KSR.main() : ExplorerCommand.main()
  }
}

/// `ksr-tui`: options, and which way they lead.
struct ExplorerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ksr-tui",
    abstract: "Look inside a knowledge-enhanced sequential recommender.",
    discussion: """
      Without arguments, the bundled model and data are opened. MODEL alone is opened with the data \
      folder that it was trained on, if that lies beside it; --data alone with DIR/NAME.safetensors.
      """,
    version: "ksr-tui \(Build.description)")

  @Argument(
    help: ArgumentHelp("The model file, or a checkpoint of RecBole.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var model: String?

  @Option(
    help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String?

  @Option(
    name: [.customLong("viewer"), .customLong("user")],
    help: ArgumentHelp("The user to start with.", valueName: "ID"))
  var user: String?

  @Option(help: ArgumentHelp("The step to start with, from 1.", valueName: "N"))
  var step: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      EditScript.help + " --step counts after the edits.", valueName: "SPEC"))
  var edit: String?

  @Option(
    help: ArgumentHelp(
      "A second model to compare with, on the same data; C and c switch.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var compare: String?

  @Option(
    help: ArgumentHelp(
      "A view to compare with: a user, a step, and edits as --edit has them. %3A is a colon in "
        + "the user's id.", valueName: "USER:STEP[:EDITS]"))
  var pin: String?

  @Option(
    help: ArgumentHelp(
      "Open the map, after the keys: of=ITEM, zoom=N, at=X:Y or at=all, by=dot, row=N, as y copies "
        + "them; \"\" for the whole map.", valueName: "of=ITEM,zoom=N"))
  var map: String?

  @Option(
    help: ArgumentHelp(
      "Follow a training run: show the curves of MODEL.history.csv, and reload MODEL whenever a"
        + " better one is written.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var watch: String?

  @Option(
    help: ArgumentHelp(
      "Items of a user of your own, oldest first, by token or title; --viewer is the name.",
      valueName: "a,b,c"))
  var items: String?

  @Flag(help: "Start with the guided tour.")
  var demo = false

  @Flag(help: "Print one frame and exit.")
  var print = false

  @Option(
    help: ArgumentHelp(
      "How --print writes the frame: as text, as text with colours (ansi), as a drawing (svg), or for "
        + "asciinema (cast)."))
  var format: PrintFormat?

  @Option(
    help: ArgumentHelp(
      "Write the session of --keys to a file, as an animated drawing or for asciinema, and exit.",
      valueName: "FILE.svg|FILE.cast"), completion: .file(extensions: ["svg", "cast"]))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "The frame's columns and rows with --print and --record, from 1x1 to \(Size.largest)x\(Size.largest).",
      valueName: "120x40"))
  var size = Size(columns: 120, rows: 36)

  @Option(
    help: ArgumentHelp(
      "Keys to press first: characters and names such as Right, Enter, F1, with commas between; with "
        + "--record also wait=1.5, to stay for so many seconds.",
      valueName: "Right,Right,w"),
    transform: { text throws in try KeyList(text) })
  var keys = KeyList()

  @Option(
    help: "The colours: \(Theme.all.map { "\($0.name), \($0.summary)" }.joined(separator: "; ")).",
    completion: .list(Theme.all.map(\.name)),
    transform: { text throws in try ExplorerCommand.theme(text) })
  var theme: Theme?

  @Flag(help: "ASCII only, as on the Linux console.")
  var ascii = false

  @Option(help: "Whether to use colours.")
  var color = ColorChoice.auto

  @Flag(name: .customLong("no-mouse"), help: "Do not capture the mouse.")
  var leavesMouse = false

  @Flag(help: "Print the paths in use and exit.")
  var paths = false

  @Flag(name: .customLong("keys-table"), help: .hidden)
  var printsKeys = false

  /// Runs the command; an error becomes a sentence on stderr and the exit status.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      // Help and version are no errors; who threw an exit code has said why.
      if code == .success || error is ExitCode { exit(withError: error) }
      let (message, prefix) = (fullMessage(for: error), "Error: ")
      StandardOutput.note(
        "ksr-tui: \(message.hasPrefix(prefix) ? message.dropFirst(prefix.count) : message[...])\n")
      exit(withError: ExitCode(code.rawValue))
    }
  }

  func validate() throws {
    if compare != nil, pin != nil {
      throw ValidationError("--compare and --pin: give one of the two.")
    }
    guard watch == nil || model == nil else {
      throw ValidationError("--watch names the model; leave out \"\(model ?? "")\".")
    }
    guard format == nil || print else {
      throw ValidationError("--format goes with --print; --record goes by the name of its file.")
    }
    if let record {
      guard record.hasSuffix(".svg") || record.hasSuffix(".cast") else {
        throw ValidationError(
          "--record \(record): expected the name of a file FILE.svg or FILE.cast.")
      }
      guard !print, watch == nil else {
        throw ValidationError("--record goes with neither --print nor --watch.")
      }
      guard !keys.keys.contains(where: { if case .resize = $0 { true } else { false } }) else {
        throw ValidationError("A recording has one size: give it with --size, not as a key.")
      }
    } else if keys.waits {
      throw ValidationError("wait=… in --keys is for --record FILE; without it, leave it out.")
    }
  }

  mutating func run() throws {
    StandardOutput.guardClosedStreams()
    if printsKeys {
      try StandardOutput.write(Bindings.markdown + "\n")
      return
    }
    let command = self
    let status = MainActor.assumeIsolated { command.start() }
    throw ExitCode(status)
  }

  @MainActor
  private func start() -> Int32 {
    let (isUnicode, note) = CursesTerminal.prepareLocale(ProcessInfo.processInfo.environment)
    let isPrinted = print || record != nil || isatty(1) == 0
    // The fonts of the Linux console have no more than 512 characters.
    let isConsole = !isPrinted && ProcessInfo.processInfo.environment["TERM"] == "linux"
    let isDrawn = record != nil || format == .svg || format == .cast
    let glyphs: Glyphs = ascii || isConsole || !isUnicode && !isDrawn ? .ascii : .unicode
    // Without a screen there is no other place for it.
    if isPrinted, let note { StandardOutput.note("ksr-tui: \(note).\n") }
    do {
      let request = OpenRequest(
        model: watch ?? model, data: data, user: user, step: step, edit: edit, compare: compare,
        pin: pin, map: map, items: items)
      if paths {
        try printPaths(request)
        return 0
      }
      if let watch { return try self.watch(RunWatcher(path: watch), request, glyphs, isPrinted) }
      let opened = try request.openModel()
      let cache = try request.open(opened.model)
      // On the screen nothing can be copied from; what is to be known is there again after it.
      defer { for note in opened.notes { StandardOutput.note("ksr-tui: \(note)\n") } }
      if isPrinted { return try printFrame(cache, request, glyphs) }
      return try explore(
        cache, request, glyphs,
        hint: note
          ?? (opened.isImported
            ? "Opened RecBole's checkpoint; leaving prints how to keep it as a model file." : nil))
    } catch {
      StandardOutput.note("ksr-tui: \(error)\n")
      return 1
    }
  }

  private func printPaths(_ request: OpenRequest) throws {
    let files = try request.files()
    var lines = [
      "model: \(files.model)", "data: \(files.data ?? "beside the model, if it is there")",
    ]
    if let bundled = try? BundledFiles.find() {
      lines.append("bundled files: \(bundled.home) (\(bundled.found))")
    }
    let kept = StateFile(environment: ProcessInfo.processInfo.environment)
    lines.append(
      "state: \(kept?.path ?? "not kept: neither XDG_STATE_HOME nor HOME is an absolute path")")
    try StandardOutput.write(lines.joined(separator: "\n") + "\n")
  }

  @MainActor
  private func watch(
    _ watcher: RunWatcher, _ request: OpenRequest, _ glyphs: Glyphs, _ isPrinted: Bool
  ) throws -> Int32 {
    var watcher = watcher
    if isPrinted {
      guard let model = watcher.look() else {
        let canvas = WaitingScreen.render(watcher.status, on: size, glyphs: glyphs)
        try StandardOutput.write(printed(canvas, printedTheme))
        return 0
      }
      let cache = try request.open(model)
      return try printFrame(cache, request, glyphs, watcher.status)
    }
    let terminal = try openTerminal(theme ?? .standard)
    defer { terminal.close() }
    var wait = WaitingLoop(watcher: watcher, terminal: terminal, glyphs: glyphs)
    guard let cache = try wait.run(opening: { try request.open($0) }) else { return 0 }
    return try explore(cache, request, glyphs, terminal, wait.watcher)
  }

  @MainActor
  private func openTerminal(_ theme: Theme) throws -> CursesTerminal {
    CursesTerminal.addDescriptions(bundled: (try? BundledFiles.find())?.descriptions)
    return try CursesTerminal(
      .init(
        theme: theme,
        wantsColor: color.wantsColor(
          environment: ProcessInfo.processInfo.environment, isTerminal: true),
        takesMouse: !leavesMouse))
  }

  @MainActor
  private func printFrame(
    _ cache: SceneCache, _ request: OpenRequest, _ glyphs: Glyphs, _ watch: WatchStatus? = nil
  ) throws -> Int32 {
    let own = try request.ownUser(in: cache)
    let start: (user: Int?, step: Int) = own == nil ? try request.start(in: cache) : (nil, 0)
    var first = State(
      size: size, user: start.user, step: start.step, takesMouse: !leavesMouse,
      theme: printedTheme)
    first.watch = watch
    first.hasColors = record != nil || format ?? .text != .text
    look(at: own, in: &first, cache)
    first = try request.opened(first, in: cache)
    if let record {
      let recording = Recording.play(script, from: first, with: cache, glyphs: glyphs)
      let text = record.hasSuffix(".svg") ? recording.svg : try recording.cast()
      try writeAtomically(text, to: record)
      return 0
    }
    let state = try request.mapped(
      Explorer.run(firstKeys, from: first, with: cache, glyphs: glyphs).state, in: cache)
    for warning in cache.model.warnings {
      StandardOutput.note("ksr-tui: \(warning)\n")
    }
    while cache.work(for: state) {}
    let canvas = Explorer.render(state, cache.scene(for: state), glyphs: glyphs).canvas
    try StandardOutput.write(printed(canvas, state.theme))
    return 0
  }

  private var printedTheme: Theme { color == .never ? .mono : theme ?? .standard }

  private func printed(_ canvas: Canvas, _ theme: Theme) throws -> String {
    switch format ?? .text {
    case .text: canvas.text
    case .ansi: canvas.ansi(theme)
    case .svg: canvas.svg(theme)
    case .cast: try Recording(canvas, theme).cast()
    }
  }

  @MainActor
  private func explore(
    _ cache: SceneCache, _ request: OpenRequest, _ glyphs: Glyphs,
    _ opened: CursesTerminal? = nil, _ watcher: RunWatcher? = nil, hint: String? = nil
  ) throws -> Int32 {
    let keeper = try StateKeeper(request, cache)
    // What was asked for wins over what was kept.
    let theme = theme ?? keeper.kept.lastTheme ?? .standard
    let own = try request.ownUser(in: cache)
    let place: (user: Int?, step: Int) =
      own == nil ? try request.start(in: cache, keeper) : (nil, 0)
    let terminal = try opened ?? openTerminal(theme)
    defer { terminal.close() }
    terminal.theme = theme
    var first = State(
      size: terminal.size, user: place.user, step: place.step, takesMouse: !leavesMouse,
      theme: theme, seed: UInt64(time(nil)))
    first.hasColors = terminal.hasColors
    keeper.restore(&first, withPanes: keys.keys.isEmpty)
    first.watch = watcher?.status
    look(at: own, in: &first, cache)
    first = try request.opened(first, in: cache)
    // Keys are pressed on a whole picture; the first one that is shown need not be whole.
    cache.waitsForRanking = !firstKeys.isEmpty
    var begin = Explorer.run(firstKeys, from: first, with: cache, glyphs: glyphs)
    guard !begin.effects.contains(.quit) else { return 0 }
    begin.state = try request.mapped(begin.state, in: cache)
    let warning = keeper.warning ?? cache.model.warnings.first ?? hint
    if let toast = warning.map({ Toast($0, role: .warning) })
      ?? (keeper.isFirstStart && firstKeys.isEmpty ? Explorer.welcome(terminal.size) : nil)
    {
      begin = Explorer.reduce(
        begin.state, .show(toast), in: cache.scene(for: begin.state))
    }
    var loop = TerminalLoop(
      state: begin.state, cache: cache, terminal: terminal, glyphs: glyphs, keeper: keeper,
      watcher: watcher)
    defer {
      // Said where it can be read: the screen goes first.
      let failures = loop.failures + [keeper.keep(loop.state)?.toast?.text].compactMap { $0 }
      if !failures.isEmpty { terminal.close() }
      for text in failures { StandardOutput.note("ksr-tui: \(text)\n") }
    }
    try loop.run()
    return 0
  }

  private func look(at own: OwnUser?, in state: inout State, _ cache: SceneCache) {
    guard let own else { return }
    state.look(
      at: own, step: step.map { $0 - 1 }, userCount: cache.session.users.count)
  }

  /// The keys that are pressed before the first picture; --demo presses the one that begins a tour.
  private var firstKeys: [Key] { tour + keys.keys }

  private var script: [KeyScript.Item] {
    tour.map { .key($0, milliseconds: KeyScript.pause) } + keys.items
  }

  private var tour: [Key] {
    demo ? Bindings.all.first { $0.command == .tour }?.keys.prefix(1).map(\.self) ?? [] : []
  }

  private static func theme(_ name: String) throws -> Theme {
    guard let theme = Theme.named(name) else {
      let names = Theme.all.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no theme \"\(name)\". The themes are \(names).")
    }
    return theme
  }
}

/// The keys of `--keys`.
struct KeyList: Sendable {
  let items: [KeyScript.Item]

  var keys: [Key] {
    items.compactMap { if case .key(let key, _) = $0 { key } else { nil } }
  }
  var waits: Bool { items.count > keys.count }

  init() { items = [] }

  init(_ text: String) throws {
    do {
      items = try KeyScript.items(text)
    } catch {
      throw ValidationError(error.description)
    }
  }
}

extension Size: ExpressibleByArgument {
  /// Reads `120x40`.
  public init?(argument: String) { self.init(argument) }

  /// The size as it is written on the command line.
  public var defaultValueDescription: String { "\(columns)x\(rows)" }
}

extension ColorChoice: ExpressibleByArgument {}

enum PrintFormat: String, ExpressibleByArgument, CaseIterable { case text, ansi, svg, cast }
