import AtomicFiles
import Text

/// What the program says outside the screen.
enum Output {
  /// Writes a text to standard output whole.
  static func write(_ text: String) throws(UserError) {
    if let reason = StandardOutput.write(text) { throw UserError(reason) }
  }

  /// Writes a line to standard error.
  static func note(_ line: String) { StandardOutput.note("ksr-tui: \(line)\n") }
}
