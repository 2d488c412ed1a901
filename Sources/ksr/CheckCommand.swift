import ArgumentParser
import AtomicFiles
import DataCheck
import KSRModel
import Workspace

/// `ksr check`: what is wrong with a data folder or a model, in the order of harm.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with a data folder, or with a model of it.",
    discussion: """
      Findings come in the order of harm, with examples by name, what each means for KSR and what \
      to do. With --config or --set the data is read and filtered as a training with these settings \
      would; else with --model as that model's was.

      Exit status: 0 if everything could be checked, whatever was found; 2 if --fail-on is given \
      and something so severe was found; 1 if a file cannot be read; 64 for wrong arguments.
      """)

  @Option(name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String

  @Option(help: ArgumentHelp("A model to check too, alone and with the data.", valueName: "MODEL"))
  var model: String?

  @Option(help: "The most examples of each finding.") var examples = 5

  @Option(
    help: ArgumentHelp(
      "End with status 2 if a finding is as severe: severe, moderate or minor.",
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
    let model = try model.map { try TrainedModel.read(path: $0, refusesNonFinite: false) }
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
