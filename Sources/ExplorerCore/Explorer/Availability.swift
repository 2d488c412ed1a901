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
      // Of the lists, only those of titles lead on to the catalogue.
      switch state.overlay {
      case nil, .find, .items: return scene.viewer != nil
      default: return false
      }
    case .randomViewer, .tour: return scene.model.viewerCount > 0
    case .viewers: return scene.model.viewerCount > 0 || !state.own.isEmpty
    case .sort:
      return state.overlay == nil
        ? hasSlots && scene.viewer != nil : (scene.viewers?.rows.count ?? 0) > 1
    case .deleteViewer:
      guard case .viewers(let menu) = state.overlay else { return false }
      return scene.viewers?.selected(by: menu)?.isOwn == true
    case .rowUp, .rowDown, .pageUp, .pageDown, .firstRow, .lastRow:
      guard case .card = state.overlay else { return true }
      return scene.card.map { CardView.lastFirstRow($0, on: state.size) > 0 } ?? false
    default: return true
    }
  }
}
