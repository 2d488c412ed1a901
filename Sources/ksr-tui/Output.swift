import AtomicFiles

/// What the program says outside the screen.
enum Output {
  /// Writes a text to standard output whole.
  static func write(_ text: String) throws(TerminalFailure) {
    if let reason = StandardOutput.write(text) { throw TerminalFailure(description: reason) }
  }

  /// Writes a line to standard error.
  static func note(_ line: String) { StandardOutput.note("ksr-tui: \(line)\n") }
}
