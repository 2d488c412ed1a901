/// The list in which a title of the history is looked for.
enum FindMenu {
  /// The steps whose title has the text that was typed.
  static func rows(matching text: String, in scene: Scene) -> [Int] {
    guard let viewer = scene.viewer else { return [] }
    let wanted = text.searchable.drop(while: \.isWhitespace)
    return viewer.rows.indices.filter {
      wanted.isEmpty || viewer.rows[$0].title.searchable.contains(wanted)
    }
  }

  private static func area(on size: Size) -> Rect {
    Layout.area(columns: 72, rows: size.rows < 20 ? size.rows : size.rows - 6, on: size)
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int { area(on: size).inset(columns: 2, rows: 1).rows - 1 }

  static func draw(_ menu: Menu, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    guard let viewer = scene.viewer else { return }
    let list = MenuBox.draw(
      "Find in this history", menu, hint: "type a part of a title", area(on: layout.size), layout,
      &frame)
    let steps = rows(matching: menu.filter.text, in: scene)
    guard !steps.isEmpty else {
      for (row, text) in ["No title has these letters;", "^F looks in the whole catalogue."]
        .enumerated()
      {
        frame.put(text, list.line(row), style: Style(.muted))
      }
      return
    }
    MenuBox.drawPlace(menu.selection, of: steps.count, on: area(on: layout.size), &frame)
    let number = String(viewer.rows.count).count
    let window = ListWindow.rows(of: steps.count, height: list.rows, showing: menu.selection)
    for (row, index) in window.enumerated() {
      let line = list.line(row)
      let step = steps[index]
      if index == menu.selection { frame.put(String(frame.glyphs.marks.here), line) }
      frame.put(String(step + 1), line, at: 2, columns: number, .right, style: Style(.muted))
      frame.put(viewer.rows[step].title, line, at: 3 + number)
      if index == menu.selection { frame.select(line) }
      frame.onClick(line, .chooseRow(index))
    }
  }
}
