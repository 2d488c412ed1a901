/// Both sides of a comparison on one screen, the differences marked.
enum CompareView {
  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let comparison = scene.comparison else { return drawNothing(in: placement, &frame) }
    let form = state.layout.form
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
        CompareSlots.draw(comparison, state, scene.model, in: room, &frame)
      } else {
        CompareLists.draw(comparison, state, in: room, &frame)
      }
      return
    }
    // The lists keep what half of the rows can show of the first ten.
    let wanted = comparison.relations.isEmpty ? 2 : comparison.relations.count + 1
    let slots = min(wanted, max(4, room.rows - 12))
    CompareSlots.draw(
      comparison, state, scene.model,
      in: Rect(column: room.column, row: room.row, columns: room.columns, rows: slots), &frame)
    CompareLists.draw(comparison, state, in: room.dropFirst(rows: slots + 1), &frame)
  }

  private static func drawNothing(in placement: Layout.Placement, _ frame: inout Frame) {
    let text = "Nothing to compare: the second model knows no {item} up to this step."
    for (row, line) in frame.words.fill(text).wrapped(to: placement.inside.columns).enumerated() {
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
    _ comparison: ComparisonScene, _ state: State, _ model: ModelScene, in room: Rect,
    _ frame: inout Frame
  ) {
    guard !comparison.relations.isEmpty else {
      frame.put("Neither side has a memory.", room.line(0), style: Style(.muted))
      return
    }
    let table = table(comparison, width: room.columns, frame)
    table.drawTitles(in: room.line(0), &frame)
    let rows = max(0, room.rows - 1)
    // Where not all fit, the edited ones and those that matter most on either side, in their order.
    var shown = Array(comparison.relations.indices)
    if shown.count > rows, rows > 0 {
      let edited = state.edits.edits.compactMap { edit -> String? in
        switch edit {
        case .silence(let token), .force(let token), .boost(let token, _): token
        default: nil
        }
      }
      func size(_ index: Int) -> Float {
        let relation = comparison.relations[index]
        let slot = relation.live?.slot ?? relation.pinned?.slot
        let isEdited = slot.map {
          model.relationTokens.indices.contains($0) && edited.contains(model.relationTokens[$0])
        }
        return max(relation.pinned?.attention ?? 0, relation.live?.attention ?? 0)
          + abs(relation.difference) + (isEdited == true ? 2 : 0)
      }
      shown = shown.sorted { size($0) != size($1) ? size($0) > size($1) : $0 < $1 }
        .prefix(rows - 1).sorted()
      let left = comparison.relations.count - shown.count
      frame.put(
        "\(left) more, of less \(frame.words.attentionInText)", room.line(rows),
        style: Style(.muted))
    }
    for (row, index) in shown.enumerated() { table.draw(index, in: room.line(row + 1), &frame) }
  }

  private static func table(
    _ comparison: ComparisonScene, width: Int, _ frame: Frame
  ) -> Table {
    let glyphs = frame.glyphs
    let relations = comparison.relations
    let longest = relations.map(\.name.columns).max() ?? 0
    let nameWidth = max(6, min(longest, width >= 70 ? 16 : width - 21))
    let differs =
      "\(frame.words.attentionInText) differs \(glyphs.share(comparison.attentionDistance))"
    func share(_ slot: StepScene.Slot?) -> Table.Cell {
      slot.map { .text(glyphs.share($0.attention)) } ?? .none
    }
    func style(_ difference: Float) -> Style {
      Style(abs(difference) < 0.005 ? .muted : difference < 0 ? .negative : .positive)
    }
    func holds(_ slot: StepScene.Slot?, _ width: Int, _ role: Role) -> Table.Cell {
      .text(
        slot.map { MemoryPane.holds($0.reading, width: width, glyphs) } ?? "no such slot",
        Style(role))
    }
    let name = Table.Column(
      .fixed(nameWidth), title: differs.columns <= nameWidth ? differs : "relation"
    ) { row, width in .text(glyphs.labels(relations.map(\.name), width: width)[row]) }
    let pinned = Table.Column(.fixed(3), .right, title: "A") { row, _ in
      share(relations[row].pinned)
    }
    let live = Table.Column(.fixed(3), .right, title: "B") { row, _ in share(relations[row].live) }
    let difference = Table.Column(.fixed(4), .right, title: "B-A") { row, _ in
      let difference = relations[row].difference
      let isSame = abs(difference) < 0.005
      let text = (difference > 0 ? "+" : "") + glyphs.share(difference)
      return .text(isSame ? String(glyphs.marks.separator) : text, style(difference))
    }
    let bar = Table.Column(.fixed(8), drop: .init(turn: 1, below: 84)) { row, _ in
      let difference = relations[row].difference
      return abs(difference) < 0.005 ? .none : .bar(abs(difference), style(difference))
    }
    let cosine = Table.Column(.fixed(4), .right, title: "cos") { row, _ in
      guard let cosine = relations[row].cosine else { return .none }
      return .text(glyphs.share(cosine), Style(cosine < 0.9 ? .warning : .muted))
    }
    let last = Table.Dropping(turn: 2, leaving: 10)
    let pinnedHolds = Table.Column(.flexible(), title: "A holds", drop: last) { row, width in
      holds(relations[row].pinned, width, .muted)
    }
    let liveHolds = Table.Column(.flexible(), title: "B holds", drop: last) { row, width in
      let isSame = topTail(relations[row].pinned) == topTail(relations[row].live)
      return holds(relations[row].live, width, isSame ? .muted : .text)
    }
    return Table(
      [name, pinned, live, difference, bar, cosine, pinnedHolds, liveHolds], width: width)
  }

  private static func topTail(_ slot: StepScene.Slot?) -> String? {
    slot?.reading.facts.first?.name
  }
}

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
        + (comparison.relations.isEmpty ? "" : "; total variation of α \(distance)"),
      "A and B recommend; \(same)", same, "\(comparison.shared.count) shared",
    ]
    frame.put(
      texts.first { $0.columns <= room.columns } ?? texts[3], room.line(0), style: Style(.title))
    let lists = (left.dropFirst(rows: 1), right.dropFirst(rows: 1))
    let items = comparison.live.step.recommendations
    let selected = min(state.recommendation, max(0, items.count - 1))
    let window = window(items, rows: lists.1.rows, showing: selected)
    let glyphs = frame.glyphs
    table(items, width: lists.1.columns, glyphs) { item in
      guard let before = comparison.ranks[item.item] else { return ("only", Style(.warning)) }
      let k = Double(comparison.k)
      let moved = Moved(
        gain: before - item.rank, isNew: item.rank <= k && before > k, glyphs)
      return (moved.text, moved.style)
    }.draw(
      window, selected: selected, hasFocus: state.focus == .recommendations, in: lists.1, &frame
    ) { .select(.recommendations, $0) }
    func isGone(_ item: StepScene.Recommendation) -> Bool {
      item.rank <= Double(comparison.k) && !comparison.shared.contains(item.item)
    }
    let others = comparison.pinned.step.recommendations
    let shown = self.window(others, rows: lists.0.rows, showing: window.first == 0 ? 0 : selected)
    let table = table(
      others, width: lists.0.columns, glyphs,
      style: { Style($0.isTruth ? .truth : isGone($0) ? .text : .muted) }, amountRole: .muted
    ) { isGone($0) ? ("gone", Style(.negative)) : nil }
    for (row, index) in shown.enumerated() { table.draw(index, in: lists.0.line(row), &frame) }
  }

  /// The rows with the selected one and what came next.
  private static func window(
    _ items: [StepScene.Recommendation], rows: Int, showing selected: Int
  ) -> [Int] {
    ListWindow.rows(
      of: items.count, height: rows, showing: selected,
      keeping: items.firstIndex(where: \.isTruth))
  }

  /// A side's items, what became of each, and its probability, or its score in a model without.
  private static func table(
    _ items: [StepScene.Recommendation], width: Int, _ glyphs: Glyphs,
    style: ((StepScene.Recommendation) -> Style)? = nil, amountRole: Role = .text,
    moved: @escaping (StepScene.Recommendation) -> (String, Style)?
  ) -> Table {
    let start =
      style.map { RecommendationColumns.start(items, glyphs, style: $0) }
      ?? RecommendationColumns.start(items, glyphs)
    let change = Table.Column(.fixed(5), .right, gap: 0) { row, _ in
      guard let (text, style) = moved(items[row]) else { return .none }
      return .text(text, style)
    }
    let amount = Table.Column(.fixed(6), .right, drop: .init(below: 30)) { row, _ in
      let item = items[row]
      let text = item.probability.map(glyphs.probability) ?? glyphs.decimal(item.score)
      return .text(text, Style(amountRole))
    }
    return Table(start + [change, amount], width: width)
  }
}
