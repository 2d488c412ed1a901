/// The command line that shows a screen.
extension Explorer {
  /// Copies the command line that shows this screen.
  static func copy(_ next: inout Transition, _ scene: Scene) {
    let text = commandLine(next.state, scene)
    next.effects.append(.copy(text))
    next.state.toast = Toast("Copied: \(text)")
  }

  /// The words of the shell that lead to a state: model and data, the viewer or, for one made here,
  /// the films, the step, and the keys for what is not as at the start.
  static func commandLine(_ state: State, _ scene: Scene) -> String {
    var words = scene.model.command
    if let viewer = scene.viewer, let step = scene.step {
      let place = (state.viewer ?? 0) - scene.model.viewerCount
      if viewer.isOwn, state.own.indices.contains(place) {
        words += ["--items", state.own[place].films.joined(separator: ",")]
      }
      words += ["--viewer", viewer.user, "--step", String(step.step + 1)]
    }
    let keys = keys(to: state, scene)
    if !keys.isEmpty { words += ["--keys", keys.joined(separator: ",")] }
    return words.map(\.quotedForShell).joined(separator: " ")
  }

  /// The keys that lead from a first start to the panes, orders and selections of a state.
  private static func keys(to state: State, _ scene: Scene) -> [String] {
    var keys: [String] = []
    if state.usesPlainWords { keys.append("p") }
    if state.hidesSeen { keys.append("x") }
    keys += Array(
      repeating: "s", count: SlotOrder.allCases.firstIndex(of: state.slotOrder) ?? 0)
    var focus = Pane.history
    var panes = Pane.allCases.filter { $0 != .why }
    func go(to pane: Pane) {
      guard let start = panes.firstIndex(of: focus), let end = panes.firstIndex(of: pane) else {
        return
      }
      let on = (end - start + panes.count) % panes.count
      let back = panes.count - on
      if on > 0 {
        keys += Array(repeating: on <= back ? "Tab" : "BTab", count: min(on, back))
      }
      focus = pane
    }
    if state.recommendation > 0 {
      go(to: .recommendations)
      keys += Array(repeating: "Down", count: state.recommendation)
    }
    // The pane beside the history is the one that has had the focus last.
    if state.side == .gruState, state.focus != .gruState { go(to: .gruState) }
    if state.showsWhy {
      keys.append("w")
      panes = Pane.allCases
      // The reasons take the focus when they open.
      focus = .why
    }
    go(to: state.focus)
    return keys
  }
}
