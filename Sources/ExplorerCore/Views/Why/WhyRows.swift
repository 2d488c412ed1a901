import Explanation

/// Makes the rows of each kind of table.
struct WhyRows {
  let why: WhyScene
  let model: ModelScene
  let words: Terminology
  let glyphs: Glyphs

  private var table: Contributions { why.contributions }
  private var partNames: [String] { [words.sequence] + model.relationNames }

  /// Steps × parts, with what the other methods say of each step.
  var steps: WhyTable {
    let parts = partNames.map { WhyTable.Column(title: $0, kind: .signed, isCell: true) }
    let methods = Attributions.onScreen
    let columns =
      parts
      + methods.map {
        let title = $0.columns.screen?.replacing("×", with: String(glyphs.marks.times)) ?? ""
        return .init(title: title, kind: .signed, isCell: false)
      } + [.init(title: words.rank, kind: .rank, isCell: false)]
    let known = why.comparison
    let rows = why.steps.enumerated().map { place, step in
      let values =
        methods.map { known.value($0, row: place) } + [known.rank(row: place).map { Float($0) }]
      return row(step, step.cells.map(Optional.some) + values, step.sum)
    }
    return WhyTable("by step", columns, rows: rows + [constant(columns)])
  }

  /// Sequence, relations and constant part, with what the items and what the relations bring.
  var parts: WhyTable {
    let slots = model.relationNames.indices
    let columns: [WhyTable.Column] =
      slots.isEmpty
      ? []
      : [
        .init(title: words.attention, kind: .share, isCell: false),
        .init(title: words.nouns.item.one, kind: .signed, isCell: true),
        .init(title: "relation", kind: .signed, isCell: true),
      ]
    let sums = table.relationSums
    let relations = slots.map { slot in
      let ofItem = table.items.indices.reduce(Float(0)) { $0 + table.itemParts[$1, slot] }
      let own = table.items.indices.reduce(Float(0)) { $0 + table.relationParts[$1, slot] }
      return row(
        .part(1 + slot), model.relationNames[slot], sums[slot],
        [why.attention[slot], ofItem, own])
    }
    return WhyTable(
      "by relation", columns,
      rows: [row(.part(0), words.sequence, table.sequenceSum, columns.map { _ in nil })] + relations
        + [constant(columns)])
  }

  var facts: WhyTable {
    let columns = [WhyTable.Column(title: "steps", kind: .count, isCell: false)]
    let groups = why.facts.groups.map { group in
      row(
        .fact(slot: group.slot, tail: group.tail),
        "\(why.factRelationNames[group.slot].shortened(glyphs)) \(group.name)", group.amount,
        [Float(group.steps.count)], note: titles(group.steps))
    }
    let other = row(
      why.facts.otherSteps.isEmpty ? nil : .noFact, "no known fact shared", why.facts.other,
      [Float(why.facts.otherSteps.count)], note: titles(why.facts.otherSteps))
    return WhyTable(
      "by shared facts", columns, notes: "by the steps", rows: groups + [other, constant(columns)])
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
    guard let group = why.facts.groups.first(where: { $0.slot == slot && $0.tail == tail }) else {
      return nil
    }
    return WhyTable(
      "\(why.factRelationNames[slot].shortened(glyphs)) \(group.name)", [], amount: "share",
      rows: group.steps.compactMap(share))
  }

  var stepsWithoutFact: WhyTable {
    WhyTable(
      "no known fact shared", [], amount: "share", rows: why.facts.otherSteps.compactMap(share))
  }

  // MARK: Rows

  /// q·b_u, which no step brings.
  private func constant(_ columns: [WhyTable.Column]) -> WhyTable.Row {
    row(nil, words.constant, table.bias, columns.map { _ in nil })
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
    _ place: WhyView.Place?, _ title: String, _ amount: Float, _ values: [Float?] = [],
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
