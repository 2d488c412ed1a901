import ArgumentParser
import AtomicFiles
import CKernels
import Foundation
import Text

/// `ksr`: train, evaluate and make what the explorer shows.
@main
struct KSRCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ksr",
    abstract: "Train and evaluate knowledge-enhanced sequential recommenders (KSR).",
    discussion: """
      DIR is a folder NAME/ of RecBole's atomic files: NAME.inter, NAME.kg, NAME.link, and what \
      else there is. 'ksr-tui MODEL --data DIR' looks into the model.
      """,
    version: "ksr \(Build.version), matrix products: \(Build.matrixProducts)",
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, EmbedCommand.self, RecommendCommand.self,
      ExplainCommand.self, CheckCommand.self, ImportCommand.self, ExportCommand.self,
      SampleCommand.self, TuneCommand.self,
    ])

  /// Runs the command; what a user's input is wrong about becomes a sentence and exit status 1.
  static func main() {
    StandardOutput.guardClosedStreams()
    do {
      var command = try parseAsRoot()
      do {
        try command.run()
      } catch let error where exitCode(for: error) == .failure && !(error is ExitCode) {
        // Requests for help and wrong arguments have other exit codes.
        Console.error("ksr: \(error)")
        exit(withError: ExitCode.failure)
      }
    } catch {
      exit(withError: error)
    }
  }
}

enum Build {
  static let version = "0.1.0"
  /// The library behind the matrix products and the kernels in use.
  static var matrixProducts: String {
    "\(String(cString: ksr_sgemm_library())), kernels: \(String(cString: ksr_kernel_path()))"
  }
}
