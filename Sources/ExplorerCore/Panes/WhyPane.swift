import Explanation

/// Why the selected item: a table of steps and parts of the model that adds up to its score.
enum WhyPane {
  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let why = scene.why else { return }
    let room = placement.inside
    let sentence = why.sentence.wrapped(to: room.columns)
    let sentenceRows = min(sentence.count, max(1, room.rows / 4))
    for row in 0..<sentenceRows {
      let isCut = row == sentenceRows - 1 && sentence.count > sentenceRows
      frame.put(
        isCut ? sentence[row...].joined(separator: " ") : sentence[row], room.line(row))
    }
    let rest = room.dropFirst(rows: sentenceRows)
    let factsColumns = room.columns >= 110 ? max(34, room.columns * 3 / 10) : 0
    let table = Rect(
      column: rest.column, row: rest.row,
      columns: rest.columns - (factsColumns > 0 ? factsColumns + 2 : 0), rows: rest.rows)
    WhyTable.draw(why, state, scene.model, in: table, &frame)
    if factsColumns > 0 {
      WhyFacts.draw(
        why, scene.model, in: rest.dropFirst(columns: rest.columns - factsColumns), &frame)
    }
  }
}

/// Steps × {sequence, relations}.
enum WhyTable {
  static func draw(
    _ why: WhyScene, _ state: State, _ model: ModelScene, in room: Rect, _ frame: inout Frame
  ) {
    guard room.rows >= 3 else { return }
    let glyphs = frame.glyphs
    let names = ["sequence"] + model.relationNames
    let cell = 6
    let sum = 7
    let least = 16
    // The parts that add most keep their column, in the model's order; the others share one.
    let fitting = max(1, (room.columns - least - sum) / (cell + 1))
    let (columns, others) = columns(why, count: names.count, fitting: fitting)
    let titleWidth = room.columns - sum - (columns.count + (others.isEmpty ? 0 : 1)) * (cell + 1)
    func start(_ column: Int) -> Int { titleWidth + column * (cell + 1) + 1 }
    let head = room.line(0)
    frame.put("step", head, style: Style(.muted))
    for (place, column) in columns.enumerated() {
      frame.put(
        names[column].keepingTail(cell, ellipsis: glyphs.ellipsis), head, at: start(place),
        columns: cell, .right, style: Style(.muted))
    }
    if !others.isEmpty {
      frame.put(
        "+\(others.count)", head, at: start(columns.count), columns: cell, .right,
        style: Style(.muted))
    }
    frame.put("sum", head, at: room.columns - sum, columns: sum, .right, style: Style(.muted))

    let height = room.rows - 2
    let first = min(state.whyRow, max(0, why.rows.count - height))
    let number = max(2, String(why.contributions.steps.upperBound).count)
    func amounts(_ cells: [Float]) -> [Float] {
      columns.map { cells[$0] } + (others.isEmpty ? [] : [others.reduce(0) { $0 + cells[$1] }])
    }
    for (row, entry) in why.rows.dropFirst(first).prefix(height).enumerated() {
      let line = room.line(row + 1)
      frame.put(String(entry.step + 1), line, columns: number, .right, style: Style(.muted))
      frame.put(entry.title, line, at: number + 1, columns: titleWidth - number - 1)
      for (place, amount) in amounts(entry.cells).enumerated() {
        put(amount, line, at: start(place), columns: cell, &frame)
      }
      put(entry.sum, line, at: room.columns - sum, columns: sum, &frame, emphasis: .bold)
    }
    let total = room.line(room.rows - 1)
    let all = (0..<names.count).map { column in why.rows.reduce(Float(0)) { $0 + $1.cells[column] } }
    let table = why.contributions
    frame.put(
      "constant \(glyphs.signed(table.bias))  residual \(glyphs.tiny(table.residual))", total,
      columns: titleWidth, style: Style(.muted))
    for (place, amount) in amounts(all).enumerated() {
      put(amount, total, at: start(place), columns: cell, &frame, emphasis: .bold)
    }
    put(table.score, total, at: room.columns - sum, columns: sum, &frame, emphasis: .bold)
  }

  /// Which columns are shown, and which are added up.
  private static func columns(
    _ why: WhyScene, count: Int, fitting: Int
  ) -> (shown: [Int], others: [Int]) {
    guard count > fitting else { return (Array(0..<count), []) }
    let size = (0..<count).map { column in
      why.rows.reduce(Float(0)) { $0 + abs($1.cells[column]) }
    }
    let order = (1..<count).sorted { size[$0] > size[$1] }
    let shown = ([0] + order.prefix(max(0, fitting - 2))).sorted()
    return (shown, (0..<count).filter { !shown.contains($0) })
  }

  private static func put(
    _ amount: Float, _ line: Rect, at column: Int, columns: Int, _ frame: inout Frame,
    emphasis: Emphasis = []
  ) {
    let isNothing = abs(amount) < 0.005
    frame.put(
      isNothing ? String(frame.glyphs.marks.valid) : frame.glyphs.signed(amount), line, at: column,
      columns: columns, .right,
      style: Style(isNothing ? .muted : amount < 0 ? .negative : .positive, emphasis))
  }
}

/// The same score, grouped by the known facts that the history shares with the item.
enum WhyFacts {
  static func draw(_ why: WhyScene, _ model: ModelScene, in room: Rect, _ frame: inout Frame) {
    let glyphs = frame.glyphs
    frame.put("grouped by known facts", room.line(0), style: Style(.muted))
    var lines: [(name: String, steps: Int, amount: Float)] = why.facts.groups.prefix(
      max(0, room.rows - 3)
    ).map {
      ("\(model.relationNames[$0.slot]) \($0.name)", $0.steps.count, $0.amount)
    }
    let rest = why.facts.groups.dropFirst(lines.count)
    if !rest.isEmpty {
      lines.append(("\(rest.count) more facts", 0, rest.reduce(0) { $0 + $1.amount }))
    }
    lines.append(("no known fact shared", why.facts.otherSteps.count, why.facts.other))
    let most = max(lines.map { abs($0.amount) }.max() ?? 0, 1e-6)
    let bar = room.columns / 4
    for (row, entry) in lines.enumerated() {
      let line = room.line(row + 1)
      let role: Role = entry.amount < 0 ? .negative : .positive
      let name = room.columns - bar - 8
      let count = entry.steps > 1 ? " \(glyphs.marks.times)\(entry.steps)" : ""
      frame.put(
        entry.name.truncated(to: name - count.columns, ellipsis: glyphs.ellipsis) + count, line,
        columns: name)
      frame.bar(abs(entry.amount) / most, line, at: name + 1, columns: bar, style: Style(role))
      frame.put(
        glyphs.signed(entry.amount), line, at: room.columns - 6, columns: 6, .right,
        style: Style(role))
    }
  }
}

extension String {
  /// The text broken between words into lines of at most some columns.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, line.columns + 1 + word.columns > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
