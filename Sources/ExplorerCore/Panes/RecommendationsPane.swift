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
    let all = ScorePartsView.lines(items[selected].parts, scene.model, limit: .max)
    let (list, parts) = split(room, partCount: all.count)
    let partLines = ScorePartsView.lines(
      items[selected].parts, scene.model, limit: (parts?.rows ?? 0) - 2)
    let columns = Columns(list.columns, scene.model)
    if let probability = columns.probability {
      frame.heading(
        frame.words.probability, placement, at: list.column - room.column + probability, columns: 4)
    }
    if let score = columns.score {
      frame.heading(frame.words.score, placement, at: list.column - room.column + score, columns: 6)
    }
    drawList(items, selected: selected, columns, in: list, state, &frame)
    if let parts {
      ScorePartsView.draw(
        items[selected], partLines, in: parts.inset(columns: 1, rows: 0), &frame)
    }
  }

  /// The list above its selected item's parts, or beside them where there are few rows.
  private static func split(_ room: Rect, partCount: Int) -> (list: Rect, parts: Rect?) {
    let rows = partCount + 3
    if room.columns < 70, room.rows >= rows + 7 {
      let list = Rect(
        column: room.column, row: room.row, columns: room.columns, rows: room.rows - rows)
      return (list, room.dropFirst(rows: list.rows + 1))
    }
    if room.columns >= 44 {
      let beside = room.columns < 60 ? 18 : min(40, room.columns * 2 / 5)

      let list = Rect(
        column: room.column, row: room.row, columns: room.columns - beside, rows: room.rows)
      return (list, room.dropFirst(columns: list.columns))
    }
    return (room, nil)
  }

  /// Where the parts of a row stand.
  private struct Columns {
    let rankWidth = 3
    let title = 5
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
    frame.put(
      glyphs.shortRank(item.rank), line, columns: columns.rankWidth, .right, style: Style(.muted))
    let sign = item.isTruth ? glyphs.marks.truth : item.isSeen ? glyphs.marks.seen : " "
    frame.put(String(sign), line, at: columns.rankWidth, style: style)
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

  /// The sequence, the slots, and what no history changes; the smallest slots together where there
  /// are more than the limit.
  static func lines(_ parts: ScoreParts, _ model: ModelScene, limit: Int) -> [Line] {
    var slots = zip(model.relationNames, parts.relations).map { Line(name: $0, amount: $1) }
    if slots.count > 2, slots.count + 2 > limit {
      let shown = max(1, limit - 3)
      let order = slots.indices.sorted { abs(slots[$0].amount) > abs(slots[$1].amount) }
      let rest = order.dropFirst(shown)
      slots =
        order.prefix(shown).sorted().map { slots[$0] }
        + [Line(name: "\(rest.count) others", amount: rest.reduce(0) { $0 + slots[$1].amount })]
    }
    return [Line(name: "sequence", amount: parts.sequence)] + slots
      + [Line(name: "constant", amount: parts.bias)]
  }

  static func draw(
    _ item: StepScene.Recommendation, _ lines: [Line], in room: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let name = min(room.columns >= 36 ? 18 : 10, max(8, lines.map(\.name.columns).max() ?? 0))
    let number = max(
      6, glyphs.signed(item.parts.score).columns,
      lines.map { glyphs.signed($0.amount).columns }.max() ?? 0)
    let barColumns = max(0, room.columns - name - number - 2)
    let most = max(lines.map { abs($0.amount) }.max() ?? 0, 1e-6)
    let title = room.columns >= 23 ? "over the average" : "over mean"
    frame.put(title, room.line(0), style: Style(.muted))
    frame.put(
      glyphs.signed(item.parts.score), room.line(0), at: room.columns - number, columns: number,
      .right, style: Style(.text, .bold))
    for (row, part) in lines.enumerated() {
      let line = room.line(row + 1)
      let role: Role = part.amount < 0 ? .negative : .positive
      frame.put(
        part.name.elided(to: name, glyphs), line, columns: name)
      if abs(part.amount) >= 0.005 {
        frame.bar(
          abs(part.amount) / most, line, at: name + 1, columns: barColumns, style: Style(role))
      }
      frame.put(
        glyphs.signed(part.amount), line, at: room.columns - number, columns: number, .right,
        style: Style(abs(part.amount) < 0.005 ? .muted : role))
    }
    let last = room.line(lines.count + 1)
    frame.put(frame.words.residual, last, style: Style(.muted))
    frame.put(
      glyphs.tiny(item.parts.residual), last, at: name + 1, columns: room.columns - name - 1,
      .right,
      style: Style(.muted))
  }
}
