import Explanation

extension MapView {
  func draw(_ state: State, _ scene: Scene, in frame: inout Frame) {
    if let map = scene.map { MapPage.draw(self, map, state, scene, in: &frame) }
  }
}

/// Draws the map: all items as dots, the user's path, and names.
enum MapPage {
  /// How many of the last steps are joined by lines.
  static let pathLength = 12

  static func draw(
    _ view: MapView, _ map: MapScene, _ state: State, _ scene: Scene, in frame: inout Frame
  ) {
    let geometry = MapGeometry(map.plane, view, on: state.layout.size, glyphs: frame.glyphs)
    drawTitle(map, geometry.title, &frame)
    guard let plane = map.plane else {
      let share = map.counted.of > 0 ? map.counted.done * 100 / map.counted.of : 100
      frame.put(
        "Finding the two directions in which the items differ most: \(share) %",
        geometry.room.inset(columns: 1, rows: 0), style: Style(.muted))
      return
    }
    let signs = MapSigns(frame.glyphs)
    drawDots(plane, map, geometry, &frame)
    drawNames(view, map, plane, geometry, signs, &frame)
    MapList.draw(view, map, plane, scene, geometry, signs, &frame)
  }

  private static func drawTitle(_ map: MapScene, _ line: Rect, _ frame: inout Frame) {
    let dot = frame.glyphs.marks.separator
    var texts = ["Map of the items: PCA of their vectors", "Map: PCA of item vectors", "Map (PCA)"]
    if let plane = map.plane {
      let (x, y) = (percent(plane.explained[0]), percent(plane.explained[1]))
      texts = [
        "Map of the items: PCA of their \(map.width)-dimensional vectors \(dot) explained variance"
          + " \(x) across, \(y) up",
        "Map: PCA of item vectors \(dot) explained variance \(x) across, \(y) up",
        "PCA of item vectors: \(x) across, \(y) up", "PCA: \(x) across, \(y) up",
        "PCA \(x) \(y)",
      ]
    }
    let room = line.inset(columns: 1, rows: 0)
    let text = texts.first { $0.columns <= room.columns } ?? texts[texts.count - 1]
    frame.put(text, room, style: Style(.title))
  }

  /// A share in whole percent, with a decimal where it is small.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "? %" }
    let tenths = Int((share * 1000).rounded())
    return tenths >= 100 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  private static func drawDots(
    _ plane: PrincipalPlane, _ map: MapScene, _ geometry: MapGeometry, _ frame: inout Frame
  ) {
    let room = geometry.room
    var dots = DotGrid(room, glyphs: frame.glyphs)
    var counts = [Int32](repeating: 0, count: room.columns * room.rows)
    // How many items of each group a cell has.
    let kinds = MapGroups.roles.count
    var groups = [Int32](repeating: 0, count: map.groups == nil ? 0 : counts.count * kinds)
    for (item, point) in plane.points.enumerated().dropFirst() {
      let (x, y) = geometry.dot(point)
      guard x >= 0, y >= 0, x < dots.columns, y < dots.rows else { continue }
      dots.set(x, y)
      let cell = (y / dots.perCell.rows) * room.columns + x / dots.perCell.columns
      counts[cell] += 1
      if let group = map.groups?.group[item] { groups[cell * kinds + group] += 1 }
    }
    // As many items in a cell as it has dots, and the dots say no more; then the shade does.
    let full = Int32(dots.perCell.columns * dots.perCell.rows)
    dots.draw(on: &frame.canvas) { column, row in
      let cell = row * room.columns + column
      let count = counts[cell]
      if map.groups != nil {
        let own = groups[cell * kinds..<(cell + 1) * kinds]
        if let most = own.indices.max(by: { own[$0] < own[$1] }), own[most] > 0 {
          return Style(MapGroups.roles[most - cell * kinds])
        }
        return Style(.muted)
      }
      return Style(count > full * 4 ? .title : count > full ? .text : .muted)
    }
    // The path alone is a line without gaps.
    var lines = DotGrid(room, glyphs: frame.glyphs)
    let steps = map.path.suffix(pathLength).map { geometry.dot(plane.points[Int($0)]) }
    for (from, to) in zip(steps, steps.dropFirst()) { lines.line(from: from, to: to) }
    lines.draw(on: &frame.canvas) { _, _ in Style(.focus, .bold) }
  }

  /// A point with a sign and perhaps a name.
  private struct Named {
    let item: Int32
    let sign: Unicode.Scalar
    let title: String
    let style: Style
  }

  private static func drawNames(
    _ view: MapView, _ map: MapScene, _ plane: PrincipalPlane, _ geometry: MapGeometry,
    _ signs: MapSigns, _ frame: inout Frame
  ) {
    var all: [Named] = []
    // What is named first wins where two points share a cell.
    let selected = view.row.flatMap { map.rows.indices.contains($0) ? map.rows[$0] : nil }
    if let selected {
      all.append(
        Named(
          item: selected.item, sign: signs.sign(ofRow: view.row ?? 0, in: map),
          title: selected.title, style: Style(.selection)))
    }
    if let subject = map.subject {
      all.append(
        Named(
          item: subject.item, sign: signs.subject, title: subject.title,
          style: Style(selected == nil ? .selection : .title)))
    }
    if let present = map.path.last {
      all.append(
        Named(
          item: present, sign: frame.glyphs.marks.here, title: map.presentTitle,
          style: Style(.focus)))
    }
    for (row, item) in map.rows.enumerated() {
      all.append(
        Named(
          item: item.item, sign: signs.sign(ofRow: row, in: map), title: item.title,
          style: Style(
            item.isTruth ? .truth : row < map.recommendations.count ? .bar : .test)))
    }
    var taken: Set<Point> = []
    var known: Set<Int32> = []
    var placed: [(named: Named, cell: Point)] = []
    for named in all where known.insert(named.item).inserted {
      guard let cell = geometry.cell(plane.points[Int(named.item)]),
        taken.insert(cell).inserted
      else { continue }
      placed.append((named, cell))
    }
    var placer = LabelPlacer(geometry.room)
    for cell in taken { placer.block(cell) }
    let width = min(24, max(8, geometry.room.columns / 3))
    let texts = placed.map { $0.named.title.truncated(to: width, ellipsis: frame.glyphs.ellipsis) }
    let places = placer.place(
      zip(placed, texts).map { LabelPlacer.Label(anchor: $0.cell, columns: $1.columns) })
    for (index, place) in places.enumerated() {
      let (named, cell) = placed[index]
      frame.canvas.put(named.sign, column: cell.column, row: cell.row, style: named.style)
      frame.onClick(
        Rect(column: cell.column, row: cell.row, columns: 1, rows: 1),
        .selectInView(Int(named.item)))
      guard let place else { continue }
      // In another row the sign says whose name it is.
      let text =
        place.row == cell.row
        ? texts[index]
        : "\(named.sign) \(texts[index])".truncated(
          to: place.columns, ellipsis: frame.glyphs.ellipsis)
      frame.canvas.put(text, in: place, style: named.style)
      frame.onClick(place, .selectInView(Int(named.item)))
    }
  }
}

extension MapView {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let signs = MapSigns(glyphs)
    return [
      Legend.Entry(
        "dots", "map {items} points density",
        "Map: each dot is {a item}; similar vectors lie near each other, as far as two axes show it."
      ),
      Legend.Entry(
        "colours", "map relation tail known fact groups color",
        "Map: {items} by the relation's most frequent tails; b takes the next relation."),
      Legend.Entry(
        String(signs.subject), "map subject nearest",
        "Map: the {item} whose nearest neighbours are listed."),
      Legend.Entry(String(signs.neighbour), "map neighbour nearest", "Map: one of its neighbours."),
      Legend.Entry("1 2 3", "map recommended rank", "Map: {items} recommended, by rank."),
      Legend.Entry(
        String(glyphs.marks.here), "map present path line",
        "Map: the present step; the line joins the \(MapPage.pathLength) steps before it."),
      Legend.Entry(
        "PCA", "map explained variance principal component axes across up",
        "Map: the two directions in which the vectors q differ most, with their share of all"
          + " variance."),
      Legend.Entry(
        words.isPlain ? "by direction" : "cosine / dot product", "map by likeness dimensions",
        "Map: neighbours by direction alone, or also by length; s switches."),
    ]
  }
}

struct MapSigns {
  /// The item whose neighbours are listed.
  let subject: Unicode.Scalar
  let neighbour: Unicode.Scalar
  let truth: Unicode.Scalar

  init(_ glyphs: Glyphs) {
    (subject, neighbour) = glyphs.showsBraille ? ("◆", "○") : ("@", "*")
    truth = glyphs.marks.truth
  }

  /// The sign of a row of the list: its number for a recommendation.
  func sign(ofRow row: Int, in map: MapScene) -> Unicode.Scalar {
    if map.rows.indices.contains(row), map.rows[row].isTruth { return truth }
    guard row < map.recommendations.count else { return neighbour }
    return Unicode.Scalar(UInt8(ascii: "1") + UInt8(min(row, 8)))
  }
}
