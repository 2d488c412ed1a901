/// What is shown while the model of a watched run is not there yet, or cannot be read.
package enum WaitingScreen {
  package static func render(_ status: WatchStatus, on size: Size, glyphs: Glyphs) -> Canvas {
    var frame = Frame(size, glyphs: glyphs)
    let isFramed = Layout.form(for: size) != .single && Layout.form(for: size) != .message
    if isFramed { frame.canvas.box(Rect(size), glyphs.border, style: Style(.border)) }
    let room = Rect(size).inset(columns: isFramed ? 3 : 1, rows: isFramed ? 2 : 0)
    let sentence =
      status.problem
      ?? "\(status.name) is not there yet: the first epoch that is validated writes it."
    let texts: [(String, Style)] =
      [("Waiting for a model", Style(.title)), ("", Style())]
      + sentence.wrapped(to: max(1, room.columns)).map {
        ($0, Style(status.problem == nil ? .text : .warning))
      } + [("", Style()), ("q leaves.", Style(.muted)), ("", Style())]
    for (row, text) in texts.enumerated() { frame.put(text.0, room.line(row), style: text.1) }
    let below = room.dropFirst(rows: texts.count)
    if status.epochs != nil, below.rows >= 3 {
      frame.put(WatchStrip.whereItIs(status), below.line(0), style: Style(.title))
      WatchStrip.drawCurves(status, in: below.dropFirst(rows: 1), &frame)
    }
    return frame.canvas
  }
}
