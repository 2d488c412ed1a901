/// Draws the lines around and between the panes, and how they meet.
enum FrameLines {
  static func draw(_ layout: Layout, in frame: inout Frame) {
    guard layout.form != .single else { return }
    let border = frame.glyphs.border
    let style = Style(.border)
    let outer = Rect(layout.size)
    frame.canvas.box(outer, border, style: style)
    for line in layout.lines where line.column > 0 && line.column < outer.endColumn - 1 {
      frame.canvas.fill(line, with: border.vertical, style: style)
    }
    for placement in layout.panes where placement.isTitleOnLine {
      frame.canvas.fill(placement.title, with: border.horizontal, style: style)
    }
    meet(layout, in: &frame)
  }

  /// Replaces the cells where lines touch by the sign that joins them.
  private static func meet(_ layout: Layout, in frame: inout Frame) {
    let border = frame.glyphs.border
    let size = layout.size
    // The cells that lines run through, whatever stands in them by now.
    func hasLine(_ column: Int, _ row: Int) -> Bool {
      guard column >= 0, row >= 0, column < size.columns, row < size.rows else { return false }
      if row == 0 || row == size.rows - 1 { return true }
      let place = Point(column: column, row: row)
      return layout.lines.contains { $0.contains(place) }
        || layout.panes.contains { $0.isTitleOnLine && $0.title.contains(place) }
    }
    func sign(_ column: Int, _ row: Int) -> Unicode.Scalar? {
      let isEdgeRow = row == 0 || row == size.rows - 1
      let up = hasLine(column, row - 1) && !(isEdgeRow && row == 0)
      let down = hasLine(column, row + 1) && !(isEdgeRow && row > 0)
      let left = hasLine(column - 1, row)
      let right = hasLine(column + 1, row)
      switch (up, down, left, right) {
      case (true, true, true, true): return border.cross
      case (true, true, false, true): return border.branchRight
      case (true, true, true, false): return border.branchLeft
      case (false, true, true, true): return border.branchDown
      case (true, false, true, true): return border.branchUp
      default: return nil
      }
    }
    for line in layout.lines {
      for row in line.row - 1...line.endRow {
        guard hasLine(line.column, row), let joined = sign(line.column, row) else { continue }
        frame.canvas.put(joined, column: line.column, row: row, style: Style(.border))
      }
    }
    for placement in layout.panes where placement.isTitleOnLine {
      for column in placement.title.column..<placement.title.endColumn {
        guard let joined = sign(column, placement.title.row) else { continue }
        frame.canvas.put(
          joined, column: column, row: placement.title.row, style: Style(.border))
      }
    }
  }
}
