/// The films of an own viewer: those to choose from, and what the model recommends after them.
///
/// The history, which shows those chosen, stays in sight where there is room for it; elsewhere the
/// last one chosen is named.
enum FilmsMenu {
  private struct Places {
    let area: Rect
    let found: Rect
    /// Where the last film is named; nil beside the history.
    let chosen: Rect?
    let recommended: Rect

    init(_ layout: Layout) {
      let size = layout.size
      let history = layout.form == .single ? nil : layout.placement(of: .history)
      if let history {
        let start = history.title.endColumn
        area = Rect(column: start, row: 1, columns: size.columns - start, rows: size.rows - 2)
      } else {
        area = Layout.area(columns: 72, rows: size.rows - 2, on: size)
      }
      // Below the search.
      let list = area.inset(columns: 2, rows: 1).dropFirst(rows: 1)
      if list.columns >= 56 {
        let left = (list.columns - 2) / 2
        found = Rect(column: list.column, row: list.row, columns: left, rows: list.rows)
        let right = list.dropFirst(columns: left + 2)
        chosen = history == nil ? right.line(0) : nil
        recommended = history == nil ? right.dropFirst(rows: 2) : right
      } else {
        let rows = max(1, (list.rows - 1) / 2)
        found = Rect(column: list.column, row: list.row, columns: list.columns, rows: rows)
          .intersection(list)
        let rest = list.dropFirst(rows: rows)
        chosen = history == nil ? rest.line(0) : nil
        recommended = rest.dropFirst(rows: 1)
      }
    }
  }

  /// How many of the films to choose from are seen at once.
  static func height(on layout: Layout) -> Int { Places(layout).found.rows }

  static func draw(
    _ editor: FilmEditor, _ state: State, _ scene: Scene, on layout: Layout,
    in frame: inout Frame
  ) {
    guard let films = scene.films else { return }
    let places = Places(layout)
    _ = MenuBox.draw(
      editor.isNew ? "A viewer of your own" : "Films of \(editor.name)", editor.menu,
      hint: "type a part of a title", places.area, layout, &frame)
    drawFound(films.found, editor.menu, in: places.found, &frame)
    if let line = places.chosen {
      frame.put(
        films.chosen.last.map { "\(films.chosen.count). \($0.text)" } ?? "No film chosen yet", line,
        style: Style(.title))
    }
    drawRecommended(films.chosen.isEmpty ? nil : scene.step, in: places.recommended, &frame)
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
    let area = Layout.area(columns: 48, rows: 4, on: layout.size)
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
