import Explanation

/// The list beside the map: what is recommended, and what is nearest to the selected item.
enum MapList {
  static func draw(
    _ view: MapView, _ map: MapScene, _ plane: PrincipalPlane, _ scene: Scene,
    _ geometry: MapGeometry, _ signs: MapSigns, _ frame: inout Frame
  ) {
    if geometry.list.isEmpty {
      drawCaption(view, map, scene, geometry.caption, signs, &frame)
    } else {
      drawList(view, map, scene, geometry.list, signs, &frame)
    }
  }

  /// The one line of a narrow screen: the item that is selected.
  private static func drawCaption(
    _ view: MapView, _ map: MapScene, _ scene: Scene, _ line: Rect, _ signs: MapSigns,
    _ frame: inout Frame
  ) {
    let room = line.inset(columns: 1, rows: 0)
    if let row = view.row, map.rows.indices.contains(row) {
      let item = map.rows[row]
      let value = value(item, row: row, map, scene, frame.glyphs)
      frame.put(
        "\(signs.sign(ofRow: row, in: map)) \(item.title)", room, columns: room.columns - 6,
        style: Style(.selection))
      frame.put(value, room, at: room.columns - 5, columns: 5, .right)
    } else if let subject = map.subject {
      frame.put("\(signs.subject) \(subject.title)", room, style: Style(.title))
    }
  }

  private static func drawList(
    _ view: MapView, _ map: MapScene, _ scene: Scene, _ area: Rect, _ signs: MapSigns,
    _ frame: inout Frame
  ) {
    frame.canvas.fill(
      Rect(column: area.column, row: area.row, columns: 1, rows: area.rows),
      with: frame.glyphs.border.vertical, style: Style(.border))
    let room = area.dropFirst(columns: 1).inset(columns: 1, rows: 0)
    var line = 0
    let legend = legend(signs, frame.glyphs)
    let groups = map.groups.map { [($0.relation, Style(.title))] + key(of: $0) } ?? []
    // Neighbours come first where there is too little room for both and the signs.
    let neighbours = min(map.neighbours.count, max(1, room.rows - 3))
    let left = room.rows - neighbours - 2
    let recommendations = map.recommendations.isEmpty ? 0 : min(map.recommendations.count, left - 2)
    let isFree = left - max(0, recommendations) - 2
    let showsLegend = isFree > legend.count
    let showsGroups = isFree > legend.count + groups.count + 1

    let glyphs = frame.glyphs
    let indent = Table.Column(.fixed(1)) { _, _ in .none }
    let sign = Table.Column(.fixed(1), gap: 0) { row, _ in
      let isRecommended = row < map.recommendations.count
      return .text(
        String(signs.sign(ofRow: row, in: map)),
        Style(map.rows[row].isTruth ? .truth : isRecommended ? .bar : .test))
    }
    let seen = Table.Column(.fixed(1), gap: 0) { row, _ in
      map.rows[row].isSeen ? .text(String(glyphs.marks.seen), Style(.muted)) : .none
    }
    let title = Table.Column(.flexible()) { row, _ in .text(map.rows[row].title) }
    let amount = Table.Column(.fixed(5), .right) { row, _ in
      .text(value(map.rows[row], row: row, map, scene, glyphs))
    }
    let table = Table([indent, sign, seen, title, amount], width: room.columns)

    func put(_ row: Int) {
      let rect = room.line(line)
      table.draw(row, isSelected: view.row == row, in: rect, &frame)
      frame.onClick(rect, .selectInView(Int(map.rows[row].item)))
      line += 1
    }
    if recommendations > 0 {
      frame.put(frame.words.recommendations, room.line(line), style: Style(.title))
      frame.put(
        scene.model.hasProbabilities ? frame.words.probability : frame.words.score,
        room.line(line), at: room.columns - 6, columns: 6, .right, style: Style(.muted))
      line += 1
      for row in 0..<recommendations { put(row) }
      line += 1
    }
    if let subject = map.subject {
      let title = subject.title.truncated(
        to: room.columns - 13, ellipsis: frame.glyphs.ellipsis)
      frame.put("Nearest to ", room.line(line), style: Style(.title))
      frame.put("\(signs.subject) \(title)", room.line(line), at: 11, style: Style(.selection))
      line += 1
      let name = view.likeness.rawValue
      let texts = [
        "by \(name), in all \(map.width) dimensions", "\(name), all \(map.width) dimensions",
        "\(name), \(map.width) dimensions", name,
      ]
      let by = texts.first { $0.columns <= room.columns } ?? name
      frame.put(by, room.line(line), style: Style(.muted))
      line += 1
      for row in 0..<neighbours { put(map.recommendations.count + row) }
    }
    if showsGroups {
      let first = room.rows - legend.count - groups.count - 1
      for (offset, group) in groups.enumerated() {
        frame.put(group.0, room.line(first + offset), style: group.1)
      }
    }
    guard showsLegend else { return }
    for (offset, text) in legend.enumerated() {
      frame.put(text, room.line(room.rows - legend.count + offset), style: Style(.muted))
    }
  }

  private static func key(of groups: MapGroups) -> [(String, Style)] {
    zip(groups.tails, MapGroups.roles).map { tail, role in
      ("\(tail.name) \(tail.count)", Style(role))
    }
  }

  private static func legend(_ signs: MapSigns, _ glyphs: Glyphs) -> [String] {
    [
      "\(glyphs.marks.here) present step, its line the path",
      "\(glyphs.marks.truth) came next  \(glyphs.marks.seen) seen",
    ]
  }

  /// The number behind a name.
  private static func value(
    _ item: MapScene.Item, row: Int, _ map: MapScene, _ scene: Scene, _ glyphs: Glyphs
  ) -> String {
    let isProbability = row < map.recommendations.count && scene.model.hasProbabilities
    return isProbability ? glyphs.probability(item.value) : glyphs.decimal(item.value)
  }
}
