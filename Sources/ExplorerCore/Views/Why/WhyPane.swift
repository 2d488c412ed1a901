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
    let count = Explorer.table(state, scene)?.rows.count ?? 0
    state.why.row = min(max(0, row), max(0, count - 1))
  }

  static func inspected(_ state: State, _ scene: Scene) -> Int32? {
    RecommendationsPane.inspected(state, scene)
  }

  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let why = scene.why else { return }
    let rest = drawTexts(why, in: placement.inside, &frame)
    let table = WhyTable(why, state.why, scene.model, frame.words, frame.glyphs)
    let (main, beside) = split(rest, table)
    WhyTableView.draw(table, state, why, in: main, &frame)
    guard let beside else { return }
    let room = drawDetails(of: table, state, scene, why, in: beside, &frame)
    guard state.why.path.isEmpty, state.why.grouping == .steps, room.rows >= 4 else { return }
    var view = WhyView()
    view.grouping = .facts
    let facts = WhyTable(why, view, scene.model, frame.words, frame.glyphs)
    _ = WhyPreview.draw(
      facts, title: "grouped by known facts; same sum", countsSteps: true, in: room, &frame)
  }

  /// The sentence, and the check or what speaks against it, above everything; returns the room below.
  private static func drawTexts(_ why: WhyScene, in room: Rect, _ frame: inout Frame) -> Rect {
    // A check is what was asked for last: what it says is not cut for the sentence's sake.
    let limits = why.claim != nil && room.rows < 12 ? [1, 3] : [max(1, room.rows / 4), 4, 2]
    let sentence = frame.glyphs.spelled(why.sentence(isPlain: frame.words.isPlain))
    var texts = [(text: sentence, style: Style())]
    if let claim = why.claim {
      let forms = claim.words(why, frame.words, frame.glyphs)
      let text = forms.first { $0.wrapped(to: room.columns).count <= limits[1] }
      texts.append(
        (text ?? forms[forms.count - 1], Style(claim.verdict == .agrees ? .title : .warning)))
    }
    if why.claim == nil, let text = why.warning(frame.glyphs),
      text.wrapped(to: room.columns).count * 6 <= room.rows
    {
      texts.append((text, Style(.warning)))
    }
    if !why.note.isEmpty, room.rows >= 12 { texts.append((why.note, Style(.muted))) }
    var rest = room
    for (place, entry) in texts.enumerated() {
      let lines = entry.text.wrapped(to: room.columns)
      let count = min(lines.count, limits[place], max(0, rest.rows - 3))
      for row in 0..<count {
        let isCut = row == count - 1 && lines.count > count
        frame.put(
          isCut ? lines[row...].joined(separator: " ") : lines[row], rest.line(row),
          style: entry.style)
      }
      rest = rest.dropFirst(rows: count)
    }
    return rest
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
    let rows = min(table.rows.count + 2, max(room.rows - 8, room.rows * 3 / 5))
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
