/// A number of every slot at every step, as shades: when which relation was read or written.
struct SlotMap {
  private let title: String
  /// The number of each slot at each step; empty where not looked at yet.
  private let values: [[Float]]
  /// What the shades of all rows go up to, from 0; nil where each row has a scale of its own, from its
  /// smallest number to its largest.
  private let scale: Float?

  /// Draws the map of the attention, and below it that of the write gates, as far as they fit whole.
  ///
  /// All rows of α have one scale, so that they can be compared. Gates move little, so that their rows
  /// have scales of their own.
  static func drawAll(
    of user: UserScene, _ slots: [StepScene.Slot], at step: Int, in room: Rect,
    _ frame: inout Frame
  ) {
    let maps = [
      SlotMap(
        title: "\(frame.words.attentionInText) at each step", values: user.attention,
        scale: user.largestAttention),
      SlotMap(
        title: "\(frame.words.gate) at each step", values: user.gates, scale: nil),
    ]
    for (place, map) in maps.enumerated() {
      map.draw(slots, at: step, in: room.dropFirst(rows: place * (slots.count + 2)), &frame)
    }
  }

  /// Draws a title and one row for each slot, in their order on the screen, if all of them fit.
  private func draw(
    _ slots: [StepScene.Slot], at step: Int, in room: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let names = min(slots.map(\.name.columns).max() ?? 0, max(8, room.columns / 3))
    let ends = scale == nil ? ["least", "most"] : ["most"]
    let width = room.columns - names - 1 - 5 * ends.count
    guard room.rows > slots.count, width >= 8 else { return }
    let window = ListWindow.rows(of: values.count, height: width, showing: step)
    frame.put(title, room.line(0), style: Style(.muted))
    for (place, end) in ends.enumerated() {
      let column = names + 1 + window.count + 5 * place
      guard title.columns < column else { continue }
      frame.put(end, room.line(0), at: column, columns: 5, .right, style: Style(.muted))
    }
    for (row, slot) in slots.enumerated() {
      let line = room.line(row + 1)
      let known = values.compactMap { $0.indices.contains(slot.slot) ? $0[slot.slot] : nil }
      let most = known.max() ?? 0
      let least = scale == nil ? known.min() ?? 0 : 0
      let top = scale ?? most
      frame.put(slot.name.elided(to: names, glyphs), line, columns: names)
      for (column, place) in window.enumerated() {
        let value = values[place].indices.contains(slot.slot) ? values[place][slot.slot] : least
        let share = top > least ? Double((value - least) / (top - least)) : 0
        frame.canvas.put(
          glyphs.shade(share), column: line.column + names + 1 + column, row: line.row,
          style: place == step ? Style(.focus, .reverse) : Style(Role.heat(share)))
      }
      let range = scale == nil ? [least, most] : [most]
      for place in range.indices {
        frame.put(
          glyphs.share(range[place]), line, at: names + 2 + window.count + 5 * place, columns: 4,
          .right,
          style: Style(.muted))
      }
    }
  }
}
