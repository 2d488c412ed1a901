extension Explorer {
  /// Whether the list, card or pane that the keys go to has rows to go to.
  @Sendable
  static func hasRows(_ state: State, _ scene: Scene) -> Bool {
    if case .card = state.overlay {
      return scene.card.map { CardView.lastFirstRow($0, on: state.size) > 0 } ?? false
    }
    return state.menu == nil || rowsOnTop(state, scene).count > 1
  }

  /// Whether the selected row of the list on top does something.
  @Sendable
  static func canChoose(_ state: State, _ scene: Scene) -> Bool {
    guard let menu = state.menu, rowsOnTop(state, scene).count > 0 else { return false }
    switch state.overlay {
    case .help:
      let rows = HelpMenu.rows(matching: menu.filter.text, state.focus)
      guard rows.indices.contains(menu.selection), case .binding = rows[menu.selection] else {
        return false
      }
    case .palette:
      let rows = PaletteMenu.rows(matching: menu.filter.text, state, in: scene)
      guard rows.indices.contains(menu.selection) else { return false }
      switch rows[menu.selection] {
      case .sign, .sentence: return false
      case .command, .viewer, .step: break
      }
    default: break
    }
    return true
  }
}
