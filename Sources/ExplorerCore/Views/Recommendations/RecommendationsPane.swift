import Explanation

extension Command {
  /// Leaves out what the viewer has watched, or shows it again.
  static let hideSeen = Command("hide-seen")
}

/// What the model would have the viewer watch next, and what each score is made of.
enum RecommendationsPane: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["x"], .hideSeen, "hide seen", "Hide what the viewer has watched, or show it again.",
      when: Binding.hasViewer,
      does: { _, next, _ in
        next.state.hidesSeen.toggle()
        next.state.recommendation = 0
        next.state.toast = Toast(
          next.state.hidesSeen
            ? "Items watched before are left out" : "Items watched before are shown")
      })
  ]

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
    let columns = Columns(
      plan.list.columns, scene.model, frame.words, facts: plan.form == .column)
    let offset = plan.list.column - room.column
    if let probability = columns.probability {
      frame.heading(
        frame.words.probability, placement, at: offset + probability,
        columns: columns.probabilityWidth)
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
    case none
    /// Below the selected item.
    case selected
    /// Below every item.
    case below
    case column
  }

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
    /// As wide as its heading, which would run into that of the score.
    let probabilityWidth: Int
    /// Where the shared facts stand; nil where they have no column.
    let facts: Int?

    init(_ width: Int, _ model: ModelScene, _ words: Words, facts hasFacts: Bool) {
      let factsWidth = hasFacts ? min(40, width * 2 / 5) : 0
      var end = width - 1 - factsWidth
      facts = hasFacts ? end + 1 : nil
      let hasScore = !model.hasProbabilities || end >= 41
      probabilityWidth = hasScore ? max(4, words.probability.columns) : 4
      probability = model.hasProbabilities ? end - probabilityWidth : nil
      if model.hasProbabilities { end -= probabilityWidth + 1 }
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
      frame.put(
        glyphs.probability(probability), line, at: column, columns: columns.probabilityWidth, .right
      )
    }
  }
}
