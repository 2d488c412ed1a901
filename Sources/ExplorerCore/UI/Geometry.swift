/// A number of columns and rows.
public struct Size: Hashable, Sendable {
  /// Cells from left to right.
  public var columns: Int
  /// Cells from top to bottom.
  public var rows: Int

  /// Makes a size; a negative number counts as zero.
  public init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// Reads `120x40`, as `--size` takes it; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let columns = Int(parts[0]), let rows = Int(parts[1]),
      (1...Size.largest).contains(columns), (1...Size.largest).contains(rows)
    else { return nil }
    self.init(columns: columns, rows: rows)
  }

  /// The most columns or rows that a size read from text may have.
  package static let largest = 1000
}

/// A place on the screen, counted from the upper left corner, which is (0, 0).
public struct Point: Hashable, Sendable {
  /// Cells to the right of the left edge.
  package var column: Int
  /// Cells below the upper edge.
  package var row: Int

  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A rectangle of cells; one of zero columns or rows is empty.
public struct Rect: Hashable, Sendable {
  /// The first column inside.
  package var column: Int
  /// The first row inside.
  package var row: Int
  /// How many columns; never negative.
  package private(set) var columns: Int
  /// How many rows; never negative.
  package private(set) var rows: Int

  /// Makes a rectangle; a negative extent counts as zero.
  package init(column: Int, row: Int, columns: Int, rows: Int) {
    self.column = column
    self.row = row
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  package init(_ size: Size) {
    self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
  }

  /// The first column to the right of the rectangle.
  package var endColumn: Int { column + columns }

  /// The first row below the rectangle.
  package var endRow: Int { row + rows }

  package var isEmpty: Bool { columns == 0 || rows == 0 }

  package var size: Size { Size(columns: columns, rows: rows) }

  package func contains(_ point: Point) -> Bool {
    point.column >= column && point.column < endColumn && point.row >= row && point.row < endRow
  }

  /// The cells in both rectangles.
  package func intersection(_ other: Rect) -> Rect {
    let left = max(column, other.column)
    let top = max(row, other.row)
    return Rect(
      column: left, row: top,
      columns: min(endColumn, other.endColumn) - left, rows: min(endRow, other.endRow) - top)
  }

  /// The rectangle made smaller on all four sides.
  package func inset(columns: Int, rows: Int) -> Rect {
    Rect(
      column: column + columns, row: row + rows,
      columns: self.columns - 2 * columns, rows: self.rows - 2 * rows)
  }

  /// One line of the rectangle, counted from its own first row; empty below its last.
  package func line(_ index: Int) -> Rect {
    Rect(column: column, row: row + index, columns: columns, rows: 1).intersection(self)
  }

  /// What is left after the first rows are taken away.
  package func dropFirst(rows count: Int) -> Rect {
    Rect(column: column, row: row + count, columns: columns, rows: rows - count)
  }

  /// What is left after the first columns are taken away.
  package func dropFirst(columns count: Int) -> Rect {
    Rect(column: column + count, row: row, columns: columns - count, rows: rows)
  }

  /// The rectangle of the wanted extent, cut to fit, in the middle of this one.
  package func centred(columns: Int, rows: Int) -> Rect {
    let columns = min(columns, self.columns)
    let rows = min(rows, self.rows)
    return Rect(
      column: column + (self.columns - columns) / 2, row: row + (self.rows - rows) / 2,
      columns: columns, rows: rows)
  }
}
