import Explanation
import Text

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
        words += ["--items", state.own[place].items.joined(separator: ",")]
      }
      words += ["--viewer", viewer.user, "--step", String(step.step + 1)]
      if !state.edits.edits.isEmpty { words += ["--edit", state.edits.text] }
      switch state.pin {
      case .view(let pinned):
        if let user = scene.pinnedUser {
          let pin = PinRequest(viewer: user, step: pinned.step, script: EditScript(pinned.edits))
          words += ["--pin", pin.text]
        }
      case .model: words += ["--compare", scene.model.comparedPath ?? ""]
      case nil: break
      }
    }
    if let view = state.fullView?.view { words += view.commandLine(scene).options }
    let keys = keys(to: state, scene)
    if !keys.isEmpty { words += ["--keys", keys.joined(separator: ",")] }
    return words.map(shellWord).joined(separator: " ")
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
      keys += whyKeys(to: state.why, scene)
      panes = Pane.allCases
      // The reasons take the focus when they open.
      focus = .why
    }
    go(to: state.focus)
    return keys + (state.fullView?.view.commandLine(scene).keys ?? [])
  }

  /// The keys that lead from reasons just opened to what is compared, grouped, looked into and
  /// checked there.
  private static func whyKeys(to view: WhyView, _ scene: Scene) -> [String] {
    var keys: [String] = []
    if let item = scene.searched.item { keys += ["f"] + typed(item) + ["Enter"] }
    let comparisons = WhyView.Comparison.allCases
    var place = 0
    if let other = scene.searched.other {
      keys += ["V"] + typed(other) + ["Enter"]
      place = comparisons.count - 1
    }
    let target = comparisons.firstIndex(of: view.comparison) ?? 0
    keys += Array(
      repeating: "a", count: (target - place + comparisons.count) % comparisons.count)
    if case .topSteps(let count) = view.check { keys += Array(repeating: "!", count: count) }
    keys += Array(
      repeating: "b", count: WhyView.Grouping.allCases.firstIndex(of: view.grouping) ?? 0)
    if view.isZoomed { keys.append("z") }
    guard let why = scene.why else { return keys }
    func rows(_ path: [WhyView.Place]) -> [WhyView.Place?] {
      var view = view
      view.path = path
      return WhyTable(why, view, scene.model, .terms(.unicode), .unicode).rows.map(\.place)
    }
    func down(_ count: Int) { keys += Array(repeating: "Down", count: count) }
    for (depth, place) in view.path.enumerated() {
      guard let row = rows(Array(view.path.prefix(depth))).firstIndex(of: place) else {
        return keys
      }
      down(row)
      keys.append("Enter")
    }
    down(view.row)
    if case .slot(let slot) = view.check {
      let here = rows(view.path)
      let part = WhyView.Place.part(slot + 1)
      if view.path.last == part || (here.indices.contains(view.row) && here[view.row] == part) {
        keys.append("!")
      }
    }
    return keys
  }

  /// The items of a script of keys that type a text.
  private static func typed(_ text: String) -> [String] {
    // A comma ends an item, and blanks around one do not count.
    guard text.contains(",") || text.first?.isWhitespace == true || text.last?.isWhitespace == true
    else { return ["text=\(text)"] }
    return text.map { $0 == "," ? "Comma" : $0 == " " ? "Space" : String($0) }
  }
}
