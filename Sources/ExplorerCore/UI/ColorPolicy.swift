/// What `--color` says.
package enum ColorChoice: String, CaseIterable, Sendable {
  /// As the environment and the terminal say.
  case auto
  case always
  case never

  /// Whether colours are wanted.
  ///
  /// The order is the common one: the option, `NO_COLOR` (if it is not empty), `CLICOLOR=0`,
  /// `FORCE_COLOR` and `CLICOLOR_FORCE` (if not 0), then whether a terminal that is not `dumb` shows
  /// it.
  package func wantsColor(environment: [String: String], isTerminal: Bool) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if let value = environment["NO_COLOR"], !value.isEmpty { return false }
    if environment["CLICOLOR"] == "0" { return false }
    for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
      if let value = environment[name], !value.isEmpty, value != "0" { return true }
    }
    return isTerminal && environment["TERM"] != "dumb"
  }
}
