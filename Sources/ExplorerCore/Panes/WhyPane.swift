import Explanation

/// Why the selected item: a table of steps and parts of the model that adds up to its score.
enum WhyPane {
  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let why = scene.why else { return }
    let room = placement.inside
    let sentence = frame.glyphs.spelled(why.sentence(isPlain: frame.words.isPlain)).wrapped(
      to: room.columns)
    let sentenceRows = min(sentence.count, max(1, room.rows / 4))
    for row in 0..<sentenceRows {
      let isCut = row == sentenceRows - 1 && sentence.count > sentenceRows
      frame.put(
        isCut ? sentence[row...].joined(separator: " ") : sentence[row], room.line(row))
    }
    let rest = room.dropFirst(rows: sentenceRows)
    let factsColumns = room.columns >= 110 ? max(40, room.columns * 2 / 5) : 0
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

extension WhyScene {
  /// The score as the sum of its parts, as many of them as fit; the smallest go together.
  func equation(
    width: Int, _ model: ModelScene, _ words: Words, _ glyphs: Glyphs
  ) -> String {
    let table = contributions
    let amount = glyphs.signed(table.score)
    let starts = [", over the average item: ", ", over the average: ", ": "]
      .map { "Why \(title)\($0)\(amount)" }
    let names = model.relationNames.map { $0.shortened(glyphs) }
    let parts =
      [(words.sequence, table.sequenceSum)] + zip(names, table.relationSums)
      + [(words.constant, table.bias)]
    let order = parts.indices.filter { abs(parts[$0].1) >= 0.005 }
      .sorted { abs(parts[$0].1) > abs(parts[$1].1) }
    let dot = " \(glyphs.marks.separator) "
    for count in stride(from: order.count, through: 1, by: -1) {
      let rest = Set(parts.indices).subtracting(order.prefix(count))
        .reduce(Float(0)) { $0 + parts[$1].1 }
      var texts = order.prefix(count).map { "\(parts[$0].0) \(glyphs.signed(parts[$0].1))" }
      if abs(rest) >= 0.005 { texts.append("others \(glyphs.signed(rest))") }
      texts.append("\(words.residual) \(glyphs.tiny(table.residual))")
      let sum = " = " + texts.joined(separator: dot)
      if let start = starts.first(where: { $0.columns + sum.columns <= width }) {
        return start + sum
      }
    }
    return starts.first { $0.columns <= width } ?? starts[2]
  }
}

/// Steps × {sequence, relations}.
enum WhyTable {
  static func draw(
    _ why: WhyScene, _ state: State, _ model: ModelScene, in room: Rect, _ frame: inout Frame
  ) {
    guard room.rows >= 3 else { return }
    let table = Columns(
      why, names: [frame.words.sequence] + model.relationNames, width: room.columns)
    drawHead(table, in: room.line(0), &frame)
    let height = room.rows - 2
    let first = min(state.whyRow, max(0, why.rows.count - height))
    let most = max(why.rows.map { abs($0.sum) }.max() ?? 0, 1e-6)
    let number = max(2, String(why.contributions.steps.upperBound).count)
    for (row, entry) in why.rows.dropFirst(first).prefix(height).enumerated() {
      let line = room.line(row + 1)
      frame.put(String(entry.step + 1), line, columns: number, .right, style: Style(.muted))
      frame.put(entry.title, line, at: number + 1, columns: table.titleWidth - number - 1)
      drawAmounts(table.amounts(entry.cells), entry.sum, table, in: line, &frame)
      if table.barWidth > 0 {
        frame.bar(
          abs(entry.sum) / most, line, at: table.sum + 8, columns: table.barWidth,
          style: Style(entry.sum < 0 ? .negative : .positive))
      }
    }
    let all = table.names.indices.map { column in
      why.rows.reduce(Float(0)) { $0 + $1.cells[column] }
    }
    let total = room.line(room.rows - 1)
    frame.put("all \(why.rows.count) steps", total, at: number + 1, style: Style(.muted))
    drawAmounts(table.amounts(all), all.reduce(0, +), table, in: total, &frame, emphasis: .bold)
  }

  /// Where the columns stand, and which parts share one.
  private struct Columns {
    let names: [String]
    let shown: [Int]
    let others: [Int]
    let titleWidth: Int
    let cell: Int
    let sum: Int
    let barWidth: Int

    /// Parts that add something keep their column, in the model's order; those that do not fit
    /// share one.
    init(_ why: WhyScene, names: [String], width: Int) {
      self.names = names
      let size = names.indices.map { column in
        why.rows.reduce(Float(0)) { max($0, abs($1.cells[column])) }
      }
      let adding = names.indices.filter { $0 == 0 || size[$0] >= 0.005 }
      let roomy = width - 24 >= adding.count * 9 + 8
      cell = roomy ? 8 : 6
      let fitting = max(2, (width - 16 - 7) / (cell + 1))
      if adding.count <= fitting {
        shown = adding
      } else {
        let order = adding.dropFirst().sorted { size[$0] > size[$1] }
        shown = [0] + order.prefix(fitting - 2).sorted()
      }
      let kept = Set(shown)
      others = adding.count > shown.count ? names.indices.filter { !kept.contains($0) } : []
      let cells = (shown.count + (others.isEmpty ? 0 : 1)) * (cell + 1) + 7
      barWidth = width - cells >= 44 ? min(16, width - cells - 34) : 0
      titleWidth = min(40, width - cells - (barWidth > 0 ? barWidth + 1 : 0))
      sum = titleWidth + cells - 7
    }

    var count: Int { shown.count + (others.isEmpty ? 0 : 1) }

    func start(_ place: Int) -> Int { titleWidth + place * (cell + 1) + 1 }

    func amounts(_ cells: [Float]) -> [Float] {
      shown.map { cells[$0] } + (others.isEmpty ? [] : [others.reduce(0) { $0 + cells[$1] }])
    }
  }

  private static func drawHead(_ table: Columns, in line: Rect, _ frame: inout Frame) {
    frame.put("step", line, style: Style(.muted))
    let names =
      table.shown.map { table.names[$0] } + (table.others.isEmpty ? [] : ["others"])
    for (place, name) in names.enumerated() {
      frame.put(
        name.elided(to: table.cell, frame.glyphs), line, at: table.start(place),
        columns: table.cell, .right, style: Style(.muted))
    }
    frame.put("sum", line, at: table.sum, columns: 7, .right, style: Style(.muted))
  }

  private static func drawAmounts(
    _ amounts: [Float], _ sum: Float, _ table: Columns, in line: Rect, _ frame: inout Frame,
    emphasis: Emphasis = []
  ) {
    for (place, amount) in amounts.enumerated() {
      put(amount, line, at: table.start(place), columns: table.cell, &frame, emphasis)
    }
    put(sum, line, at: table.sum, columns: 7, &frame, .bold)
  }

  private static func put(
    _ amount: Float, _ line: Rect, at column: Int, columns: Int, _ frame: inout Frame,
    _ emphasis: Emphasis
  ) {
    let isNothing = abs(amount) < 0.005
    frame.put(
      isNothing ? String(frame.glyphs.marks.separator) : frame.glyphs.signed(amount), line,
      at: column, columns: columns, .right,
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
      ("\(model.relationNames[$0.slot].shortened(glyphs)) \($0.name)", $0.steps.count, $0.amount)
    }
    let rest = why.facts.groups.dropFirst(lines.count)
    if !rest.isEmpty {
      lines.append(("\(rest.count) more facts", 0, rest.reduce(0) { $0 + $1.amount }))
    }
    lines.append(("no known fact shared", why.facts.otherSteps.count, why.facts.other))
    let most = max(lines.map { abs($0.amount) }.max() ?? 0, 1e-6)
    let bar = min(20, room.columns / 5)
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
