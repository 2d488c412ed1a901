/// The list of viewers on top of the panes.
enum ViewersMenu {
  private static func area(on size: Size) -> Rect {
    Layout.area(columns: 92, rows: max(6, size.rows - 4), on: size)
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int { area(on: size).inset(columns: 2, rows: 1).rows - 2 }

  static func draw(
    _ menu: Menu, _ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame
  ) {
    guard let list = scene.viewers else { return }
    let area = area(on: layout.size)
    let title = scene.model.isSimulated ? "Simulated viewers" : "Viewers"
    let titles = ["\(title) \(state.viewerOrder.words)", "\(title), \(state.viewerOrder.word)"]
    let inside = MenuBox.draw(
      titles.first { $0.columns + 6 <= area.columns } ?? title, menu,
      hint: "type an id, a name or a title watched", area, layout, &frame)
    let columns = Columns(inside.columns, list, frame.words)
    let head = inside.line(0)
    frame.put("viewer", head, at: 2, columns: columns.userWidth, style: Style(.muted))
    frame.put("items", head, at: columns.count, columns: 6, .right, style: Style(.muted))
    if let column = columns.prediction {
      let ndcg = frame.words.isPlain ? frame.words.ndcg : "NDCG"
      frame.put(
        ndcg, head, at: column + 5 - columns.predictionWidth, columns: columns.predictionWidth,
        .right, style: Style(.muted))
    }
    frame.put(
      menu.filter.text.isEmpty ? "last watched" : "watched", head, at: columns.title,
      style: Style(.muted))
    let rows = inside.dropFirst(rows: 1)
    guard !list.rows.isEmpty else {
      frame.put("Nobody has this id or has watched such a title.", rows, style: Style(.muted))
      return
    }
    let selection = list.selection(of: menu)
    MenuBox.drawPlace(selection, of: list.rows.count, on: area, &frame)
    let window = ListWindow.rows(of: list.rows.count, height: rows.rows, showing: selection)
    for (line, index) in window.enumerated() {
      let row = list.rows[index]
      drawRow(
        row, row.isOwn ? .nothing : list.predictions[row.viewer], columns,
        isSelected: index == selection, in: rows.line(line), &frame)
      frame.onClick(rows.line(line), .chooseRow(index))
    }
  }

  private struct Columns {
    let userWidth: Int
    let count: Int
    /// Where it stands how well the viewer is predicted; nil where there is no room.
    let prediction: Int?
    let predictionWidth: Int
    let title: Int
    /// Columns at the end of a row that say what kind of viewer it is; 1 for a sign.
    let kindWidth: Int

    init(_ width: Int, _ list: ViewerList, _ words: Words) {
      let longest = list.rows.prefix(1000).map(\.user.columns).max() ?? 6
      userWidth = max(6, min(longest, width / 3))
      count = 2 + userWidth + 1
      predictionWidth = words.isPlain ? words.ndcg.columns : 5
      prediction = width >= 48 ? count + 7 + predictionWidth - 5 : nil
      title = count + 8 + (prediction == nil ? 0 : predictionWidth + 1)
      kindWidth = width >= 48 ? 8 : 1
    }
  }

  private static func drawRow(
    _ row: ViewerList.Row, _ prediction: Prediction, _ columns: Columns, isSelected: Bool,
    in line: Rect, _ frame: inout Frame
  ) {
    let marks = frame.glyphs.marks
    if isSelected { frame.put(String(marks.here), line) }
    frame.put(row.user, line, at: 2, columns: columns.userWidth)
    frame.put(String(row.count), line, at: columns.count, columns: 6, .right)
    if let column = columns.prediction {
      let text =
        switch prediction {
        case .mean(let mean): frame.glyphs.probability(mean)
        case .unknown: frame.glyphs.ellipsis
        case .nothing: ""
        }
      frame.put(text, line, at: column, columns: 5, .right)
    }
    let isShort = columns.kindWidth == 1
    let kind =
      row.isOwn
      ? isShort ? "+" : "own"
      : row.isHeldOut ? isShort ? String(marks.test) : frame.words.shortHeldOut : ""
    let end = line.columns - columns.kindWidth - 1
    frame.put(row.title, line, at: columns.title, columns: end - columns.title - 1)
    frame.put(
      kind, line, at: end, columns: columns.kindWidth, .right,
      style: Style(row.isOwn ? .focus : .test))
    if isSelected { frame.select(line) }
  }
}

/// The box in which a list with a search lies on top of the panes.
enum MenuBox {
  /// Draws the box with its title and what has been typed; returns the room for the list.
  static func draw(
    _ title: String, _ menu: Menu, hint: String, _ area: Rect, _ layout: Layout,
    _ frame: inout Frame
  ) -> Rect {
    frame.forgetClicks()
    frame.onClick(Rect(layout.size), .command(.close))
    frame.onClick(area, nil)
    frame.canvas.fill(area)
    frame.canvas.box(area, frame.glyphs.border, style: Style(.border))
    frame.put(" \(title) ", area.inset(columns: 2, rows: 0).line(0), style: Style(.focus))
    let inside = area.inset(columns: 2, rows: 1)
    let line = inside.line(0)
    let text = menu.filter.text
    if text.isEmpty {
      frame.put(hint, line, style: Style(.muted))
    } else {
      let end = frame.canvas.put(
        text.keepingTail(line.columns - 1, ellipsis: frame.glyphs.ellipsis), in: line,
        style: Style(.match))
      frame.canvas.put(
        String(frame.glyphs.marks.cursor), at: Point(column: end, row: line.row), in: line)
    }
    return inside.dropFirst(rows: 1)
  }

  /// Says on the lower edge which row is selected, of how many.
  static func drawPlace(_ selection: Int, of count: Int, on area: Rect, _ frame: inout Frame) {
    drawNote(
      "\(frame.glyphs.count(min(selection + 1, count)))/\(frame.glyphs.count(count))", on: area,
      &frame)
  }

  /// Writes a few words on the lower edge, at its end.
  static func drawNote(_ text: String, on area: Rect, _ frame: inout Frame) {
    let edge = area.dropFirst(rows: area.rows - 1).inset(columns: 2, rows: 0)
    let note = " \(text) "
    guard note.columns <= edge.columns else { return }
    frame.put(note, edge, at: edge.columns - note.columns, style: Style(.muted))
  }
}
