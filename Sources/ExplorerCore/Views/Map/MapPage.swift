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
    let key = MapKey(map.groups, hasLetters: !state.showsColors)
    drawTitle(map, key, geometry, &frame)
    guard let plane = map.plane else {
      let share = map.counted.of > 0 ? map.counted.done * 100 / map.counted.of : 100
      frame.put(
        "Finding the two directions in which the items differ most: \(share) %",
        geometry.room.inset(columns: 1, rows: 0), style: Style(.muted))
      return
    }
    let signs = MapSigns(frame.glyphs)
    drawDots(plane, map, key, geometry, &frame)
    drawNames(view, map, plane, geometry, signs, key, &frame)
    MapList.draw(view, map, plane, scene, geometry, signs, key, &frame)
  }

  /// What the axes are; on a narrow screen, which has no list, also what the colours are.
  private static func drawTitle(
    _ map: MapScene, _ key: MapKey?, _ geometry: MapGeometry, _ frame: inout Frame
  ) {
    let line = geometry.title
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
    let isNarrow = geometry.list.isEmpty && key != nil && map.plane != nil
    let text =
      isNarrow ? "PCA" : texts.first { $0.columns <= room.columns } ?? texts[texts.count - 1]
    frame.put(text, room, style: Style(.title))
    if isNarrow { key?.draw(in: room.dropFirst(columns: text.columns + 2), &frame) }
  }

  /// A share in whole percent, with a decimal where it is small.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "? %" }
    let tenths = Int((share * 1000).rounded())
    return tenths >= 100 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  private static func drawDots(
    _ plane: PrincipalPlane, _ map: MapScene, _ key: MapKey?, _ geometry: MapGeometry,
    _ frame: inout Frame
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
    /// The group of most items in a cell.
    func group(_ column: Int, _ row: Int) -> Int? {
      guard map.groups != nil else { return nil }
      let start = (row * room.columns + column) * kinds
      let own = groups[start..<start + kinds]
      return own.indices.max { own[$0] < own[$1] }.flatMap { own[$0] > 0 ? $0 - start : nil }
    }
    dots.draw(on: &frame.canvas) { column, row in
      if map.groups != nil {
        return Style(group(column, row).map { MapGroups.roles[$0] } ?? .muted)
      }
      let count = counts[row * room.columns + column]
      return Style(count > full * 4 ? .title : count > full ? .text : .muted)
    }
    if let key, key.hasLetters {
      for row in 0..<room.rows {
        for column in 0..<room.columns {
          guard let group = group(column, row) else { continue }
          frame.canvas.put(key.letter(group), column: room.column + column, row: room.row + row)
        }
      }
    }
    // The path alone is a line without gaps.
    var lines = DotGrid(room, glyphs: frame.glyphs)
    let steps = map.path.suffix(pathLength).map { geometry.dot(plane.points[Int($0)]) }
    for (from, to) in zip(steps, steps.dropFirst()) { lines.line(from: from, to: to) }
    lines.draw(on: &frame.canvas) { _, _ in Style(.title) }
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
    _ signs: MapSigns, _ key: MapKey?, _ frame: inout Frame
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
    // Beside a letter a sign would look like another one.
    if key?.hasLetters == true {
      for cell in taken {
        for column in [cell.column - 1, cell.column + 1] {
          let beside = Point(column: column, row: cell.row)
          guard geometry.room.contains(beside), !taken.contains(beside) else { continue }
          frame.canvas.put(" ", column: column, row: cell.row)
        }
      }
    }
    for (index, place) in places.enumerated() {
      let (named, cell) = placed[index]
      frame.canvas.put(named.sign, column: cell.column, row: cell.row, style: named.style)
      frame.onClick(
        Rect(column: cell.column, row: cell.row, columns: 1, rows: 1),
        .selectInView(Int(named.item)))
      guard let place else { continue }
      frame.canvas.put(
        text(texts[index], at: place, of: cell, frame.glyphs.border), in: place, style: named.style)
      // No dot between a name and its point, nor close behind it.
      for gap in [place.column - 1, place.endColumn] where gap != cell.column {
        guard geometry.room.contains(Point(column: gap, row: place.row)) else { continue }
        frame.canvas.put(" ", column: gap, row: place.row)
      }
      frame.onClick(place, .selectInView(Int(named.item)))
    }
  }
}

extension MapPage {
  /// A name beside its point; in another row with the corner that leads there.
  private static func text(
    _ name: String, at place: Rect, of cell: Point, _ border: Glyphs.Border
  ) -> String {
    guard place.row != cell.row else { return name }
    let isBelow = place.row > cell.row
    return place.column == cell.column
      ? "\(isBelow ? border.bottomLeft : border.topLeft)\(name)"
      : "\(name)\(isBelow ? border.bottomRight : border.topRight)"
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
        "Map: {items} by the relation's most frequent tails, as letters where there are no colours;"
          + " b takes the next relation."),
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
