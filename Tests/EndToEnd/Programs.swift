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

  /// Runs a program to its end and returns its exit status and what it wrote.
  ///
  /// Foundation's `Process` waits until nobody holds its descriptors any more, which a server that
  /// the program has left behind does for ever; here only the program itself is waited for. It starts with
  /// no signals blocked, unlike the tests.
  static func run(
    _ program: String, _ arguments: [String], environment: [String] = []
  ) throws -> (status: Int32, output: String) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-output-\(UUID().uuidString)").path
    defer { unlink(file) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let child = try spawn(program, arguments, environment, &actions)
    return (wait(for: child), try String(contentsOfFile: file, encoding: .utf8))
  }

  /// Starts a program with no signals blocked and SIGINT and SIGTERM as they are by default.
  static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String],
    _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let argv = ([program] + arguments).map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var child = pid_t()
    let error = posix_spawn(&child, program, &actions, &attributes, argv, envp)
    guard error == 0 else {
      throw TmuxSession.Failure(
        description: "Cannot run \(program): \(String(cString: strerror(error)))")
    }
    return child
  }

  /// Waits for a program's end; 128 and more is the signal that ended it.
  static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
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
