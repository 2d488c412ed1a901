/// The list of keys on top of the panes.
enum HelpMenu {
  /// The bindings that have a text in their keys, title or help, in the order of the table.
  static func rows(matching text: String) -> [Binding] {
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
    Rect(size).centred(
      columns: min(84, max(20, size.columns - 4)),
      rows: min(max(6, size.rows - 2), Bindings.all.count + 3))
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int { area(on: size).inset(columns: 2, rows: 1).rows - 1 }

  static func draw(_ menu: Menu, on layout: Layout, in frame: inout Frame) {
    let list = MenuBox.draw(
      "Keys", menu, hint: "type to search", area(on: layout.size), layout, &frame)
    drawLegend(area(on: layout.size), &frame)
    let rows = rows(matching: menu.filter.text)
    guard !rows.isEmpty else {
      frame.canvas.put("Nothing has these letters.", in: list, style: Style(.muted))
      return
    }
    let window = ListWindow.rows(of: rows.count, height: list.rows, showing: menu.selection)
    for (line, index) in window.enumerated() {
      drawRow(
        rows[index].keys, rows[index].help, isSelected: index == menu.selection,
        in: list.line(line), frame: &frame)
      frame.onClick(list.line(line), .chooseRow(index))
    }
  }

  /// What the signs in the panes mean, on the lower edge.
  private static func drawLegend(_ area: Rect, _ frame: inout Frame) {
    let marks = frame.glyphs.marks
    let signs: [(Unicode.Scalar, String)] = [
      (marks.train, "fitted"), (marks.valid, "validation"), (marks.test, "test"),
      (marks.truth, "came next"), (marks.seen, "watched"), (marks.unseen, "not seen"),
    ]
    let room = area.dropFirst(rows: area.rows - 1).inset(columns: 2, rows: 0)
    let text = signs.map { " \($0) \($1) " }.joined()
    guard text.columns <= room.columns else { return }
    frame.put(text, room, style: Style(.muted))
  }

  /// One row: keys and a sentence.
  static func drawRow(
    _ keys: [Key], _ help: String, isSelected: Bool, in line: Rect, frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let keys = keys.map { $0.label(glyphs) }.joined(separator: " ")
    let keyColumns = min(14, line.columns / 3)
    let mark = isSelected ? "\(glyphs.marks.here) " : "  "
    frame.canvas.put(
      (mark + keys).padded(to: keyColumns, ellipsis: glyphs.ellipsis), in: line, style: Style(.key))
    let rest = line.dropFirst(columns: keyColumns + 1)
    frame.canvas.put(
      help.truncated(to: rest.columns, ellipsis: glyphs.ellipsis), in: rest)
    if isSelected { frame.canvas.restyle(line) { $0 = Style(.selection) } }
  }
}
