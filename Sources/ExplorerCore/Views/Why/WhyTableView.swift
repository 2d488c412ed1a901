/// The rows of the reasons with their numbers and signed bars.
enum WhyTableView {
  static func draw(
    _ table: WhyTable, _ state: State, _ why: WhyScene, in room: Rect, _ frame: inout Frame
  ) {
    guard room.rows >= 2 else { return }
    let columns = WhyColumns(table, width: room.columns, rank: why.rank, frame.glyphs)
    frame.put(table.title, room.line(0), columns: columns.titleWidth, style: Style(.title))
    columns.table.drawTitles(in: room.line(0), &frame)
    let hasTotal = room.rows >= 4
    let height = room.rows - (hasTotal ? 2 : 1)
    let selected = table.selected(state.why)
    let window = ListWindow.rows(of: table.rows.count, height: height, showing: selected)
    columns.table.draw(
      window, selected: selected, hasFocus: state.focus == .why, in: room.dropFirst(rows: 1), &frame
    ) { .select(.why, $0) }
    guard hasTotal else { return }
    let line = room.line(min(height, table.rows.count) + 1)
    let saysResidual = state.why.path.isEmpty && !why.contributions.addsUp
    let residual = saysResidual ? why.contributions.residual : nil
    let tiny = residual.map { "\(frame.words.residual) \(frame.glyphs.tiny($0))" }
    let texts = [tiny.map { "all, \($0)" }, tiny, "all"].compactMap { $0 }
    frame.put(
      texts.first { $0.columns <= columns.titleWidth } ?? "all", line, columns: columns.titleWidth,
      style: Style(.muted))
    columns.table.draw(table.rows.count, in: line, &frame)
  }

  /// A number and how it is meant; next to nothing is a mark.
  static func amount(_ value: Float, _ glyphs: Glyphs) -> (String, Role) {
    abs(value) < 0.005
      ? (String(glyphs.marks.separator), .muted)
      : (glyphs.signed(value), value < 0 ? .negative : .positive)
  }
}

/// A few rows of a table, small: what lies in the selected row, or another grouping.
enum WhyPreview {
  /// Draws as many rows as fit and returns how many lines they took.
  static func draw(
    _ table: WhyTable, title: String, countsSteps: Bool, in room: Rect, _ frame: inout Frame
  ) -> Int {
    guard room.rows >= 2, room.columns >= 24 else { return 0 }
    let glyphs = frame.glyphs
    frame.put(title, room.line(0), style: Style(.muted))
    let rows = table.rows.filter { abs($0.amount) >= 0.005 || !$0.note.isEmpty }
    let scale = BarScale(table.rows.map(\.amount))
    let height = room.rows - 1
    let shown = rows.prefix(rows.count > height ? height - 1 : height)
    var entries = shown.map { row in
      let count = row.values.first.flatMap { $0 }.map { Int($0) } ?? 0
      let steps = count > 1 ? "\(glyphs.marks.times)\(count)" : ""
      let number = row.number.map { "\($0) " } ?? ""
      // Only relations have names of which the end says most; the name of a fact has its own.
      let isPart = if case .part = row.place { true } else { false }
      let title = isPart ? row.title.shortened(glyphs) : row.title
      return (title: number + title, note: countsSteps ? steps : row.note, amount: row.amount)
    }
    let rest = rows.dropFirst(shown.count)
    if !rest.isEmpty {
      entries.append(("\(rest.count) more", "", rest.reduce(0) { $0 + $1.amount }))
    }
    let name = Table.Column(.flexible()) { row, _ in .text(entries[row].title) }
    let bar = Table.Column(.fixed(min(20, room.columns / 5))) { row, _ in
      .signedBar(entries[row].amount, scale)
    }
    let amount = Table.Column(.fixed(7), .right) { row, _ in
      let (text, role) = WhyTableView.amount(entries[row].amount, glyphs)
      return .text(text, Style(role))
    }
    let layout = Table([name, bar, amount], width: room.columns)
    for (row, entry) in entries.enumerated() {
      let line = room.line(row + 1)
      layout.draw(row, in: line, &frame)
      // A note stands behind the title, as far as there is room.
      let start = entry.title.columns + 1
      let left = layout.places[0].width - start
      if !entry.note.isEmpty, left > 1 {
        frame.put(entry.note, line, at: start, columns: left, style: Style(.muted))
      }
    }
    return 1 + entries.count
  }
}
