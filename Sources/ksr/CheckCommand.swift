import ArgumentParser
import AtomicFiles
import DataCheck
import KSRModel

/// `ksr check`: what is wrong with a data folder or a model, in the order of harm.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with a data folder, or with a model of it.",
    discussion: """
      Findings come in the order of harm, with examples by name, what each means for KSR and what \
      to do. The exit status is 0 if everything could be checked, whatever was found, and 1 if a \
      file cannot be read.
      """)

  @Option(name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String

  @Option(help: ArgumentHelp("A model to check too, alone and with the data.", valueName: "MODEL"))
  var model: String?

  @Option(help: "The most examples of each finding.") var examples = 5

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func validate() throws {
    guard examples >= 0 else { throw ValidationError("--examples must not be negative.") }
  }

  mutating func run() throws {
    let folder = try AtomicFolder(path: data)
    let model = try model.map { try TrainedModel.read(path: $0) }
    let report = try DataReport(folder, model: model, examples: examples)
    Console.result(json ? report.json : report.text)
  }
}
