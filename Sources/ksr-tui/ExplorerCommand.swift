import ArgumentParser
import CKernels
import ExplorerCore
import Foundation

/// `ksr-tui`: options, and which way they lead.
@main
struct ExplorerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ksr-tui",
    abstract: "Look inside a knowledge-enhanced sequential recommender.",
    discussion: """
      Without arguments, the bundled model and data are opened. MODEL alone is opened with the data \
      folder that it was trained on, if that lies beside it; --data alone with DIR/NAME.safetensors.
      """,
    version: Build.description)

  @Argument(help: ArgumentHelp("The model file.", valueName: "MODEL"))
  var model: String?

  @Option(help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String?

  @Option(help: ArgumentHelp("The viewer to begin with.", valueName: "ID"))
  var viewer: String?

  @Option(help: ArgumentHelp("The step to begin with, from 1.", valueName: "N"))
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "Films of a viewer of your own, oldest first, by token or title; --viewer is the name.",
      valueName: "a,b,c"))
  var items: String?

  @Flag(help: "Begin with a tour of the data, a sentence at each stop.")
  var demo = false

  @Flag(help: "Write one frame as text and leave.")
  var print = false

  @Option(help: ArgumentHelp("The frame's columns and rows, with --print.", valueName: "120x40"))
  var size = Size(columns: 120, rows: 36)

  @Option(
    help: ArgumentHelp(
      "Keys to press first: characters and names such as Right, Enter, F1, with commas between.",
      valueName: "Right,Right,w"),
    transform: { text throws in try KeyList(text) })
  var keys = KeyList()

  @Option(
    help: "The colours: \(Theme.all.map { "\($0.name), \($0.summary)" }.joined(separator: "; ")).",
    transform: { text throws in try ExplorerCommand.theme(text) })
  var theme: Theme?

  @Flag(help: "Draw with the characters of every keyboard only.")
  var ascii = false

  @Option(help: "Whether to use colours.")
  var color = ColorChoice.auto

  @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal.")
  var leavesMouse = false

  @Flag(help: "Say which files would be opened, and leave.")
  var paths = false

  @Flag(name: .customLong("keys-table"), help: .hidden)
  var printsKeys = false

  mutating func run() throws {
    if printsKeys {
      FileHandle.standardOutput.write(Data((Bindings.markdown + "\n").utf8))
      return
    }
    let command = self
    let status = MainActor.assumeIsolated { command.start() }
    throw ExitCode(status)
  }

  @MainActor
  private func start() -> Int32 {
    let isUnicode = CursesTerminal.prepareLocale()
    let glyphs: Glyphs = ascii || !isUnicode ? .ascii : .unicode
    do {
      let request = OpenRequest(model: model, data: data, viewer: viewer, step: step, items: items)
      if paths {
        try printPaths(request)
        return 0
      }
      let cache = try request.open()
      if print || isatty(1) == 0 { return try printFrame(cache, request, glyphs) }
      return try explore(cache, request, glyphs)
    } catch {
      FileHandle.standardError.write(Data("ksr-tui: \(error)\n".utf8))
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
    FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
  }

  @MainActor
  private func printFrame(
    _ cache: SceneCache, _ request: OpenRequest, _ glyphs: Glyphs
  ) throws -> Int32 {
    let own = try request.ownViewer(in: cache)
    let start: (viewer: Int?, step: Int) = own == nil ? try request.start(in: cache) : (nil, 0)
    var first = State(
      size: size, viewer: start.viewer, step: start.step, takesMouse: !leavesMouse,
      theme: theme ?? .standard)
    look(at: own, in: &first, cache)
    let state = Explorer.run(firstKeys, from: first, with: cache, glyphs: glyphs).state
    for warning in cache.model.warnings {
      FileHandle.standardError.write(Data("ksr-tui: \(warning)\n".utf8))
    }
    while cache.work(for: state) {}
    let text = Explorer.render(state, cache.scene(for: state), glyphs: glyphs).canvas.text
    FileHandle.standardOutput.write(Data(text.utf8))
    return 0
  }

  @MainActor
  private func explore(
    _ cache: SceneCache, _ request: OpenRequest, _ glyphs: Glyphs
  ) throws -> Int32 {
    let keeper = try StateKeeper(request, cache)
    // What was asked for wins over what was kept.
    let theme = theme ?? keeper.kept.lastTheme ?? .standard
    let own = try request.ownViewer(in: cache)
    let place: (viewer: Int?, step: Int) =
      own == nil ? try request.start(in: cache, keeper) : (nil, 0)
    let wantsColor = color.wantsColor(
      environment: ProcessInfo.processInfo.environment, isTerminal: true)
    let terminal = try CursesTerminal(
      .init(theme: theme, wantsColor: wantsColor, takesMouse: !leavesMouse))
    defer { terminal.close() }
    var first = State(
      size: terminal.size, viewer: place.viewer, step: place.step, takesMouse: !leavesMouse,
      theme: theme, seed: UInt64(time(nil)))
    keeper.restore(&first, withPanes: keys.keys.isEmpty)
    look(at: own, in: &first, cache)
    var begin = Explorer.run(firstKeys, from: first, with: cache, glyphs: glyphs)
    guard !begin.effects.contains(.quit) else { return 0 }
    if let warning = keeper.warning ?? cache.model.warnings.first {
      begin = Explorer.reduce(
        begin.state, .show(Toast(warning, role: .warning)), in: cache.scene(for: begin.state))
    }
    var loop = TerminalLoop(
      state: begin.state, cache: cache, terminal: terminal, glyphs: glyphs, keeper: keeper)
    // A place that cannot be kept is no failure; own viewers that cannot were spoken of at once.
    defer { _ = keeper.keep(loop.state) }
    try loop.run()
    return 0
  }

  private func look(at own: OwnViewer?, in state: inout State, _ cache: SceneCache) {
    guard let own else { return }
    state.look(
      at: own, step: step.map { $0 - 1 }, viewerCount: cache.session.viewers.count)
  }

  /// The keys that are pressed before the first picture; --demo presses the one that begins a tour.
  private var firstKeys: [Key] {
    (demo ? Bindings.all.first { $0.command == .tour }?.keys.prefix(1).map(\.self) ?? [] : [])
      + keys.keys
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
  let keys: [Key]

  init() { keys = [] }

  init(_ text: String) throws {
    do {
      keys = try KeyScript.parse(text)
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

/// What this build is.
enum Build {
  static let version = "0.1.0"
  /// The version, the library behind the matrix products and the kernels in use.
  static var description: String {
    "ksr-tui \(version), matrix products: \(String(cString: ksr_sgemm_library())), kernels: "
      + String(cString: ksr_kernel_path())
  }
}
