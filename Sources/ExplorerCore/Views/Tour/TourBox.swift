/// The box below the panes with the sentence of a tour's stop; the panes get the other rows, so that
/// it hides nothing.
enum TourBox {
  /// Rows that the panes keep in any case, with header and footer.
  private static let leastRows = 7

  /// How many rows the box takes of a screen; none where the footer has to do.
  static func rows(of tour: Tour, isPlain: Bool, on size: Size) -> Int {
    guard Layout.form(for: size) != .message else { return 0 }
    let isFramed = Layout.form(for: size) != .single
    let lines = tour.stop.sentence(isPlain: isPlain).wrapped(to: width(on: size)).count
    let rows = min(lines + (isFramed ? 2 : 1), size.rows - leastRows)
    return rows >= (isFramed ? 3 : 2) ? rows : 0
  }

  private static func width(on size: Size) -> Int {
    max(1, size.columns - (Layout.form(for: size) == .single ? 2 : 4))
  }

  static func draw(_ tour: Tour, on layout: Layout, in frame: inout Frame) {
    let size = frame.canvas.size
    let box = Rect(size).dropFirst(rows: layout.size.rows)
    let title = " Tour \(tour.place + 1)/\(tour.stops.count) "
    let sentence = frame.glyphs.spelled(tour.stop.sentence(isPlain: frame.words.isPlain))
    guard !box.isEmpty else {
      let line = layout.footer.inset(columns: layout.form == .single ? 0 : 2, rows: 0)
      frame.put(String(repeating: " ", count: line.columns), line)
      frame.put(title + sentence, line)
      return
    }
    let isFramed = layout.form != .single
    if isFramed {
      frame.canvas.box(box, frame.glyphs.border, style: Style(.border))
    } else {
      frame.canvas.fill(box.line(0), with: frame.glyphs.border.horizontal, style: Style(.border))
    }
    frame.put(title, box.line(0), at: isFramed ? 2 : 1, style: Style(.focus))
    let inside = box.inset(columns: isFramed ? 2 : 1, rows: 0).dropFirst(rows: 1)
    let room = isFramed ? inside.rows - 1 : inside.rows
    let lines = sentence.wrapped(to: inside.columns)
    for row in 0..<min(room, lines.count) {
      let isCut = row == room - 1 && lines.count > room
      frame.put(
        isCut ? lines[row...].joined(separator: " ") : lines[row], inside.line(row))
    }
  }
}
