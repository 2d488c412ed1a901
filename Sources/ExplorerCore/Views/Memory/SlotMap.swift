/// A number of every slot at every step, as shades: when which relation was read or written.
struct SlotMap {
  private let title: String
  /// The number of each slot at each step; empty where not looked at yet.
  private let values: [[Float]]
  /// One scale for all rows, so that they can be compared.
  private let scale: Scale

  /// Rows beside those of the slots: the title, and the sign below the present step.
  static let lines = 2

  /// Draws the map of the attention, and below it that of the write gates, as far as they fit whole.
  ///
  /// Gates that are all but the same say nothing in shades, and one sentence says that.
  static func drawAll(
    of user: UserScene, _ slots: [StepScene.Slot], at step: Int, in room: Rect,
    _ frame: inout Frame
  ) {
    let attention = SlotMap(
      title: "\(frame.words.attentionInText) at each step", values: user.attention,
      scale: Scale([], low: 0, high: user.largestAttention))
    let rows = attention.draw(slots, at: step, in: room, &frame)
    guard rows > 0 else { return }
    let below = room.dropFirst(rows: rows + 1)
    let scale = Scale(user.gates.joined())
    guard scale.high - scale.low >= leastSpread else {
      let number = frame.glyphs.decimal((scale.low + scale.high) / 2)
      return frame.put(
        "\(frame.words.gate) is \(number) at every step", below.line(0), style: Style(.muted))
    }
    let gates = SlotMap(
      title: "\(frame.words.gate) at each step", values: user.gates, scale: scale)
    _ = gates.draw(slots, at: step, in: below, &frame)
  }

  /// Gates that differ by less than this are written as one number.
  private static let leastSpread: Float = 0.05

  /// Draws a title and one row for each slot, in their order on the screen, if all of them fit.
  private func draw(
    _ slots: [StepScene.Slot], at step: Int, in room: Rect, _ frame: inout Frame
  ) -> Int {
    let glyphs = frame.glyphs
    let names = min(slots.map(\.name.columns).max() ?? 0, max(8, room.columns / 3))
    // An edge at each side of the present step frames its column.
    let width = room.columns - names - 3
    guard room.rows >= slots.count + Self.lines, width >= 8 else { return 0 }
    let window = ListWindow.rows(of: values.count, height: width, showing: step)
    let labels = glyphs.labels(slots.map(\.name), width: names)
    frame.put(title, room.line(0), style: Style(.muted))
    let start = max(title.columns + 1, names + 1)
    let legend = min(start, room.columns - scale.legendWidth(glyphs))
    if legend > title.columns { scale.drawLegend(in: room.line(0), at: legend, &frame) }
    for (row, slot) in slots.enumerated() {
      let line = room.line(row + 1)
      frame.put(labels[row], line, columns: names)
      let start = line.column + names + 1
      for (column, place) in window.enumerated() where values[place].indices.contains(slot.slot) {
        let edges = place < step ? 0 : place == step ? 1 : 2
        scale.draw(
          values[place][slot.slot], column: start + column + edges, row: line.row, &frame)
      }
      let present = start + step - window.lowerBound + 1
      for (sign, column) in [
        (glyphs.present.left, present - 1), (glyphs.present.right, present + 1),
      ] {
        frame.canvas.put(sign, column: column, row: line.row, style: Style(.key))
      }
    }
    let below = room.line(slots.count + 1)
    let mark = names + 2 + step - window.lowerBound
    frame.put(String(glyphs.marks.up), below, at: mark, columns: 1, style: Style(.focus))
    if window.count < values.count {
      let shown = "\(window.lowerBound + 1)-\(window.upperBound) of \(values.count)"
      frame.put(shown, below, columns: mark - 1, style: Style(.muted))
    }
    return slots.count + Self.lines
  }
}
