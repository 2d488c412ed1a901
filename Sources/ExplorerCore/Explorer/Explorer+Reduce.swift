/// The explorer without a terminal: keys become actions, actions change the state, and the state
/// becomes a picture.
public enum Explorer {
  /// What an action makes of a state.
  public struct Transition: Equatable, Sendable {
    /// The state after it.
    public var state: State
    /// What is to be done outside.
    public var effects: [Effect] = []
  }

  /// The state after an action, and what is to be done outside; it depends on nothing else.
  public static func reduce(_ state: State, _ action: Action) -> Transition {
    var next = Transition(state: state)
    next.state.toast = nil
    switch action {
    case .command(let command): perform(command, on: &next)
    case .type(let key): type(key, into: &next.state)
    case .unknown(let key):
      next.state.toast = Toast(
        "\(key.label(.ascii)) does nothing here; ? lists the keys", role: .muted)
    case .focus(let pane): focus(pane, in: &next.state)
    case .chooseRow(let index):
      next.state.menu?.selection = index
      perform(.choose, on: &next)
    case .resize(let size):
      next.state.size = size
      next.state.toast = state.toast
    case .show(let toast): next.state.toast = toast
    }
    return next
  }

  private static func perform(_ command: Command, on next: inout Transition) {
    switch command {
    case .quit: next.effects.append(.quit)
    case .redraw: next.effects.append(.redraw)
    case .help: next.state.overlay = .help(Menu())
    case .close: next.state.overlay = nil
    case .why: toggleWhy(&next.state)
    case .focusNext: moveFocus(by: 1, in: &next.state)
    case .focusPrevious: moveFocus(by: -1, in: &next.state)
    case .toggleMouse:
      next.state.takesMouse.toggle()
      next.state.toast = Toast(
        next.state.takesMouse
          ? "The mouse is the explorer's again" : "The mouse selects text now; M takes it back")
    case .rowUp, .rowDown, .pageUp, .pageDown, .firstRow, .lastRow:
      moveSelection(command, in: &next.state)
    case .choose:
      guard let chosen = chosenCommand(in: next.state) else { return }
      next.state.overlay = nil
      perform(chosen, on: &next)
    }
  }

  private static func toggleWhy(_ state: inout State) {
    state.showsWhy.toggle()
    if state.showsWhy {
      if Layout.form(for: state.size) == .single { state.focus = .why }
    } else if state.focus == .why {
      state.focus = .recommendations
    }
  }

  private static func moveFocus(by offset: Int, in state: inout State) {
    let panes = state.openPanes
    let index = panes.firstIndex(of: state.focus) ?? 0
    focus(panes[(index + offset + panes.count) % panes.count], in: &state)
  }

  private static func focus(_ pane: Pane, in state: inout State) {
    guard state.openPanes.contains(pane) else { return }
    state.focus = pane
    if pane == .gruState || pane == .memory { state.side = pane }
  }

  private static func type(_ key: Key, into state: inout State) {
    guard var menu = state.menu, menu.filter.take(key) else { return }
    menu.selection = 0
    state.menu = menu
  }

  private static func moveSelection(_ command: Command, in state: inout State) {
    guard let menu = state.menu else { return }
    let last = max(0, HelpMenu.rows(matching: menu.filter.text).count - 1)
    let page = max(1, HelpMenu.height(on: state.size) - 1)
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
    state.menu?.selection = min(max(0, target), last)
  }

  /// The command of the row that is selected in the help, if it can be done from the panes.
  private static func chosenCommand(in state: State) -> Command? {
    guard let menu = state.menu else { return nil }
    let rows = HelpMenu.rows(matching: menu.filter.text)
    guard rows.indices.contains(menu.selection) else { return nil }
    let binding = rows[menu.selection]
    return binding.contexts.contains(.main) ? binding.command : .close
  }
}

extension State {
  /// The list on top, if there is one.
  var menu: Menu? {
    get {
      switch overlay {
      case .help(let menu): menu
      case nil: nil
      }
    }
    set {
      guard let newValue else { return }
      switch overlay {
      case .help: overlay = .help(newValue)
      case nil: break
      }
    }
  }
}
