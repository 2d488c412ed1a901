/// Why the terminal cannot be used, in a sentence.
struct TerminalFailure: Error, CustomStringConvertible {
  let description: String

  /// The terminal is of a kind that terminfo does not know, or that cannot place text.
  static func unusable(_ name: String?, because reason: String) -> TerminalFailure {
    let kind = name.map { "TERM=\($0)" } ?? "TERM is not set, so the kind of terminal"
    return TerminalFailure(
      description: "\(kind) \(reason). Set TERM to the kind of your terminal, for example"
        + " TERM=xterm-256color, or use --print for one frame as text.")
  }

  /// Nobody is there to press keys.
  static let noKeyboard = TerminalFailure(
    description: "No terminal to read keys from. Use --print for one frame as text.")

  /// The terminal has gone away.
  static let gone = TerminalFailure(description: "The terminal has been closed.")
}
