import Explanation
import Glibc

struct MapGeometry {
  let room: Rect
  /// The cells of the list beside it; empty on a narrow screen.
  let list: Rect
  /// The line that names the selected item where there is no list; empty otherwise.
  let caption: Rect
  let title: Rect
  let centre: PlanePoint
  /// Dots for a unit of the plane.
  let scale: Float
  private let perCell: (columns: Int, rows: Int)

  init(_ plane: PrincipalPlane?, _ view: MapView, on size: Size, glyphs: Glyphs) {
    let isFramed = Layout.form(for: size) != .single
    let inside = Rect(size).inset(columns: isFramed ? 1 : 0, rows: 1)
    let width = isFramed ? min(44, max(30, size.columns * 3 / 10)) : 0
    title = inside.line(0)
    let below = inside.dropFirst(rows: 1)
    room = Rect(
      column: below.column, row: below.row, columns: below.columns - width,
      rows: below.rows - (isFramed ? 0 : 1))
    list = isFramed ? below.dropFirst(columns: room.columns) : below.line(-1)
    caption = isFramed ? below.line(-1) : below.dropFirst(rows: room.rows)
    perCell = glyphs.showsBraille ? (2, 4) : (1, 2)
    guard let plane else {
      (centre, scale) = (PlanePoint(x: 0, y: 0), 1)
      return
    }
    let (least, most) = (plane.least, plane.most)
    centre =
      switch view.centre {
      case .everything: PlanePoint(x: (least.x + most.x) / 2, y: (least.y + most.y) / 2)
      case .item(let item): plane.points[min(Int(item), plane.points.count - 1)]
      case .point(let point): point
      }
    // One scale for both axes: what looks twice as far is twice as far.
    let fits = [
      Float(max(1, (room.columns - 1) * perCell.columns)) / (most.x - least.x),
      Float(max(1, (room.rows - 1) * perCell.rows)) / (most.y - least.y),
    ].filter(\.isFinite).min()
    scale = (fits ?? 1) * pow(MapView.zoomFactor, Float(view.zoom))
  }

  /// The dot of a point, counted from the upper left one of the map; perhaps outside of it.
  func dot(_ point: PlanePoint) -> (x: Int, y: Int) {
    let x = (point.x - centre.x) * scale + Float(room.columns * perCell.columns) / 2
    let y = (centre.y - point.y) * scale + Float(room.rows * perCell.rows) / 2
    func whole(_ value: Float) -> Int { Int(max(-1e6, min(1e6, value.rounded(.down)))) }
    return (whole(x), whole(y))
  }

  /// The cell of a point; nil outside of the map.
  func cell(_ point: PlanePoint) -> Point? {
    let dot = dot(point)
    guard dot.x >= 0, dot.y >= 0 else { return nil }
    let cell = Point(
      column: room.column + dot.x / perCell.columns, row: room.row + dot.y / perCell.rows)
    return room.contains(cell) ? cell : nil
  }

  func point(at cell: Point) -> PlanePoint {
    let x = (Float(cell.column - room.column) + 0.5) * Float(perCell.columns)
    let y = (Float(cell.row - room.row) + 0.5) * Float(perCell.rows)
    return PlanePoint(
      x: centre.x + (x - Float(room.columns * perCell.columns) / 2) / scale,
      y: centre.y - (y - Float(room.rows * perCell.rows) / 2) / scale)
  }

  /// The point some shares of the map's extent to the right of and above the middle.
  func moved(right: Float, up: Float) -> PlanePoint {
    PlanePoint(
      x: centre.x + right * Float(room.columns * perCell.columns) / scale,
      y: centre.y + up * Float(room.rows * perCell.rows) / scale)
  }

  /// The item nearest to a cell, if its point lies within three cells of it.
  func item(near cell: Point, in plane: PrincipalPlane) -> Int32? {
    let wanted = point(at: cell)
    let reach = Float(3 * perCell.columns) / scale
    var best: (item: Int32, distance: Float)?
    for (item, point) in plane.points.enumerated().dropFirst() {
      let (x, y) = (point.x - wanted.x, point.y - wanted.y)
      let distance = x * x + y * y
      if distance <= reach * reach, distance < best?.distance ?? .infinity {
        best = (Int32(item), distance)
      }
    }
    return best?.item
  }
}

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
  /// above. There they have one cell more, in the column of the point, for a corner that leads to it.
  mutating func place(_ labels: [Label]) -> [Rect?] {
    labels.map { label in
      let (column, row) = (label.anchor.column, label.anchor.row)
      let left = column - label.columns
      let places = [
        (column + 2, row), (left - 1, row), (column, row + 1), (column, row - 1), (left, row + 1),
        (left, row - 1),
      ]
      for (column, row) in places {
        let rect = Rect(
          column: column, row: row, columns: label.columns + (row == label.anchor.row ? 0 : 1),
          rows: 1)
        guard isFree(rect), isBeside(rect, label.anchor) else { continue }
        // A blank on both sides keeps names in one row apart.
        block(rect.inset(columns: -1, rows: 0))
        return rect
      }
      return nil
    }
  }

  /// Whether a name is nearer to its own point than to any other in its row.
  private func isBeside(_ rect: Rect, _ anchor: Point) -> Bool {
    let isRight = rect.column >= anchor.column
    let far = Rect(
      column: isRight ? rect.endColumn : rect.column - 2, row: rect.row, columns: 2, rows: 1)
    let beyond = far.intersection(room)
    guard (beyond.column..<beyond.endColumn).allSatisfy({ !taken[index($0, rect.row)] }) else {
      return false
    }
    guard rect.row == anchor.row else { return true }
    return !taken[index(anchor.column + (isRight ? 1 : -1), anchor.row)]
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
