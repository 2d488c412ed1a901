import Explanation

/// What the model recommends after edits, and how far each item moved against the unedited run.
enum ChangedRecommendationsPane {
  static func draw(
    _ step: StepScene, _ state: State, _ scene: Scene, in placement: Layout.Placement,
    _ frame: inout Frame
  ) {
    let items = step.recommendations
    guard let whatIf = scene.whatIf, let changes = whatIf.changes, !items.isEmpty else { return }
    let room = placement.body
    let selected = min(state.recommendation, items.count - 1)
    let (list, gone, parts) = split(
      room, goneCount: changes.gone.count,
      partCount: ScorePartsView.lines(
        items[selected].parts, scene.model, frame.words, limit: .max
      ).count)
    let columns = Columns(list.columns, hasProbabilities: scene.model.hasProbabilities)
    drawHeadings(columns, placement, &frame)
    // What came next stays in sight, in the last row if the list has been left before it.
    let truth = items.firstIndex(where: \.isTruth)
    var window = Array(ListWindow.rows(of: items.count, height: list.rows, showing: selected))
    if let truth, let last = window.last, truth > last, window.count > 2, selected != last {
      window[window.count - 1] = truth
    }
    for (row, index) in window.enumerated() {
      let line = list.line(row)
      drawRow(items[index], changes, columns, in: line, &frame)
      frame.onClick(line, .select(.recommendations, index))
      if index == selected { frame.select(line, hasFocus: state.focus == .recommendations) }
    }
    drawGone(changes, whatIf.goneTitles, in: gone.inset(columns: 1, rows: 0), &frame)
    if let parts {
      let lines = ScorePartsView.lines(
        items[selected].parts, scene.model, frame.words, limit: parts.rows - 2)
      ScorePartsView.draw(items[selected], lines, in: parts.inset(columns: 1, rows: 0), &frame)
    }
  }

  /// The list, what is gone from it, and the parts of the selected score where there is room.
  private static func split(
    _ room: Rect, goneCount: Int, partCount: Int
  ) -> (list: Rect, gone: Rect, parts: Rect?) {
    let below = room.rows >= partCount + 3 + 10 ? partCount + 3 : 0
    let lines = goneCount == 0 ? 0 : min(goneCount + 1, room.rows >= 16 ? 4 : 1)
    let list = Rect(
      column: room.column, row: room.row, columns: room.columns,
      rows: max(0, room.rows - below - lines))
    let gone = Rect(
      column: room.column, row: list.endRow, columns: room.columns, rows: lines)
    return (list, gone, below > 0 ? room.dropFirst(rows: list.rows + lines + 1) : nil)
  }

  /// Where the parts of a row stand; of score and probability a narrow list has one, the shorter.
  private struct Columns {
    let rankWidth = 3
    let title = 5
    let titleWidth: Int
    let moved: Int
    let before: Int?
    let score: Int?
    let probability: Int?

    init(_ width: Int, hasProbabilities: Bool) {
      let isWide = width >= 44
      var end = width - 1
      probability = isWide || hasProbabilities ? end - 4 : nil
      if probability != nil { end -= 5 }
      score = isWide || !hasProbabilities ? end - 6 : nil
      if score != nil { end -= 7 }
      before = isWide ? end - 6 : nil
      if before != nil { end -= 7 }
      moved = end - 5
      titleWidth = max(0, moved - 1 - title)
    }
  }

  private static func drawHeadings(
    _ columns: Columns, _ placement: Layout.Placement, _ frame: inout Frame
  ) {
    if let score = columns.score {
      frame.heading(frame.words.score, placement, at: score, columns: 6)
    }
    if let before = columns.before { frame.heading("before", placement, at: before, columns: 6) }
    frame.heading("moved", placement, at: columns.moved, columns: 5)
    if let column = columns.probability {
      frame.heading(frame.words.probability, placement, at: column, columns: 4)
    }
  }

  private static func drawRow(
    _ item: StepScene.Recommendation, _ changes: RankChanges, _ columns: Columns, in line: Rect,
    _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let style = Style(item.isTruth ? .truth : item.isSeen ? .muted : .text)
    frame.put(
      glyphs.shortRank(item.rank), line, columns: columns.rankWidth, .right, style: Style(.muted))
    let sign = item.isTruth ? glyphs.marks.truth : item.isSeen ? glyphs.marks.seen : " "
    frame.put(String(sign), line, at: columns.rankWidth, style: style)
    frame.put(item.title, line, at: columns.title, columns: columns.titleWidth, style: style)
    if let column = columns.score {
      frame.put(glyphs.decimal(item.score), line, at: column, columns: 6, .right)
    }
    if let change = changes.changes[item.item] {
      let moved = Moved(change, isNew: changes.isNew(change), glyphs)
      frame.put(moved.text, line, at: columns.moved, columns: 5, .right, style: moved.style)
      if let before = columns.before {
        frame.put(
          glyphs.decimal(change.scoreBefore), line, at: before, columns: 6, .right,
          style: Style(.muted))
      }
    }
    if let column = columns.probability, let probability = item.probability {
      frame.put(glyphs.probability(probability), line, at: column, columns: 4, .right)
    }
  }

  private static func drawGone(
    _ changes: RankChanges, _ titles: [String], in room: Rect, _ frame: inout Frame
  ) {
    guard !room.isEmpty else { return }
    let glyphs = frame.glyphs
    let texts = zip(changes.gone, titles).map {
      (title: $1, moved: "\(glyphs.marks.down)\(glyphs.rank(-$0.gain))")
    }
    guard room.rows > 1 else {
      let text = texts.map { "\($0.title) \($0.moved)" }.joined(separator: ", ")
      frame.put("gone: \(text)", room.line(0), style: Style(.negative))
      return
    }
    frame.put("gone from the first \(changes.k)", room.line(0), style: Style(.muted))
    let shown = texts.count > room.rows - 1 ? room.rows - 2 : texts.count
    for (row, entry) in texts.prefix(shown).enumerated() {
      let line = room.line(row + 1)
      frame.put(entry.title, line, at: 4, columns: line.columns - 10, style: Style(.muted))
      frame.put(
        entry.moved, line, at: line.columns - 5, columns: 5, .right, style: Style(.negative))
    }
    if shown < texts.count {
      frame.put(
        "and \(texts.count - shown) more", room.line(room.rows - 1), at: 4, style: Style(.muted))
    }
  }
}

/// How far an item moved, in at most five columns: `▲3`, `▼12`, `new`, `·` where it stayed.
struct Moved {
  let text: String
  let style: Style

  init(_ change: RankChanges.Change, isNew: Bool, _ glyphs: Glyphs) {
    self.init(gain: change.gain, isNew: isNew, glyphs)
  }

  /// A gain of places, above 0 towards the top.
  init(gain: Double, isNew: Bool, _ glyphs: Glyphs) {
    let marks = glyphs.marks
    if isNew {
      text = "new"
      style = Style(.positive, .bold)
    } else if gain > 0 {
      text = "\(marks.up)\(glyphs.rank(gain))"
      style = Style(.positive)
    } else if gain < 0 {
      text = "\(marks.down)\(glyphs.rank(-gain))"
      style = Style(.negative)
    } else {
      text = String(marks.separator)
      style = Style(.muted)
    }
  }
}
