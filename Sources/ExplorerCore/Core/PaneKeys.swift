/// Keys of the panes, lists and cards that belong to no one view.
enum PaneKeys: ExplorerView {
  /// What means in every view that takes the place of the panes what it means in the panes.
  static let everywhere: Set<Command> = [
    .quit, .help, .nextTheme, .toggleMouse, .redraw, .users, .randomUser, .modelCard, .export,
    .copy,
  ]

  private static let panes: Set<Context> = [.main, .edit]
  private static let lists: Set<Context> = [.menu, .users, .ownItems, .export]
  private static let paged: Set<Context> = [.main, .edit, .menu, .users, .ownItems, .card]

  /// A key that goes to another step.
  private static func step(
    _ keys: [Key], _ command: Command, _ title: String, _ help: String,
    in contexts: Set<Context> = panes, footer: Bool = false,
    when: @escaping Binding.Condition = Binding.hasSteps
  ) -> Binding {
    Binding(keys, command, in: contexts, title, help, footer: footer, when: when) {
      Explorer.step($0, in: &$1.state, $2)
    }
  }

  private static func play(
    _ keys: [Key], _ command: Command, _ title: String, _ help: String, footer: Bool = false
  ) -> Binding {
    Binding(keys, command, title, help, footer: footer, when: Binding.hasSteps) {
      Explorer.play($0, in: &$1.state, $2)
    }
  }

  /// A key that selects another row.
  private static func row(
    _ keys: [Key], _ command: Command, in contexts: Set<Context>, _ title: String, _ help: String,
    footer: Bool = false, when: @escaping Binding.Condition = Explorer.hasRows
  ) -> Binding {
    Binding(keys, command, in: contexts, title, help, footer: footer, when: when) {
      Explorer.moveSelection($0, in: &$1.state, $2)
    }
  }

  /// Steps and rows: the keys named first.
  static let first: [Binding] = [
    step([.left, "h", ","], .stepBack, "step", "Go to the step before.", footer: true),
    step([.right, "l", "."], .stepForward, "step", "Go to the next step.", footer: true),
    play([" "], .play, "play", "Play or pause.", footer: true),
    step(
      ["["], .previousChange, "change", "Previous change of the top-attended relation.",
      in: [.main], footer: true, when: hasChanges),
    step(
      ["]"], .nextChange, "change", "Next change of the top-attended relation.", in: [.main],
      footer: true, when: hasChanges),
    step([.home, "g"], .firstStep, "first step", "Go to the first step."),
    step([.end, "G"], .lastStep, "last step", "Go to the last step."),
    Binding(
      (0...9).map { .character(Character(String($0))) }, .jump, "jump",
      "Go to that tenth of the history: 0 % to 90 %.", footer: false, when: Binding.hasSteps,
      does: { _, _, _ in }),
    step(
      [.shiftLeft], .skipBack, "tenth back", "Go back by a tenth of the history.", in: [.main]),
    step([.shiftRight], .skipForward, "tenth on", "Go on by a tenth of the history.", in: [.main]),
    play(["+"], .faster, "faster", "Play faster."),
    play(["-"], .slower, "slower", "Play slower."),
    row(
      [.up, "k"], .rowUp, in: panes, "select", "Select the row above; in the history, a step back.",
      when: Binding.always),
    row(
      [.down, "j"], .rowDown, in: panes, "select",
      "Select the row below; in the history, a step on.", when: Binding.always),
    row(
      [.up, .control("p")], .rowUp, in: lists, "select", "Select the row above.", footer: true),
    row(
      [.down, .control("n")], .rowDown, in: lists, "select", "Select the row below.", footer: true),
    row(
      [.up, "k"], .rowUp, in: [.card], "scroll", "Scroll a card up that is longer than the screen.",
      footer: true),
    row(
      [.down, "j"], .rowDown, in: [.card], "scroll",
      "Scroll a card down that is longer than the screen.", footer: true),
    row([.pageUp], .pageUp, in: paged, "page up", "Go up by a screen of rows."),
    row([.pageDown], .pageDown, in: paged, "page down", "Go down by a screen of rows."),
  ]

  static let bindings: [Binding] = [
    Binding(
      ["y"], .copy, in: panes, "copy", "Copy the command line of this screen.",
      footer: false, does: { Explorer.copy(&$1, $2) }),
    Binding(
      [.tab], .focusNext, in: panes, "pane", "Go to the next pane; on a narrow screen, show it.",
      does: { _, next, _ in Explorer.moveFocus(by: 1, in: &next.state) }),
    Binding(
      [.backTab], .focusPrevious, in: panes, "pane back", "Go to the pane before.", footer: false,
      does: { _, next, _ in Explorer.moveFocus(by: -1, in: &next.state) }),
    Binding(
      [.escape], .back, "back", "Close the reasons; then list the {users}.", footer: false,
      does: { Explorer.back(&$1.state, $2) }),
    Binding(
      [":"], .palette, "command",
      "Find a command or a sign; {user} ID and step N go there.",
      does: { _, next, _ in Explorer.open(PaletteMenu(), in: &next.state) }),
    Binding(
      ["p"], .plainWords, "plain words", "Toggle plain language.",
      does: { _, next, _ in
        next.state.usesPlainWords.toggle()
        next.state.toast = Toast(
          next.state.usesPlainWords
            ? "Plain words; p switches back" : "The field's terms")
      }),
  ]

  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    if state.usesPlainWords { trail.press(.plainWords) }
  }

  /// The terminal, and lists and cards on top.
  static let onTop: [Binding] = [
    Binding(
      ["T"], .nextTheme, in: panes, "colours", "Next theme.", footer: false,
      does: { _, next, _ in
        let place = Theme.all.firstIndex(of: next.state.theme) ?? -1
        next.state.theme = Theme.all[(place + 1) % Theme.all.count]
        next.state.toast = Toast("Theme \(next.state.theme.name): \(next.state.theme.summary)")
        next.effects.append(.redraw)
      }),
    Binding(
      ["M"], .toggleMouse, in: panes, "mouse", "Let the mouse select text, or take it back.",
      footer: false,
      does: { _, next, _ in
        next.state.takesMouse.toggle()
        next.state.toast = Toast(
          next.state.takesMouse
            ? "The mouse is the explorer's again" : "The mouse selects text now; M takes it back")
      }),
    Binding(
      [.control("l")], .redraw, in: Set(Context.allCases), "redraw", "Redraw the screen.",
      footer: false, does: { _, next, _ in next.effects.append(.redraw) }),
    row([.home], .firstRow, in: [.menu, .users, .card], "first", "Select the first row."),
    row([.end], .lastRow, in: [.menu, .users, .card], "last", "Select the last row."),
    Binding(
      [.enter], .choose, in: [.menu], "do it", "Run the selected row.",
      when: Explorer.canChoose, does: Explorer.choose),
    Binding(
      [.enter], .choose, in: [.users], "open", "Open the selected {user}.",
      when: Explorer.canChoose, does: Explorer.choose),
    Binding(
      [.enter], .choose, in: [.export], "write", "Write the view in the selected format.",
      when: Explorer.canChoose, does: Explorer.choose),
    Binding(
      [.escape], .close, in: [.menu, .users, .card, .export], "close", "Close the list or card.",
      does: { Explorer.close(&$1, $2) }),
    Binding(
      [.enter, "q", "i"], .close, in: [.card], "close", "Close the card.", footer: false,
      does: { Explorer.close(&$1, $2) }),
  ]

  static let last: [Binding] = [
    Binding(
      ["q", .control("c")], .quit, in: [.main, .message], "quit", "Leave the explorer.",
      does: { _, next, _ in next.effects.append(.quit) }),
    Binding(
      ["?", .function(1)], .help, in: panes.union([.card]), "help",
      "Signs and keys; type to search, Enter runs the row.", does: help),
    Binding(
      [.function(1)], .help, in: [.users, .menu], "help", "Signs of this list, and all keys.",
      footer: false, when: { state, _ in !(state.overlay is HelpMenu) }, does: help),
  ]

  private static let help: Binding.Handler = { _, next, _ in
    Explorer.open(HelpMenu(below: next.state.overlay), in: &next.state)
  }

  private static let hasChanges: Binding.Condition = {
    Binding.hasSteps($0, $1) && !$1.model.relationNames.isEmpty
  }
}
