/// A grid of cells to draw on, without a terminal.
///
/// Whatever is drawn is cut to the rectangle it is drawn into and to the grid, and a wide character
/// is either whole or replaced by blanks.
package struct Canvas: Equatable, Sendable {
  package let size: Size
  private var cells: [Cell]

  package init(_ size: Size, style: Style = Style()) {
    self.size = size
    cells = Array(repeating: .blank(style), count: size.columns * size.rows)
  }

  package var bounds: Rect { Rect(size) }

  /// The cell at a place; a blank outside of the grid.
  package subscript(column: Int, row: Int) -> Cell {
    guard bounds.contains(Point(column: column, row: row)) else { return .blank() }
    return cells[row * size.columns + column]
  }

  package func row(_ index: Int) -> ArraySlice<Cell> {
    guard index >= 0, index < size.rows else { return [] }
    return cells[index * size.columns..<(index + 1) * size.columns]
  }

  /// Writes a text from a place on and returns the column after its last character.
  ///
  /// The text may begin to the left of `clip`; only what is inside is drawn.
  @discardableResult
  package mutating func put(
    _ text: some StringProtocol, at place: Point, in clip: Rect, style: Style = Style()
  ) -> Int {
    let area = clip.intersection(bounds)
    let isVisible = place.row >= area.row && place.row < area.endRow
    var column = place.column
    forEachCell(of: text) { cell in
      var cell = cell
      cell.style = style
      if isVisible { set(cell, column: column, row: place.row, area: area) }
      column += Int(cell.width)
    }
    return column
  }

  /// Writes a text into a rectangle's first row, cut to it, and returns the column after it.
  @discardableResult
  package mutating func put(
    _ text: some StringProtocol, in rect: Rect, style: Style = Style()
  ) -> Int {
    put(text, at: Point(column: rect.column, row: rect.row), in: rect, style: style)
  }

  /// Fills a rectangle with one character of width 1.
  package mutating func fill(
    _ rect: Rect, with scalar: Unicode.Scalar = " ", style: Style = Style()
  ) {
    let area = rect.intersection(bounds)
    for row in area.row..<area.endRow {
      for column in area.column..<area.endColumn {
        set(Cell(scalar, style: style), column: column, row: row, area: area)
      }
    }
  }

  /// Gives all cells of a rectangle another style; a wide character has that of its left half.
  package mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let area = rect.intersection(bounds)
    for row in area.row..<area.endRow {
      for column in area.column..<area.endColumn {
        change(&cells[row * size.columns + column].style)
      }
    }
  }

  /// Draws a frame along the inside of a rectangle's edge.
  package mutating func box(_ rect: Rect, _ border: Glyphs.Border, style: Style = Style()) {
    guard rect.columns >= 2, rect.rows >= 2 else { return }
    let right = rect.endColumn - 1
    let bottom = rect.endRow - 1
    for column in rect.column...right {
      put(border.horizontal, column: column, row: rect.row, style: style)
      put(border.horizontal, column: column, row: bottom, style: style)
    }
    for row in rect.row...bottom {
      put(border.vertical, column: rect.column, row: row, style: style)
      put(border.vertical, column: right, row: row, style: style)
    }
    put(border.topLeft, column: rect.column, row: rect.row, style: style)
    put(border.topRight, column: right, row: rect.row, style: style)
    put(border.bottomLeft, column: rect.column, row: bottom, style: style)
    put(border.bottomRight, column: right, row: bottom, style: style)
  }

  /// Writes one character of width 1; nothing happens outside of the grid.
  package mutating func put(_ scalar: Unicode.Scalar, column: Int, row: Int, style: Style = Style())
  {
    set(Cell(scalar, style: style), column: column, row: row, area: bounds)
  }

  /// Sets a cell inside `area`, which lies in the grid; what does not fit whole becomes blank.
  private mutating func set(_ cell: Cell, column: Int, row: Int, area: Rect) {
    guard !area.isEmpty, row >= area.row, row < area.endRow else { return }
    let end = column + Int(cell.width)
    guard end > area.column, column < area.endColumn else { return }
    if column < area.column {
      replace(.blank(cell.style), column: area.column, row: row)
    } else if end > area.endColumn {
      replace(.blank(cell.style), column: column, row: row)
    } else {
      replace(cell, column: column, row: row)
      if cell.width == 2 { replace(.covered(cell.style), column: column + 1, row: row) }
    }
  }

  /// Overwrites one cell; a wide character that loses a half here loses the other, too.
  private mutating func replace(_ cell: Cell, column: Int, row: Int) {
    let index = row * size.columns + column
    if cells[index].width == 0, cell.width != 0, column > 0 {
      cells[index - 1] = .blank(cells[index - 1].style)
    }
    if cells[index].width == 2, column + 1 < size.columns {
      cells[index + 1] = .blank(cells[index + 1].style)
    }
    cells[index] = cell
  }
}

extension Canvas {
  /// The grid as lines of text without blanks at their ends, as `--print` writes it.
  package var text: String {
    var result = ""
    for index in 0..<size.rows {
      var line = String.UnicodeScalarView()
      for cell in row(index) { line.append(contentsOf: cell.scalars) }
      while line.last == " " { line.removeLast() }
      result.unicodeScalars.append(contentsOf: line)
      result += "\n"
    }
    return result
  }
}
