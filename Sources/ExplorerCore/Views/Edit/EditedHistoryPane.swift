import Explanation

/// The history after edits: what was put in or moved is marked, and the place that is edited.
enum EditedHistoryPane {
  static func draw(
    _ viewer: ViewerScene, _ step: StepScene, _ state: State, in placement: Layout.Placement,
    _ frame: inout Frame
  ) {
    let body = placement.body
    let columns = Columns(body.columns, count: viewer.rows.count)
    frame.heading(frame.words.rank, placement, at: columns.rank, columns: columns.rankWidth)
    var cursor = state.editor.map { min($0.row, viewer.rows.count - 1) }
    // While a film is looked for, the one selected is in its place already.
    if case .insert(let place) = (state.overlay as? CatalogueSearch)?.purpose {
      cursor = min(place, viewer.rows.count - 1)
    }
    let window = ListWindow.rows(
      of: viewer.rows.count, height: body.rows, showing: cursor ?? step.step)
    let next = viewer.edited?.next(after: step.step)
    for (place, index) in window.enumerated() {
      let line = body.line(place)
      let isNext = isNext(index, viewer, step, next)
      drawRow(index, viewer, step, columns, isNext: isNext, in: line, &frame)
      if let cursor {
        let hasFocus = state.focus == .history || state.focus == .gruState
        if index == cursor { frame.select(line, hasFocus: hasFocus) }
      } else if index == step.step {
        frame.select(line, hasFocus: true)
      }
      frame.onClick(line, .select(.history, index))
    }
  }

  /// Whether the row is what really came next.
  private static func isNext(
    _ index: Int, _ viewer: ViewerScene, _ step: StepScene, _ next: Int32?
  ) -> Bool {
    guard let edited = viewer.edited else { return index == step.step + 1 }
    guard index > step.step, let next, edited.rows[index].change != .inserted else { return false }
    let first = edited.rows.indices.first {
      $0 > step.step && edited.rows[$0].item == next && edited.rows[$0].change != .inserted
    }
    return index == first
  }

  /// Where the parts of a row stand.
  private struct Columns {
    let number: Int
    let titleStart: Int
    let titleWidth: Int
    /// Where the year stands; nil where there is no room.
    let year: Int?
    let mark: Int
    let rank: Int
    let rankWidth = 4

    init(_ width: Int, count: Int) {
      number = max(2, String(count).count)
      rank = width - 1 - rankWidth
      mark = rank - 2
      titleStart = 1 + number + 1
      let room = mark - 1 - titleStart
      let hasYear = room >= 27
      year = hasYear ? mark - 6 : nil
      titleWidth = hasYear ? room - 6 : room
    }
  }

  private static func drawRow(
    _ index: Int, _ viewer: ViewerScene, _ step: StepScene, _ columns: Columns, isNext: Bool,
    in line: Rect, _ frame: inout Frame
  ) {
    let row = viewer.rows[index]
    let marks = frame.glyphs.marks
    let isHere = index == step.step
    let isUnseen = index < step.window.lowerBound
    let isRead = index <= step.step && !isUnseen
    let change = viewer.edited?.rows[index].change
    let style = Style(
      isNext ? .truth : isRead ? .text : .muted, change == nil ? [] : .bold)
    let sign = isHere ? marks.here : isNext ? marks.truth : isUnseen ? marks.unseen : " "
    frame.put(String(sign), line, style: Style(isNext ? .truth : isHere ? .focus : .muted))
    frame.put(
      String(index + 1), line, at: 1, columns: columns.number, .right,
      style: Style(isHere ? .text : .muted))
    frame.put(row.title, line, at: columns.titleStart, columns: columns.titleWidth, style: style)
    if let column = columns.year, let year = row.year {
      frame.put(String(year), line, at: column, columns: 4, style: Style(.muted))
    }
    if let change {
      frame.put(
        Self.sign(change), line, at: columns.mark, columns: 1, style: Style(.warning, .bold))
    } else if let mark = row.mark {
      frame.put(
        String(HistoryPane.mark(mark, marks)), line, at: columns.mark,
        style: Style(HistoryPane.role(mark)))
    }
    // How an edited history is foreseen is no merit and no fault of the model.
    if let rank = viewer.ranks[index] {
      frame.put(
        frame.glyphs.rank(rank), line, at: columns.rank, columns: columns.rankWidth, .right,
        style: Style(.muted))
    }
  }

  /// The sign that an edit of that kind begins with.
  private static func sign(_ change: EditedHistory.Change) -> String {
    switch change {
    case .inserted: "+"
    case .replaced: "="
    case .moved: ">"
    }
  }
}
