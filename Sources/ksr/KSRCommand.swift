import ArgumentParser
import AtomicFiles
import CKernels
import Foundation
import Text

/// The program as it is called `ksr`.
package enum KSR {
  package static func main() { KSRCommand.main() }
}

/// `ksr`: train, evaluate and make what the explorer shows.
struct KSRCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ksr",
    abstract: "Train and evaluate knowledge-enhanced sequential recommenders (KSR).",
    discussion: """
      DIR is a folder NAME/ of RecBole's atomic files: NAME.inter, NAME.kg, NAME.link, and what \
      else there is. 'ksr-tui MODEL --data DIR' looks into the model.
      """,
    version: "ksr \(Build.description)",
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, EmbedCommand.self, RecommendCommand.self,
      ExplainCommand.self, CheckCommand.self, ImportCommand.self, ExportCommand.self,
      SampleCommand.self, TuneCommand.self,
    ])

  /// Runs the command; an error becomes one sentence on stderr and the exit status.
  static func main() {
    StandardOutput.guardClosedStreams()
    do {
      try checkName(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      do {
        try command.run()
      } catch {
        let type = type(of: command)
        let help = "\nSee 'ksr \(type._commandName) --help' for more information."
        end(type, error, type.message(for: error) + (error is ValidationError ? help : ""))
      }
    } catch {
      end(self, error, fullMessage(for: error))
    }
  }

  /// Refuses a command that there is not, with the one that is meant; what follows it is not looked at.
  private static func checkName(_ name: String?) throws {
    let known = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let name, !name.hasPrefix("-"), !known.contains(name) else { return }
    let meant = nearest(to: name, among: known).map { "is '\($0)' meant?" }
    let all = "they are \(known.joined(separator: ", "))."
    throw ValidationError("There is no command \(quoted(name)); \(meant ?? all)")
  }

  private static func end(
    _ command: any ParsableCommand.Type, _ error: any Error, _ message: String
  ) -> Never {
    let code = command.exitCode(for: error)
    // Help and version are no errors; who threw an exit code has said why.
    if code == .success || error is ExitCode { command.exit(withError: error) }
    let prefix = "Error: "
    let sentence = message.hasPrefix(prefix) ? message.dropFirst(prefix.count) : message[...]
    Console.error("ksr: \(sentence)")
    command.exit(withError: ExitCode(code.rawValue))
  }
}

package enum Build {
  package static let version = "0.1.0"
  /// The version, the library behind the matrix products and the kernels in use.
  package static var description: String {
    "\(version), matrix products: \(String(cString: ksr_sgemm_library())), kernels: "
      + String(cString: ksr_kernel_path())
  }
}
