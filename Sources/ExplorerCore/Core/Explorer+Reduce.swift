/// The explorer without a terminal: keys become actions, actions change the state, and the state
/// becomes a picture.
public enum Explorer {
  /// What an action makes of a state.
  public struct Transition: Equatable, Sendable {
    /// The state after it.
    public var state: State
    package var effects: [Effect] = []
  }

  /// The state after an action, and what is to be done outside.
  ///
  /// - Parameter scene: what the model has to say about the state before it. Depends on nothing
  ///   else.
  public static func reduce(_ state: State, _ action: Action, in scene: Scene) -> Transition {
    var next = Transition(state: state)
    if !action.keepsToast, !(state.awaitsTour && action.keepsTour) { next.state.toast = nil }
    if !action.keepsTour { next.state.tour = nil }
    if !action.keepsTour { next.state.awaitsTour = false }
    if action != .command(.deleteViewer) { next.state.asksToDelete = nil }
    switch action {
    case .command(.back) where state.awaitsTour: next.state.toast = Toast("No tour, then")
    case .command(let command): perform(command, on: &next, scene)
    case .type(let key): type(key, on: &next, scene)
    case .unknown(let key):
      next.state.toast = Toast(
        "\(key.label(.ascii)) does nothing here; ? lists the keys", role: .muted)
    case .focus(let pane): focus(pane, in: &next.state)
    case .select(let pane, let row):
      focus(pane, in: &next.state)
      select(row, of: pane, in: &next.state, scene)
    case .turn(let pane, let up):
      // A comparison stands in the place of the memory.
      let isList = state.pin != nil && pane == .memory
      moveRow(
        of: isList ? .recommendations : pane, by: up ? -1 : 1, in: &next.state, scene)
    case .jump(let tenths):
      stop(&next.state)
      go(to: stepCount(scene) * tenths / 10, in: &next.state, scene)
    case .chooseRow(let index):
      next.state.menu?.selection = index
      next.state.menu?.viewer = nil
      perform(.choose, on: &next, scene)
    case .tour(let stops): begin(stops, in: &next.state)
    case .mapItem(let item): takeOnMap(item, in: &next.state, scene)
    case .mapClick(let place): clickMap(place, in: &next.state, scene)
    case .mapTurn(let place, let up): turnMap(place, up: up, in: &next.state, scene)
    case .diagnosisRow(let row): selectDiagnosisRow(row, on: &next, scene)
    case .watch(let status): next.state.watch = status
    case .tick: tick(&next.state, scene)
    case .resize(let size):
      next.state.size = size
      next.state.toast = state.toast
    case .show(let toast): next.state.toast = toast
    }
    return next
  }

  static func perform(_ command: Command, on next: inout Transition, _ scene: Scene) {
    if performInView(command, on: &next, scene) { return }
    switch command {
    case .quit: next.effects.append(.quit)
    case .redraw: next.effects.append(.redraw)
    case .help: open(.help(Menu()), in: &next.state)
    case .viewers: openViewers(&next.state, scene)
    case .close: close(&next, scene)
    case .ownViewer: typeFilms(&next.state, scene, isNew: false)
    case .anotherOwnViewer: typeFilms(&next.state, scene, isNew: true)
    case .deleteViewer: deleteViewer(&next, scene)
    case .back:
      if next.state.pin != nil {
        endComparison(&next.state)
      } else if next.state.showsWhy {
        leaveWhy(&next.state)
      } else {
        openViewers(&next.state, scene)
      }
    case .why:
      if next.state.showsWhy || hasHistory(&next.state, scene) { toggleWhy(&next.state) }
    case .map: toggleMap(&next.state)
    case .diagnose: toggleDiagnosis(&next.state)
    case .whyItem, .whyOver, .whyZoom, .whyGroup, .whyContrast, .whyDrill, .whyCheck:
      why(command, on: &next, scene)
    case .focusNext: moveFocus(by: 1, in: &next.state)
    case .focusPrevious: moveFocus(by: -1, in: &next.state)
    case .toggleMouse:
      next.state.takesMouse.toggle()
      next.state.toast = Toast(
        next.state.takesMouse
          ? "The mouse is the explorer's again" : "The mouse selects text now; M takes it back")
    case .nextTheme:
      let place = Theme.all.firstIndex(of: next.state.theme) ?? -1
      next.state.theme = Theme.all[(place + 1) % Theme.all.count]
      next.state.toast = Toast("Theme \(next.state.theme.name): \(next.state.theme.summary)")
      next.effects.append(.redraw)
    case .hideSeen:
      next.state.hidesSeen.toggle()
      next.state.recommendation = 0
      next.state.toast = Toast(
        next.state.hidesSeen
          ? "Items watched before are left out" : "Items watched before are shown")
    case .sort: sort(&next.state)
    case .randomViewer: takeRandomViewer(&next.state, scene)
    case .rowUp, .rowDown, .pageUp, .pageDown, .firstRow, .lastRow:
      moveSelection(command, in: &next.state, scene)
    case .stepForward, .stepBack, .firstStep, .lastStep, .skipForward, .skipBack, .nextChange,
      .previousChange:
      step(command, in: &next.state, scene)
    case .play, .faster, .slower: play(command, in: &next.state, scene)
    case .find:
      if hasHistory(&next.state, scene) { open(.find(Menu()), in: &next.state) }
    case .modelCard: open(.card(.model), in: &next.state)
    case .inspect: inspect(&next.state, scene)
    case .copy: copy(&next, scene)
    case .export: openExport(&next.state, scene)
    case .exportText: export(.text, &next)
    case .exportJSON: export(.json, &next)
    case .exportSVG: export(.svg, &next)
    case .exportPicture: export(.picture, &next)
    case .exportCopy: export(.copy, &next)
    case .jump: break
    case .panLeft, .panRight, .panUp, .panDown, .zoomIn, .zoomOut, .wholeMap, .likeness,
      .nextNamed, .previousNamed, .takeNamed, .namedBefore, .nextPart, .openRow:
      break
    case .tour:
      if scene.model.viewerCount > 0 {
        next.state.awaitsTour = true
        next.state.toast = Toast("Looking for the stops of a tour")
      } else {
        next.state.toast = Toast("No tour: the model was opened without data", role: .warning)
      }
    case .tourNext, .tourBack: tour(command, in: &next.state)
    case .tourStop: next.state.toast = Toast("The tour is over; t begins it again")
    case .palette: open(.palette(Menu()), in: &next.state)
    case .plainWords:
      next.state.usesPlainWords.toggle()
      next.state.toast = Toast(
        next.state.usesPlainWords ? "Plain words; p takes the field's terms" : "The field's terms")
    case .edit: toggleEditor(&next.state, scene)
    case .editDelete, .editInsert, .editInsertBefore, .editReplace, .editMoveUp, .editMoveDown,
      .editCut, .silence, .boostMore, .boostLess, .force, .gammaMore, .gammaLess:
      edit(command, on: &next, scene)
    case .undo, .redo, .dropEdits: undo(command, in: &next.state)
    case .smallestSet: toggleSmallest(&next.state, scene)
    case .applySmallest: applySmallest(&next.state, scene)
    case .compare: toggleComparison(&next.state, scene)
    case .compareModels: toggleModels(&next.state, scene)
    case .choose: choose(on: &next, scene)
    }
  }

  static func open(_ overlay: Overlay, in state: inout State) {
    stop(&state)
    state.overlay = overlay
    state.cardRow = 0
  }

  private static func moveFocus(by offset: Int, in state: inout State) {
    let panes = state.openPanes
    let index = panes.firstIndex(of: state.focus) ?? 0
    focus(panes[(index + offset + panes.count) % panes.count], in: &state)
  }

  static func focus(_ pane: Pane, in state: inout State) {
    guard state.openPanes.contains(pane) else { return }
    state.focus = pane
    if pane == .gruState || pane == .memory { state.side = pane }
  }

  private static func sort(_ state: inout State) {
    func after<Order: CaseIterable & Equatable>(_ order: Order) -> Order {
      let all = Array(Order.allCases)
      return all[((all.firstIndex(of: order) ?? -1) + 1) % all.count]
    }
    if case .viewers = state.overlay {
      state.viewerOrder = after(state.viewerOrder)
      state.menu?.selection = 0
      state.menu?.viewer = nil
    } else if state.overlay == nil {
      state.slotOrder = after(state.slotOrder)
      state.toast = Toast("Relations by \(state.slotOrder.rawValue)")
    }
  }
}
