/// The list of signs and keys on top of the panes.
enum HelpMenu {
  enum Row {
    case sign(Legend.Entry)
    case binding(Binding)

    var text: String {
      switch self {
      case .sign(let entry): entry.text
      case .binding(let binding): binding.help
      }
    }
  }

  /// The rows that have a text in them: the signs of the pane, all keys, the other signs.
  static func rows(
    matching text: String, _ pane: Pane, _ words: Words = .terms(.unicode),
    _ glyphs: Glyphs = .unicode
  ) -> [Row] {
    let signs = Legend.entries(matching: text, words, glyphs, first: pane)
    let here = signs.filter { $0.panes.contains(pane) }
    return here.map(Row.sign) + bindings(matching: text).map(Row.binding)
      + signs.filter { !$0.panes.contains(pane) }.map(Row.sign)
  }

  private static func bindings(matching text: String) -> [Binding] {
    let wanted = text.lowercased().drop(while: \.isWhitespace)
    guard !wanted.isEmpty else { return Bindings.all }
    return Bindings.all.filter { binding in
      let labels = binding.keys.map { $0.label(.unicode) } + binding.keys.map { $0.label(.ascii) }
      return (labels + [binding.title, binding.help, binding.command.rawValue])
        .contains { $0.lowercased().contains(wanted) }
    }
  }

  /// The rectangle that the list takes, with its frame.
  private static func area(on size: Size) -> Rect {
    Layout.area(columns: 120, rows: size.rows - 2, on: size)
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int {
    let list = area(on: size).inset(columns: 2, rows: 1).dropFirst(rows: 1)
    return HelpRows.split(list).list.rows
  }

  static func draw(_ menu: Menu, _ pane: Pane, on layout: Layout, in frame: inout Frame) {
    let area = area(on: layout.size)
    let list = MenuBox.draw(
      "Signs and keys", menu, hint: "type to search", area, layout, &frame)
    let rows = rows(matching: menu.filter.text, pane, frame.words, frame.glyphs)
    guard !rows.isEmpty else {
      frame.canvas.put("Nothing has these letters.", in: list, style: Style(.muted))
      return
    }
    MenuBox.drawPlace(menu.selection, of: rows.count, on: area, &frame)
    let parts = HelpRows.split(list)
    let window = ListWindow.rows(of: rows.count, height: parts.list.rows, showing: menu.selection)
    for (line, index) in window.enumerated() {
      HelpRows.draw(
        rows[index], isSelected: index == menu.selection, in: parts.list.line(line), &frame)
      frame.onClick(parts.list.line(line), .chooseRow(index))
    }
    if rows.indices.contains(menu.selection) {
      HelpRows.drawText(rows[menu.selection].text, below: parts.list, in: parts.text, &frame)
    }
  }

  /// Does what the selected row says; where that is nothing here, the list stays open.
  static func choose(_ menu: Menu, on next: inout Explorer.Transition, _ scene: Scene) {
    let rows = rows(matching: menu.filter.text, next.state.focus)
    guard rows.indices.contains(menu.selection), case .binding(let binding) = rows[menu.selection]
    else { return }
    var below = next.state
    below.overlay = nil
    let here: Set<Context> = below.fullView == nil ? [.main, .why] : [below.context]
    guard !binding.contexts.isDisjoint(with: here) else {
      let places = Context.allCases.filter { binding.contexts.contains($0) }.map(\.words)
      next.state.toast = Toast("This key is for: \(places.joined(separator: ", "))", role: .muted)
      return
    }
    next.state.overlay = nil
    Explorer.perform(binding.command, on: &next, scene)
  }
}

/// Rows of keys or signs with a sentence each, and the selected sentence whole where rows are short.
enum HelpRows {
  /// From this width on rows say where their keys are heard.
  private static let leastColumns = 70

  /// The columns of keys and signs.
  private static func signColumns(_ line: Rect) -> Int { min(18, line.columns / 3) }

  /// The room for the rows and, where they cut sentences, that for the selected one's.
  static func split(_ room: Rect) -> (list: Rect, text: Rect) {
    let wanted = room.columns < 60 ? 3 : room.columns < 116 ? 2 : 0
    let below = room.rows >= 6 ? wanted : 0
    let list = Rect(
      column: room.column, row: room.row, columns: room.columns, rows: room.rows - below)
    return (list, room.dropFirst(rows: list.rows))
  }

  static func draw(
    _ row: HelpMenu.Row, isSelected: Bool, in line: Rect, _ frame: inout Frame
  ) {
    switch row {
    case .sign(let entry):
      draw(entry.sign, entry.text, role: .title, isSelected: isSelected, in: line, &frame)
    case .binding(let binding):
      draw(
        binding.labels(frame.glyphs).joined(separator: " "), binding.help, role: .key,
        isSelected: isSelected, in: line, &frame)
      guard !binding.contexts.contains(.main), line.columns >= leastColumns else { return }
      let place = Context.allCases.first { binding.contexts.contains($0) }?.words ?? ""
      let start = line.columns - place.columns
      guard signColumns(line) + 2 + binding.help.columns < start else { return }
      frame.put(place, line, at: start, style: Style(isSelected ? .selection : .muted))
    }
  }

  /// One row: a sign or keys, and a sentence.
  static func draw(
    _ sign: String, _ text: String, role: Role, isSelected: Bool, in line: Rect,
    _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let columns = signColumns(line)
    let mark = isSelected ? "\(glyphs.marks.here) " : "  "
    frame.canvas.put(
      (mark + sign).padded(to: columns, ellipsis: glyphs.ellipsis), in: line, style: Style(role))
    let rest = line.dropFirst(columns: columns + 1)
    frame.canvas.put(text.truncated(to: rest.columns, ellipsis: glyphs.ellipsis), in: rest)
    if isSelected { frame.canvas.restyle(line) { $0 = Style(.selection) } }
  }

  /// The selected sentence, broken into lines, where its row has cut it.
  static func drawText(_ text: String, below list: Rect, in room: Rect, _ frame: inout Frame) {
    guard text.columns > list.columns - signColumns(list) - 1 else { return }
    for (row, line) in text.wrapped(to: room.columns).prefix(room.rows).enumerated() {
      frame.put(line, room.line(row), style: Style(.focus))
    }
  }
}
