import Foundation
import TestSupport

/// A terminal to run programs in: one session of a tmux server of its own, stopped at the end.
final class TmuxSession {
  /// What went wrong, with what the screen showed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let socket: String
  private let home: String

  /// Starts a shell in a terminal of some size.
  init(columns: Int = 100, rows: Int = 30) throws {
    socket =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-tmux-\(UUID().uuidString)").path
    home = socket + "-home"
    // The programs see this environment and nothing of the one that the tests run in. With a home of
    // its own no scene finds the state of another.
    let environment = [
      "env", "-i", "HOME=\(home)", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
      "TERM=tmux-256color", "PS1=ready> ", "SWIFT_BACKTRACE=enable=no",
    ]
    try tmux(
      ["-u", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"] + environment
        + ["sh", "-i"])
    try tmux(["set-option", "-g", "escape-time", "0"])
    try wait("the shell") { $0.contains("ready>") }
  }

  deinit {
    _ = try? tmux(["kill-server"])
    unlink(socket)
    try? FileManager.default.removeItem(atPath: home)
  }

  /// Presses keys by their tmux names.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  /// Types characters.
  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

  /// Pastes text, all at once.
  func paste(_ text: String) throws {
    try tmux(["set-buffer", text])
    try tmux(["paste-buffer"])
  }

  /// The terminal vanishes.
  func vanish() throws { try tmux(["kill-server"]) }

  /// The number of the one process that the shell runs.
  func child() throws -> Int32? {
    let shell = try variable("pane_pid")
    let children = try String(
      contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
    return Int32(children.trimmingCharacters(in: .whitespaces))
  }

  /// Types a line for the shell.
  func enter(_ line: String) throws {
    try type(line)
    try press("Enter")
  }

  /// Makes the terminal larger or smaller.
  func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Sends the bytes of a mouse press at a column and row counted from 0, in the old protocol, which
  /// is the one that terminfo has for tmux.
  func click(column: Int, row: Int) throws {
    let bytes = [0x1B, 0x5B, 0x4D, 0x20, 0x21 + column, 0x21 + row]
    try tmux(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
  }

  /// What the screen shows, line by line.
  func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

  /// One of tmux's variables, such as `alternate_on`.
  func variable(_ name: String) throws -> String {
    try tmux(["display-message", "-p", "#{\(name)}"]).trimmingCharacters(in: .newlines)
  }

  /// Waits until the screen shows what is wanted; fails with the last screen when the time is over.
  @discardableResult
  func wait(
    _ what: String, seconds: Double = 10, until isShown: (String) -> Bool
  ) throws -> String {
    let deadline = Date().addingTimeInterval(seconds)
    var last = ""
    while Date() < deadline {
      last = try screen()
      if isShown(last) { return last }
      pause()
    }
    throw Failure(description: "Waited \(seconds) s for \(what). The screen shows:\n\(last)")
  }

  /// Waits until the screen shows a text.
  @discardableResult
  func wait(for text: String) throws -> String {
    try wait("\"\(text)\"") { $0.contains(text) }
  }

  /// Waits until one of tmux's variables has a value.
  func wait(for name: String, toBe value: String) throws {
    try wait("\(name) to be \(value)") { _ in (try? variable(name)) == value }
  }

  /// Waits until there is no such process; fails if it is still there when the time is over.
  func waitForEnd(of process: Int32, seconds: Double = 10) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while kill(process, 0) == 0 {
      let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      if state == nil || state?.contains(") Z ") == true { return }
      guard Date() < deadline else {
        throw Failure(description: "Process \(process) is still there after \(seconds) s.")
      }
      pause()
    }
  }

  /// Gives the other side a moment between two looks; no answer depends on how long.
  private func pause() { usleep(15_000) }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let result = try Programs.run(
      Programs.tmux ?? "/usr/bin/tmux", ["-S", socket, "-f", "/dev/null"] + arguments)
    guard result.status == 0 else {
      throw Failure(description: "tmux \(arguments.joined(separator: " ")): \(result.output)")
    }
    return result.output
  }
}
