/// The formats in which the view can be written, on top of it.
enum ExportMenu {
  static func draw(
    _ menu: Menu, _ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame
  ) {
    let formats = ExportFormat.allCases
    let area = Layout.area(columns: 56, rows: formats.count + 3, on: layout.size)
    frame.forgetClicks()
    frame.onClick(Rect(layout.size), .command(.close))
    frame.onClick(area, nil)
    frame.canvas.fill(area)
    frame.canvas.box(area, frame.glyphs.border, style: Style(.border))
    let title = area.inset(columns: 2, rows: 0).line(0)
    frame.put(" Write out ", title, style: Style(.focus))
    let inside = area.inset(columns: 2, rows: 1)
    frame.put(ExportView.subject(state, scene).title, inside.line(0), style: Style(.muted))
    let list = inside.dropFirst(rows: 1)
    for (row, format) in formats.enumerated() {
      let line = list.line(row)
      let key = Bindings.of(.export).first { $0.command == format.command }?.keys.first
      if row == menu.selection { frame.put(String(frame.glyphs.marks.here), line) }
      frame.put(key?.label(frame.glyphs) ?? "", line, at: 2, columns: 2, style: Style(.key))
      frame.put(format.words, line, at: 5)
      if row == menu.selection { frame.select(line) }
      frame.onClick(line, .chooseRow(row))
    }
  }
}
