/// The list in which a title of the history is looked for.
struct FindMenu: ListOverlay {
  var menu = Menu()

  var context: Context { .menu }
  var enterTitle: String? { "go there" }
  func hint(_ state: State, _ scene: Scene) -> String { "type a part of a title" }
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    "Find in this history"
  }
  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    [("No title has these letters;", .muted), ("^F looks in the whole catalogue.", .muted)]
  }
  func area(on layout: Layout) -> Rect {
    let size = layout.size
    return Layout.area(columns: 72, rows: size.rows < 20 ? size.rows : size.rows - 6, on: size)
  }

  /// The steps whose title has the text that was typed.
  func rows(_ state: State, _ scene: Scene, _ words: Words, _ glyphs: Glyphs) -> [Int] {
    guard let viewer = scene.viewer else { return [] }
    let wanted = menu.filter.text.searchable.drop(while: \.isWhitespace)
    return viewer.rows.indices.filter {
      wanted.isEmpty || viewer.rows[$0].title.searchable.contains(wanted)
    }
  }

  func table(
    _ rows: [Int], _ scene: Scene, width: Int, _ words: Words, _ glyphs: Glyphs
  ) -> Table {
    let history = scene.viewer?.rows ?? []
    let number = Table.Column(.fixed(String(history.count).count), .right) { row, _ in
      .text(String(rows[row] + 1), Style(.muted))
    }
    let title = Table.Column(.flexible()) { row, _ in .text(history[rows[row]].title) }
    return Table([.mark, number, title], width: width)
  }

  func choose(_ row: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    next.state.overlay = nil
    Explorer.go(to: row, in: &next.state, scene)
  }
}
