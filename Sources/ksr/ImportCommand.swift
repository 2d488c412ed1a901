import ArgumentParser
import AtomicFiles
import Training
import Workspace

/// `ksr import`: a model file from what RecBole trained.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Make a model file from a checkpoint of RecBole's KSR or GRU4Rec and its training data.",
    discussion: """
      The checkpoint is read as data; no code in it is executed. Names, identifiers and relation \
      vectors (NAME.rel_feature) come from the data folder, which must be the one of the training. \
      Settings come from the checkpoint. --config adds what it lacks, --set overrides.

      GRU4Rec becomes a model without memory (memory: none) with the same scores; its folder needs no \
      graph. All commands that take MODEL, and ksr-tui, open a checkpoint directly, too; with the \
      model file they start faster and need no second look at the settings.
      """)

  @Argument(
    help: ArgumentHelp("RecBole's checkpoint.", valueName: "CHECKPOINT.pth"),
    completion: .file(extensions: ["pth", "pt"]))
  var checkpoint: String?

  @Option(
    name: .customLong("state-dict"),
    help: ArgumentHelp(
      "The state dict as safetensors, in place of a checkpoint.", valueName: "FILE"),
    completion: .file())
  var stateDict: String?

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String

  @Option(
    name: .customLong("config"), parsing: .upToNextOption,
    help: ArgumentHelp("Settings files of the training, in YAML.", valueName: "FILE"),
    completion: .file())
  var files: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A setting of the training under RecBole's name; wins over the checkpoint, and may be given"
        + " again.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp("The model file to write.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var output: String

  func validate() throws {
    guard (checkpoint == nil) != (stateDict == nil) else {
      throw ValidationError("Give either CHECKPOINT.pth or --state-dict FILE.")
    }
  }

  mutating func run() throws {
    try AtomicFile.check(output)
    var settings = Settings()
    for file in files { try settings.merge(file: file) }
    // What a training here could not do is RecBole's to have done; only unknown names are of interest.
    var run = RunSettings()
    for warning in (try? run.apply(settings)) ?? settings.warnings { Console.note(warning) }
    var typed = Settings()
    for assignment in assignments { try typed.merge(assignment: assignment, source: "--set") }
    try RunSettings.checkNames(of: typed)
    let result = try RecBoleFile(path: checkpoint ?? stateDict ?? "").imported(
      with: AtomicFolder(path: data), settings: settings, assignments: assignments)
    for note in result.notes { Console.note(note) }
    try result.model.write(to: output)
    let (model, layers) = (result.model, result.model.settings.layerCount)
    let slots =
      model.settings.memory == .none
      ? "no memory" : "\(model.relations.count) memory slots ([PAD] included)"
    Console.note(
      "\(model.items.count - 1) items, \(slots), \(layers) GRU layer\(layers == 1 ? "" : "s")")
    Console.result(output)
  }
}
