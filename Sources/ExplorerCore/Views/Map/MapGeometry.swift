import Explanation
import Glibc

/// Which part of the plane is seen where on the screen.
struct MapGeometry {
  let room: Rect
  /// The cells of the list beside it; empty on a narrow screen.
  let list: Rect
  /// The line that names the selected item where there is no list; empty otherwise.
  let caption: Rect
  /// The line that says what the map shows.
  let title: Rect
  let centre: PlanePoint
  /// Dots for a unit of the plane.
  let scale: Float
  private let perCell: (columns: Int, rows: Int)

  /// The geometry of a view on a screen.
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

  /// The point in the middle of a cell.
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
