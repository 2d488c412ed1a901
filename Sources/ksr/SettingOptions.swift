import ArgumentParser
import AtomicFiles
import Foundation
import KSRModel
import Training

/// Settings from files and the command line.
struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("config"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "Settings files in YAML, as RecBole reads them; what comes later wins, key by key.",
      valueName: "FILE"),
    completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      A setting under RecBole's name, such as learning_rate=0.003 or \
      'eval_args={split: {LS: valid_only}}'; wins over the files, and may be given again.
      """,
      valueName: "key=value"))
  var assignments: [String] = []

  @Flag(
    name: .customLong("recbole-defaults"),
    help: ArgumentHelp(
      """
      Start from RecBole's settings: \(Self.recBoleDefaults).
      """))
  var usesRecBoleDefaults = false

  private static let recBoleDefaults = RunSettings.keys.compactMap { key in
    key.recBole.map { "\(key.name) \($0)" }
  }.joined(separator: ", ")

  /// What `--help` says about the settings.
  static let help = """
    Settings for --set and --config with their defaults. A RecBole name for the same does as well \
    (learner, eval_args={split: {LS: ...}, mode: ...}, train_neg_sample_args, neg_sampling).
    \(RunSettings().help)
    """

  var isEmpty: Bool { files.isEmpty && assignments.isEmpty && !usesRecBoleDefaults }

  /// How errors call the command line.
  private static let commandLine = "--set"

  /// What the options say on top of `base`, or of the defaults.
  ///
  /// Keys without effect are noted on stderr.
  func read(over base: RunSettings? = nil) throws -> RunSettings {
    do {
      return try merge(over: usesRecBoleDefaults ? .recBole : base ?? RunSettings())
    } catch let error as DataError where error.file == Self.commandLine {
      throw ValidationError(error.description)
    }
  }

  /// Does something with data that the settings speak about; where it fails for what one of them says,
  /// the error tells where that stands.
  func locating<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DataError {
      let located = try given().located(error)
      if located.file == Self.commandLine { throw ValidationError(located.description) }
      throw located
    }
  }

  private func merge(over base: RunSettings) throws -> RunSettings {
    var run = base
    try RunSettings.checkNames(of: typed())
    for warning in try run.apply(given()) { Console.note(warning) }
    return run
  }

  /// What the files and the command line say, merged.
  func given() throws(DataError) -> Settings {
    var settings = Settings()
    for file in files { try settings.merge(file: file) }
    for (key, entry) in try typed().entries {
      settings.set(key, entry.value, source: entry.source, line: entry.line)
    }
    return settings
  }

  /// What the command line says.
  private func typed() throws(DataError) -> Settings {
    var settings = Settings()
    for assignment in assignments {
      try settings.merge(assignment: assignment, source: Self.commandLine)
    }
    return settings
  }

  /// What they go on top of.
  var base: RunSettings { usesRecBoleDefaults ? .recBole : RunSettings() }
}

/// How many threads may work.
struct ThreadOptions: ParsableArguments {
  @Option(help: "How many threads may work (0: one for each processor). Changes no result.")
  var threads = 0

  var count: Int {
    threads > 0
      ? threads : max(1, ProcessInfo.processInfo.activeProcessorCount / Ranks.onThisMachine())
  }

  func validate() throws {
    guard (0...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected a whole number from 0 to 1024.")
    }
  }
}
