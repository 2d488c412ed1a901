import Explanation

/// Makes the rows of each kind of table.
struct WhyRows {
  let why: WhyScene
  let model: ModelScene
  let words: Terminology
  let glyphs: Glyphs

  private var table: Contributions { why.contributions }
  private var partNames: [String] { [words.sequence] + model.relationNames }

  /// Steps by what would be missed of them, with what else is said of each and what was written in
  /// parts.
  func steps(by order: StepTable.Order, marked: Set<Int>) -> WhyTable {
    let table = why.table
    let lead = order.column
    let others = Attributions.columns.indices.filter { $0 != lead }
    let columns =
      others.map { place in
        let column = Attributions.columns[place]
        let isRank = column == .rankWithout
        return WhyTable.Column(
          title: spelled(column.name), short: spelled(isRank ? words.rank : column.short),
          kind: isRank ? .rank : .signed, isCell: false)
      } + partNames.map { .init(title: $0, kind: .signed, isCell: true) }
    func values(_ row: StepTable.Row) -> [Float?] { others.map { row.values[$0] } }
    let steps = table.ordered(by: order).compactMap { row -> WhyTable.Row? in
      guard case .step(let place) = row.kind else { return nil }
      let step = why.steps[place]
      return .init(
        place: .step(step.step), number: step.step + 1, title: step.title,
        values: values(row) + step.cells.map(Optional.some), amount: row.values[lead], note: "",
        isPending: true, isMarked: marked.contains(step.step))
    }
    let rest = table.rest.map {
      WhyTable.Row(
        place: nil, number: nil, title: name($0.kind), values: values($0), amount: $0.values[lead],
        note: "", isPending: $0.values[lead] == nil && order == .removal && $0.kind != .alreadySeen)
    }
    let isSettled = why.comparison.isSettled || order == .written
    let mark = isSettled ? "" : String(glyphs.marks.about)
    let column = Attributions.columns[lead]
    var result = WhyTable(
      "by step, \(quantity)", columns, amount: mark + spelled(column.name),
      short: mark + spelled(column.short), rows: steps + rest, isOrdered: true)
    result.isLed = true
    result.total = table.all.values[lead]
    result.totals = values(table.all)
    return result
  }

  /// What the leading numbers are of.
  private var quantity: String {
    why.comparison.whole?.isOfLogProbability == false || !why.isOfLogProbability
      ? words.score : "log \(words.probability)"
  }

  private func spelled(_ name: String) -> String {
    name.replacing("×", with: String(glyphs.marks.times))
  }

  private func name(_ kind: StepTable.Kind) -> String {
    kind == .bias ? words.constant : StepTable.name(kind, items: words.nouns.item.many)
  }

  /// Relations by what is lost when they are silenced, sequence and what belongs to no step, with what
  /// the items and what the relations wrote.
  var parts: WhyTable {
    let slots = model.relationNames.indices
    let columns: [WhyTable.Column] =
      [.init(title: "written", kind: .signed, isCell: false)]
      + (slots.isEmpty
        ? []
        : [
          .init(title: words.attention, kind: .share, isCell: false),
          .init(title: words.nouns.item.one, kind: .signed, isCell: true),
          .init(title: "relation", kind: .signed, isCell: true),
        ])
    let sums = table.relationSums
    let known = why.comparison.slots
    let relations = slots.map { slot in
      let ofItem = table.items.indices.reduce(Float(0)) { $0 + table.itemParts[$1, slot] }
      let own = table.items.indices.reduce(Float(0)) { $0 + table.relationParts[$1, slot] }
      return WhyTable.Row(
        place: .part(1 + slot), number: nil, title: model.relationNames[slot],
        values: [sums[slot], why.attention[slot], ofItem, own],
        amount: known.indices.contains(slot) ? known[slot] : nil, note: "", isPending: true)
    }.sorted { a, b in
      let (x, y) = (a.amount ?? -.infinity, b.amount ?? -.infinity)
      return x != y ? x > y : (a.values[0] ?? 0) > (b.values[0] ?? 0)
    }
    func whole(_ place: WhyView.Place?, _ title: String, _ written: Float) -> WhyTable.Row {
      row(place, title, nil, [written])
    }
    let column = Attributions.columns[StepTable.Order.leftOutAlone.column]
    var result = WhyTable(
      "by relation, \(quantity)", columns, amount: column.name, short: column.short,
      rows: relations + [whole(.part(0), words.sequence, table.sequenceSum)]
        + outside.map { whole(nil, $0.title, $0.amount) }, isOrdered: true)
    result.isLed = true
    result.total = nil
    result.totals = [table.score]
    return result
  }

  var facts: WhyTable {
    let columns = [WhyTable.Column(title: "steps", kind: .count, isCell: false)]
    let other = row(
      why.facts.otherSteps.isEmpty ? nil : .noFact, "no known fact shared", why.facts.other,
      [Float(why.facts.otherSteps.count)], note: titles(why.facts.otherSteps))
    let common =
      why.facts.common.isEmpty
      ? []
      : [
        row(
          .commonFacts, "common facts", why.facts.commonAmount,
          [Float(why.facts.common.flatMap { $0.steps.map(\.step) }.unique.count)],
          note: why.facts.common.map(\.name).joined(separator: ", "))
      ]
    return WhyTable(
      "by shared facts", columns, amount: "written", notes: "by the steps",
      rows: why.facts.groups.map(row) + common + [other]
        + outside.map { row(nil, $0.title, $0.amount, [nil]) }, isOrdered: true)
  }

  /// Facts that so many items have that they explain nothing.
  var commonFacts: WhyTable {
    WhyTable(
      "common facts", [.init(title: "steps", kind: .count, isCell: false)], amount: "written",
      notes: "by the steps", rows: why.facts.common.map(row))
  }

  private func row(_ group: SharedFacts.Group) -> WhyTable.Row {
    row(
      .fact(slot: group.slot, tail: group.tail),
      "\(why.factRelationNames[group.slot].shortened(glyphs)) \(group.name)", group.amount,
      [Float(group.steps.count)], note: titles(group.steps))
  }

  // MARK: Looked into

  /// A step's cells, each split in what the item brings and what the relation brings.
  func parts(of step: Int) -> WhyTable? {
    guard let place = why.row(of: step) else { return nil }
    let entry = why.steps[place]
    let columns = splitColumns
    let rows = partNames.indices.map { part in
      row(
        .part(part), partNames[part], entry.cells[part],
        part == 0 ? columns.map { _ in nil } : split(place, part - 1),
        note: part == 0 ? "" : facts(entry.tails[part - 1]))
    }
    return WhyTable(
      "\(step + 1) \(entry.title)", columns, amount: "cell", notes: sharedNotes, rows: rows)
  }

  func steps(of part: Int) -> WhyTable? {
    guard partNames.indices.contains(part) else { return nil }
    let columns = part == 0 ? [] : splitColumns
    let rows = why.steps.enumerated().map { place, step in
      row(
        step, part == 0 ? [] : split(place, part - 1), step.cells[part],
        note: part == 0 ? "" : facts(step.tails[part - 1]))
    }
    return WhyTable(
      partNames[part].shortened(glyphs), columns, amount: "cell",
      notes: part == 0 ? "" : sharedNotes, rows: rows)
  }

  func steps(sharing slot: Int, _ tail: Int32) -> WhyTable? {
    guard let group = why.facts.group(slot: slot, tail: tail) else { return nil }
    return WhyTable(
      "\(why.factRelationNames[slot].shortened(glyphs)) \(group.name)", [], amount: "share",
      rows: group.steps.compactMap(share))
  }

  var stepsWithoutFact: WhyTable {
    WhyTable(
      "no known fact shared", [], amount: "share", rows: why.facts.otherSteps.compactMap(share))
  }

  // MARK: Rows

  /// What was written by no step: that the item has been chosen already, and q·b_u.
  private var outside: [(title: String, amount: Float)] {
    (table.repeated == 0 ? [] : [(name(.alreadySeen), table.repeated)])
      + [(words.constant, table.bias)]
  }

  private var sharedNotes: String { "\(glyphs.marks.hit) known fact shared" }

  private var splitColumns: [WhyTable.Column] {
    guard !model.relationNames.isEmpty else { return [] }
    return [words.nouns.item.one, "relation"].map { .init(title: $0, kind: .signed, isCell: true) }
  }

  private func split(_ place: Int, _ slot: Int) -> [Float?] {
    [table.itemParts[place, slot], table.relationParts[place, slot]]
  }

  private func row(
    _ step: WhyScene.Step, _ values: [Float?], _ amount: Float, note: String = ""
  ) -> WhyTable.Row {
    .init(
      place: .step(step.step), number: step.step + 1, title: step.title, values: values,
      amount: amount, note: note)
  }

  private func row(
    _ place: WhyView.Place?, _ title: String, _ amount: Float?, _ values: [Float?] = [],
    note: String = ""
  ) -> WhyTable.Row {
    .init(
      place: place, number: nil, title: title, values: values, amount: amount, note: note)
  }

  /// What a step adds to a group, of what it adds in all.
  private func share(_ entry: SharedFacts.StepAmount) -> WhyTable.Row? {
    guard let place = why.row(of: entry.step) else { return nil }
    let step = why.steps[place]
    return row(step, [], entry.amount, note: "of \(glyphs.signed(step.sum))")
  }

  private func titles(_ steps: [SharedFacts.StepAmount]) -> String {
    steps.prefix(8).map { entry in
      "\(entry.step + 1) \(why.row(of: entry.step).map { why.steps[$0].title } ?? "")"
    }.joined(separator: ", ") + (steps.count > 8 ? ", \(glyphs.ellipsis)" : "")
  }

  /// Known tails; those that the explained item has, too, are marked.
  private func facts(_ tails: [WhyScene.Tail]) -> String {
    tails.map { ($0.isShared ? "\(glyphs.marks.hit) " : "") + $0.name }
      .joined(separator: ", ")
  }
}
