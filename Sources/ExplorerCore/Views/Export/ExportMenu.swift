/// The formats in which the view can be written, on top of it.
struct ExportMenu: ListOverlay {
  var menu = Menu()

  var context: Context { .export }
  var countsRows: Bool { false }
  func hint(_ state: State, _ scene: Scene) -> String { ExportView.subject(state, scene).title }
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    "Write out"
  }
  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] { [] }
  func area(on layout: Layout) -> Rect {
    Layout.area(columns: 56, rows: ExportFormat.allCases.count + 3, on: layout.size)
  }

  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs)
    -> [ExportFormat]
  {
    ExportFormat.allCases
  }

  func table(
    _ rows: [ExportFormat], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let key = Table.Column(.fixed(2)) { row, _ in
      let key = Bindings.of(.export).first { $0.command == rows[row].command }?.keys.first
      return .text(key?.label(glyphs) ?? "", Style(.key))
    }
    let words = Table.Column(.flexible()) { row, _ in .text(rows[row].words) }
    return Table([.mark, key, words], width: width)
  }

  func choose(_ row: ExportFormat, on next: inout Explorer.Transition, _ scene: Scene) {
    Explorer.export(row, &next)
  }
}
