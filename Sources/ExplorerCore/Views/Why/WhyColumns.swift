/// The columns of the reasons in some width, and which cells of a row share one.
///
/// The amounts stand behind the cells that they are the sums of, or before everything where the rows are
/// ordered by them. Cells that do not fit share a column, so that a row always adds up.
struct WhyColumns {
  let table: Table
  /// The columns of the titles, with the numbers before them.
  let titleWidth: Int
  /// The cells of a row that each column for them adds up.
  let cells: [[Int]]

  /// What a column says of a row; the row after the last is their sum.
  private struct Content {
    let rows: [WhyTable.Row]
    let total: Float?
    let totals: [Float?]
    /// The rank of the item, which most rows leave as it is.
    let rank: Double?
    let glyphs: Glyphs

    func amount(_ row: Int) -> Table.Cell {
      if let amount = row < rows.count ? rows[row].amount : total { return bold(amount) }
      return row == rows.count || rows[row].isPending
        ? .text(glyphs.ellipsis, Style(.muted)) : .none
    }

    func cell(_ row: Int, _ column: WhyTable.Column, _ members: [Int]) -> Table.Cell {
      guard row < rows.count else {
        guard column.isCell else {
          return totals[optional: members[0]].map(bold) ?? .none
        }
        return bold(rows.reduce(0) { $0 + (WhyColumns.value(of: $1, members) ?? 0) })
      }
      guard let value = WhyColumns.value(of: rows[row], members) else {
        // What is still to come; other rows have no such number at all.
        let isPending = !column.isCell && column.kind != .count && column.kind != .share
        return rows[row].isPending && isPending ? .text(glyphs.ellipsis, Style(.muted)) : .none
      }
      switch column.kind {
      case .signed:
        let (text, role) = WhyTableView.amount(value, glyphs)
        return .text(text, Style(role))
      case .share: return .text(glyphs.share(value), Style(.bar))
      case .count: return .text(String(Int(value)), Style(.muted))
      case .rank:
        return .text(glyphs.rank(Double(value)), Style(Double(value) == rank ? .muted : .text))
      }
    }

    private func bold(_ value: Float) -> Table.Cell {
      let (text, role) = WhyTableView.amount(value, glyphs)
      return .text(text, Style(role, .bold))
    }
  }

  /// What cells of a row add up to; nil where none of them is known.
  static func value(of row: WhyTable.Row, _ cells: [Int]) -> Float? {
    let values = cells.compactMap { row.values.indices.contains($0) ? row.values[$0] : nil }
    return values.isEmpty ? nil : values.reduce(0, +)
  }

  init(_ why: WhyTable, width: Int, rank: Double? = nil, _ glyphs: Glyphs) {
    let rows = why.rows
    let content = Content(
      rows: rows, total: why.total, totals: why.totals, rank: rank, glyphs: glyphs)
    let numbers = rows.compactMap(\.number)
    let isMarked = rows.contains(where: \.isMarked)
    let numberWidth =
      numbers.isEmpty ? 0 : max(2, String(numbers.max() ?? 0).count) + (isMarked ? 1 : 0)
    let texts = (rows.map(\.amount) + [why.total]).compactMap { $0.map(glyphs.signed)?.columns }
    let amountTitle = width >= 70 ? why.amountTitle : why.shortAmountTitle
    let amountWidth = max(7, texts.max() ?? 0, min(14, amountTitle.columns))
    let plan = Plan(why, width - amountWidth - 1, least: numberWidth + 12, glyphs)
    titleWidth = plan.titleWidth
    cells = plan.shown.map { [$0] } + (plan.sharing.isEmpty ? [] : [plan.sharing])

    func column(_ members: [Int], _ title: String, _ width: Int) -> Table.Column {
      let column = why.columns[members[0]]
      return Table.Column(.fixed(width), .right, title: title.elided(to: width, glyphs)) { row, _ in
        content.cell(row, column, members)
      }
    }
    var columns: [Table.Column] = []
    if numberWidth > 0 {
      columns.append(
        Table.Column(.fixed(numberWidth), .right) { row, _ in
          guard row < rows.count, let number = rows[row].number else { return .none }
          guard rows[row].isMarked else { return .text(String(number), Style(.muted)) }
          return .text("\(glyphs.marks.times)\(number)", Style(.warning))
        })
    }
    columns.append(
      Table.Column(.fixed(plan.titleWidth - (numberWidth > 0 ? numberWidth + 1 : 0))) { row, _ in
        guard row < rows.count else { return .none }
        let style = Style(rows[row].place == nil ? .muted : .text)
        return rows[row].number == nil
          ? .name(rows[row].title, style) : .text(rows[row].title, style)
      })
    let amount = Table.Column(.fixed(amountWidth), .right, title: amountTitle) { row, _ in
      content.amount(row)
    }
    var bar: [Table.Column] = []
    if plan.barWidth > 0 {
      // What belongs to no step may be far larger, and is not what the bars are to compare.
      let barred = why.isLed ? rows.map { $0.place == nil ? nil : $0.amount } : rows.map(\.amount)
      let scale = BarScale(barred.compactMap { $0 })
      bar = [
        Table.Column(.fixed(plan.barWidth), keepsLook: true) { row, _ in
          row < rows.count ? barred[row].map { .signedBar($0, scale) } ?? .none : .none
        }
      ]
    }
    if why.isLed { columns += [amount] + bar }
    let extras = plan.extras.sorted { $0.column < $1.column }.map {
      let names = why.columns[$0.column]
      return column(
        [$0.column], $0.width < names.title.columns ? names.short : names.title, $0.width)
    }
    if why.isLed { columns += extras }
    let others = plan.sharing.isEmpty ? [] : ["others"]
    let taken = [amountTitle] + extras.map(\.title) + others
    let heads = Self.heads(plan.shown.map { why.columns[$0] }, width: plan.cell, taken, glyphs)
    columns += zip(plan.shown, heads).map { column([$0], $1, plan.cell) }
    columns += others.map { column(plan.sharing, $0, plan.cell) }
    if !why.isLed { columns += [amount] + extras + bar }
    if rows.contains(where: { !$0.note.isEmpty }) {
      columns.append(
        Table.Column(.flexible(), title: why.noteTitle, gap: 2, drop: .init(leaving: 10)) {
          row, _ in row < rows.count ? .text(rows[row].note, Style(.muted)) : .none
        })
    }
    table = Table(columns, width: width)
  }

  /// What stands above the cells: no two alike, and none like another column.
  private static func heads(
    _ cells: [WhyTable.Column], width: Int, _ taken: [String], _ glyphs: Glyphs
  ) -> [String] {
    let names = cells.map { width < $0.title.columns ? $0.short : $0.title }
    let first = names.prefix(1).map { $0.elided(to: width, glyphs) }
    var known = Set(taken)
    return (first + glyphs.labels(Array(names.dropFirst()), width: width)).map { head in
      var (own, number) = (head, 2)
      while !known.insert(own).inserted {
        let digits = String(number)
        own = head.truncated(to: max(1, width - digits.count), ellipsis: "") + digits
        number += 1
      }
      return own
    }
  }

  private struct Plan {
    var shown: [Int] = []
    var sharing: [Int] = []
    var extras: [(column: Int, width: Int)] = []
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
      func add(_ column: Int, at width: Int) {
        if take(width + 1) { extras.append((column, width)) }
      }
      if table.isLed {
        // The rank comes third; the titles get some room before it.
        var order = others
        if let rank = others.firstIndex(where: { table.columns[$0].kind == .rank }), order.count > 2
        {
          order.insert(order.remove(at: rank), at: 2)
        }
        for (place, column) in order.enumerated() {
          if place == 2, take(9) { barWidth = 8 }
          let short = table.columns[column].short.columns
          if place < 2 || budget > short + 13 {
            add(column, at: max(Plan.width(table, column, glyphs), short))
          }
        }
        for place in extras.indices {
          let more = table.columns[extras[place].column].title.columns - extras[place].width
          if more > 0, budget >= more + 20, take(more) { extras[place].width += more }
        }
      } else {
        if take(9) { barWidth = 8 }
        if let first = others.first { add(first, at: Plan.width(table, first, glyphs)) }
      }
      // Some relations beside the sequence, or all cells where they are few.
      let few = min(cells.count, 3) * (cell + 1)
      if !cells.isEmpty, !table.isLed || budget >= few + 16, take(few) {
        for column in others.dropFirst() where !table.isLed && budget >= 12 {
          add(column, at: Plan.width(table, column, glyphs))
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
      case .rank, .count: return 5
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
