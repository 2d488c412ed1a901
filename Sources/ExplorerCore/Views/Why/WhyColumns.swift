/// Where the columns of the reasons stand in some width, and which cells share one.
///
/// First come the title, the amount and its bar; then one number beside the cells, the cells, the
/// other numbers. Cells that do not fit share a column, so that a row always adds up.
struct WhyColumns {
  struct Place {
    let title: String
    let kind: WhyTable.Column.Kind
    let start: Int
    let width: Int
    /// The columns of the table that share it.
    let members: [Int]
    /// Whether its numbers, like the cells', add up over the rows.
    let addsUp: Bool
    /// Whether its numbers come later than the others.
    let isPending: Bool

    func value(of row: WhyTable.Row) -> Float? {
      let values = members.compactMap { row.values.indices.contains($0) ? row.values[$0] : nil }
      return values.isEmpty ? nil : values.reduce(0, +)
    }
  }

  let numberWidth: Int
  let titleWidth: Int
  private(set) var places: [Place] = []
  private(set) var amount = 0
  let amountWidth: Int
  private(set) var bar = 0
  private(set) var barWidth = 0
  private(set) var note: Int?

  init(_ table: WhyTable, width: Int, _ glyphs: Glyphs) {
    let numbers = table.rows.compactMap(\.number)
    numberWidth = numbers.isEmpty ? 0 : max(2, String(numbers.max() ?? 0).count)
    let texts = table.rows.map { glyphs.signed($0.amount).columns }
    amountWidth = max(7, texts.max() ?? 0, glyphs.signed(table.total).columns)
    let plan = Plan(table, width - amountWidth - 1, least: numberWidth + 12, glyphs)
    barWidth = plan.barWidth
    titleWidth = plan.titleWidth
    var end = titleWidth
    func place(_ members: [Int], _ title: String, _ column: WhyTable.Column, _ width: Int) {
      places.append(
        Place(
          title: title, kind: column.kind, start: end + 1, width: width, members: members,
          addsUp: column.isCell,
          isPending: !column.isCell && column.kind != .count && column.kind != .share))
      end += width + 1
    }
    for cell in plan.shown {
      let column = table.columns[cell]
      place(
        [cell], plan.cell < column.title.columns ? column.short : column.title, column, plan.cell)
    }
    if !plan.sharing.isEmpty {
      place(plan.sharing, "others", table.columns[plan.sharing[0]], plan.cell)
    }
    amount = end + 1
    end += amountWidth + 1
    for extra in plan.extras {
      place(
        [extra], table.columns[extra].title, table.columns[extra], Plan.width(table, extra, glyphs))
    }
    if barWidth > 0 {
      bar = end + 1
      end += barWidth + 1
    }
    if width - end >= 12, table.rows.contains(where: { !$0.note.isEmpty }) { note = end + 2 }
  }

  private struct Plan {
    var shown: [Int] = []
    var sharing: [Int] = []
    var extras: [Int] = []
    var cell = 6
    var barWidth = 0
    var titleWidth = 0

    init(_ table: WhyTable, _ width: Int, least: Int, _ glyphs: Glyphs) {
      let all = table.columns.indices
      let size = all.map { column in
        table.rows.reduce(Float(0)) { max($0, abs($1.values[optional: column] ?? 0)) }
      }
      let isFew = all.count { table.columns[$0].isCell } <= 2
      let cells = all.filter { table.columns[$0].isCell && (isFew || $0 == 0 || size[$0] >= 0.005) }
      let others = all.filter { !table.columns[$0].isCell }
      let hasNotes = table.rows.contains { !$0.note.isEmpty }
      cell = cells.reduce(isFew ? 8 : 6) { max($0, Plan.width(table, $1, glyphs)) }
      var budget = width - least
      func take(_ columns: Int) -> Bool {
        guard columns <= budget else { return false }
        budget -= columns
        return true
      }
      if take(9) { barWidth = 8 }
      if let first = others.first, take(Plan.width(table, first, glyphs) + 1) { extras = [first] }
      // Some relations beside the sequence, or all cells where they are few.
      let few = min(cells.count, 3) * (cell + 1)
      if !cells.isEmpty, take(few) {
        for column in others.dropFirst()
        where budget >= 12 && take(Plan.width(table, column, glyphs) + 1) {
          extras.append(column)
        }
        // More of them as long as the titles can be read.
        let title = max(0, min(12, budget))
        let more = max(0, (budget - title) / (cell + 1))
        let count = min(cells.count, 3) + more
        if cells.count <= count {
          shown = cells
        } else {
          let order = cells.dropFirst().sorted { size[$0] > size[$1] }
          shown = [cells[0]] + order.prefix(max(1, count - 2)).sorted()
          let kept = Set(shown)
          sharing = all.filter { table.columns[$0].isCell && !kept.contains($0) }
        }
        budget -= (shown.count + (sharing.isEmpty ? 0 : 1) - min(cells.count, 3)) * (cell + 1)
      }
      // Titles get what they need, and leave room for notes.
      let needed = table.rows.reduce(20) { max($0, $1.title.columns) } - 12
      // The names of facts are worth more than those of their steps.
      let most = table.columns.contains { $0.kind == .count } ? 16 : 60
      let notes = hasNotes ? min(most, table.rows.reduce(14) { max($0, $1.note.columns) }) + 3 : 0
      titleWidth =
        least + max(0, min(needed, 28, budget, hasNotes ? max(budget - notes, 8) : budget))
      budget -= titleWidth - least
      // What is still free goes to the cells' names, then to the bars.
      let columns = shown.count + (sharing.isEmpty ? 0 : 1)
      let names = shown.map { table.columns[$0].title.columns }.max() ?? 0
      if columns > 0, !hasNotes {
        let wider = min(max(0, names - cell), max(0, budget / columns), 14 - min(14, cell))
        cell += wider
        budget -= wider * columns
      }
      let bars = min(budget - notes, hasNotes ? 6 : 40)
      if barWidth > 0 { barWidth += max(0, bars) }
    }

    static func width(_ table: WhyTable, _ column: Int, _ glyphs: Glyphs) -> Int {
      let values = table.rows.compactMap { $0.values[optional: column] }
      switch table.columns[column].kind {
      case .signed:
        return max(
          table.columns[column].isCell ? 6 : 8, values.map { glyphs.signed($0).columns }.max() ?? 0)
      case .share: return 4
      case .rank: return 5
      case .count: return 5
      }
    }
  }
}

extension [Float?] {
  /// The number of a column; nil where the row has none.
  fileprivate subscript(optional column: Int) -> Float? {
    indices.contains(column) ? self[column] : nil
  }
}
