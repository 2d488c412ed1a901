import Explanation

/// Why the item: a sentence, what a check has shown, the rows that add up to its score, and what is
/// known of the selected one.
enum WhyPane: PaneView {
  static let pane = Pane.why

  static func name(_ words: Terminology) -> String { words.why }

  static func title(
    _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> String {
    scene.why?.equation(width: width, scene.model, words, glyphs) ?? words.why
  }

  static func move(by offset: Int, in state: inout State, _ scene: Scene) {
    guard let table = Explorer.table(state, scene) else { return }
    select(table.selected(state.why) + offset, in: &state, scene)
  }

  static func select(_ row: Int, in state: inout State, _ scene: Scene) {
    let rows = Explorer.table(state, scene)?.rows ?? []
    state.why.row = min(max(0, row), max(0, rows.count - 1))
    state.why.anchor = rows.isEmpty || state.why.row == 0 ? nil : rows[state.why.row].place
  }

  static func inspected(_ state: State, _ scene: Scene) -> Int32? {
    RecommendationsPane.inspected(state, scene)
  }

  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let why = scene.why else { return }
    let rest = drawForecast(why, in: drawTexts(why, in: placement.inside, &frame), &frame)
    let table = WhyTable(why, state.why, scene.model, frame.words, frame.glyphs)
    let (main, beside) = split(rest, table)
    WhyTableView.draw(table, state, why, in: main, &frame)
    guard let beside else { return }
    let room = drawDetails(of: table, state, scene, why, in: beside, &frame)
    guard state.why.path.isEmpty, state.why.grouping == .steps, room.rows >= 4 else { return }
    var view = WhyView()
    view.grouping = .facts
    let facts = WhyTable(why, view, scene.model, frame.words, frame.glyphs)
    let pairs = why.pairs(frame.words, frame.glyphs)
    // Pairs are few, and not to be seen anywhere else.
    let least = pairs.isEmpty ? 0 : min(pairs.count + 2, room.rows / 2)
    let used = WhyPreview.draw(
      facts, title: "written, by known facts", countsSteps: true,
      in: Rect(
        column: room.column, row: room.row, columns: room.columns, rows: room.rows - least), &frame)
    drawPairs(pairs, in: room.dropFirst(rows: used + 1), &frame)
  }

  /// Which steps say the same, and which need each other.
  private static func drawPairs(_ pairs: [String], in room: Rect, _ frame: inout Frame) {
    guard !pairs.isEmpty, room.rows >= 2 else { return }
    frame.put("pairs of steps", room.line(0), style: Style(.muted))
    let height = room.rows - 1
    let shown = pairs.prefix(pairs.count > height ? height - 1 : height)
    for (row, pair) in shown.enumerated() { frame.put(pair, room.line(row + 1)) }
    if shown.count < pairs.count {
      frame.put(
        "\(pairs.count - shown.count) more", room.line(shown.count + 1), style: Style(.muted))
    }
  }

  /// The sentence, and what speaks against it, above everything; returns the room below.
  ///
  /// The shortest form of the sentence names its first item still, and takes the lines that it needs;
  /// what speaks against it is never left out.
  private static func drawTexts(_ why: WhyScene, in room: Rect, _ frame: inout Frame) -> Rect {
    var rest = room
    func put(_ forms: [String], lines most: Int, _ style: Style) {
      let wrapped = forms.map { frame.glyphs.spelled($0).wrapped(to: room.columns) }
      guard let lines = wrapped.first(where: { $0.count <= most }) ?? wrapped.last else { return }
      let count = min(lines.count, max(1, rest.rows - 4))
      for row in 0..<count {
        let isCut = row == count - 1 && lines.count > count
        frame.put(
          isCut ? lines[row...].joined(separator: " ") : lines[row], rest.line(row), style: style)
      }
      rest = rest.dropFirst(rows: count)
    }
    put(why.sentences, lines: max(1, min(4, room.rows / 4)), Style())
    put(why.cautions(frame.glyphs), lines: max(1, min(2, room.rows / 8)), Style(.warning))
    if !why.note.isEmpty, room.rows >= 12 { put([why.note], lines: 2, Style(.muted)) }
    return rest
  }

  /// What is forecast or was checked, below everything; returns the room above.
  private static func drawForecast(_ why: WhyScene, in room: Rect, _ frame: inout Frame) -> Rect {
    let forms = why.forecast(frame.words, frame.glyphs)
    // A check is what was asked for last: what it says is not cut for the table's sake.
    let most = why.claim != nil ? max(2, min(3, room.rows - 3)) : room.rows >= 20 ? 2 : 1
    guard room.rows >= 4, !forms.isEmpty else { return room }
    let wrapped = forms.map { $0.wrapped(to: room.columns) }
    var lines = wrapped.first { $0.count <= most } ?? wrapped[wrapped.count - 1]
    // What does not fit is cut where one sees it.
    if lines.count > 3 { lines = Array(lines.prefix(2)) + [lines[2...].joined(separator: " ")] }
    let style = Style(why.claim.map { $0.verdict == .agrees ? .title : .warning } ?? .muted)
    let top = room.dropFirst(rows: room.rows - lines.count)
    for (row, line) in lines.enumerated() { frame.put(line, top.line(row), style: style) }
    return Rect(
      column: room.column, row: room.row, columns: room.columns, rows: room.rows - lines.count)
  }

  /// The rows, and the room for what is known of the selected one: beside them where the screen is
  /// wide, below them where it is high.
  private static func split(_ room: Rect, _ table: WhyTable) -> (Rect, Rect?) {
    if room.columns >= 110 {
      let beside = min(64, max(40, room.columns * 35 / 100))
      let main = Rect(
        column: room.column, row: room.row, columns: room.columns - beside - 2, rows: room.rows)
      return (main, room.dropFirst(columns: room.columns - beside))
    }
    guard room.rows >= 13 else { return (room, nil) }
    let rows = min(table.rows.count + 2, max(room.rows - 6, room.rows * 3 / 5))
    let main = Rect(column: room.column, row: room.row, columns: room.columns, rows: rows)
    return (main, room.dropFirst(rows: rows + 1))
  }

  /// What lies in the selected row: its parts or steps, with the known facts behind them.
  private static func drawDetails(
    of table: WhyTable, _ state: State, _ scene: Scene, _ why: WhyScene, in room: Rect,
    _ frame: inout Frame
  ) -> Rect {
    guard !table.rows.isEmpty, let place = table.rows[table.selected(state.why)].place else {
      return room
    }
    var view = state.why
    view.enter(place)
    view.path = [place]
    let inner = WhyTable(why, view, scene.model, frame.words, frame.glyphs)
    let sharesRoom = state.why.path.isEmpty && state.why.grouping == .steps && room.rows >= 9
    let limit = sharesRoom ? room.rows * 3 / 5 : room.rows
    let mark = frame.glyphs.marks.hit
    let title = inner.title + (inner.noteTitle.isEmpty ? "" : ": \(mark) shared with \(why.title)")
    let used = WhyPreview.draw(
      inner, title: title, countsSteps: false,
      in: Rect(column: room.column, row: room.row, columns: room.columns, rows: limit), &frame)
    return room.dropFirst(rows: used + 1)
  }
}
