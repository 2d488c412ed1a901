import ArgumentParser
import Glibc
import Training

/// A command that several processes may run together (``Ranks``).
enum RankedRun {
  /// Runs a command on the ranks of the launch; only the first one is heard.
  static func run(_ body: (Ranks) throws -> Void) throws {
    let ranks = try Ranks.started()
    guard !ranks.isAlone else {
      defer { ranks.finish(failed: false) }
      return try body(ranks)
    }
    let streams = [STDOUT_FILENO, STDERR_FILENO].map { dup($0) }
    if !ranks.isFirst { silence() }
    do {
      try body(ranks)
      ranks.finish(failed: false)
    } catch {
      // What was thrown on all ranks is said by the first, which then ends the others.
      let isSaidElsewhere = !ranks.isFirst && (error is Ranks.SilentEnd || error is TrainingError)
      if error is ExitCode || isSaidElsewhere {
        ranks.finish(failed: false)
        throw ExitCode((error as? ExitCode)?.rawValue ?? EXIT_FAILURE)
      }
      for (stream, target) in zip(streams, [STDOUT_FILENO, STDERR_FILENO]) { dup2(stream, target) }
      Console.error("ksr: \(error)")
      ranks.finish(failed: true)
      throw ExitCode(EXIT_FAILURE)
    }
  }

  private static func silence() {
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    guard nowhere >= 0 else { return }
    dup2(nowhere, STDOUT_FILENO)
    dup2(nowhere, STDERR_FILENO)
    close(nowhere)
  }
}
