/// Both sides of a comparison on one screen, the differences marked.
enum CompareView {
  static func draw(
    _ comparison: ComparisonScene, _ state: State, in placement: Layout.Placement,
    form: Layout.Form,
    _ frame: inout Frame
  ) {
    var room = placement.body.inset(columns: form == .single ? 0 : 1, rows: 0)
    drawTitle(comparison, in: placement.title.inset(columns: 1, rows: 0), &frame)
    let texts = truthTexts(comparison, width: room.columns, frame.glyphs)
    for (row, text) in texts.prefix(form == .single ? 1 : 2).enumerated() {
      frame.put(text, room.line(row), style: Style(.truth))
    }
    room = room.dropFirst(rows: min(texts.count, form == .single ? 1 : 2))
    if let note = comparison.note, form != .single || room.rows > 12 {
      for line in note.wrapped(to: room.columns).prefix(room.rows > 16 ? 2 : 1) {
        frame.put(line, room.line(0), style: Style(.warning))
        room = room.dropFirst(rows: 1)
      }
    }
    guard form != .single else {
      if state.focus == .memory || state.focus == .gruState {
        CompareSlots.draw(comparison, state, in: room, &frame)
      } else {
        CompareLists.draw(comparison, state, in: room, &frame)
      }
      return
    }
    // The lists keep what half of the rows can show of the first ten.
    let wanted = comparison.relations.isEmpty ? 2 : comparison.relations.count + 1
    let slots = min(wanted, max(4, room.rows - 12))
    CompareSlots.draw(
      comparison, state,
      in: Rect(column: room.column, row: room.row, columns: room.columns, rows: slots), &frame)
    CompareLists.draw(comparison, state, in: room.dropFirst(rows: slots + 1), &frame)
  }

  /// Says why there is nothing to compare.
  static func drawNothing(in placement: Layout.Placement, _ frame: inout Frame) {
    let text = "Nothing to compare: the second model knows none of the films up to this step."
    for (row, line) in text.wrapped(to: placement.inside.columns).enumerated() {
      frame.put(line, placement.inside.line(row), style: Style(.warning))
    }
  }

  private static func drawTitle(
    _ comparison: ComparisonScene, in line: Rect, _ frame: inout Frame
  ) {
    let half = line.columns / 2
    let titles = [comparison.pinned, comparison.live].map {
      $0.title.columns <= half - 3 ? $0.title : $0.shortTitle
    }
    frame.put("A ", line, style: Style(.focus))
    frame.put(titles[0], line, at: 2, columns: half - 3, style: Style(.title))
    frame.put("B ", line, at: half + 1, style: Style(.focus))
    frame.put(titles[1], line, at: half + 3, style: Style(.title))
  }

  /// What really came next, with its ranks on both sides.
  private static func truthTexts(
    _ comparison: ComparisonScene, width: Int, _ glyphs: Glyphs
  ) -> [String] {
    comparison.truths.map { truth in
      func text(_ rank: Double?) -> String { rank.map(glyphs.rank) ?? "unknown" }
      let moved = truth.pinned.flatMap { a in truth.live.map { a - $0 } } ?? 0
      let sign =
        moved > 0
        ? " \(glyphs.marks.up)\(glyphs.rank(moved))"
        : moved < 0 ? " \(glyphs.marks.down)\(glyphs.rank(-moved))" : ""
      let ranks = "  rank A \(text(truth.pinned))  B \(text(truth.live))\(sign)"
      let start = "\(glyphs.marks.truth) came next\(truth.side.map { " in \($0)" } ?? ""): "
      let short = String(glyphs.marks.truth) + " "
      let fits = start.columns + ranks.columns + 12 <= width
      let room = max(1, width - (fits ? start : short).columns - ranks.columns)
      return (fits ? start : short) + truth.title.truncated(to: room, ellipsis: glyphs.ellipsis)
        + ranks
    }
  }
}

/// Attention and slots of both sides, relation by relation.
enum CompareSlots {
  static func draw(
    _ comparison: ComparisonScene, _ state: State, in room: Rect, _ frame: inout Frame
  ) {
    guard !comparison.relations.isEmpty else {
      frame.put("Neither side has a memory.", room.line(0), style: Style(.muted))
      return
    }
    let columns = Columns(room.columns, names: comparison.relations.map(\.name))
    drawHead(comparison, columns, in: room.line(0), &frame)
    let rows = max(0, room.rows - 1)
    // Where not all fit, those that matter most on either side, in their order.
    var shown = Array(comparison.relations.indices)
    if shown.count > rows {
      func size(_ index: Int) -> Float {
        let relation = comparison.relations[index]
        return max(relation.pinned?.attention ?? 0, relation.live?.attention ?? 0)
          + abs(relation.difference)
      }
      shown = shown.sorted { size($0) != size($1) ? size($0) > size($1) : $0 < $1 }
        .prefix(rows).sorted()
    }
    for (row, index) in shown.enumerated() {
      drawRow(comparison.relations[index], columns, in: room.line(row + 1), &frame)
    }
  }

  private struct Columns {
    let nameWidth: Int
    let pinned: Int
    let live: Int
    let difference: Int
    /// A bar for the difference; 0 columns where there is no room.
    let bar: Int
    let barWidth: Int
    let cosine: Int
    let holds: Int
    let holdsWidth: Int

    init(_ width: Int, names: [String]) {
      let longest = names.map(\.columns).max() ?? 0
      nameWidth = max(6, min(longest, width >= 70 ? 16 : width - 21))
      pinned = nameWidth + 1
      live = pinned + 4
      difference = live + 4
      bar = difference + 5
      barWidth = width >= 84 ? 8 : 0
      cosine = bar + (barWidth > 0 ? barWidth + 1 : 0)
      holds = cosine + 5
      holdsWidth = max(0, (width - holds - 1) / 2)
    }
  }

  private static func drawHead(
    _ comparison: ComparisonScene, _ columns: Columns, in line: Rect, _ frame: inout Frame
  ) {
    let style = Style(.muted)
    let glyphs = frame.glyphs
    let differs =
      "\(frame.words.attentionInText) differs \(glyphs.share(comparison.attentionDistance))"
    frame.put(
      differs.columns <= columns.nameWidth ? differs : "relation", line,
      columns: columns.nameWidth, style: style)
    frame.put("A", line, at: columns.pinned, columns: 3, .right, style: style)
    frame.put("B", line, at: columns.live, columns: 3, .right, style: style)
    frame.put("B-A", line, at: columns.difference, columns: 4, .right, style: style)
    frame.put("cos", line, at: columns.cosine, columns: 4, .right, style: style)
    guard columns.holdsWidth >= 10 else { return }
    frame.put("A holds", line, at: columns.holds, columns: columns.holdsWidth, style: style)
    frame.put(
      "B holds", line, at: columns.holds + columns.holdsWidth + 1, columns: columns.holdsWidth,
      style: style)
  }

  private static func drawRow(
    _ relation: ComparisonScene.Relation, _ columns: Columns, in line: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let difference = relation.difference
    let isSame = abs(difference) < 0.005
    frame.put(relation.name.elided(to: columns.nameWidth, glyphs), line, columns: columns.nameWidth)
    func share(_ slot: StepScene.Slot?) -> String { slot.map { glyphs.share($0.attention) } ?? "" }
    frame.put(share(relation.pinned), line, at: columns.pinned, columns: 3, .right)
    frame.put(share(relation.live), line, at: columns.live, columns: 3, .right)
    let style = Style(isSame ? .muted : difference < 0 ? .negative : .positive)
    frame.put(
      isSame
        ? String(glyphs.marks.separator)
        : (difference > 0 ? "+" : "") + glyphs.share(difference),
      line, at: columns.difference, columns: 4, .right, style: style)
    if columns.barWidth > 0, !isSame {
      frame.bar(
        abs(difference), line, at: columns.bar, columns: columns.barWidth, style: style)
    }
    if let cosine = relation.cosine {
      frame.put(
        glyphs.share(cosine), line, at: columns.cosine, columns: 4, .right,
        style: Style(cosine < 0.9 ? .warning : .muted))
    }
    guard columns.holdsWidth >= 10 else { return }
    let (a, b) = (holds(relation.pinned, columns, glyphs), holds(relation.live, columns, glyphs))
    frame.put(a, line, at: columns.holds, columns: columns.holdsWidth, style: Style(.muted))
    frame.put(
      b, line, at: columns.holds + columns.holdsWidth + 1, columns: columns.holdsWidth,
      style: Style(topTail(relation.pinned) == topTail(relation.live) ? .muted : .text))
  }

  private static func holds(
    _ slot: StepScene.Slot?, _ columns: Columns, _ glyphs: Glyphs
  ) -> String {
    slot.map { MemoryPane.holds($0.reading, width: columns.holdsWidth, glyphs) } ?? "no such slot"
  }

  private static func topTail(_ slot: StepScene.Slot?) -> String? {
    slot?.reading.facts.first?.name
  }
}

/// The recommendations of both sides.
enum CompareLists {
  static func draw(
    _ comparison: ComparisonScene, _ state: State, in room: Rect, _ frame: inout Frame
  ) {
    guard room.rows > 0 else { return }
    let half = (room.columns - 1) / 2
    let left = Rect(column: room.column, row: room.row, columns: half, rows: room.rows)
    let right = room.dropFirst(columns: room.columns - half)
    let same = "\(comparison.shared.count) of the first \(comparison.k) are in both"
    let distance = frame.glyphs.share(comparison.attentionDistance)
    let texts = [
      "A and B recommend; \(same)"
        + (comparison.relations.isEmpty ? "" : "; the attention differs by \(distance)"),
      "A and B recommend; \(same)", same, "\(comparison.shared.count) shared",
    ]
    frame.put(
      texts.first { $0.columns <= room.columns } ?? texts[3], room.line(0), style: Style(.title))
    let lists = (left.dropFirst(rows: 1), right.dropFirst(rows: 1))
    let items = comparison.live.step.recommendations
    let selected = min(state.recommendation, max(0, items.count - 1))
    let window = window(items, rows: lists.1.rows, showing: selected)
    for (row, index) in window.enumerated() {
      let line = lists.1.line(row)
      drawLive(items[index], comparison, in: line, &frame)
      frame.onClick(line, .select(.recommendations, index))
      if index == selected { frame.select(line, hasFocus: state.focus == .recommendations) }
    }
    let others = comparison.pinned.step.recommendations
    let shown = self.window(others, rows: lists.0.rows, showing: window.first == 0 ? 0 : selected)
    for (row, index) in shown.enumerated() {
      drawPinned(others[index], comparison, in: lists.0.line(row), &frame)
    }
  }

  /// The rows with the selected one, the last of them what came next if it is not among them.
  private static func window(
    _ items: [StepScene.Recommendation], rows: Int, showing selected: Int
  ) -> [Int] {
    var window = Array(ListWindow.rows(of: items.count, height: rows, showing: selected))
    if let truth = items.firstIndex(where: \.isTruth), let last = window.last, truth > last,
      window.count > 2, selected != last
    {
      window[window.count - 1] = truth
    }
    return window
  }

  private static func drawItem(
    _ item: StepScene.Recommendation, width: Int, style: Style, in line: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    frame.put(glyphs.shortRank(item.rank), line, columns: 3, .right, style: Style(.muted))
    let sign = item.isTruth ? glyphs.marks.truth : item.isSeen ? glyphs.marks.seen : " "
    frame.put(String(sign), line, at: 3, style: style)
    frame.put(item.title, line, at: 5, columns: width, style: style)
  }

  /// The probability, or the score of a model without probabilities, in six columns.
  private static func amount(_ item: StepScene.Recommendation, _ glyphs: Glyphs) -> String {
    item.probability.map(glyphs.probability) ?? glyphs.decimal(item.score)
  }

  private static func drawPinned(
    _ item: StepScene.Recommendation, _ comparison: ComparisonScene, in line: Rect,
    _ frame: inout Frame
  ) {
    let hasAmount = line.columns >= 30
    let isGone = item.rank <= Double(comparison.k) && !comparison.shared.contains(item.item)
    let end = line.columns - 5 - (hasAmount ? 7 : 0)
    drawItem(
      item, width: end - 5, style: Style(item.isTruth ? .truth : isGone ? .text : .muted), in: line,
      &frame)
    if isGone {
      frame.put("gone", line, at: end, columns: 5, .right, style: Style(.negative))
    }
    if hasAmount {
      frame.put(
        amount(item, frame.glyphs), line, at: line.columns - 6, columns: 6, .right,
        style: Style(.muted))
    }
  }

  private static func drawLive(
    _ item: StepScene.Recommendation, _ comparison: ComparisonScene, in line: Rect,
    _ frame: inout Frame
  ) {
    let hasAmount = line.columns >= 30
    let end = line.columns - 5 - (hasAmount ? 7 : 0)
    drawItem(
      item, width: end - 5, style: Style(item.isTruth ? .truth : item.isSeen ? .muted : .text),
      in: line, &frame)
    let moved = comparison.ranks[item.item].map {
      Moved(
        gain: $0 - item.rank,
        isNew: item.rank <= Double(comparison.k) && $0 > Double(comparison.k), frame.glyphs)
    }
    frame.put(
      moved?.text ?? "only", line, at: end, columns: 5, .right,
      style: moved?.style ?? Style(.warning))
    if hasAmount {
      frame.put(
        amount(item, frame.glyphs), line, at: line.columns - 6, columns: 6, .right)
    }
  }
}
