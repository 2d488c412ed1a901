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
    let plan = Plan(room, scene.model)
    let partLines = ScorePartsView.lines(
      items[selected].parts, scene.model, frame.words, limit: (plan.parts?.rows ?? 0) - 2)
    let columns = Columns(plan.list.columns, scene.model, facts: plan.form == .column)
    let offset = plan.list.column - room.column
    if let probability = columns.probability {
      frame.heading(frame.words.probability, placement, at: offset + probability, columns: 4)
    }
    if let score = columns.score {
      frame.heading(frame.words.score, placement, at: offset + score, columns: 6)
    }
    if let facts = columns.facts {
      frame.heading("shares", placement, at: offset + facts, columns: 6, .left)
    }
    drawList(items, selected: selected, columns, plan, state, scene, &frame)
    if let parts = plan.parts {
      ScorePartsView.draw(
        items[selected], partLines, in: parts.inset(columns: 1, rows: 0), &frame)
    }
  }

  /// The items whose shared facts are shown on a screen, the selected one first.
  static func explained(
    _ items: [StepScene.Recommendation], _ state: State, _ model: ModelScene
  ) -> [Int32] {
    guard let room = state.layout.placement(of: .recommendations)?.body, !items.isEmpty,
      model.hasKnownFacts
    else { return [] }
    let plan = Plan(room, model)
    let selected = min(state.recommendation, items.count - 1)
    switch plan.form {
    case .none: return []
    case .selected: return [items[selected].item]
    case .below, .column:
      let others = plan.shown(items, selected).filter { $0 != selected }
      return ([selected] + others).map { items[$0].item }
    }
  }

  /// Where the facts stand that an item shares with the history.
  enum FactsForm {
    /// Nowhere.
    case none
    /// Below the selected item.
    case selected
    /// Below every item.
    case below
    /// In a column.
    case column
  }

  /// How the room is shared.
  struct Plan {
    let list: Rect
    let parts: Rect?
    let form: FactsForm

    /// The list above its selected item's parts, or beside them where there are few rows.
    init(_ room: Rect, _ model: ModelScene) {
      let rows = model.relationNames.count + 5
      if room.columns < 100, room.rows >= rows + 7 {
        list = Rect(
          column: room.column, row: room.row, columns: room.columns, rows: room.rows - rows)
        parts = room.dropFirst(rows: list.rows + 1)
      } else if room.columns >= 44 {
        let beside = room.columns < 60 ? 18 : min(40, room.columns * 2 / 5)
        list = Rect(
          column: room.column, row: room.row, columns: room.columns - beside, rows: room.rows)
        parts = room.dropFirst(columns: list.columns)
      } else {
        (list, parts) = (room, nil)
      }
      form =
        !model.hasKnownFacts || list.columns < 20
        ? .none
        : list.columns >= 72
          ? .column : list.rows >= 36 ? .below : list.rows >= 5 ? .selected : .none
    }

    /// The items in sight.
    ///
    /// What came next is the last of them if the list has been left before it.
    func shown(_ items: [StepScene.Recommendation], _ selected: Int) -> [Int] {
      let height =
        switch form {
        case .none, .column: list.rows
        case .selected: list.rows - 1
        case .below: list.rows / 2
        }
      var window = Array(ListWindow.rows(of: items.count, height: height, showing: selected))
      let truth = items.firstIndex(where: \.isTruth)
      if let truth, let last = window.last, truth > last, window.count > 2, selected != last {
        window[window.count - 1] = truth
      }
      return window
    }
  }

  /// Where the parts of a row stand.
  private struct Columns {
    let rankWidth = 3
    let title = 5
    let titleWidth: Int
    let year: Int?
    let score: Int?
    let probability: Int?
    /// Where the shared facts stand; nil where they have no column.
    let facts: Int?

    init(_ width: Int, _ model: ModelScene, facts hasFacts: Bool) {
      let factsWidth = hasFacts ? min(40, width * 2 / 5) : 0
      var end = width - 1 - factsWidth
      facts = hasFacts ? end + 1 : nil
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
    _ items: [StepScene.Recommendation], selected: Int, _ columns: Columns, _ plan: Plan,
    _ state: State, _ scene: Scene, _ frame: inout Frame
  ) {
    var row = 0
    for index in plan.shown(items, selected) {
      let line = plan.list.line(row)
      let facts = scene.sharedFacts[items[index].item]
      drawRow(items[index], columns, in: line, &frame)
      if let column = columns.facts, let facts {
        let width = line.columns - column - 1
        frame.put(
          SharedFactsText.line(facts, scene.model, width: width, frame.glyphs), line, at: column,
          columns: width, style: Style(.muted))
      }
      frame.onClick(line, .select(.recommendations, index))
      if index == selected { frame.select(line, hasFocus: state.focus == .recommendations) }
      row += 1
      guard plan.form == .below || (plan.form == .selected && index == selected) else { continue }
      let below = plan.list.line(row)
      if let facts {
        let width = below.columns - columns.title - 3
        frame.put(
          SharedFactsText.line(facts, scene.model, width: width, frame.glyphs), below,
          at: columns.title + 2, columns: width, style: Style(.muted))
      }
      frame.onClick(below, .select(.recommendations, index))
      row += 1
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
  static func lines(
    _ parts: ScoreParts, _ model: ModelScene, _ words: Words, limit: Int
  ) -> [Line] {
    var slots = zip(model.relationNames, parts.relations).map { Line(name: $0, amount: $1) }
    if slots.count > 2, slots.count + 2 > limit {
      let shown = max(1, limit - 3)
      let order = slots.indices.sorted { abs(slots[$0].amount) > abs(slots[$1].amount) }
      let rest = order.dropFirst(shown)
      slots =
        order.prefix(shown).sorted().map { slots[$0] }
        + [Line(name: "\(rest.count) others", amount: rest.reduce(0) { $0 + slots[$1].amount })]
    }
    return [Line(name: words.sequence, amount: parts.sequence)] + slots
      + [Line(name: words.constant, amount: parts.bias)]
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

/// The known facts that an item shares with the history, in a line.
enum SharedFactsText {
  /// As many facts as fit whole, those that add most to the score first; ×3 says that three steps
  /// share it.
  static func line(
    _ groups: [SharedFacts.Group], _ model: ModelScene, width: Int, _ glyphs: Glyphs
  ) -> String {
    guard !groups.isEmpty else { return "no known fact shared" }
    let times = glyphs.marks.times
    var text = ""
    for group in groups {
      let count = group.steps.count > 1 ? " \(times)\(group.steps.count)" : ""
      let slot = model.relationNames.indices.contains(group.slot) ? group.slot : nil
      let relation = slot.map { model.relationNames[$0].shortened(glyphs) + " " } ?? ""
      let part = relation + group.name + count
      let longer = text.isEmpty ? part : "\(text) \(glyphs.marks.separator) \(part)"
      if longer.columns > width {
        guard text.isEmpty else { break }
        // The name says more than the relation.
        return (group.name + count).truncated(to: width, ellipsis: glyphs.ellipsis)
      }
      text = longer
    }
    return text
  }
}
