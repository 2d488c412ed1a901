/// The rows of the reasons with their numbers and signed bars.
enum WhyTableView {
  static func draw(
    _ table: WhyTable, _ state: State, _ why: WhyScene, in room: Rect, _ frame: inout Frame
  ) {
    guard room.rows >= 2 else { return }
    let columns = WhyColumns(table, width: room.columns, frame.glyphs)
    drawHead(table, columns, in: room.line(0), &frame)
    let hasTotal = room.rows >= 4
    let height = room.rows - (hasTotal ? 2 : 1)
    let selected = table.selected(state.why)
    let window = ListWindow.rows(of: table.rows.count, height: height, showing: selected)
    let scale = BarScale(table.rows.map(\.amount))
    for (place, index) in window.enumerated() {
      let line = room.line(place + 1)
      drawRow(table.rows[index], table, columns, why, scale, in: line, &frame)
      if index == selected { select(line, columns, hasFocus: state.focus == .why, &frame) }
      frame.onClick(line, .select(.why, index))
    }
    if hasTotal {
      drawTotal(
        table, columns, state.why.path.isEmpty ? why.contributions.residual : nil,
        in: room.line(min(height, table.rows.count) + 1), &frame)
    }
  }

  /// Selects a row but for its bar, whose colour is its sign.
  private static func select(
    _ line: Rect, _ columns: WhyColumns, hasFocus: Bool, _ frame: inout Frame
  ) {
    guard columns.barWidth > 0 else { return frame.select(line, hasFocus: hasFocus) }
    let before = Rect(column: line.column, row: line.row, columns: columns.bar - 1, rows: 1)
    frame.select(before, hasFocus: hasFocus)
    frame.select(
      line.dropFirst(columns: columns.bar + columns.barWidth + 1), hasFocus: hasFocus)
  }

  private static func drawHead(
    _ table: WhyTable, _ columns: WhyColumns, in line: Rect, _ frame: inout Frame
  ) {
    frame.put(table.title, line, columns: columns.titleWidth, style: Style(.title))
    for place in columns.places {
      frame.put(
        place.title.elided(to: place.width, frame.glyphs), line, at: place.start,
        columns: place.width, .right, style: Style(.muted))
    }
    frame.put(
      table.amountTitle, line, at: columns.amount, columns: columns.amountWidth, .right,
      style: Style(.muted))
    if let note = columns.note {
      frame.put(table.noteTitle, line, at: note, style: Style(.muted))
    }
  }

  private static func drawRow(
    _ row: WhyTable.Row, _ table: WhyTable, _ columns: WhyColumns, _ why: WhyScene,
    _ scale: BarScale, in line: Rect, _ frame: inout Frame
  ) {
    var start = 0
    if columns.numberWidth > 0 {
      if let number = row.number {
        frame.put(
          String(number), line, columns: columns.numberWidth, .right, style: Style(.muted))
      }
      start = columns.numberWidth + 1
    }
    frame.put(
      row.number == nil
        ? row.title.elided(to: columns.titleWidth - start, frame.glyphs) : row.title,
      line, at: start, columns: columns.titleWidth - start,
      style: Style(row.place == nil ? .muted : .text))
    for place in columns.places {
      guard let value = place.value(of: row) else {
        // What is still to come; other rows have no such number at all.
        if row.place != nil, place.isPending {
          frame.put(
            frame.glyphs.ellipsis, line, at: place.start, columns: place.width, .right,
            style: Style(.muted))
        }
        continue
      }
      let (text, role): (String, Role) =
        switch place.kind {
        case .signed: amount(value, frame.glyphs)
        case .share: (frame.glyphs.share(value), .bar)
        case .count: (String(Int(value)), .muted)
        case .rank:
          (frame.glyphs.rank(Double(value)), Double(value) == why.rank ? .muted : .text)
        }
      frame.put(text, line, at: place.start, columns: place.width, .right, style: Style(role))
    }
    let (text, role) = amount(row.amount, frame.glyphs)
    frame.put(
      text, line, at: columns.amount, columns: columns.amountWidth, .right,
      style: Style(role, .bold))
    if columns.barWidth > 0 {
      frame.signedBar(row.amount, scale, line, at: columns.bar, columns: columns.barWidth)
    }
    if let note = columns.note { frame.put(row.note, line, at: note, style: Style(.muted)) }
  }

  private static func drawTotal(
    _ table: WhyTable, _ columns: WhyColumns, _ residual: Float?, in line: Rect,
    _ frame: inout Frame
  ) {
    let tiny = residual.map { "\(frame.words.residual) \(frame.glyphs.tiny($0))" }
    let texts = [tiny.map { "all, \($0)" }, tiny, "all"].compactMap { $0 }
    frame.put(
      texts.first { $0.columns <= columns.titleWidth } ?? "all", line, columns: columns.titleWidth,
      style: Style(.muted))
    for place in columns.places where place.addsUp {
      let (text, role) = amount(
        table.rows.reduce(Float(0)) { $0 + (place.value(of: $1) ?? 0) }, frame.glyphs)
      frame.put(
        text, line, at: place.start, columns: place.width, .right, style: Style(role, .bold))
    }
    let (text, role) = amount(table.total, frame.glyphs)
    frame.put(
      text, line, at: columns.amount, columns: columns.amountWidth, .right,
      style: Style(role, .bold))
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
    let bar = min(20, room.columns / 5)
    let name = room.columns - bar - 9
    func draw(_ title: String, _ note: String, _ amount: Float, in line: Rect) {
      let end = min(title.columns, name)
      frame.put(title, line, columns: name)
      if !note.isEmpty, end + 2 < name {
        frame.put(note, line, at: end + 1, columns: name - end - 1, style: Style(.muted))
      }
      frame.signedBar(amount, scale, line, at: name + 1, columns: bar)
      let (text, role) = WhyTableView.amount(amount, glyphs)
      frame.put(text, line, at: room.columns - 7, columns: 7, .right, style: Style(role))
    }
    for (place, row) in shown.enumerated() {
      let count = row.values.first.flatMap { $0 }.map { Int($0) } ?? 0
      let note =
        countsSteps ? (count > 1 ? "\(glyphs.marks.times)\(count)" : "") : row.note
      let number = row.number.map { "\($0) " } ?? ""
      // Only relations have names of which the end says most; the name of a fact has its own.
      let isPart = if case .part = row.place { true } else { false }
      let title = isPart ? row.title.shortened(glyphs) : row.title
      draw(number + title, note, row.amount, in: room.line(place + 1))
    }
    let rest = rows.dropFirst(shown.count)
    if !rest.isEmpty {
      draw(
        "\(rest.count) more", "", rest.reduce(0) { $0 + $1.amount }, in: room.line(shown.count + 1))
    }
    return 1 + shown.count + (rest.isEmpty ? 0 : 1)
  }
}
