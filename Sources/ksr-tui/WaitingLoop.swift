import ExplorerCore
import KSRModel
import Text

/// The loop while the model of a run that is watched is not there yet.
@MainActor
struct WaitingLoop {
  var watcher: RunWatcher
  let terminal: CursesTerminal
  let glyphs: Glyphs

  /// Looks at the files until there is a model that opens.
  ///
  /// - Returns: what was opened; nil if somebody leaves.
  mutating func run(
    opening open: (TrainedModel) throws -> SceneCache
  ) throws(UserError) -> SceneCache? {
    while true {
      if let model = watcher.look() {
        do { return try open(model) } catch { watcher.refuse(because: "\(error)") }
      }
      terminal.show(WaitingScreen.render(watcher.status, on: terminal.size, glyphs: glyphs))
      for key in try terminal.nextKeys(milliseconds: Int32(RunWatcher.milliseconds)) {
        if Bindings.command(for: key, in: .message) == .quit { return nil }
      }
      if terminal.isEnding { return nil }
    }
  }
}
