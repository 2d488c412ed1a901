import Text

/// Why the terminal cannot be used.
extension UserError {
  /// The terminal is of a kind that terminfo does not know, or that cannot place text.
  static func unusable(_ name: String?, because reason: String) -> UserError {
    let kind = name.map { "TERM=\($0)" } ?? "TERM is not set, so the kind of terminal"
    return UserError(
      "\(kind) \(reason). Set TERM to the kind of your terminal, for example"
        + " TERM=xterm-256color, or use --print for one frame as text.")
  }

  /// Nobody is there to press keys.
  static let noKeyboard = UserError(
    "No terminal to read keys from. Use --print for one frame as text.")

  /// The terminal has gone away.
  static let gone = UserError("The terminal has been closed.")
}
