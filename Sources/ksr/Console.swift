import Foundation

/// Where text goes: results to stdout, everything else to stderr.
enum Console {
  /// A line of result.
  static func result(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  /// A line about what is going on.
  static func note(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// A line about what went wrong.
  static func error(_ line: String) { note(line) }

  /// Whether stderr is a terminal that can rewrite its last line.
  static let rewritesLines: Bool =
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
}

/// One line on a terminal that is written anew as work goes on; nothing elsewhere.
final class ProgressLine {
  private let start = Date()
  private var last = Date.distantPast
  private var isShown = false

  /// Seconds since the work began.
  var seconds: Double { Date().timeIntervalSince(start) }

  /// Shows the line, at most ten times a second.
  func show(_ line: @autoclosure () -> String) {
    guard Console.rewritesLines, Date().timeIntervalSince(last) > 0.1 else { return }
    last = Date()
    isShown = true
    FileHandle.standardError.write(Data("\r\u{1b}[K\(line())".utf8))
  }

  /// Takes the line away, so that a permanent one can follow.
  func clear() {
    guard isShown else { return }
    isShown = false
    FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
  }

  /// What is left when `done` of `total` took the time so far.
  func timeLeft(done: Int, of total: Int) -> String {
    guard done > 0 else { return "" }
    return duration(seconds * Double(total - done) / Double(done))
  }
}

/// A number of seconds as people read it.
func duration(_ seconds: Double) -> String {
  let whole = Int(seconds.rounded())
  if seconds < 10 { return String(format: "%.1f s", seconds) }
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}

/// A metric with four decimals, as RecBole prints it.
func fixed(_ value: Double) -> String { String(format: "%.4f", value) }
