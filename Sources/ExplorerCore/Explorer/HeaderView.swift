/// The first row: what is open, and where in it we are.
enum HeaderView {
  static func draw(_ state: State, _ layout: Layout, in frame: inout Frame) {
    let isFramed = layout.form != .single
    let room = layout.header.inset(columns: isFramed ? 2 : 1, rows: 0)
    let text = isFramed ? " ksr-tui " : "ksr-tui"
    frame.canvas.put(
      text.truncated(to: room.columns, ellipsis: frame.glyphs.ellipsis), in: room,
      style: Style(.title))
  }
}
