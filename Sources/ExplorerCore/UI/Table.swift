import Text

/// Columns beside each other in some width: where each of them stands, what stands above it, and
/// what stands in it row by row.
///
/// All arithmetic of columns is here. A column has a width of its own or takes what the others
/// leave; where there is too little room some are dropped, in the order that they state. Whatever
/// the width, no two columns overlap and none leaves the width.
struct Table {
  enum Width {
    case fixed(Int)
    /// What the fixed columns leave, in equal parts, but no more than `most`.
    case flexible(least: Int = 0, most: Int = .max)
  }

  enum Cell {
    case none
    case text(String, Style = Style())
    /// A name, of which the end says most if it has dots.
    case name(String, Style = Style())
    /// A bar for a share of the largest number, and a tick at another share.
    case bar(Float, Style = Style(.bar), tick: Float? = nil)
    case signedBar(Float, BarScale)
  }

  struct Column {
    let title: String
    let width: Width
    let alignment: Alignment
    /// Blank cells before it; none before the first.
    let gap: Int
    let dropping: Dropping?
    /// Whether the look of a selected row leaves it out, with one cell at each side: the colours of
    /// its bars have a meaning.
    let keepsLook: Bool
    /// What stands in a row of it, given the row and the width.
    let cell: (_ row: Int, _ width: Int) -> Cell

    init(
      _ width: Width, _ alignment: Alignment = .left, title: String = "", gap: Int = 1,
      drop dropping: Dropping? = nil, keepsLook: Bool = false,
      cell: @escaping (_ row: Int, _ width: Int) -> Cell
    ) {
      self.title = title
      self.width = width
      self.alignment = alignment
      self.gap = gap
      self.dropping = dropping
      self.keepsLook = keepsLook
      self.cell = cell
    }

    static var mark: Column { Column(.fixed(1)) { _, _ in .none } }
  }

  /// When a column is dropped.
  struct Dropping {
    /// Its turn; those of one turn go together, and none goes before those of earlier turns.
    var turn = 1
    /// It goes where the table is narrower.
    var below = 0
    /// It goes where a flexible column would have fewer cells beside it.
    var leaving = 0
  }

  /// A column that is there, from a cell on.
  struct Place {
    let column: Column
    let start: Int
    let width: Int

    var end: Int { start + width }
  }

  /// The columns that are there, from left to right.
  let places: [Place]

  /// - Parameter margin: blank cells at the end.
  init(_ columns: [Column], width: Int, margin: Int = 0) {
    var kept = columns
    for turn in Set(columns.compactMap(\.dropping?.turn)).sorted() {
      let group = kept.compactMap(\.dropping).filter { $0.turn == turn }
      let room = Table.flexibleWidth(kept, width - margin)
      guard group.contains(where: { width < $0.below || room < $0.leaving }) else { break }
      kept.removeAll { $0.dropping?.turn == turn }
    }
    let flexible = Table.flexibleWidth(kept, width - margin)
    var places: [Place] = []
    var start = 0
    for column in kept {
      if !places.isEmpty { start += column.gap }
      let wanted =
        switch column.width {
        case .fixed(let columns): columns
        case .flexible(let least, let most): min(max(least, flexible), most)
        }
      let begin = min(start, max(0, width))
      places.append(
        Place(column: column, start: begin, width: max(0, min(wanted, width - begin))))
      start += max(0, wanted)
    }
    self.places = places
  }

  /// What each flexible column gets.
  private static func flexibleWidth(_ columns: [Column], _ width: Int) -> Int {
    var (rest, count) = (width, 0)
    for (index, column) in columns.enumerated() {
      if index > 0 { rest -= column.gap }
      if case .fixed(let columns) = column.width { rest -= columns } else { count += 1 }
    }
    return max(0, rest) / max(1, count)
  }

  // MARK: Drawing

  /// Writes the titles of the columns into a line; one on the left may go on to the next title.
  func drawTitles(in line: Rect, _ frame: inout Frame) {
    let titled = places.filter { !$0.column.title.isEmpty }
    for (place, next) in zip(titled, titled.dropFirst().map(\.start) + [line.columns + 1]) {
      let isLeft = place.column.alignment == .left
      frame.put(
        frame.words.fill(place.column.title), line, at: place.start,
        columns: isLeft ? max(place.width, next - 1 - place.start) : place.width,
        place.column.alignment, style: Style(.muted))
    }
  }

  /// Writes the titles of the columns into that of a pane, as far as it leaves room.
  ///
  /// - Parameter offset: where the table begins in the pane.
  func drawTitles(over placement: Layout.Placement, offset: Int = 0, _ frame: inout Frame) {
    for place in places where !place.column.title.isEmpty {
      frame.heading(
        frame.words.fill(place.column.title), placement, at: offset + place.start,
        columns: place.width,
        place.column.alignment)
    }
  }

  /// Draws rows below each other that can be clicked, the selected one in its look.
  ///
  /// - Parameter rows: those that are seen, from the first line on.
  func draw(
    _ rows: some Sequence<Int>, selected: Int? = nil, hasFocus: Bool = true, in room: Rect,
    _ frame: inout Frame, onClick: (Int) -> Action?
  ) {
    for (place, row) in rows.enumerated() {
      let line = room.line(place)
      draw(row, isSelected: row == selected, hasFocus: hasFocus, in: line, &frame)
      frame.onClick(line, onClick(row))
    }
  }

  /// Draws a row into a line; bars come after the look of a selected row, which would turn them over.
  func draw(
    _ row: Int, isSelected: Bool = false, hasFocus: Bool = true, in line: Rect,
    _ frame: inout Frame
  ) {
    var bars: [(place: Place, cell: Cell)] = []
    for place in places where place.width > 0 {
      let (text, style): (String, Style)
      let cell = place.column.cell(row, place.width)
      switch cell {
      case .none: continue
      case .text(let shown, let look): (text, style) = (shown, look)
      case .name(let name, let look):
        (text, style) = (name.elided(to: place.width, frame.glyphs), look)
      case .bar, .signedBar:
        bars.append((place, cell))
        continue
      }
      frame.put(
        text, line, at: place.start, columns: place.width, place.column.alignment, style: style)
    }
    if isSelected { select(line, hasFocus: hasFocus, &frame) }
    for (place, cell) in bars {
      switch cell {
      case .bar(let share, let style, let tick):
        frame.bar(share, line, at: place.start, columns: place.width, style: style)
        if let tick { frame.tick(tick, line, at: place.start, columns: place.width) }
      case .signedBar(let amount, let scale):
        frame.signedBar(amount, scale, line, at: place.start, columns: place.width)
      case .none, .text, .name: continue
      }
    }
  }

  private func select(_ line: Rect, hasFocus: Bool, _ frame: inout Frame) {
    var start = 0
    for place in places where place.column.keepsLook {
      let end = max(start, place.start - 1)
      frame.select(
        Rect(column: line.column + start, row: line.row, columns: end - start, rows: line.rows),
        hasFocus: hasFocus)
      start = place.end + 1
    }
    frame.select(line.dropFirst(columns: start), hasFocus: hasFocus)
  }
}

/// Which rows of a list are on the screen.
package enum ListWindow {
  /// The rows to show so that the selected one is among them.
  ///
  /// - Parameters:
  ///   - count: how many rows the list has.
  ///   - height: how many of them fit.
  ///   - selection: the row that must be seen.
  package static func rows(of count: Int, height: Int, showing selection: Int) -> Range<Int> {
    guard count > 0, height > 0 else { return 0..<0 }
    guard count > height else { return 0..<count }
    // The selection stands in the middle, so that what comes before and after it is seen, too.
    let first = min(max(0, min(selection, count - 1) - height / 2), count - height)
    return first..<first + height
  }

  /// The rows to show with the selected one among them, and another in the last line if the list
  /// has been left before it.
  static func rows(
    of count: Int, height: Int, showing selection: Int, keeping kept: Int?
  ) -> [Int] {
    var rows = Array(rows(of: count, height: height, showing: selection))
    if let kept, let last = rows.last, kept > last, rows.count > 2, selection != last {
      rows[rows.count - 1] = kept
    }
    return rows
  }
}
