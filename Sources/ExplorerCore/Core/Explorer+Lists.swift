import Explanation

/// Lists on top of the panes, and rows inside them.
extension Explorer {
  /// Moves the selection of what lies on top, else of the pane with the focus.
  static func moveSelection(_ command: Command, in state: inout State, _ scene: Scene) {
    if var overlay = state.overlay {
      overlay.move(command, state, scene)
      state.overlay = overlay
      return
    }
    if moveCursor(command, in: &state, scene) { return }
    let page = max(1, (state.layout.placement(of: state.focus)?.body.rows ?? 2) - 1)
    let offset: [Command: Int] = [.rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page]
    state.focus.view.move(by: offset[command] ?? 0, in: &state, scene)
  }

  /// Does what the selected row of the list on top says.
  @Sendable
  static func choose(_: Command = .choose, on next: inout Transition, _ scene: Scene) {
    next.state.overlay?.choose(on: &next, scene)
  }

  static func close(_ next: inout Transition, _ scene: Scene) {
    next.state.overlay?.close(on: &next, scene)
  }

  /// Whether what the keys go to has rows to go to.
  @Sendable
  static func hasRows(_ state: State, _ scene: Scene) -> Bool {
    state.overlay?.canMove(state, scene) ?? true
  }

  /// Whether the selected row of the list on top does something.
  @Sendable
  static func canChoose(_ state: State, _ scene: Scene) -> Bool {
    state.overlay?.canChoose(state, scene) ?? false
  }
}
