import ExplorerCore

/// The loop: show the state, wait for keys, change the state.
@MainActor
struct Session {
  var state: State
  let terminal: CursesTerminal
  let glyphs: Glyphs

  /// Runs until somebody leaves.
  mutating func run() throws(TerminalFailure) {
    var frame = Explorer.render(state, glyphs: glyphs)
    terminal.show(frame.canvas)
    while true {
      for key in try terminal.nextKeys() {
        guard let action = Explorer.action(for: key, in: state, frame: frame) else { continue }
        let next = Explorer.reduce(state, action)
        state = next.state
        for effect in next.effects {
          switch effect {
          case .quit: return
          case .redraw: terminal.forgetScreen()
          }
        }
        // What a click means depends on the picture; it is drawn when all keys have been heard.
        frame = Explorer.render(state, glyphs: glyphs)
      }
      terminal.setMouse(state.takesMouse)
      terminal.show(frame.canvas)
    }
  }
}
