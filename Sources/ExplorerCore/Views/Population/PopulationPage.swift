import Explanation
import Text

/// Draws a part of the explanations over many users.
struct PopulationPage {
  let view: PopulationView
  let content: PopulationScene

  func draw(_ state: State, _ frame: inout Frame) {
    let isFramed = Layout.form(for: state.layout.size) != .single
    let room = Rect(state.layout.size).inset(columns: isFramed ? 2 : 1, rows: 1)
    drawTitle(room.line(0), &frame)
    let body = room.dropFirst(rows: 1)
    guard let report = content.report else {
      let text =
        content.counted.of == 0
        ? "No {users}: the model has no data here to be tried on."
        : "Reading histories, in random order \(frame.glyphs.ellipsis)"
      frame.put(frame.words.fill(text), body.line(0), style: Style(.muted))
      return
    }
    drawParts(report, body.line(0), &frame)
    let list = body.dropFirst(rows: 1)
    switch view.part {
    case .ages: drawStrips(report.ages, title: "age", in: list, &frame)
    case .relations:
      if report.relations.isEmpty {
        frame.put("This model has no memory.", list.line(0), style: Style(.muted))
      } else {
        drawStrips(report.relations, title: "relation", in: list, &frame)
      }
    case .slices: drawSlices(report, in: list, &frame)
    }
  }

  private func drawTitle(_ line: Rect, _ frame: inout Frame) {
    let glyphs = frame.glyphs
    let (done, all) = (glyphs.count(content.counted.done), glyphs.count(content.counted.of))
    let counted = frame.words.fill(
      content.counted.done < content.counted.of
        ? "\(done) of \(all) {users} evaluated" : "\(all) {users} evaluated")
    let dot = glyphs.marks.separator
    var texts = [frame.words.fill("Over many {users} \(dot) \(counted)"), counted]
    if let report = content.report, let half = report.half {
      let last = half == 1 ? "the last step" : "the last \(half) steps"
      let lost = "\(report.quantity) lost without a step or a relation alone"
      texts =
        [
          "\(texts[0]) \(dot) \(lost) \(dot) half of what is written lies in \(last)",
          "\(texts[0]) \(dot) \(lost)",
        ] + texts
    }
    let text = texts.first { $0.columns <= line.columns } ?? counted
    frame.put(text, line, style: Style(.title))
  }

  /// The names of the parts, the present one in its look, and the slice.
  private func drawParts(_ report: PopulationReport, _ line: Rect, _ frame: inout Frame) {
    var start = 0
    for part in PopulationView.Part.allCases {
      let name = " \(["by age", "by relation", "by slice"][part.rawValue]) "
      frame.put(
        name, line, at: start, style: Style(part == view.part ? .selection : .muted))
      start += name.columns + 1
    }
    if report.slice != "all", view.part != .slices {
      frame.put("of: \(report.slice)", line, at: start + 1, style: Style(.title))
    }
  }

  // MARK: Strips

  private func drawStrips(
    _ rows: [PopulationReport.Row], title: String, in room: Rect, _ frame: inout Frame
  ) {
    let table = Self.table(rows, title: title, width: room.columns, frame.words, frame.glyphs)
    let strip = table.places[1]
    let range = PopulationReport.range(of: rows)
    let hasKey = room.rows >= 8
    let list = room.dropFirst(rows: 1)
    let height = max(0, list.rows - (hasKey ? 1 : 0))
    table.drawTitles(in: room.line(0), &frame)
    let zero = drawAxis(range, PopulationReport.places(for: rows), strip, room.line(0), &frame)
    let selected = min(view.row, rows.count - 1)
    let counts = rows.map { $0.lost.counts(in: range, cells: strip.width) }
    for (place, index) in ListWindow.rows(of: rows.count, height: height, showing: selected)
      .enumerated()
    {
      let line = list.line(place)
      table.draw(index, isSelected: index == selected, in: line, &frame)
      draw(counts[index], mean: rows[index].lost.mean, range, zero, strip, line, &frame)
      frame.onClick(line, .selectInView(index))
    }
    if hasKey { drawKey(list.line(min(rows.count, height)), &frame) }
  }

  /// Both ends of the axis and 0; returns the column of 0.
  private func drawAxis(
    _ range: ClosedRange<Double>, _ places: Int, _ strip: Table.Place, _ line: Rect,
    _ frame: inout Frame
  ) -> Int {
    let zero = Self.cell(of: 0, range, strip.width)
    let low = frame.glyphs.signed(range.lowerBound, places: places)
    let high = frame.glyphs.signed(range.upperBound, places: places)
    let muted = Style(.muted)
    if zero > low.columns {
      frame.put(low, line, at: strip.start, columns: strip.width, style: muted)
    }
    if zero < strip.width - high.columns - 1 {
      frame.put(high, line, at: strip.start + strip.width - high.columns, style: muted)
    }
    if strip.width > 0 { frame.put("0", line, at: strip.start + zero, columns: 1, style: muted) }
    return zero
  }

  private func draw(
    _ counts: [Int], mean: Double, _ range: ClosedRange<Double>, _ zero: Int,
    _ strip: Table.Place, _ line: Rect, _ frame: inout Frame
  ) {
    let tick = Self.cell(of: mean, range, strip.width)
    let most = counts.max() ?? 1
    for (cell, count) in counts.enumerated() {
      let (sign, style) = Self.sign(count, most, isZero: cell == zero, frame.glyphs)
      let isMean = cell == tick
      let shown = isMean && count < 2 ? Style(.title) : style
      frame.put(
        isMean ? String(frame.glyphs.marks.tick) : String(sign), line, at: strip.start + cell,
        columns: 1,
        style: isMean && count > 1 ? Style(style.role, .reverse) : shown)
    }
  }

  private static func sign(
    _ count: Int, _ most: Int, isZero: Bool, _ glyphs: Glyphs
  ) -> (Unicode.Scalar, Style) {
    switch count {
    case 0: return isZero ? (glyphs.border.vertical, Style(.border)) : (" ", Style())
    case 1: return (glyphs.marks.separator, Style())
    default:
      // The fullest cell of the row has `most`; square roots, as most cells have few.
      let share = 0.2 + 0.8 * (Double(count - 1) / Double(max(1, most - 1))).squareRoot()
      return (glyphs.shade(share), Style(.heat(share)))
    }
  }

  static func cell(of value: Double, _ range: ClosedRange<Double>, _ cells: Int) -> Int {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return max(0, min(cells - 1, Int(share * Double(cells))))
  }

  private func drawKey(_ line: Rect, _ frame: inout Frame) {
    let glyphs = frame.glyphs
    let one = frame.words.fill("\(glyphs.marks.separator) one {user}")
    frame.put(one, line, style: Style(.muted))
    var start = one.columns + 2
    for count in [2, 8, 20, 32] {
      let (sign, style) = Self.sign(count, 32, isZero: false, glyphs)
      frame.put(String(sign), line, at: start, columns: 1, style: style)
      start += 1
    }
    frame.put(
      " more, to the row's most; \(glyphs.marks.tick) mean; ends hold what lies beyond", line,
      at: start, style: Style(.muted))
  }

  // MARK: Tables

  static func table(
    _ rows: [PopulationReport.Row], title: String, width: Int, _ words: Terminology,
    _ glyphs: Glyphs
  ) -> Table {
    let places = PopulationReport.places(for: rows)
    func signed(_ value: Double) -> String { glyphs.signed(value, places: places) }
    let to = glyphs.showsBraille ? "…" : "to"
    let isByAge = rows.first?.share != nil
    let names = isByAge ? rows.map(\.name) : glyphs.labels(rows.map(\.name), width: 16)
    let longest = max(title.columns, names.map(\.columns).max() ?? 0)
    let name = Table.Column(
      .fixed(min(16, longest)), isByAge ? .right : .left, title: title
    ) { row, _ in .text(names[row]) }
    let strip = Table.Column(.flexible(), gap: 1, keepsLook: true) { _, _ in .none }
    let mean = Table.Column(.fixed(6), .right, title: "lost") { row, _ in
      .text(signed(rows[row].lost.mean))
    }
    let interval = Table.Column(
      .fixed(14), .right, title: "95 %", drop: .init(turn: 2, below: 60)
    ) { row, _ in
      guard let low = rows[row].lost.low, let high = rows[row].lost.high else { return .none }
      return .text("\(signed(low)) \(to) \(signed(high))")
    }
    let middle = Table.Column(
      .fixed(14), .right, title: "middle half", drop: .init(turn: 1, below: 78)
    ) { row, _ in
      .text("\(signed(rows[row].lost.lowerQuartile)) \(to) \(signed(rows[row].lost.upperQuartile))")
    }
    let users = Table.Column(
      .fixed(max(6, words.fill("{users}").columns)), .right, title: "{users}",
      drop: .init(turn: 1, below: 78)
    ) { row, _ in .text(glyphs.count(rows[row].lost.users)) }
    var columns = [name, strip, mean, interval, middle]
    if isByAge {
      columns += [
        Table.Column(.fixed(5), .right, title: "share", drop: .init(turn: 1, below: 100)) {
          row, _ in .text(glyphs.probability(Float(rows[row].share ?? 0)))
        },
        Table.Column(
          .fixed(max(5, words.sequence.columns)), .right, title: words.sequence,
          drop: .init(turn: 1, below: 100)
        ) { row, _ in .text(glyphs.probability(Float(rows[row].sequence ?? 0))) },
      ]
    }
    return Table(columns + [users], width: width, margin: 1)
  }

  private func drawSlices(_ report: PopulationReport, in room: Rect, _ frame: inout Frame) {
    let table = Self.slices(report.slices, width: room.columns, frame.words, frame.glyphs)
    table.drawTitles(in: room.line(0), &frame)
    let list = room.dropFirst(rows: 1)
    let selected = min(view.row, max(0, report.slices.count - 1))
    let window = ListWindow.rows(
      of: report.slices.count, height: list.rows - (content.warning == nil ? 0 : 1),
      showing: selected)
    table.draw(window, selected: selected, in: list, &frame) { .selectInView($0) }
    if let warning = content.warning {
      frame.put(warning, list.line(window.count), style: Style(.warning))
    }
  }

  static func slices(
    _ slices: [PopulationReport.Slice], width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    func number(_ value: Double?, places: Int = 2) -> Table.Cell {
      value.map { .text(glyphs.signed($0, places: places)) } ?? .none
    }
    let late = Table.Dropping(turn: 2, below: 60)
    let relation = Table.Dropping(turn: 1, below: 100)
    let columns = [
      Table.Column(.flexible(least: 12, most: 44), title: "slice") { row, _ in
        .text(slices[row].name)
      },
      Table.Column(
        .fixed(max(6, words.fill("{users}").columns)), .right, title: "{users}", drop: late
      ) { row, _ in .text(glyphs.count(slices[row].users)) },
      Table.Column(.fixed(9), .right, title: "last step") { row, _ in number(slices[row].last) },
      Table.Column(.fixed(7), .right, title: "next 4", drop: late) { row, _ in
        number(slices[row].nextFour)
      },
      Table.Column(.fixed(7), .right, title: "older", drop: late) { row, _ in
        number(slices[row].older)
      },
      Table.Column(.fixed(16), title: "most missed", gap: 2, drop: relation) { row, _ in
        slices[row].relation.map { .name($0) } ?? .none
      },
      Table.Column(.fixed(6), .right, title: "lost", drop: relation) { row, _ in
        number(slices[row].lostWithoutRelation, places: 3)
      },
    ]
    return Table(columns, width: width, margin: 1)
  }
}
