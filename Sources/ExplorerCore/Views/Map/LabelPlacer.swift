/// Finds places for names beside the points they belong to, so that none covers another.
struct LabelPlacer {
  struct Label: Equatable {
    let anchor: Point
    /// How many columns the name takes.
    let columns: Int
  }

  /// The cells that names may take.
  let room: Rect
  private var taken: [Bool]

  /// Nothing is taken yet.
  init(_ room: Rect) {
    self.room = room
    taken = Array(repeating: false, count: room.columns * room.rows)
  }

  /// Keeps a cell free of names.
  mutating func block(_ point: Point) {
    block(Rect(column: point.column, row: point.row, columns: 1, rows: 1))
  }

  /// The places of names, one row each; nil for those that find none.
  ///
  /// Names that come first choose first: to the right of the point, to its left, then below and
  /// above.
  mutating func place(_ labels: [Label]) -> [Rect?] {
    labels.map { label in
      let (column, row) = (label.anchor.column, label.anchor.row)
      let right = column + 2
      let left = column - 1 - label.columns
      let middle = min(max(room.column, column - label.columns / 2), room.endColumn - label.columns)
      let places = [
        (right, row), (left, row), (middle, row + 1), (middle, row - 1), (right, row + 1),
        (right, row - 1), (left, row + 1), (left, row - 1),
      ]
      for (column, row) in places {
        let rect = Rect(column: column, row: row, columns: label.columns, rows: 1)
        guard isFree(rect), isBeside(rect, label.anchor) else { continue }
        // A blank on both sides keeps names in one row apart.
        block(rect.inset(columns: -1, rows: 0))
        return rect
      }
      return nil
    }
  }

  /// Whether no other point lies between a name and its own point in the same row.
  private func isBeside(_ rect: Rect, _ anchor: Point) -> Bool {
    guard rect.row == anchor.row else { return true }
    let gap = rect.column > anchor.column ? anchor.column + 1 : anchor.column - 1
    return !taken[index(gap, anchor.row)]
  }

  private func isFree(_ rect: Rect) -> Bool {
    guard !rect.isEmpty, rect.intersection(room) == rect else { return false }
    return (rect.column..<rect.endColumn).allSatisfy { !taken[index($0, rect.row)] }
  }

  private mutating func block(_ rect: Rect) {
    let inside = rect.intersection(room)
    guard !inside.isEmpty else { return }
    for column in inside.column..<inside.endColumn { taken[index(column, inside.row)] = true }
  }

  private func index(_ column: Int, _ row: Int) -> Int {
    (row - room.row) * room.columns + column - room.column
  }
}
