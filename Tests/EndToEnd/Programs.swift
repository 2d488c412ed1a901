import Foundation

/// Where the programs that the tests run lie.
enum Programs {
  /// The folder of the test bundle, which is also that of the executables built with it.
  private static let products: URL? = {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return program.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
  }()

  /// An executable of this package.
  static func executable(_ name: String) throws -> String {
    guard let path = products?.appendingPathComponent(name).path,
      FileManager.default.isExecutableFile(atPath: path)
    else {
      throw TmuxSession.Failure(
        description: "No executable \(name) in \(products?.path ?? "the folder of the tests").")
    }
    return path
  }

  /// The terminal multiplexer, if it is installed.
  static let tmux: String? = {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { $0 + "/tmux" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Whether the tests in a terminal are run: with `KSR_REQUIRE_TMUX=1` they are in any case, and
  /// fail where there is no tmux.
  static var canUseTerminal: Bool {
    tmux != nil || ProcessInfo.processInfo.environment["KSR_REQUIRE_TMUX"] == "1"
  }
}
