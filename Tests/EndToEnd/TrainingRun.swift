import Foundation
import TestSupport

/// The program ksr at work, its stderr read line by line as it comes.
final class TrainingRun {
  /// The process.
  let identifier: pid_t
  private let lines: UnsafeMutablePointer<FILE>

  /// Starts `ksr` with arguments.
  init(_ arguments: [String]) throws {
    var ends: [Int32] = [0, 0]
    // Not inherited by other programs that tests start at the same time.
    guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0,
      fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0, let file = fdopen(ends[0], "r")
    else {
      throw TmuxSession.Failure(description: "Cannot make a pipe.")
    }
    lines = file
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    identifier = try Programs.spawn(
      try Programs.executable("ksr"), arguments, ["PATH=/usr/bin:/bin"], &actions)
  }

  deinit { fclose(lines) }

  /// The next line that the program writes, or nil at its end.
  func nextLine() -> String? {
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    let count = getline(&line, &capacity, lines)
    guard count > 0, let line else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: line, count: count - 1), as: UTF8.self)
  }

  /// Reads until a line holds a text.
  func read(until text: String) -> String? {
    while let line = nextLine() { if line.contains(text) { return line } }
    return nil
  }

  /// Sends a signal.
  func send(_ signal: Int32) { kill(identifier, signal) }

  /// Reads what is left and waits for the end.
  func end() -> (status: Int32, lines: [String]) {
    var rest: [String] = []
    while let line = nextLine() { rest.append(line) }
    return (Programs.wait(for: identifier), rest)
  }
}

/// A folder of its own with the small data set of the fixtures, removed again.
final class TrainingFolder {
  /// The folder.
  let path: String
  /// The data set in it.
  var data: String { path + "/tiny-ksr" }
  /// Where the model goes.
  var model: String { path + "/m.safetensors" }

  init() throws {
    path = NSTemporaryDirectory() + "ksr-train-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: TestEnvironment.fixture("recbole-tiny/recbole/tiny-ksr"), toPath: data)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What `ksr` gets to train a small network on the data.
  func arguments(epochs: Int, _ more: String..., model: String? = nil) -> [String] {
    ["train", "--data", data, "--output", model ?? self.model] + settings(epochs: epochs) + more
  }

  /// Settings of a small network.
  func settings(epochs: Int) -> [String] {
    ["epochs=\(epochs)", "hidden_size=12", "embedding_size=8", "train_batch_size=40"]
      .flatMap { ["--set", $0] }
  }

  /// Runs `ksr` to its end.
  func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try Programs.run(
      try Programs.executable("ksr"), arguments, environment: ["PATH=/usr/bin:/bin"])
  }

  /// Writes a file and returns its path.
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  /// A file's bytes.
  func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// The names of the files in a folder.
  func names(_ path: String? = nil) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path ?? self.path).sorted()
  }
}
