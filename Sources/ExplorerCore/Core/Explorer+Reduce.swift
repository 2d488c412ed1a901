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
    if action != .command(.deleteUser) { next.state.asksToDelete = nil }
    switch action {
    case .command(.back) where state.awaitsTour: next.state.toast = Toast("No tour, then")
    case .command(let command): perform(command, on: &next, scene)
    case .type(let key): next.state.overlay?.type(key, on: &next, scene)
    case .unknown(let key):
      next.state.toast = Toast(
        "\(key.label(.ascii)) does nothing here; ? lists the keys", role: .muted)
    case .focus(let pane): focus(pane, in: &next.state)
    case .select(let pane, let row):
      focus(pane, in: &next.state)
      pane.view.select(row, in: &next.state, scene)
    case .turn(let pane, let up):
      // A comparison stands in the place of the memory.
      let isList = state.pin != nil && pane == .memory
      (isList ? .recommendations : pane).view.move(by: up ? -1 : 1, in: &next.state, scene)
    case .jump(let tenths):
      stop(&next.state)
      go(to: stepCount(scene) * tenths / 10, in: &next.state, scene)
    case .chooseRow(let index):
      next.state.menu?.select(index)
      perform(.choose, on: &next, scene)
    case .tour(let stops): begin(stops, in: &next.state)
    case .selectInView(let target): state.fullView?.view.select(target, on: &next, scene)
    case .clickInView(let place): state.fullView?.view.click(place, on: &next, scene)
    case .turnInView(let place, let up):
      state.fullView?.view.turnWheel(at: place, up: up, on: &next, scene)
    case .watch(let status): next.state.watch = status
    case .tick: tick(&next.state, scene)
    case .resize(let size):
      next.state.size = size
      next.state.toast = state.toast
    case .show(let toast): next.state.toast = toast
    }
    next.state.toast?.fill(scene.model.nouns)
    return next
  }

  static func perform(_ command: Command, on next: inout Transition, _ scene: Scene) {
    Bindings.binding(of: command, in: next.state.context)?.perform(command, &next, scene)
  }

  /// Ends the comparison, else closes what is open of the reasons, else goes up to the users.
  static func back(_ state: inout State, _ scene: Scene) {
    if state.pin != nil {
      endComparison(&state)
    } else if state.showsWhy {
      leaveWhy(&state)
    } else {
      openUsers(&state, scene)
    }
  }

  static func open(_ overlay: any Overlay, in state: inout State) {
    stop(&state)
    state.overlay = overlay
  }

  static func moveFocus(by offset: Int, in state: inout State) {
    let panes = state.openPanes
    let index = panes.firstIndex(of: state.focus) ?? 0
    focus(panes[(index + offset + panes.count) % panes.count], in: &state)
  }

  static func focus(_ pane: Pane, in state: inout State) {
    guard state.openPanes.contains(pane) else { return }
    state.focus = pane
    if pane == .gruState || pane == .memory { state.side = pane }
  }
}

extension Action {
  var keepsToast: Bool {
    switch self {
    case .tick, .watch: true
    default: false
    }
  }
}

extension CaseIterable where Self: Equatable, AllCases == [Self] {
  /// The one after this, going round.
  var next: Self {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? -1) + 1) % all.count]
  }
}
