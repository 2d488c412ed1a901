import ArgumentParser
import ExplorerCore
import Foundation

/// `ksr-tui`: options, and which way they lead.
@main
struct ExplorerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ksr-tui",
    abstract: "Look inside a knowledge-enhanced sequential recommender.",
    version: "0.1.0")

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
  var theme = Theme.standard

  @Flag(help: "Draw with the characters of every keyboard only.")
  var ascii = false

  @Option(help: "Whether to use colours.")
  var color = ColorChoice.auto

  @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal.")
  var leavesMouse = false

  mutating func run() throws {
    let command = self
    let status = MainActor.assumeIsolated { command.start() }
    throw ExitCode(status)
  }

  @MainActor
  private func start() -> Int32 {
    let isUnicode = CursesTerminal.prepareLocale()
    let glyphs: Glyphs = ascii || !isUnicode ? .ascii : .unicode
    return print || isatty(1) == 0 ? printFrame(glyphs) : explore(glyphs)
  }

  @MainActor
  private func printFrame(_ glyphs: Glyphs) -> Int32 {
    let start = State(size: size, takesMouse: !leavesMouse)
    let state = Explorer.run(keys.keys, from: start, glyphs: glyphs).state
    let text = Explorer.render(state, glyphs: glyphs).canvas.text
    FileHandle.standardOutput.write(Data(text.utf8))
    return 0
  }

  @MainActor
  private func explore(_ glyphs: Glyphs) -> Int32 {
    let wantsColor = color.wantsColor(
      environment: ProcessInfo.processInfo.environment, isTerminal: true)
    do {
      let terminal = try CursesTerminal(
        .init(theme: theme, wantsColor: wantsColor, takesMouse: !leavesMouse))
      defer { terminal.close() }
      let start = Explorer.run(
        keys.keys, from: State(size: terminal.size, takesMouse: !leavesMouse), glyphs: glyphs)
      guard !start.effects.contains(.quit) else { return 0 }
      var session = Session(state: start.state, terminal: terminal, glyphs: glyphs)
      try session.run()
      return 0
    } catch {
      FileHandle.standardError.write(Data("ksr-tui: \(error)\n".utf8))
      return 1
    }
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
