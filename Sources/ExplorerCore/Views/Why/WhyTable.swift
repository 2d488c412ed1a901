import Explanation

/// The rows and columns of the reasons: a pure function of what was computed and how it is looked
/// at.
///
/// The amounts of a table that nothing has been looked into add up to the score over the contrast;
/// those of a place that has been looked into, to its own amount.
struct WhyTable {
  /// A column of numbers beside the amount.
  struct Column: Equatable {
    enum Kind { case signed, share, rank, count }

    let title: String
    /// What stands above it where the title does not fit; it is cut if that does not, either.
    var short: String
    let kind: Kind
    /// The cells that add up to the amount, or to what was written, are left out last; the rest only
    /// helps to read them.
    let isCell: Bool

    init(title: String, short: String? = nil, kind: Kind, isCell: Bool) {
      (self.title, self.kind, self.isCell) = (title, kind, isCell)
      self.short = short ?? (title == "sequence" ? "seq." : title)
    }
  }

  struct Row {
    /// What can be looked into; nil for what has no parts.
    let place: WhyView.Place?
    /// The step, from 1, where the row is one.
    let number: Int?
    let title: String
    /// By column; nil where nothing is known (yet).
    let values: [Float?]
    /// Nil for what has none, or none yet.
    let amount: Float?
    /// Known facts, or what else is said of the row.
    let note: String
    /// Whether numbers that it has not are still to come.
    var isPending = false
    /// Whether it is among what is left out for a forecast.
    var isMarked = false
  }

  let title: String
  let columns: [Column]
  let amountTitle: String
  var shortAmountTitle: String
  /// Whether the amounts stand before all other numbers: they are what the rows are ordered by, and the
  /// cells add up to another column.
  var isLed = false
  /// What the notes say; empty where they say it themselves.
  let noteTitle: String
  /// The largest amount first, unless they were given in an order.
  let rows: [Row]
  /// What all rows add up to; nil where that is not known.
  var total: Float?
  /// By column that is no cell: what stands below it.
  var totals: [Float?] = []

  func selected(_ view: WhyView) -> Int {
    let row = view.anchor.flatMap { anchor in rows.firstIndex { $0.place == anchor } } ?? view.row
    return min(max(0, row), max(0, rows.count - 1))
  }
}

extension WhyTable {
  init(
    _ why: WhyScene, _ view: WhyView, _ model: ModelScene, _ words: Terminology, _ glyphs: Glyphs
  ) {
    let maker = WhyRows(why: why, model: model, words: words, glyphs: glyphs)
    switch view.path.last {
    case .step(let step):
      self = maker.parts(of: step) ?? maker.steps(by: view.order, marked: view.marked)
    case .part(let part): self = maker.steps(of: part) ?? maker.parts
    case .fact(let slot, let tail): self = maker.steps(sharing: slot, tail) ?? maker.facts
    case .noFact: self = maker.stepsWithoutFact
    case .commonFacts: self = maker.commonFacts
    case nil:
      switch view.grouping {
      case .steps: self = maker.steps(by: view.order, marked: view.marked)
      case .relations: self = maker.parts
      case .facts: self = maker.facts
      }
    }
  }

  /// A table of rows, in any order unless that is `isOrdered`.
  init(
    _ title: String, _ columns: [Column], amount: String = "sum", short: String? = nil,
    notes: String = "", rows: [Row], isOrdered: Bool = false
  ) {
    self.title = title
    self.columns = columns
    (amountTitle, shortAmountTitle, noteTitle) = (amount, short ?? amount, notes)
    let order = rows.indices.sorted {
      let (a, b) = (abs(rows[$0].amount ?? 0), abs(rows[$1].amount ?? 0))
      return a != b ? a > b : (rows[$0].number ?? 0, $1) > (rows[$1].number ?? 0, $0)
    }
    self.rows = isOrdered ? rows : order.map { rows[$0] }
    total = self.rows.reduce(0) { $0 + ($1.amount ?? 0) }
  }
}

/// The rows of the reasons with their numbers and signed bars.
enum WhyTableView {
  static func draw(
    _ table: WhyTable, _ state: State, _ why: WhyScene, in room: Rect, _ frame: inout Frame
  ) {
    guard room.rows >= 2 else { return }
    let columns = WhyColumns(table, width: room.columns, rank: why.rank, frame.glyphs)
    let hasTotal = room.rows >= 4
    let height = room.rows - (hasTotal ? 2 : 1)
    let selected = table.selected(state.why)
    let window = ListWindow.rows(of: table.rows.count, height: height, showing: selected)
    // Rows that are not on the screen are counted where all are added up, or else in the title.
    let hidden = table.rows.count - window.count
    let more = hidden > 0 ? ", \(hidden) more" : ""
    func first(_ texts: [String]) -> String {
      texts.first { $0.columns <= columns.titleWidth } ?? texts[texts.count - 1]
    }
    let titles = hasTotal || hidden == 0 ? [table.title] : [table.title + more, "\(hidden) more"]
    frame.put(first(titles), room.line(0), columns: columns.titleWidth, style: Style(.title))
    columns.table.drawTitles(in: room.line(0), &frame)
    columns.table.draw(
      window, selected: selected, hasFocus: state.focus == .why, in: room.dropFirst(rows: 1), &frame
    ) { .select(.why, $0) }
    guard hasTotal else { return }
    let line = room.line(min(height, table.rows.count) + 1)
    let saysResidual = state.why.path.isEmpty && !why.contributions.addsUp
    let residual = saysResidual ? why.contributions.residual : nil
    let tiny = residual.map { "\(frame.words.residual) \(frame.glyphs.tiny($0))" }
    let texts = [
      tiny.map { "all, \($0)\(more)" }, hidden > 0 ? "all\(more)" : nil, tiny.map { "all, \($0)" },
      tiny, "all",
    ]
    frame.put(
      first(texts.compactMap { $0 }), line, columns: columns.titleWidth, style: Style(.muted))
    columns.table.draw(table.rows.count, in: line, &frame)
  }

  /// A number and how it is meant; next to nothing is a mark.
  static func amount(_ value: Float, _ glyphs: Glyphs) -> (String, Role) {
    abs(value) < 0.005
      ? (String(glyphs.marks.separator), .muted)
      : (glyphs.signed(value), value < 0 ? .negative : .positive)
  }
}

/// A few rows of a table, small: what lies in the selected row, or another grouping.
enum WhyPreview {
  /// Draws as many rows as fit and returns how many lines they took.
  static func draw(
    _ table: WhyTable, title: String, countsSteps: Bool, in room: Rect, _ frame: inout Frame
  ) -> Int {
    guard room.rows >= 2, room.columns >= 24 else { return 0 }
    let glyphs = frame.glyphs
    frame.put(title, room.line(0), style: Style(.muted))
    let rows = table.rows.filter { abs($0.amount ?? 0) >= 0.005 || !$0.note.isEmpty }
    let scale = BarScale(table.rows.compactMap(\.amount))
    let height = room.rows - 1
    let shown = rows.prefix(rows.count > height ? height - 1 : height)
    var entries = shown.map { row in
      let count = row.values.first.flatMap { $0 }.flatMap { Int(exactly: $0.rounded()) } ?? 0
      let steps = count > 1 ? "\(glyphs.marks.times)\(count)" : ""
      let number = row.number.map { "\($0) " } ?? ""
      // Only relations have names of which the end says most; the name of a fact has its own.
      let isPart = if case .part = row.place { true } else { false }
      let title = isPart ? row.title.shortened(glyphs) : row.title
      return (title: number + title, note: countsSteps ? steps : row.note, amount: row.amount ?? 0)
    }
    let rest = rows.dropFirst(shown.count)
    if !rest.isEmpty {
      entries.append(("\(rest.count) more", "", rest.reduce(0) { $0 + ($1.amount ?? 0) }))
    }
    let name = Table.Column(.flexible()) { row, _ in .text(entries[row].title) }
    let bar = Table.Column(.fixed(min(20, room.columns / 5))) { row, _ in
      .signedBar(entries[row].amount, scale)
    }
    let amount = Table.Column(.fixed(7), .right) { row, _ in
      let (text, role) = WhyTableView.amount(entries[row].amount, glyphs)
      return .text(text, Style(role))
    }
    let layout = Table([name, bar, amount], width: room.columns)
    for (row, entry) in entries.enumerated() {
      let line = room.line(row + 1)
      layout.draw(row, in: line, &frame)
      // A note stands behind the title, as far as there is room.
      let start = entry.title.columns + 1
      let left = layout.places[0].width - start
      if !entry.note.isEmpty, left > 1 {
        frame.put(entry.note, line, at: start, columns: left, style: Style(.muted))
      }
    }
    return 1 + entries.count
  }
}
