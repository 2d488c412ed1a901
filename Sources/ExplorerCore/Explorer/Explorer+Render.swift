extension Explorer {
  /// The picture of a state, which depends on nothing else.
  ///
  /// Cells have roles, not colours: which theme they are seen in is the terminal's business.
  public static func render(_ state: State, glyphs: Glyphs) -> Frame {
    var frame = Frame(state.size, glyphs: glyphs)
    let layout = state.layout
    guard layout.form != .message else {
      drawTooSmall(state.size, in: &frame)
      return frame
    }
    FrameLines.draw(layout, in: &frame)
    for placement in layout.panes {
      frame.onClick(placement.title, .focus(placement.pane))
      frame.onClick(placement.body, .focus(placement.pane))
      drawTitle(placement, hasFocus: placement.pane == state.focus, in: &frame)
    }
    HeaderView.draw(state, layout, in: &frame)
    FooterView.draw(state, layout, in: &frame)
    switch state.overlay {
    case .help(let menu): HelpMenu.draw(menu, on: layout, in: &frame)
    case nil: break
    }
    return frame
  }

  private static func drawTitle(
    _ placement: Layout.Placement, hasFocus: Bool, in frame: inout Frame
  ) {
    let room = placement.title.inset(columns: 1, rows: 0)
    let title = placement.pane.title
    let text = placement.isTitleOnLine ? " \(title) " : title
    frame.canvas.put(
      text.truncated(to: room.columns, ellipsis: frame.glyphs.ellipsis), in: room,
      style: Style(hasFocus ? .focus : .title))
  }

  private static func drawTooSmall(_ size: Size, in frame: inout Frame) {
    let least = Layout.least
    let texts = ["needs \(least.columns)x\(least.rows); q quits", "too small", "small"]
    let text = texts.first { $0.columns <= size.columns } ?? ""
    let line = frame.canvas.bounds.centred(columns: text.columns, rows: 1)
    frame.canvas.put(text, in: line, style: Style(.warning))
  }
}
