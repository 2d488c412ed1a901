import Explanation

/// A score over the average item's, as a sum of signed parts.
enum ScorePartsView {
  struct Line {
    let name: String
    let amount: Float
  }

  /// The sequence, the slots, and what no history changes; the smallest slots together where there
  /// are more than the limit.
  static func lines(
    _ parts: ScoreParts, _ model: ModelScene, _ words: Terminology, limit: Int
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
    let most = max(lines.map { abs($0.amount) }.max() ?? 0, 1e-6)
    let title = room.columns >= 23 ? "over the average" : "over mean"
    frame.put(title, room.line(0), style: Style(.muted))
    frame.put(
      glyphs.signed(item.parts.score), room.line(0), at: room.columns - number, columns: number,
      .right, style: Style(.text, .bold))
    func role(_ amount: Float) -> Role { amount < 0 ? .negative : .positive }
    let hasBar = room.columns > name + number + 2
    let names = Table.Column(hasBar ? .fixed(name) : .flexible()) { row, width in
      let slots = lines.dropFirst().dropLast().map(\.name)
      let isSlot = row > 0 && row <= slots.count
      return isSlot
        ? .text(glyphs.labels(slots, width: width)[row - 1]) : .name(lines[row].name)
    }
    let bar = Table.Column(.flexible()) { row, _ in
      let amount = lines[row].amount
      return abs(amount) < 0.005 ? .none : .bar(abs(amount) / most, Style(role(amount)))
    }
    let amount = Table.Column(.fixed(number), .right, gap: hasBar ? 1 : 0) { row, _ in
      let amount = lines[row].amount
      return .text(glyphs.signed(amount), Style(abs(amount) < 0.005 ? .muted : role(amount)))
    }
    let table = Table(hasBar ? [names, bar, amount] : [names, amount], width: room.columns)
    for row in lines.indices { table.draw(row, in: room.line(row + 1), &frame) }
    // What rounding leaves is said where it is more than rounding.
    let magnitude = lines.reduce(abs(item.parts.score)) { max($0, abs($1.amount)) }
    guard abs(item.parts.residual) > 1e-4 * magnitude else { return }
    let last = room.line(lines.count + 1)
    frame.put(frame.words.residual, last, style: Style(.muted))
    frame.put(
      glyphs.tiny(item.parts.residual), last, at: name + 1, columns: room.columns - name - 1,
      .right,
      style: Style(.muted))
  }
}

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
