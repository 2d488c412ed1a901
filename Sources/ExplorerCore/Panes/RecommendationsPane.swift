import Explanation

/// What the model would have the viewer watch next, and what each score is made of.
enum RecommendationsPane {
  static func draw(
    _ step: StepScene, _ state: State, _ scene: Scene, in placement: Layout.Placement,
    _ frame: inout Frame
  ) {
    let room = placement.body
    let items = step.recommendations
    guard !items.isEmpty else { return }
    let selected = min(state.recommendation, items.count - 1)
    let partLines = ScorePartsView.lines(items[selected].parts, scene.model)
    let (list, parts) = split(room, partCount: partLines.count)
    let columns = Columns(list.columns, scene.model)
    if let probability = columns.probability {
      frame.heading("p", placement, at: list.column - room.column + probability, columns: 4)
    }
    if let score = columns.score {
      frame.heading("score", placement, at: list.column - room.column + score, columns: 6)
    }
    drawList(items, selected: selected, columns, in: list, state, &frame)
    if let parts {
      ScorePartsView.draw(
        items[selected], partLines, in: parts.inset(columns: 1, rows: 0), &frame)
    }
  }

  /// The list above its selected item's parts, or beside them where there are few rows.
  private static func split(_ room: Rect, partCount: Int) -> (list: Rect, parts: Rect?) {
    let rows = partCount + 2
    if room.rows >= rows + 7 {
      let list = Rect(
        column: room.column, row: room.row, columns: room.columns, rows: room.rows - rows)
      return (list, room.dropFirst(rows: list.rows))
    }
    if room.columns >= 44 {
      let list = Rect(
        column: room.column, row: room.row, columns: room.columns - 24, rows: room.rows)
      return (list, room.dropFirst(columns: list.columns))
    }
    return (room, nil)
  }

  /// Where the parts of a row stand.
  private struct Columns {
    let rankWidth = 4
    let title = 6
    let titleWidth: Int
    let year: Int?
    let score: Int?
    let probability: Int?

    init(_ width: Int, _ model: ModelScene) {
      var end = width - 1
      probability = model.hasProbabilities ? end - 4 : nil
      if model.hasProbabilities { end -= 5 }
      let hasScore = !model.hasProbabilities || end >= 36
      score = hasScore ? end - 6 : nil
      if hasScore { end -= 7 }
      year = end - title >= 30 ? end - 4 : nil
      if year != nil { end -= 5 }
      titleWidth = max(0, end - title)
    }
  }

  private static func drawList(
    _ items: [StepScene.Recommendation], selected: Int, _ columns: Columns, in list: Rect,
    _ state: State, _ frame: inout Frame
  ) {
    // What came next stays in sight, in the last row if the list has been left before it.
    let truth = items.firstIndex(where: \.isTruth)
    var window = Array(ListWindow.rows(of: items.count, height: list.rows, showing: selected))
    if let truth, let last = window.last, truth > last, window.count > 2, selected != last {
      window[window.count - 1] = truth
    }
    for (row, index) in window.enumerated() {
      let line = list.line(row)
      drawRow(items[index], columns, in: line, &frame)
      frame.onClick(line, .select(.recommendations, index))
      if index == selected { frame.select(line, hasFocus: state.focus == .recommendations) }
    }
  }

  private static func drawRow(
    _ item: StepScene.Recommendation, _ columns: Columns, in line: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let style = Style(item.isTruth ? .truth : item.isSeen ? .muted : .text)
    frame.put(glyphs.rank(item.rank), line, columns: columns.rankWidth, .right, style: Style(.muted))
    let sign = item.isTruth ? glyphs.marks.truth : item.isSeen ? glyphs.marks.seen : " "
    frame.put(String(sign), line, at: columns.rankWidth + 0, style: style)
    frame.put(item.title, line, at: columns.title, columns: columns.titleWidth, style: style)
    if let column = columns.year, let year = item.year {
      frame.put(String(year), line, at: column, columns: 4, style: Style(.muted))
    }
    if let column = columns.score {
      frame.put(glyphs.decimal(item.score), line, at: column, columns: 6, .right)
    }
    if let column = columns.probability, let probability = item.probability {
      frame.put(glyphs.probability(probability), line, at: column, columns: 4, .right)
    }
  }
}

/// A score over the average item's, as a sum of signed parts.
enum ScorePartsView {
  /// One part.
  struct Line {
    let name: String
    let amount: Float
  }

  /// The sequence, the slots, and what no history changes.
  static func lines(_ parts: ScoreParts, _ model: ModelScene) -> [Line] {
    var slots = zip(model.relationNames, parts.relations).map { Line(name: $0, amount: $1) }
    if slots.count > 12 {
      let order = slots.sorted { abs($0.amount) > abs($1.amount) }
      let rest = order.dropFirst(10)
      slots =
        Array(order.prefix(10))
        + [Line(name: "\(rest.count) others", amount: rest.reduce(0) { $0 + $1.amount })]
    }
    return [Line(name: "sequence", amount: parts.sequence)] + slots
      + [Line(name: "constant", amount: parts.bias)]
  }

  static func draw(
    _ item: StepScene.Recommendation, _ lines: [Line], in room: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let name = min(10, max(8, lines.map(\.name.columns).max() ?? 0))
    let number = 6
    let barColumns = room.columns - name - number - 2
    let most = max(lines.map { abs($0.amount) }.max() ?? 0, 1e-6)
    frame.put("over the average", room.line(0), style: Style(.muted))
    frame.put(
      glyphs.signed(item.parts.score), room.line(0), at: room.columns - number, columns: number,
      .right, style: Style(.text, .bold))
    for (row, part) in lines.enumerated() {
      let line = room.line(row + 1)
      let role: Role = part.amount < 0 ? .negative : .positive
      frame.put(
        part.name.keepingTail(name, ellipsis: glyphs.ellipsis), line, columns: name)
      frame.bar(
        abs(part.amount) / most, line, at: name + 1, columns: barColumns, style: Style(role))
      frame.put(
        glyphs.signed(part.amount), line, at: room.columns - number, columns: number, .right,
        style: Style(role))
    }
    let last = room.line(lines.count + 1)
    frame.put("residual", last, style: Style(.muted))
    frame.put(
      glyphs.tiny(item.parts.residual), last, at: name + 1, columns: room.columns - name - 1, .right,
      style: Style(.muted))
  }
}
