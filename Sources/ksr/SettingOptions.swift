import ArgumentParser
import AtomicFiles
import Foundation
import KSRModel
import Training
import Workspace

/// Settings from the command line.
struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A setting under RecBole's name, such as learning_rate=0.003; may be given again.",
      valueName: "key=value"))
  var assignments: [String] = []

  /// Applies the assignments to a network's and a run's settings, in their order.
  func apply(to network: inout KSRSettings, _ training: inout TrainingSettings) throws {
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw ValidationError("--set \(assignment): expected key=value.")
      }
      let (key, value) = (String(parts[0]), String(parts[1]))
      if try network.set(key, to: value) { continue }
      if try training.set(key, to: value) { continue }
      throw ValidationError(
        "--set \(assignment): there is no setting \(key). The settings are "
          + (network.keyValues + training.keyValues).map(\.key).joined(separator: ", ") + ".")
    }
  }
}

/// How many threads may work.
struct ThreadOptions: ParsableArguments {
  @Option(help: "How many threads may work (0: one for each processor). Changes no result.")
  var threads = 0

  var count: Int {
    threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
  }
}
