import ArgumentParser
import AtomicFiles
import DataCheck
import Workspace

/// `ksr check`: what is wrong with a data folder or a model, most harmful first.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find problems in a data folder, or in a model trained on it.",
    discussion: """
      Findings are sorted by harm, with examples by name, the consequence for KSR and a remedy. With \
      --config or --set the data is read and filtered as training with these settings would read it; \
      else with --model as for that model.

      Exit status: 0 if everything was checked, whatever was found; 2 if --fail-on is given and a \
      finding is at least that severe; 1 if a file cannot be read; 64 for wrong arguments.
      """)

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String

  @Option(
    help: ArgumentHelp("A model to check, by itself and against the data.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var model: String?

  @Option(help: "At most this many examples of each finding.") var examples = 5

  @Option(
    help: ArgumentHelp(
      "Exit with status 2 if a finding is at least this severe: severe, moderate or "
        + "minor.",
      valueName: "SEVERITY"))
  var failOn: Severity?

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var settings: SettingOptions

  mutating func validate() throws {
    guard examples >= 0 else { throw ValidationError("--examples must not be negative.") }
  }

  mutating func run() throws {
    let folder = try AtomicFolder(path: data)
    // What is not finite is a finding, not a reason to stop.
    let model = try model.map { try Console.model($0, data: data, refusesNonFinite: false) }
    let given = try settings.isEmpty ? nil : settings.read().data
    let report = try settings.locating {
      try DataReport(folder, settings: given, model: model, examples: examples)
    }
    Console.result(json ? try report.json : report.text)
    if let failOn, report.findings.contains(where: { $0.severity <= failOn }) {
      throw ExitCode(2)
    }
  }
}

extension Severity: ExpressibleByArgument {}
