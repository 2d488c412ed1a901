import AtomicFiles
import ExplorerCore

/// The loop: show the state, wait for keys, change the state.
@MainActor
struct TerminalLoop {
  var state: State
  let cache: SceneCache
  let terminal: CursesTerminal
  let glyphs: Glyphs
  let keeper: StateKeeper

  /// Runs until somebody leaves.
  mutating func run() throws(TerminalFailure) {
    var scene = cache.scene(for: state)
    var frame = Explorer.render(state, scene, glyphs: glyphs)
    terminal.show(frame.canvas)
    while true {
      let keys = try waitForKeys()
      scene = cache.scene(for: state)
      var actions = keys.isEmpty ? tick() : []
      var next = keys[...]
      while !actions.isEmpty || !next.isEmpty {
        if actions.isEmpty, let key = next.popFirst() {
          guard let action = Explorer.action(for: key, in: state, frame: frame) else { continue }
          actions.append(action)
        }
        let change = Explorer.reduce(state, actions.removeFirst(), in: scene)
        state = change.state
        for effect in change.effects {
          switch effect {
          case .quit: return
          case .redraw: terminal.forgetScreen()
          case .keep: if let failure = keeper.keep(state) { state = failure }
          case .copy(let text): terminal.copy(text)
          case .export(let format): actions.append(.show(export(format)))
          }
        }
        // What a click means depends on the picture; it is drawn when all keys have been heard.
        scene = cache.scene(for: state)
        frame = Explorer.render(state, scene, glyphs: glyphs)
      }
      terminal.setMouse(state.takesMouse)
      terminal.theme = state.theme
      terminal.show(frame.canvas)
    }
  }

  /// Waits for keys; while there are none, what is missing around the state is computed a portion
  /// at a time, and shown when it is there.
  private func waitForKeys() throws(TerminalFailure) -> [Key] {
    var portions = 0
    while cache.work(for: state) {
      portions += 1
      if state.awaitsTour, cache.foundTour != nil { return [] }
      let keys = try terminal.nextKeys(milliseconds: 0)
      if !keys.isEmpty { return keys }
      if portions.isMultiple(of: 12) { showWhatIsKnown() }
    }
    if portions > 0 { showWhatIsKnown() }
    if state.awaitsTour { return [] }
    guard state.playback.isRunning else { return try terminal.nextKeys() }
    return try terminal.nextKeys(milliseconds: Int32(1000 / state.playback.stepsPerSecond))
  }

  private func showWhatIsKnown() {
    terminal.show(Explorer.render(state, cache.scene(for: state), glyphs: glyphs).canvas)
  }

  /// What happens when no key has come.
  private func tick() -> [Action] {
    if state.awaitsTour { return cache.foundTour.map { [.tour($0)] } ?? [] }
    return state.playback.isRunning ? [.tick] : []
  }

  /// Writes or copies the explanation on the screen, and says what has become of it.
  private func export(_ format: ExportFormat) -> Toast {
    guard let (text, name) = cache.explanation(of: state, as: format) else {
      return Toast("Nothing to write out: no viewer is looked at", role: .warning)
    }
    if format == .text || format == .copy { terminal.copy(text) }
    guard format != .copy else { return Toast("Copied as text: \(name)") }
    do throws(DataError) {
      let file = try ExplanationFile.write(text, named: name, as: format)
      return Toast("Written: \(file)\(format == .text ? " (and copied)" : "")")
    } catch {
      return Toast("Not written: \(error)", role: .failure)
    }
  }
}
