/// The films of an own viewer on top of the panes: those to choose from, those chosen, and what the
/// model recommends after them.
enum FilmsMenu {
  private static func area(on size: Size) -> Rect {
    Rect(size).centred(
      columns: min(100, max(20, size.columns - 4)), rows: max(6, size.rows - 4))
  }

  /// The parts of the box, below its search.
  private struct Parts {
    let found: Rect
    let chosen: Rect
    let recommended: Rect

    init(_ list: Rect) {
      let right: Rect
      if list.columns >= 56 {
        let left = (list.columns - 2) / 2
        found = Rect(column: list.column, row: list.row, columns: left, rows: list.rows)
        right = list.dropFirst(columns: left + 2)
      } else {
        // One below the other: two rows for the search at least.
        let rows = max(2, list.rows / 3)
        found = list.intersection(
          Rect(column: list.column, row: list.row, columns: list.columns, rows: rows))
        right = list.dropFirst(rows: rows)
      }
      let upper = right.rows / 2
      chosen = right.intersection(
        Rect(column: right.column, row: right.row, columns: right.columns, rows: upper))
      recommended = right.dropFirst(rows: upper)
    }
  }

  /// How many of the films to choose from are seen at once.
  static func height(on size: Size) -> Int {
    Parts(area(on: size).inset(columns: 2, rows: 1).dropFirst(rows: 1)).found.rows
  }

  static func draw(
    _ editor: FilmEditor, _ state: State, _ scene: Scene, on layout: Layout,
    in frame: inout Frame
  ) {
    guard let films = scene.films else { return }
    let inside = MenuBox.draw(
      editor.isNew ? "A viewer of your own" : "Films of \(editor.name)", editor.menu,
      hint: "type a part of a title", area(on: layout.size), layout, &frame)
    let parts = Parts(inside)
    drawFound(films.found, editor.menu, in: parts.found, &frame)
    drawChosen(films.chosen, in: parts.chosen, &frame)
    drawRecommended(films.chosen.isEmpty ? nil : scene.step, in: parts.recommended, &frame)
  }

  private static func drawFound(
    _ films: [FilmChoices.Film], _ menu: Menu, in area: Rect, _ frame: inout Frame
  ) {
    guard !films.isEmpty else {
      frame.put("No title has these letters.", area.line(0), style: Style(.muted))
      return
    }
    let window = ListWindow.rows(of: films.count, height: area.rows, showing: menu.selection)
    for (row, index) in window.enumerated() {
      let line = area.line(row)
      if index == menu.selection { frame.put(String(frame.glyphs.marks.here), line) }
      frame.put(films[index].text, line, at: 2)
      if index == menu.selection { frame.select(line) }
      frame.onClick(line, .chooseRow(index))
    }
  }

  /// The films chosen, of which the last are seen.
  private static func drawChosen(
    _ films: [FilmChoices.Film], in area: Rect, _ frame: inout Frame
  ) {
    frame.put(
      films.isEmpty ? "No film chosen yet" : "\(films.count) chosen", area.line(0),
      style: Style(.title))
    let list = area.dropFirst(rows: 1)
    let digits = String(films.count).count
    for (row, index) in films.indices.suffix(max(0, list.rows)).enumerated() {
      frame.put(
        String(index + 1).leftPadded(to: digits), list.line(row), style: Style(.muted))
      frame.put(films[index].text, list.line(row), at: digits + 1)
    }
  }

  private static func drawRecommended(
    _ step: StepScene?, in area: Rect, _ frame: inout Frame
  ) {
    guard let step else {
      frame.put("Recommendations stand here", area.line(0), style: Style(.muted))
      frame.put("from the first film on.", area.line(1), style: Style(.muted))
      return
    }
    frame.put("Recommended now", area.line(0), style: Style(.title))
    let list = area.dropFirst(rows: 1)
    for (row, item) in step.recommendations.filter({ !$0.isSeen }).prefix(list.rows).enumerated() {
      let year = item.year.map { " (\($0))" } ?? ""
      frame.put(
        frame.glyphs.rank(item.rank), list.line(row), columns: 3, .right, style: Style(.muted))
      frame.put(item.title + year, list.line(row), at: 4)
    }
  }
}

/// The box in which a new own viewer is named.
enum NameBox {
  static func draw(_ entry: NameEntry, on layout: Layout, in frame: inout Frame) {
    let area = Rect(layout.size).centred(columns: min(48, layout.size.columns - 2), rows: 4)
    frame.forgetClicks()
    frame.onClick(Rect(layout.size), .command(.close))
    frame.onClick(area, nil)
    frame.canvas.fill(area)
    frame.canvas.box(area, frame.glyphs.border, style: Style(.border))
    frame.put(
      " A name to find it again ", area.inset(columns: 2, rows: 0).line(0), style: Style(.focus))
    let inside = area.inset(columns: 2, rows: 1)
    let text = entry.name.text.keepingTail(inside.columns - 1, ellipsis: frame.glyphs.ellipsis)
    frame.put(text + String(frame.glyphs.marks.cursor), inside.line(0), style: Style(.match))
    frame.put(
      "Enter alone: \(entry.proposed)", inside.line(1), style: Style(.muted))
  }
}
