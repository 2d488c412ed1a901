import ArgumentParser
import AtomicFiles
import Foundation
import Glibc
import KSRModel
import Synchronization
import Text
import Workspace

/// Where text goes: results to stdout, everything else to stderr.
enum Console {
  /// Whether stderr gets one JSON object for each line of text (`--log-json`).
  static let logsJSON = Atomic<Bool>(false)

  static func result(_ line: String) { output(line + "\n") }

  /// A text of result as it is; where it cannot be written, the program says so and ends.
  static func output(_ text: String) {
    do {
      try StandardOutput.write(text)
    } catch {
      self.error("ksr: \(error)")
      exit(EXIT_FAILURE)
    }
  }

  /// The path of a model; a folder is refused before anything is said of what else is missing.
  static func modelPath(_ text: String) throws -> String {
    do throws(DataError) {
      try OpenedModel.refuseFolder(text)
    } catch {
      throw ValidationError("\(error)")
    }
    return text
  }

  /// A model out of a file of any kind; what is to be known of a checkpoint is noted.
  ///
  /// - Parameter data: the data folder, which a checkpoint cannot do without.
  static func model(
    _ path: String, data: String?, refusesNonFinite: Bool = true
  ) throws -> TrainedModel {
    let opened = try OpenedModel(path: path, data: data, refusesNonFinite: refusesNonFinite)
    for line in opened.notes { note(line) }
    return opened.model
  }

  /// A line about what is going on.
  static func note(_ line: String) { log("note", line) }

  /// A line about what went wrong.
  static func error(_ line: String) { log("error", line) }

  private static func log(_ event: String, _ line: String) {
    if logsJSON.load(ordering: .relaxed) {
      log(LogEvent(event: event, text: line))
    } else {
      StandardOutput.note(line + "\n")
    }
  }

  /// A line of JSON about what is going on.
  static func log(_ event: LogEvent) {
    do {
      StandardOutput.note(try JSON.line(event) + "\n")
    } catch {
      // A sentence has no numbers, so that this one can be written.
      log(LogEvent(event: "error", text: "event \(event.event): \(error)"))
    }
  }

  /// Whether stderr is a terminal that can rewrite its last line.
  static var rewritesLines: Bool {
    isTerminal && !logsJSON.load(ordering: .relaxed)
  }

  private static let isTerminal =
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// The columns of the terminal behind stderr.
  static var columns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether the locale has more than ASCII.
  static let hasUnicode: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    let locale = names.first { !$0.isEmpty }?.lowercased() ?? ""
    return locale.contains("utf-8") || locale.contains("utf8")
  }()
}

/// Lines on a terminal that are rewritten in place as work goes on; nothing elsewhere.
final class LiveLines {
  private let start = Date()
  private var last = Date.distantPast
  private var shown = 0

  /// Seconds since the work began.
  var seconds: Double { Date().timeIntervalSince(start) }

  /// Shows the lines in place of the last ones, at most ten times a second.
  func show(now: Bool = false, _ lines: @autoclosure () -> [String]) {
    guard Console.rewritesLines, now || Date().timeIntervalSince(last) > 0.1 else { return }
    last = Date()
    let lines = lines()
    let text = back + lines.map { "\u{1b}[K\($0)\n" }.joined()
    shown = lines.count
    StandardOutput.note(text)
  }

  /// Takes the lines away, so that permanent ones can follow.
  func clear() {
    guard shown > 0 else { return }
    StandardOutput.note("\(back)\u{1b}[J")
    shown = 0
  }

  /// What is left when `done` of `total` took the time so far.
  func timeLeft(done: Int, of total: Int) -> String {
    guard done > 0 else { return "" }
    return duration(seconds * Double(total - done) / Double(done))
  }

  /// To the beginning of the first line.
  private var back: String { shown > 0 ? "\u{1b}[\(shown)A\r" : "" }
}

/// A metric with four decimals, as RecBole prints it.
func fixed(_ value: Double) -> String { decimal(value, places: 4) }

/// A mean with its interval: `+0.0123 (+0.0040 … +0.0200)`.
func fixed(_ value: (mean: Double, low: Double, high: Double), signed: Bool = false) -> String {
  func text(_ number: Double) -> String { decimal(number, places: 4, signed: signed) }
  return "\(text(value.mean)) (\(text(value.low)) … \(text(value.high)))"
}

/// The signal that asked the program to stop, or 0.
private let received = Atomic<Int32>(0)

/// SIGINT and SIGTERM as a wish to stop soon instead of at once.
enum StopSignal {
  /// From now on the first such signal is only remembered; a second one ends the program.
  static func await() {
    _ = received.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        received.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  static var isReceived: Bool { received.load(ordering: .relaxed) != 0 }

  /// What the program's exit status is then: 130 or 143, as shells have it.
  static var status: Int32 { 128 + received.load(ordering: .relaxed) }
}

extension ValidationError {
  /// An option whose number is below 1.
  init(fromOne option: String, _ number: Int) {
    self.init("\(option) \(number): expected a whole number from 1.")
  }
}
