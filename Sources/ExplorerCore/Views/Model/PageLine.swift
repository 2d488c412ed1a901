import Text

/// One line of a page that is put together from parts beside each other.
struct PageLine {
  struct Piece {
    let column: Int
    let columns: Int
    let alignment: Alignment
    let text: String
    let style: Style
  }

  private(set) var pieces: [Piece] = []
  /// A row that can be selected: the columns that hear clicks, and those that show it.
  struct Row {
    let row: Int
    var column: Int
    let columns: Int
    let shown: Int
  }

  /// The rows that can be selected.
  private(set) var rows: [Row] = []

  init(_ text: String = "", columns: Int = 1000, style: Style = Style()) {
    if !text.isEmpty { put(text, at: 0, columns, style: style) }
  }

  /// A row of a table.
  init(_ table: Table, _ row: Int, _ glyphs: Glyphs) {
    for place in table.places {
      let (text, style): (String, Style)
      switch place.column.cell(row, place.width) {
      case .text(let shown, let look): (text, style) = (shown, look)
      case .name(let name, let look): (text, style) = (name.elided(to: place.width, glyphs), look)
      case .bar(let share, let look, _):
        let bar = glyphs.bar(Double(share), width: place.width)
        put(bar, at: place.start, place.width, style: look)
        continue
      case .none, .signedBar: continue
      }
      put(text, at: place.start, place.width, place.column.alignment, style: style)
    }
  }

  /// The titles of a table, the first column's being that of the table.
  init(_ title: String, titlesOf table: Table) {
    put(title, at: 0, table.places[0].width, style: Style(.title))
    for place in table.places where !place.column.title.isEmpty {
      put(
        place.column.title, at: place.start, place.width, place.column.alignment,
        style: Style(.muted))
    }
  }

  mutating func put(
    _ text: String, at column: Int, _ columns: Int, _ alignment: Alignment = .left,
    style: Style = Style()
  ) {
    pieces.append(
      Piece(column: column, columns: columns, alignment: alignment, text: text, style: style))
  }

  /// Makes some columns a row that can be selected; of a row with bars, only its name shows it.
  mutating func select(_ row: Int, columns: Int, shown: Int? = nil) {
    rows.append(Row(row: row, column: 0, columns: columns, shown: shown ?? columns))
  }

  mutating func join(_ other: PageLine, at column: Int) {
    pieces += other.pieces.map {
      Piece(
        column: $0.column + column, columns: $0.columns, alignment: $0.alignment, text: $0.text,
        style: $0.style)
    }
    rows += other.rows.map {
      Row(row: $0.row, column: $0.column + column, columns: $0.columns, shown: $0.shown)
    }
  }

  /// Two columns of lines beside each other.
  static func beside(_ left: [PageLine], _ right: [PageLine], at column: Int) -> [PageLine] {
    (0..<max(left.count, right.count)).map { index in
      var line = index < left.count ? left[index] : PageLine()
      if index < right.count { line.join(right[index], at: column) }
      return line
    }
  }

  func draw(in rect: Rect, selected: Int, _ frame: inout Frame) {
    for piece in pieces {
      frame.put(
        piece.text, rect, at: piece.column, columns: piece.columns, piece.alignment,
        style: piece.style)
    }
    for row in rows {
      let area = Rect(
        column: rect.column + row.column, row: rect.row, columns: row.columns, rows: 1
      ).intersection(rect)
      if row.row == selected {
        frame.select(area, hasFocus: false)
        frame.select(
          Rect(column: area.column, row: area.row, columns: row.shown, rows: 1).intersection(area))
      }
      frame.onClick(area, .selectInView(row.row))
    }
  }
}
