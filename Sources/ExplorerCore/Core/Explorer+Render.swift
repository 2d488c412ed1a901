extension Explorer {
  /// The picture of a state and of what the model has to say about it.
  ///
  /// Depends on nothing else.
  /// Cells have roles, not colours: which theme they are seen in is the terminal's business.
  public static func render(_ state: State, _ scene: Scene, glyphs: Glyphs) -> Frame {
    var frame = Frame(
      state.size, glyphs: glyphs, isPlain: state.usesPlainWords, nouns: scene.model.nouns)
    let layout = state.layout
    guard layout.form != .message else {
      drawTooSmall(state.size, in: &frame)
      return frame
    }
    if let view = state.fullView?.view {
      if layout.form != .single {
        frame.canvas.box(Rect(layout.size), frame.glyphs.border, style: Style(.border))
      }
      view.draw(state, scene, in: &frame)
    } else {
      FrameLines.draw(layout, in: &frame)
    }
    for placement in layout.panes where state.fullView == nil {
      frame.onClick(placement.title, .focus(placement.pane))
      frame.onClick(placement.body, .focus(placement.pane))
      drawTitle(placement, state, scene, in: &frame)
      draw(placement, state, scene, in: &frame)
    }
    HeaderView.draw(state, scene, layout, in: &frame)
    FooterView.draw(state, scene, layout, in: &frame)
    EditLine.draw(state, scene, on: layout, in: &frame)
    if let tour = state.tour {
      TourBox.draw(tour, on: layout, in: &frame)
    } else if let watch = state.watch, EditLine.rows(of: state) == 0 {
      WatchStrip.draw(watch, on: layout, in: &frame)
    }
    state.overlay?.draw(state, scene, on: layout, in: &frame)
    return frame
  }

  private static func draw(
    _ placement: Layout.Placement, _ state: State, _ scene: Scene, in frame: inout Frame
  ) {
    let view = placement.pane.view
    if scene.user == nil || scene.step == nil {
      let room = placement.inside
      let lines = view.whenEmpty(scene, width: room.columns, frame.glyphs)
      for (row, text) in lines.enumerated() {
        frame.put(frame.words.fill(text), room.line(row), style: Style(.muted))
      }
    } else if state.pin != nil, placement.pane != .history {
      CompareView.draw(state, scene, in: placement, &frame)
    } else {
      view.draw(state, scene, in: placement, &frame)
    }
  }

  private static func drawTitle(
    _ placement: Layout.Placement, _ state: State, _ scene: Scene, in frame: inout Frame
  ) {
    let room = placement.title.inset(columns: 1, rows: 0)
    // The title of a comparison is that of its sides.
    if state.pin != nil, placement.pane != .history { return }
    let title = placement.pane.view.title(
      scene, width: room.columns - 2, frame.words, frame.glyphs)
    let text = placement.isTitleOnLine ? " \(title) " : title
    frame.canvas.put(
      text.truncated(to: room.columns, ellipsis: frame.glyphs.ellipsis), in: room,
      style: Style(placement.pane == state.focus ? .focus : .title))
  }

  private static func drawTooSmall(_ size: Size, in frame: inout Frame) {
    let least = Layout.least
    let texts = ["needs \(least.columns)x\(least.rows); q quits", "too small", "small"]
    let text = texts.first { $0.columns <= size.columns } ?? ""
    let line = frame.canvas.bounds.centred(columns: text.columns, rows: 1)
    frame.canvas.put(text, in: line, style: Style(.warning))
  }
}

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
