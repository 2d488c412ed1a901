/// The last row: the keys that matter here, or a message.
enum FooterView {
  /// One entry: the signs of one or more keys, and what they do.
  struct Entry: Equatable {
    var keys: String
    let title: String
    let command: Command

    var columns: Int { keys.columns + 1 + title.columns }
  }

  static func draw(_ state: State, _ scene: Scene, _ layout: Layout, in frame: inout Frame) {
    let isFramed = layout.form != .single
    let room = layout.footer.inset(columns: isFramed ? 2 : 0, rows: 0)
    if let toast = state.toast {
      let said = frame.glyphs.spelled(toast.text)
      let text = isFramed ? " \(said) " : said
      frame.canvas.put(
        text.truncated(to: room.columns, ellipsis: frame.glyphs.ellipsis), in: room,
        style: Style(toast.role))
      return
    }
    var column = room.column
    let hidden = hiddenPane(state, layout)
    let shown = entries(
      for: state.context, in: room.columns - 2, showsPanes: layout.form != .single && hidden == nil,
      glyphs: frame.glyphs, offers: { $0.isOffered(state, scene) },
      title: {
        if $0.command == .focusNext, let hidden {
          return hidden.view.name(frame.words).components(separatedBy: " and ")[0]
        }
        return frame.words.fill(title(of: $0, state))
      })
    for entry in shown {
      let start = column
      column = frame.canvas.put(
        " \(entry.keys)", at: Point(column: column, row: room.row), in: room, style: Style(.key))
      column = frame.canvas.put(
        " \(entry.title) ", at: Point(column: column, row: room.row), in: room,
        style: Style(.text))
      frame.onClick(
        Rect(column: start, row: room.row, columns: column - start, rows: 1),
        .command(entry.command))
    }
  }

  /// What a key does here; what becomes of the selected row depends on the list.
  private static func title(of binding: Binding, _ state: State) -> String {
    (binding.command == .choose ? state.overlay?.enterTitle : nil) ?? binding.title
  }

  /// The pane beside the others that the key for the next pane brings to the screen.
  private static func hiddenPane(_ state: State, _ layout: Layout) -> Pane? {
    guard layout.form == .split, state.pin == nil else { return nil }
    var next = state
    Explorer.moveFocus(by: 1, in: &next)
    return layout.placement(of: next.focus) == nil ? next.focus : nil
  }

  /// Whether an entry is among the last to go where there is little room: what the selected row
  /// does, the way out, and the help.
  private static func lasts(_ entry: Entry, in context: Context, showsPanes: Bool) -> Bool {
    switch entry.command {
    case .choose, .close, .back, .tourStop, .quit, .help: true
    case .edit: context == .edit
    // There is no other sign of a pane that has no place on the screen.
    case .focusNext: !showsPanes
    default: false
    }
  }

  /// The entries that fit into some columns.
  static func entries(
    for context: Context, in columns: Int, showsPanes: Bool = true, glyphs: Glyphs,
    offers: (Binding) -> Bool = { _ in true }, title: (Binding) -> String = \.title
  ) -> [Entry] {
    var all: [Entry] = []
    for binding in Bindings.of(context) where binding.isInFooter && offers(binding) {
      let keys = binding.keys.first?.label(glyphs) ?? ""
      let title = title(binding)
      if let last = all.indices.last, all[last].title == title {
        // Signs go together; names need something between them.
        all[last].keys += (keys.count > 1 ? "/" : "") + keys
      } else {
        all.append(Entry(keys: keys, title: title, command: binding.command))
      }
    }
    func width(_ entries: [Entry]) -> Int { entries.reduce(0) { $0 + $1.columns + 2 } }
    while all.count > 1, width(all) > columns {
      let first = all.firstIndex { $0.command == .previousChange }
      let least = first ?? all.lastIndex { !lasts($0, in: context, showsPanes: showsPanes) }
      all.remove(at: least ?? max(0, all.count - 3))
    }
    return width(all) > columns ? [] : all
  }
}

extension Explorer {
  /// What a first start says: where the tour, the other panes and the plain words are.
  package static func welcome(_ size: Size) -> Toast {
    let texts = [
      "New here? t one-minute tour \u{B7} Tab other panes \u{B7} p plain words \u{B7} ? help",
      "New here? t tour \u{B7} Tab other panes \u{B7} p plain words \u{B7} ? help",
      "t tour \u{B7} Tab panes \u{B7} p plain words",
    ]
    return Toast(texts.first { $0.columns + 4 <= size.columns } ?? texts[2])
  }
}
