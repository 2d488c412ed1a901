/// Attention of every slot at every step, as shades: when which relation was read.
enum AttentionMap {
  /// Draws a title and one row for each slot, in their order on the screen, if all of them fit.
  ///
  /// Each row goes up to its own largest attention, which stands at its end: a relation that never
  /// leads has its times, too.
  static func draw(
    _ viewer: ViewerScene, _ slots: [StepScene.Slot], at step: Int, in room: Rect,
    _ frame: inout Frame
  ) {
    let names = min(slots.map(\.name.columns).max() ?? 0, max(8, room.columns / 3))
    let width = room.columns - names - 1 - 4
    guard room.rows > slots.count, width >= 8 else { return }
    let glyphs = frame.glyphs
    let window = ListWindow.rows(of: viewer.rows.count, height: width, showing: step)
    frame.put("\(frame.words.attentionInText) at each step", room.line(0), style: Style(.muted))
    frame.put(
      "most", room.line(0), at: names + 1 + window.count, columns: 5, .right, style: Style(.muted))
    for (row, slot) in slots.enumerated() {
      let line = room.line(row + 1)
      let values = viewer.attention.map { $0.indices.contains(slot.slot) ? $0[slot.slot] : 0 }
      let most = values.max() ?? 0
      frame.put(slot.name.elided(to: names, glyphs), line, columns: names)
      for (column, place) in window.enumerated() {
        let share = most > 0 ? Double(values[place] / most) : 0
        frame.canvas.put(
          glyphs.shade(share), column: line.column + names + 1 + column, row: line.row,
          style: place == step ? Style(.focus, .reverse) : Style(Role.heat(share)))
      }
      frame.put(
        glyphs.share(most), line, at: names + 2 + window.count, columns: 4, .right,
        style: Style(.muted))
    }
  }
}
