import ArgumentParser
import AtomicFiles
import KSRModel
import Text
import Training
import Workspace

/// `ksr import`: a model file from what RecBole trained.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Make a model file from a checkpoint of RecBole's KSR and the data it was trained on.",
    discussion: """
      The checkpoint is read as data; no code in it is executed. Names, identifiers and relation \
      vectors (NAME.rel_feature) come from the data folder, which must be the one of the training. \
      Settings come from the checkpoint. --config adds what it lacks, --set overrides.
      """)

  @Argument(help: ArgumentHelp("RecBole's checkpoint.", valueName: "CHECKPOINT.pth"))
  var checkpoint: String?

  @Option(
    name: .customLong("state-dict"),
    help: ArgumentHelp(
      "The state dict as safetensors, in place of a checkpoint.", valueName: "FILE"))
  var stateDict: String?

  @Option(name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String

  @Option(
    name: .customLong("config"), parsing: .upToNextOption,
    help: ArgumentHelp("Settings files of the training, in YAML.", valueName: "FILE"))
  var files: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A setting of the training under RecBole's name; wins over the checkpoint, and may be given"
        + " again.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(help: ArgumentHelp("The model file to write.", valueName: "MODEL"))
  var output: String

  func validate() throws {
    guard (checkpoint == nil) != (stateDict == nil) else {
      throw ValidationError("Give either CHECKPOINT.pth or --state-dict FILE.")
    }
  }

  mutating func run() throws {
    var settings = Settings()
    for file in files { try settings.merge(file: file) }
    // What a training here could not do is RecBole's to have done; only unknown names are of interest.
    var run = RunSettings()
    for warning in (try? run.apply(settings)) ?? settings.warnings { Console.note(warning) }
    let parameters: StateDict
    if let checkpoint {
      let file = try PyTorchCheckpoint(path: checkpoint)
      parameters = file.stateDict
      merge(file.configuration, from: checkpoint, into: &settings)
      if let epoch = file.epoch { Console.note("the checkpoint of epoch \(epoch), counted from 0") }
    } else {
      let path = stateDict ?? ""
      let file = try SafetensorsFile(path: path)
      guard !file.metadata.keys.contains(where: { $0.hasPrefix("ksr.") }) else {
        throw UserError("\(path) is a model of ksr already: it needs no import.")
      }
      parameters = try StateDict(file)
    }
    for assignment in assignments { try settings.merge(assignment: assignment, source: "--set") }
    let result: RecBoleImport
    do {
      result = try RecBoleImport(parameters, settings: settings, folder: AtomicFolder(path: data))
    } catch let error as DataError {
      throw settings.located(error)
    }
    for note in result.notes { Console.note(note) }
    try result.model.write(to: output)
    let model = result.model
    Console.note(
      "\(model.items.count - 1) items, \(model.relations.count) memory slots ([PAD] included), "
        + "\(model.settings.layerCount) GRU layer\(model.settings.layerCount == 1 ? "" : "s")")
    Console.result(output)
  }

  /// Puts what the checkpoint says above what the files say; where they differ about the network,
  /// the person should know.
  private func merge(
    _ configuration: [String: SettingValue], from checkpoint: String, into settings: inout Settings
  ) {
    if configuration.isEmpty {
      Console.note("The checkpoint holds no settings that can be read.")
    }
    for key in ["gamma", "loss_type", "MAX_ITEM_LIST_LENGTH", "freeze_kg"] {
      guard let told = configuration[key], let entry = settings.entries[key], entry.value != told
      else { continue }
      Console.note(
        "\(key) is \(told) in the checkpoint and \(entry.value) in \(printable(entry.source)):"
          + " the checkpoint's counts.")
    }
    for (key, value) in configuration { settings.set(key, value, source: checkpoint) }
  }
}
