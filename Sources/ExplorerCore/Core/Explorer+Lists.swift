import Explanation

/// Lists on top of the panes, and rows inside them.
extension Explorer {
  static func type(_ key: Key, on next: inout Transition, _ scene: Scene) {
    switch next.state.overlay {
    case .naming(var entry):
      if entry.name.take(key) { next.state.overlay = .naming(entry) }
      return
    case .films(let editor) where key == .backspace && editor.menu.filter.text.isEmpty:
      return removeLastFilm(&next, scene)
    default: break
    }
    guard var menu = next.state.menu, menu.filter.take(key) else { return }
    menu.selection = 0
    menu.viewer = nil
    next.state.menu = menu
  }

  static func moveSelection(_ command: Command, in state: inout State, _ scene: Scene) {
    if case .card = state.overlay { return scroll(command, in: &state, scene) }
    guard var menu = state.menu else {
      if moveCursor(command, in: &state, scene) { return }
      let page = max(1, (state.layout.placement(of: state.focus)?.body.rows ?? 2) - 1)
      let offset: [Command: Int] = [.rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page]
      moveRow(of: state.focus, by: offset[command] ?? 0, in: &state, scene)
      return
    }
    let (count, height) = rowsOnTop(state, scene)
    if case .viewers = state.overlay, let list = scene.viewers {
      menu.selection = list.selection(of: menu)
    }
    let last = max(0, count - 1)
    let page = max(1, height - 1)
    let target =
      switch command {
      case .rowUp: menu.selection - 1
      case .rowDown: menu.selection + 1
      case .pageUp: menu.selection - page
      case .pageDown: menu.selection + page
      case .firstRow: 0
      case .lastRow: last
      default: menu.selection
      }
    menu.selection = min(max(0, target), last)
    if case .viewers = state.overlay, let rows = scene.viewers?.rows, !rows.isEmpty {
      menu.viewer = rows[menu.selection].viewer
    }
    state.menu = menu
  }

  /// How many rows the list on top has, and how many of them are seen at once.
  static func rowsOnTop(_ state: State, _ scene: Scene) -> (count: Int, height: Int) {
    let text = state.menu?.filter.text ?? ""
    let size = state.size
    return switch state.overlay {
    case .viewers: (scene.viewers?.rows.count ?? 0, ViewersMenu.height(on: size))
    case .find: (FindMenu.rows(matching: text, in: scene).count, FindMenu.height(on: size))
    case .palette:
      (PaletteMenu.rows(matching: text, state, in: scene).count, PaletteMenu.height(on: size))
    case .films: (scene.films?.found.count ?? 0, FilmsMenu.height(on: state.layout))
    case .editItem: (scene.whatIf?.found.count ?? 0, EditSearchBox.height(on: state.layout))
    case .export: (ExportFormat.allCases.count, ExportFormat.allCases.count)
    case .items: (scene.found.count, ItemSearchMenu.height(on: size))
    case .help: (HelpMenu.rows(matching: text, state.focus).count, HelpMenu.height(on: size))
    case .card, .naming, nil: (0, 0)
    }
  }

  /// Scrolls the card on top.
  private static func scroll(_ command: Command, in state: inout State, _ scene: Scene) {
    guard let card = scene.card else { return }
    let last = CardView.lastFirstRow(card, on: state.size)
    let page = max(1, CardView.height(card, on: state.size) - 1)
    let offset: [Command: Int] = [
      .rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page, .firstRow: -last, .lastRow: last,
    ]
    state.cardRow = min(max(0, min(state.cardRow, last) + (offset[command] ?? 0)), last)
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
    guard let menu = next.state.menu else { return }
    switch next.state.overlay {
    case .help: HelpMenu.choose(menu, on: &next, scene)
    case .viewers:
      guard let row = scene.viewers?.selected(by: menu) else { return }
      next.state.overlay = nil
      take(row.viewer, in: &next.state, step: row.count - (row.isOwn ? 1 : 2))
    case .find:
      let steps = FindMenu.rows(matching: menu.filter.text, in: scene)
      guard steps.indices.contains(menu.selection) else { return }
      next.state.overlay = nil
      go(to: steps[menu.selection], in: &next.state, scene)
    case .palette: PaletteMenu.choose(menu, on: &next, scene)
    case .films: addFilm(&next, scene)
    case .editItem: takeEditItem(on: &next, scene)
    case .export:
      guard ExportFormat.allCases.indices.contains(menu.selection) else { return }
      export(ExportFormat.allCases[menu.selection], &next)
    case .items(let search): choose(search, on: &next.state, scene)
    case .card, .naming, nil: break
    }
  }

  /// Opens the card of the item that is selected in the pane with the focus.
  static func inspect(_ state: inout State, _ scene: Scene) {
    guard hasHistory(&state, scene), let viewer = scene.viewer, let step = scene.step else {
      return
    }
    switch state.focus {
    case .history, .gruState, .memory:
      open(.card(.item(viewer.rows[step.step].item)), in: &state)
    case .recommendations, .why:
      if let item = scene.why?.item { return open(.card(.item(item)), in: &state) }
      guard let last = step.recommendations.indices.last else { return }
      let item = step.recommendations[min(state.recommendation, last)].item
      open(.card(.item(item)), in: &state)
    }
  }
}
