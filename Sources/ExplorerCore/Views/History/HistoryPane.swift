import Workspace

extension Command {
  /// Looks for a title in the history.
  static let find = Command("find")
}

/// What the viewer watched, and how well the model foresaw it.
enum HistoryPane: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["/"], .find, "find", "Look for a title in this history and go there.",
      when: Binding.hasViewer,
      does: {
        if Explorer.hasHistory(&$1.state, $2) { Explorer.open(FindMenu(), in: &$1.state) }
      })
  ]

  static func draw(
    _ viewer: ViewerScene, _ step: StepScene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    let body = placement.body
    let columns = Columns(body.columns, count: viewer.rows.count)
    frame.heading(frame.words.rank, placement, at: columns.rank, columns: columns.rankWidth)
    let window = ListWindow.rows(
      of: viewer.rows.count, height: body.rows, showing: step.step)
    for (row, index) in window.enumerated() {
      draw(index, viewer, step, columns, in: body.line(row), &frame)
      frame.onClick(body.line(row), .select(.history, index))
    }
  }

  /// Where the parts of a row stand.
  private struct Columns {
    let number: Int
    let title = 2
    let titleWidth: Int
    /// Where the year stands; nil where there is no room.
    let year: Int?
    let mark: Int
    let rank: Int
    let rankWidth = 4
    let titleStart: Int

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

  private static func draw(
    _ index: Int, _ viewer: ViewerScene, _ step: StepScene, _ columns: Columns, in line: Rect,
    _ frame: inout Frame
  ) {
    let row = viewer.rows[index]
    let marks = frame.glyphs.marks
    let isHere = index == step.step
    let isNext = index == step.step + 1
    let isUnseen = index < step.window.lowerBound
    let isRead = index <= step.step && !isUnseen
    let style = Style(isHere ? .text : isNext ? .truth : isRead ? .text : .muted)
    let sign = isHere ? marks.here : isNext ? marks.truth : isUnseen ? marks.unseen : " "
    frame.put(String(sign), line, style: Style(isNext ? .truth : isHere ? .focus : .muted))
    frame.put(
      String(index + 1), line, at: 1, columns: columns.number, .right,
      style: Style(isHere ? .text : .muted))
    frame.put(row.title, line, at: columns.titleStart, columns: columns.titleWidth, style: style)
    if let column = columns.year, let year = row.year {
      frame.put(String(year), line, at: column, columns: 4, style: Style(.muted))
    }
    if let mark = row.mark {
      frame.put(String(self.mark(mark, marks)), line, at: columns.mark, style: Style(role(mark)))
    }
    if let rank = viewer.ranks[index] {
      let style: Style =
        row.mark == .train ? Style(.muted) : Style(.text, rank <= 10 ? .bold : [])
      frame.put(
        frame.glyphs.rank(rank), line, at: columns.rank, columns: columns.rankWidth, .right,
        style: style)
    }
    if isHere { frame.select(line, hasFocus: true) }
  }

  static func mark(_ mark: SplitMark, _ marks: Glyphs.Marks) -> Unicode.Scalar {
    switch mark {
    case .train: marks.train
    case .validation: marks.valid
    case .test: marks.test
    }
  }

  static func role(_ mark: SplitMark) -> Role {
    switch mark {
    case .train: .train
    case .validation: .valid
    case .test: .test
    }
  }
}
