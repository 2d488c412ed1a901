import AtomicFiles
import FoundationEssentials
import Glibc

/// The file in which the explorer keeps its state between runs.
package struct StateFile: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// The file that an environment leads to: below `XDG_STATE_HOME` or, where that is missing, empty
  /// or relative, below `HOME/.local/state`; nil where `HOME` is not absolute either.
  package init?(environment: [String: String]) {
    func folder(_ name: String) -> String? {
      environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let base = folder("XDG_STATE_HOME") ?? folder("HOME").map({ $0 + "/.local/state" })
    else { return nil }
    path = base + (base.hasSuffix("/") ? "" : "/") + "ksr-tui/state.json"
  }

  /// Where a file that could not be read is put before another is written.
  var asidePath: String { path + ".unreadable" }

  /// Reads the state.
  ///
  /// - Returns: what was kept, and a sentence if there is something that cannot be read.
  package func read() -> (state: SavedState, warning: String?) {
    guard access(path, F_OK) == 0 else { return (SavedState(), nil) }
    // Larger than what anybody types: not a file of ours.
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count < 1 << 24,
      let state = SavedState(text: String(decoding: data, as: UTF8.self))
    else {
      return (
        SavedState(), "What was kept of the last run cannot be read and is put aside: \(asidePath)"
      )
    }
    return (state, nil)
  }

  /// Takes over what a state says into the file as it is now.
  package func remember(
    _ state: State, of model: SavedState.ModelKey, users: [String]
  ) throws(DataError) {
    var (kept, warning) = read()
    if warning != nil { rename(path, asidePath) }
    let before = kept
    kept.remember(state, of: model, users: users)
    guard warning != nil || kept != before else { return }
    makeFolder()
    try writeAtomically(kept.text, to: path)
  }

  /// Makes the folders above the file; if that fails, so does writing, with a sentence.
  private func makeFolder() {
    let parts = path.split(separator: "/").dropLast()
    for count in 1...max(1, parts.count) {
      mkdir("/" + parts.prefix(count).joined(separator: "/"), 0o700)
    }
  }
}
