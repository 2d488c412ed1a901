/// A card on top of the panes.
enum CardView {
  /// One row of the card: a label, which may be empty, and a text.
  private typealias Row = (label: String, text: String)

  /// What a card takes of a screen.
  private struct Plan {
    let area: Rect
    let label: Int
    let rows: [Row]

    /// Rows of the card that are seen at once.
    var height: Int { area.inset(columns: 2, rows: 1).rows }

    init(_ card: Card, on size: Size) {
      let columns = Layout.area(columns: 84, rows: 4, on: size).columns
      let inner = columns - 4
      let label = min(14, max(4, card.lines.map(\.label.columns).max() ?? 0), inner / 3)
      rows = card.lines.flatMap { line in
        line.text.wrapped(to: inner - label - 2).enumerated().map {
          (label: $0.offset == 0 ? line.label : "", text: $0.element)
        }
      }
      self.label = label
      area = Layout.area(columns: 84, rows: min(rows.count + 2, max(4, size.rows - 2)), on: size)
    }
  }

  /// How many rows are left over below the last first row that a card can be scrolled to.
  static func lastFirstRow(_ card: Card, on size: Size) -> Int {
    let plan = Plan(card, on: size)
    return max(0, plan.rows.count - plan.height)
  }

  /// How many rows are seen at once.
  static func height(_ card: Card, on size: Size) -> Int { Plan(card, on: size).height }

  static func draw(_ card: Card, from first: Int, on layout: Layout, in frame: inout Frame) {
    let plan = Plan(card, on: layout.size)
    let (area, label) = (plan.area, plan.label)
    frame.forgetClicks()
    frame.onClick(Rect(layout.size), .command(.close))
    frame.canvas.fill(area)
    frame.canvas.box(area, frame.glyphs.border, style: Style(.border))
    let title = " \(card.title.truncated(to: area.columns - 6, ellipsis: frame.glyphs.ellipsis)) "
    frame.put(title, area.inset(columns: 2, rows: 0).line(0), style: Style(.focus))
    let inside = area.inset(columns: 2, rows: 1)
    let first = min(max(0, first), max(0, plan.rows.count - plan.height))
    for (row, line) in plan.rows.dropFirst(first).prefix(inside.rows).enumerated() {
      frame.put(
        line.label.elided(to: label, frame.glyphs), inside.line(row), style: Style(.muted))
      frame.put(frame.glyphs.spelled(line.text), inside.line(row), at: label + 2)
    }
    if plan.rows.count > plan.height {
      MenuBox.drawNote(
        "\(first + 1)-\(first + plan.height)/\(plan.rows.count)", on: area, &frame)
    }
  }
}

extension Command {
  /// Shows what is known of the selected item.
  static let inspect = Command("inspect")
  static let modelCard = Command("model-card")
}

extension CardView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      [.enter], .inspect, in: [.main, .edit], "card", "Show what is known of the selected film.",
      footer: false, when: Binding.hasViewer, does: { Explorer.inspect(&$1.state, $2) }),
    Binding(
      ["i"], .modelCard, "model", "Show what is known of the model.", footer: false,
      does: { _, next, _ in Explorer.open(.card(.model), in: &next.state) }),
  ]
}
