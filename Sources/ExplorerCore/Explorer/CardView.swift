/// A card on top of the panes.
enum CardView {
  static func draw(_ card: Card, on layout: Layout, in frame: inout Frame) {
    let width = min(84, max(20, layout.size.columns - 4))
    let inner = width - 4
    let label = min(14, max(4, card.lines.map(\.label.columns).max() ?? 0), inner / 3)
    let rows = card.lines.flatMap { line in
      line.text.wrapped(to: inner - label - 2).enumerated().map {
        (label: $0.offset == 0 ? line.label : "", text: $0.element)
      }
    }
    let area = Rect(layout.size).centred(
      columns: width, rows: min(rows.count + 2, max(4, layout.size.rows - 2)))
    frame.forgetClicks()
    frame.onClick(Rect(layout.size), .command(.close))
    frame.canvas.fill(area)
    frame.canvas.box(area, frame.glyphs.border, style: Style(.border))
    let title = " \(card.title.truncated(to: width - 6, ellipsis: frame.glyphs.ellipsis)) "
    frame.put(title, area.inset(columns: 2, rows: 0).line(0), style: Style(.focus))
    let inside = area.inset(columns: 2, rows: 1)
    for (row, line) in rows.prefix(inside.rows).enumerated() {
      frame.put(
        line.label.elided(to: label, frame.glyphs), inside.line(row), style: Style(.muted))
      frame.put(line.text, inside.line(row), at: label + 2)
    }
  }
}
