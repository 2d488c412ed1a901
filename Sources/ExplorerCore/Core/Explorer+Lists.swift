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
    moveRow(of: state.focus, by: offset[command] ?? 0, in: &state, scene)
  }

  /// Moves the selection of a pane by some rows.
  static func moveRow(of pane: Pane, by offset: Int, in state: inout State, _ scene: Scene) {
    switch pane {
    case .history, .gruState:
      stop(&state)
      go(to: state.step + offset, in: &state, scene)
    case .memory:
      guard let step = scene.step, !step.slots.isEmpty else { return }
      let rows = step.slots(by: state.slotOrder).map(\.slot)
      let place = rows.firstIndex { $0 == state.slot ?? step.leader } ?? 0
      state.slot = rows[min(max(0, place + offset), rows.count - 1)]
    case .recommendations:
      select(state.recommendation + offset, of: pane, in: &state, scene)
    case .why:
      guard let table = table(state, scene) else { return }
      select(table.selected(state.why) + offset, of: pane, in: &state, scene)
    }
  }

  /// Selects a step, a slot or an item.
  static func select(_ row: Int, of pane: Pane, in state: inout State, _ scene: Scene) {
    switch pane {
    case .history, .gruState:
      stop(&state)
      if state.editor != nil, pane == .history {
        state.editor?.row = row
      } else {
        go(to: row, in: &state, scene)
      }
    case .memory: state.slot = row
    case .recommendations:
      let count = scene.step?.recommendations.count ?? 0
      state.recommendation = min(max(0, row), max(0, count - 1))
      state.why.lookElsewhere()
      state.why.item = nil
    case .why:
      let count = table(state, scene)?.rows.count ?? 0
      state.why.row = min(max(0, row), max(0, count - 1))
    }
  }

  /// Does what the selected row of the list on top says.
  @Sendable
  static func choose(_: Command = .choose, on next: inout Transition, _ scene: Scene) {
    next.state.overlay?.choose(on: &next, scene)
  }

  /// Closes what lies on top.
  static func close(_ next: inout Transition, _ scene: Scene) {
    next.state.overlay?.close(on: &next, scene)
  }

  /// Opens the card of the item that is selected in the pane with the focus.
  static func inspect(_ state: inout State, _ scene: Scene) {
    guard hasHistory(&state, scene), let viewer = scene.viewer, let step = scene.step else {
      return
    }
    switch state.focus {
    case .history, .gruState, .memory:
      open(CardView(subject: .item(viewer.rows[step.step].item)), in: &state)
    case .recommendations, .why:
      if let item = scene.why?.item { return open(CardView(subject: .item(item)), in: &state) }
      guard let last = step.recommendations.indices.last else { return }
      let item = step.recommendations[min(state.recommendation, last)].item
      open(CardView(subject: .item(item)), in: &state)
    }
  }
}
