/// The films to choose from for an edit; the selected one is in the history already, and the panes
/// beside the list show what the model makes of it.
enum EditSearchBox {
  /// Where the list lies: over the panes between the history and the recommendations.
  private static func area(on layout: Layout) -> Rect {
    let places = layout.panes.filter { $0.pane == .gruState || $0.pane == .memory }
    guard layout.form != .single, let first = places.first, let last = places.last,
      layout.placement(of: .recommendations) != nil
    else {
      let size = layout.size
      return Rect(size).centred(columns: max(20, size.columns - 2), rows: max(4, size.rows - 2))
    }
    let end = last.title.endColumn + 1
    return Rect(
      column: first.title.column - 1, row: first.title.row, columns: end - first.title.column + 1,
      rows: first.title.rows + first.body.rows)
  }

  private static func showsRecommendations(_ layout: Layout) -> Bool {
    layout.form != .single && layout.placement(of: .recommendations) != nil
  }

  /// The films, and what is recommended then where no pane shows it.
  private static func split(_ inside: Rect, _ layout: Layout) -> (found: Rect, then: Rect?) {
    guard !showsRecommendations(layout), inside.rows >= 5 else { return (inside, nil) }
    let rows = max(2, (inside.rows - 1) / 2)
    let found = Rect(
      column: inside.column, row: inside.row, columns: inside.columns, rows: rows)
    return (found, inside.dropFirst(rows: rows))
  }

  /// How many films are seen at once.
  static func height(on layout: Layout) -> Int {
    split(area(on: layout).inset(columns: 2, rows: 1).dropFirst(rows: 1), layout).found.rows
  }

  static func draw(
    _ search: EditSearch, _ scene: Scene, on layout: Layout, in frame: inout Frame
  ) {
    let title =
      switch search.purpose {
      case .insert(let place): "Insert as step \(place + 1)"
      case .replace(let step): "In the place of step \(step + 1)"
      }
    let inside = MenuBox.draw(
      title, search.menu, hint: "type a part of a title", area(on: layout), layout, &frame)
    let (list, then) = split(inside, layout)
    let found = scene.whatIf?.found ?? []
    if found.isEmpty {
      frame.put("No title has these letters.", list.line(0), style: Style(.muted))
    }
    let window = ListWindow.rows(
      of: found.count, height: list.rows, showing: search.menu.selection)
    for (row, index) in window.enumerated() {
      let line = list.line(row)
      if index == search.menu.selection { frame.put(String(frame.glyphs.marks.here), line) }
      frame.put(found[index].text, line, at: 2)
      if index == search.menu.selection { frame.select(line) }
      frame.onClick(line, .chooseRow(index))
    }
    if let then { drawRecommended(scene, in: then, &frame) }
  }

  private static func drawRecommended(_ scene: Scene, in room: Rect, _ frame: inout Frame) {
    frame.put("Recommended then", room.line(0), style: Style(.title))
    let list = room.dropFirst(rows: 1)
    for (row, item) in (scene.step?.recommendations ?? []).prefix(list.rows).enumerated() {
      let line = list.line(row)
      frame.put(
        frame.glyphs.shortRank(item.rank), line, columns: 3, .right, style: Style(.muted))
      frame.put(item.title, line, at: 4, columns: line.columns - 10)
      guard let changes = scene.whatIf?.changes, let change = changes.changes[item.item] else {
        continue
      }
      let moved = Moved(change, isNew: changes.isNew(change), frame.glyphs)
      frame.put(
        moved.text, line, at: line.columns - 5, columns: 5, .right, style: moved.style)
    }
  }
}
