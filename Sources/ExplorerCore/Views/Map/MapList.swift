import Explanation

/// The list beside the map: what is recommended, and what is nearest to the selected item.
enum MapList {
  static func draw(
    _ view: MapView, _ map: MapScene, _ plane: PrincipalPlane, _ scene: Scene,
    _ geometry: MapGeometry, _ signs: MapSigns, _ key: MapKey?, _ frame: inout Frame
  ) {
    if geometry.list.isEmpty {
      drawCaption(view, map, scene, geometry.caption, signs, &frame)
    } else {
      drawList(view, map, scene, geometry.list, signs, key, &frame)
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
    _ key: MapKey?, _ frame: inout Frame
  ) {
    frame.canvas.fill(
      Rect(column: area.column, row: area.row, columns: 1, rows: area.rows),
      with: frame.glyphs.border.vertical, style: Style(.border))
    let room = area.dropFirst(columns: 1).inset(columns: 1, rows: 0)
    var line = 0
    let plan = Plan(map, key, rows: room.rows, columns: room.columns, view.row)

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
    if !plan.recommendations.isEmpty {
      frame.put(frame.words.recommendations, room.line(line), style: Style(.title))
      frame.put(
        scene.model.hasProbabilities ? frame.words.probability : frame.words.score,
        room.line(line), at: room.columns - 6, columns: 6, .right, style: Style(.muted))
      line += 1
      for row in plan.recommendations { put(row) }
      line += 1
    }
    if let subject = map.subject {
      let title = subject.title.truncated(
        to: room.columns - 13, ellipsis: frame.glyphs.ellipsis)
      frame.put("Nearest to ", room.line(line), style: Style(.title))
      frame.put("\(signs.subject) \(title)", room.line(line), at: 11, style: Style(.selection))
      line += 1
      let name = view.likeness.rawValue
      let shown = plan.neighbours.count
      let count = "\(shown) of \(map.neighbours.count) by \(name)"
      let texts =
        shown < map.neighbours.count
        ? ["\(count), in all \(map.width) dimensions", "\(count), \(map.width) dimensions", count]
        : [
          "by \(name), in all \(map.width) dimensions", "\(name), all \(map.width) dimensions",
          "\(name), \(map.width) dimensions",
        ]
      let by = texts.first { $0.columns <= room.columns } ?? name
      frame.put(by, room.line(line), style: Style(.muted))
      line += 1
      for row in plan.neighbours { put(row) }
    }
    let legend = plan.showsLegend ? legend(signs, frame.glyphs) : []
    if let key, !plan.key.isEmpty {
      let first = room.rows - legend.count - plan.key.count - (legend.isEmpty ? 0 : 1)
      key.draw(plan.key, in: room.dropFirst(rows: first), &frame)
    }
    for (offset, text) in legend.enumerated() {
      frame.put(text, room.line(room.rows - legend.count + offset), style: Style(.muted))
    }
  }

  /// How the rows are shared: what the colours are is always said, then come the lists, then the signs.
  private struct Plan {
    /// Rows of the map's list.
    let recommendations: Range<Int>
    let neighbours: Range<Int>
    let key: [[MapKey.Entry]]
    let showsLegend: Bool

    init(_ map: MapScene, _ key: MapKey?, rows: Int, columns: Int, _ selected: Int?) {
      let all = (map.recommendations.count, map.neighbours.count)
      let titles = all.0 > 0 ? 4 : 2
      let legend = 3
      var left = rows - titles
      let long = key.map { $0.lines + [[]] } ?? []
      let isRoomy = left - all.0 - all.1 >= legend + long.count
      showsLegend = isRoomy
      self.key = isRoomy ? Array(long.dropLast()) : rows >= 10 ? key?.flow(columns) ?? [] : []
      if !isRoomy, !self.key.isEmpty { left -= self.key.count + 1 }
      let first = min(all.0, max(left - all.1, left / 2))
      let second = max(1, min(all.1, left - max(0, first)))
      recommendations = ListWindow.rows(of: all.0, height: first, showing: selected ?? 0)
      let near = ListWindow.rows(of: all.1, height: second, showing: (selected ?? 0) - all.0)
      neighbours = near.lowerBound + all.0..<near.upperBound + all.0
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

/// What the colours of the items mean, or the letters that stand for them where there are none.
struct MapKey {
  struct Entry: Equatable {
    let text: String
    let style: Style
  }

  let hasLetters: Bool
  private let relation: String
  private let tails: [(name: String, count: Int)]

  /// Nil where nothing colours the items.
  init?(_ groups: MapGroups?, hasLetters: Bool) {
    guard let groups else { return nil }
    (relation, tails, self.hasLetters) = (groups.relation, groups.tails, hasLetters)
  }

  func letter(_ group: Int) -> Unicode.Scalar {
    Unicode.Scalar(UInt8(ascii: "a") + UInt8(min(group, 25)))
  }

  private func entry(_ group: Int, _ text: String) -> Entry {
    Entry(
      text: hasLetters ? "\(letter(group)) \(text)" : text,
      style: hasLetters ? Style() : Style(MapGroups.roles[group]))
  }

  /// The relation, and a line for each tail with how many items have it.
  var lines: [[Entry]] {
    [[Entry(text: relation, style: Style(.title))]]
      + tails.enumerated().map { [entry($0, "\($1.name) \($1.count)")] }
  }

  /// The same in as few lines as some columns need.
  func flow(_ columns: Int) -> [[Entry]] {
    var (lines, width) = ([[Entry]](), 0)
    let all =
      [Entry(text: relation + ":", style: Style(.title))]
      + tails.enumerated().map { entry($0, $1.name) }
    for entry in all {
      if lines.isEmpty || width + 1 + entry.text.columns > columns {
        lines.append([])
        width = -1
      }
      lines[lines.count - 1].append(entry)
      width += 1 + entry.text.columns
    }
    return lines
  }

  /// Draws lines of entries, a blank between two.
  func draw(_ lines: [[Entry]], in room: Rect, _ frame: inout Frame) {
    for (row, line) in lines.enumerated() {
      var column = 0
      for entry in line {
        frame.put(entry.text, room.line(row), at: column, style: entry.style)
        column += entry.text.columns + 1
      }
    }
  }

  /// Draws the tails alone into one line, each cut to an equal share.
  func draw(in line: Rect, _ frame: inout Frame) {
    let width = (line.columns + 1) / max(1, tails.count) - 1
    guard width >= 3 else { return }
    for (group, tail) in tails.enumerated() {
      let entry = entry(group, tail.name)
      frame.put(
        entry.text, line, at: group * (width + 1), columns: width, style: entry.style)
    }
  }
}
