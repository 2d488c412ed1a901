extension Explorer {
  /// Whether a command does something in a state; the footer and the palette offer nothing else.
  static func offers(_ command: Command, _ state: State, _ scene: Scene) -> Bool {
    let hasSteps = (scene.viewer?.rows.count ?? 0) > 1
    let hasSlots = !scene.model.relationNames.isEmpty
    switch command {
    case .stepForward, .stepBack, .firstStep, .lastStep, .skipForward, .skipBack, .jump, .play,
      .faster, .slower:
      return hasSteps
    case .nextChange, .previousChange: return hasSteps && hasSlots
    case .export: return scene.viewer != nil || state.fullView != nil
    case .why, .find, .inspect, .hideSeen, .whyDrill, .whyGroup, .whyCheck, .whyZoom,
      .whyOver, .whyContrast:
      return scene.viewer != nil
    case .whyItem:
      // Of the lists, only that of the history leads on to the catalogue.
      switch state.overlay {
      case nil, .find: return scene.viewer != nil
      default: return false
      }
    case .edit, .compare, .smallestSet: return scene.viewer != nil
    case .compareModels: return scene.viewer != nil && scene.model.comparedName != nil
    case .undo: return !state.edits.past.isEmpty
    case .redo: return !state.edits.future.isEmpty
    case .dropEdits: return !state.edits.edits.isEmpty
    case .applySmallest:
      guard case .found? = scene.whatIf?.smallest?.outcome else { return false }
      return true
    case .randomViewer, .tour, .diagnose, .nextPart, .openRow: return scene.model.viewerCount > 0
    case .viewers: return scene.model.viewerCount > 0 || !state.own.isEmpty
    case .sort:
      return state.overlay == nil
        ? hasSlots && scene.viewer != nil : (scene.viewers?.rows.count ?? 0) > 1
    case .deleteViewer:
      guard case .viewers(let menu) = state.overlay else { return false }
      return scene.viewers?.selected(by: menu)?.isOwn == true
    case .rowUp, .rowDown, .pageUp, .pageDown, .firstRow, .lastRow:
      if case .card = state.overlay {
        return scene.card.map { CardView.lastFirstRow($0, on: state.size) > 0 } ?? false
      }
      if case .diagnosis = state.fullView, state.overlay == nil {
        return scene.model.viewerCount > 0
      }
      return state.menu == nil || rowsOnTop(state, scene).count > 1
    case .choose: return canChoose(state, scene)
    default: return true
    }
  }

  /// Whether the selected row of the list on top does something.
  private static func canChoose(_ state: State, _ scene: Scene) -> Bool {
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
