import Explanation

/// The lines below the panes: the edits as the command line takes them, and what the search for the
/// smallest set says.
enum EditLine {
  /// Rows that the panes keep in any case, with header and footer.
  private static let leastRows = 7

  /// How many rows the lines take of a screen.
  static func rows(of state: State) -> Int {
    guard Layout.form(for: state.size) != .message else { return 0 }
    let edits = state.editor != nil || !state.edits.edits.isEmpty ? 1 : 0
    return max(0, min(edits + sentenceRows(of: state), state.size.rows - leastRows))
  }

  private static func sentenceRows(of state: State) -> Int {
    guard state.seeksSmallest else { return 0 }
    return state.size.columns >= 130 ? 1 : state.size.columns >= 60 ? 2 : 3
  }

  static func draw(_ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    guard state.tour == nil else { return }
    var room = Rect(frame.canvas.size).dropFirst(rows: layout.size.rows)
      .inset(columns: layout.form == .single ? 0 : 1, rows: 0)
    if let smallest = scene.whatIf?.smallest, state.seeksSmallest {
      let rows = min(sentenceRows(of: state), room.rows)
      let lines = frame.words.fill(smallest.sentence(frame.glyphs)).wrapped(
        to: max(1, room.columns - 1))
      for row in 0..<min(rows, lines.count) {
        let isCut = row == rows - 1 && lines.count > rows
        frame.put(
          isCut ? lines[row...].joined(separator: " ") : lines[row], room.line(row), at: 1,
          style: Style(smallest.outcome == nil ? .muted : .text))
      }
      room = room.dropFirst(rows: rows)
    }
    guard !room.isEmpty else { return }
    drawEdits(
      scene.whatIf?.edited?.edits ?? state.edits.edits, hasKeys: state.overlay == nil,
      in: room.line(0), &frame)
  }

  private static func drawEdits(
    _ edits: [Edit], hasKeys: Bool, in line: Rect, _ frame: inout Frame
  ) {
    let start = line.columns >= 30 ? 7 : 1
    if start > 1 { frame.put("Edits", line, at: 1, style: Style(.title)) }
    guard !edits.isEmpty else {
      frame.put("none yet; the model answers at once", line, at: start, style: Style(.muted))
      return
    }
    let hint = "u undo  y copy "
    let hasHint = hasKeys && line.columns >= 60
    let width = line.columns - start - (hasHint ? hint.columns + 1 : 0)
    var texts = edits.map(\.text)
    // Of a long list the end is what was just done.
    var dropped = false
    func text() -> String { (dropped ? frame.glyphs.ellipsis : "") + texts.joined(separator: ",") }
    while texts.count > 1, text().columns > width {
      texts.removeFirst()
      dropped = true
    }
    frame.put(text(), line, at: start, columns: width, style: Style(.match))
    if hasHint {
      frame.put(
        hint, line, at: line.columns - hint.columns, columns: hint.columns, style: Style(.muted))
    }
  }
}
