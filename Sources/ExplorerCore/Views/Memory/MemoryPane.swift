import Explanation
import KSRNumerics

/// The slots of the memory: how much each is read and written, and what it holds.
enum MemoryPane: PaneView {
  static let pane = Pane.memory

  static let bindings: [Binding] = [
    Binding(
      ["s"], .sort, "sort", "Sort the relations by model, attention, change, name.",
      when: { $1.user != nil && !$1.model.relationNames.isEmpty },
      does: { _, next, _ in
        next.state.slotOrder = next.state.slotOrder.next
        next.state.toast = Toast("Relations by \(next.state.slotOrder.rawValue)")
      })
  ]

  static func name(_ words: Terminology) -> String { words.memory }

  static func whenEmpty(_ scene: Scene, width: Int, _ glyphs: Glyphs) -> [String] {
    scene.model.relationNames.isEmpty
      ? ["This model has no memory."]
      : glyphs.labels(scene.model.relationNames, width: width)
  }

  static func move(by offset: Int, in state: inout State, _ scene: Scene) {
    guard let step = scene.step, !step.slots.isEmpty else { return }
    let rows = step.slots(by: state.slotOrder).map(\.slot)
    let place = rows.firstIndex { $0 == state.slot ?? step.leader } ?? 0
    state.slot = rows[min(max(0, place + offset), rows.count - 1)]
  }

  static func select(_ slot: Int, in state: inout State, _ scene: Scene) { state.slot = slot }

  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    trail.press(.sort, times: SlotOrder.allCases.firstIndex(of: state.slotOrder) ?? 0)
  }

  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let step = scene.step else { return }
    var room = placement.body
    guard !step.slots.isEmpty else {
      frame.put(
        "This model has no memory.", placement.inside.line(0), style: Style(.muted))
      return
    }
    if let attention = scene.attention {
      let lines = warnings(attention, scene.model, width: placement.inside.columns, frame)
      for (row, text) in lines.enumerated() {
        frame.put(text, placement.inside.line(row), style: Style(.warning))
      }
      room = room.dropFirst(rows: lines.count)
    }
    let slots = step.slots(by: state.slotOrder)
    let table = table(slots, scene, width: room.columns, frame)
    table.drawTitles(over: placement, &frame)
    drawGamma(scene.model, before: table, placement, &frame)
    let selected = slots.firstIndex { $0.slot == scene.selectedSlot } ?? 0
    // Where slots and a short detail leave room there is more of it, most where both maps fit, too.
    let facts =
      room.rows >= slots.count * 4 + 23 ? 12 : room.rows >= slots.count * 2 + 16 ? 6 : 3
    let detail = SlotDetail.lines(
      slots[selected], scene, width: room.columns - 2, facts: facts, frame.words, frame.glyphs)
    let plan = Plan(
      rows: room.rows, slots: slots.count, nulls: step.nullAttention == nil ? 0 : 1,
      detail: detail.count + (slots[selected].value.isEmpty ? 0 : 1),
      isWide: room.columns >= wide)
    let window = ListWindow.rows(of: slots.count, height: plan.slots, showing: selected)
    for (row, index) in window.enumerated() {
      let line = room.line(row * plan.linesPerSlot)
      table.draw(
        index, isSelected: index == selected, hasFocus: state.focus == .memory, in: line, &frame)
      if let mark = scene.whatIf?.mark(of: slots[index].slot) {
        frame.put(mark, line, columns: 1, style: Style(.warning, .bold))
      }
      frame.onClick(line, .select(.memory, slots[index].slot))
      if plan.linesPerSlot == 2 {
        let below = room.line(row * 2 + 1)
        let text = holds(slots[index].reading, width: below.columns - 4, frame.glyphs)
        frame.put(text, below, at: 3, style: Style(.muted))
        frame.onClick(below, .select(.memory, slots[index].slot))
      }
    }
    var below = room.dropFirst(rows: window.count * plan.linesPerSlot)
    if window.count < slots.count {
      frame.put(
        "\(window.lowerBound + 1)-\(window.upperBound) of \(slots.count)",
        below.line(0).inset(columns: 1, rows: 0), .right, style: Style(.muted))
    }
    if plan.nulls > 0, let null = step.nullAttention {
      let line = below.line(0).inset(columns: 2, rows: 0)
      frame.put(frame.words.nullSlot, line, style: Style(.muted))
      frame.put(
        frame.glyphs.share(null), below, at: table.places[3].start,
        columns: table.places[3].width, .right, style: Style(.muted))
    }
    below = below.dropFirst(rows: plan.nulls + plan.gap).inset(columns: 1, rows: 0)
    SlotDetail.draw(slots[selected], detail, in: below, &frame)
    if let user = scene.user {
      let strip = slots[selected].value.isEmpty ? 0 : 1
      SlotMap.drawAll(
        of: user, slots, at: step.step, in: below.dropFirst(rows: detail.count + strip + 1), &frame)
    }
  }

  /// How the rows are shared between the slots and the selected one at more length.
  private struct Plan {
    let slots: Int
    /// The lines for what is left to no relation: one or none.
    let nulls: Int
    let linesPerSlot: Int
    /// Rows left free before the selected slot.
    let gap: Int

    init(rows: Int, slots: Int, nulls: Int, detail: Int, isWide: Bool) {
      // The map of α over the steps says more than a second line for each slot.
      let map = slots + 1 + SlotMap.lines
      let hasRoomForMap = slots + nulls + 1 + detail + map <= rows
      self.nulls = slots + nulls + detail <= rows ? nulls : 0
      let rows = rows - self.nulls
      if !isWide, slots * 2 + 1 + detail + (hasRoomForMap ? map : 0) <= rows {
        (self.slots, linesPerSlot, gap) = (slots, 2, 1)
      } else if slots + 2 <= rows {
        let left = rows - slots
        (self.slots, linesPerSlot, gap) = (slots, 1, left > detail ? 1 : 0)
      } else if rows >= detail + 8 {
        (self.slots, linesPerSlot, gap) = (rows - detail - 1, 1, 1)
      } else {
        // The last line says which of them are seen.
        (self.slots, linesPerSlot, gap) = (slots <= rows ? rows : max(1, rows - 1), 1, 0)
      }
    }
  }

  /// From this width on a row says what its slot holds.
  private static let wide = 64

  private static func table(
    _ slots: [StepScene.Slot], _ scene: Scene, width: Int, _ frame: Frame
  ) -> Table {
    // A bar is a share of the largest α of the history, so that small ones are seen to move, too.
    let shown = slots.map(\.attention).max() ?? 0
    let largest = max(scene.user?.largestAttention ?? 0, shown, 1e-6)
    let (glyphs, words) = (frame.glyphs, frame.words)
    let isWide = width >= wide
    let longest = slots.map(\.name.columns).max() ?? 0
    let name = max(4, min(longest, isWide ? 24 : max(8, width * 3 / 7)))
    // A bar of 6 cells is worth more than a long title.
    let isRoomy = isWide || width - name - 9 - words.gate.columns >= 6
    let gate = isRoomy ? words.gate : words.shortGate
    let labels = glyphs.labels(slots.map(\.name), width: name)
    let title = Table.Column(.fixed(name), gap: 0) { row, _ in .text(labels[row]) }
    let bar = Table.Column(isWide ? .fixed(12) : .flexible(least: 1)) { row, _ in
      let mean = scene.attention.map { $0.mean[slots[row].slot] / largest }
      let share = slots[row].attention < 0.005 ? 0 : slots[row].attention / largest
      return .bar(share, tick: mean)
    }
    let attention = Table.Column(.fixed(3), .right, title: words.attention) { row, _ in
      .text(glyphs.share(slots[row].attention))
    }
    let arrow = Table.Column(.fixed(1), gap: 0) { row, _ in
      guard let change = slots[row].change, abs(change) >= 0.005 else { return .none }
      let sign = change > 0 ? glyphs.marks.up : glyphs.marks.down
      return .text(String(sign), Style(change > 0 ? .positive : .negative))
    }
    let writes = Table.Column(.fixed(max(3, gate.columns)), .right, title: gate) { row, _ in
      .text(glyphs.share(slots[row].gate), Style(.muted))
    }
    let holds = Table.Column(
      .flexible(), title: "holds", gap: 2, drop: .init(below: wide)
    ) { row, width in
      .text(self.holds(slots[row].reading, width: width, glyphs), Style(.muted))
    }
    return Table(
      [.mark, title, bar, attention, arrow, writes, holds], width: width, margin: 1)
  }

  /// Says how sharp the attention is, where the title leaves room before the numbers.
  private static func drawGamma(
    _ model: ModelScene, before table: Table, _ placement: Layout.Placement, _ frame: inout Frame
  ) {
    let gamma = "\(frame.words.gamma) \(frame.glyphs.short(model.gamma))"
    let title = 1 + name(frame.words).columns + (placement.isTitleOnLine ? 2 : 0)
    if title + 2 + gamma.columns + 2 < table.places[3].start {
      frame.heading(gamma, placement, at: title + 2, columns: gamma.columns, .left)
    }
  }

  /// The known tails of a slot with their weights, then what has none, as many as fit whole, and how
  /// many more there are.
  static func holds(_ reading: SlotReading, width: Int, _ glyphs: Glyphs) -> String {
    let known = reading.facts.filter { $0.weight >= 0.005 }
    // No row has room for more; those beyond are counted.
    var parts = known.prefix(12)
      .map { (text: "\(glyphs.share($0.weight)) \($0.name)", weight: $0.weight) }
    if reading.weightWithoutFact >= 0.005 {
      let share = reading.weightWithoutFact
      // The facts stand in their order already, which in a memory of facts is not that of the weights.
      let place = parts.firstIndex { $0.weight < share } ?? parts.count
      parts.insert(("\(glyphs.share(share)) no known fact", share), at: place)
    }
    var (text, rest) = ("", parts.count + max(0, known.count - 12))
    func more(_ count: Int) -> String { count > 0 ? " +\(count)" : "" }
    for part in parts {
      let longer = text.isEmpty ? part.text : text + "  " + part.text
      if !text.isEmpty, (longer + more(rest - 1)).columns > width { break }
      (text, rest) = (longer, rest - 1)
    }
    if (text + more(rest)).columns <= width { text += more(rest) }
    return text.truncated(to: width, ellipsis: glyphs.ellipsis)
  }

  /// Why α says little here, in the fewest lines that say it whole.
  private static func warnings(
    _ attention: AttentionSummary, _ model: ModelScene, width: Int, _ frame: Frame
  ) -> [String] {
    if attention.hasOneLeader, let leader = attention.leader,
      model.relationNames.indices.contains(leader)
    {
      let share = frame.glyphs.share(attention.leaderShare)
      let text =
        "\(model.relationNames[leader].shortened(frame.glyphs)) leads in \(share) of the {users}' steps."
        + " \(frame.words.attentionInText) says nothing about this {user}."
      return frame.words.fill(text).wrapped(to: width)
    }
    guard attention.isCollapsed, !attention.followsFacts else { return [] }
    let entropy = frame.glyphs.decimal(attention.meanEntropy)
    let most = frame.glyphs.decimal(attention.largestEntropy)
    let words = frame.words
    let texts = [
      "\(words.collapsed): \(words.entropy) \(entropy) of at most \(most)",
      "\(words.collapsed): \(entropy) of \(most)", words.collapsed,
    ]
    return [texts.first { $0.columns <= width } ?? texts[2]]
  }
}

enum SlotDetail {
  /// What is said of it: what it holds (exact), what it is near to (approximate), its attention.
  static func lines(
    _ slot: StepScene.Slot, _ scene: Scene, width: Int, facts: Int, _ words: Terminology,
    _ glyphs: Glyphs
  ) -> [(text: String, style: Style)] {
    var lines: [(text: String, style: Style)] = []
    var title = slot.name.elided(to: width, glyphs)
    if let attention = scene.attention, attention.mean.indices.contains(slot.slot) {
      let ratio = glyphs.decimal(attention.relative(slot.attention, slot: slot.slot))
      let text = "  \(words.attentionInText) \(ratio)\(glyphs.marks.times) its mean"
      if title.columns + text.columns <= width { title += text }
    }
    lines.append((title, Style(.title)))
    let known = slot.reading.facts.filter { $0.weight >= 0.005 }
    for (place, fact) in known.prefix(facts).enumerated() {
      let steps = fact.steps.suffix(3).map { String($0 + 1) }.joined(separator: " ")
      let start = "\(glyphs.share(fact.weight)) \(fact.name)"
      // The last one says how many have no line.
      let rest = known.count - facts
      let more = place == facts - 1 && rest > 0 ? " \(glyphs.marks.separator) \(rest) more" : ""
      let texts = [start + ", step \(steps)" + more, start + more, start]
      lines.append((texts.first { $0.columns <= width } ?? start, Style()))
    }
    if slot.reading.weightWithoutFact >= 0.005 {
      lines.append(
        ("\(glyphs.share(slot.reading.weightWithoutFact)) no known fact", Style(.muted)))
    }
    let nearest = facts > 3 ? 3 : 2
    switch scene.nearestTails {
    case .found(let tails, let note):
      for tail in tails.prefix(nearest) {
        lines.append(
          (
            "\(glyphs.marks.about) \(tail.name), \(words.cosine) \(glyphs.share(tail.cosine))",
            Style(.muted)
          ))
      }
      if let note { lines.append((note, Style(.warning))) }
    case nil:
      // Still looked for: their lines are kept.
      for _ in 0..<nearest { lines.append(("\(glyphs.marks.about)", Style(.muted))) }
    case .unavailable: break
    }
    return lines
  }

  static func draw(
    _ slot: StepScene.Slot, _ lines: [(text: String, style: Style)], in room: Rect,
    _ frame: inout Frame
  ) {
    for (row, line) in lines.enumerated() {
      frame.put(line.text, room.line(row), style: line.style)
    }
    drawStrip(slot.value, in: room.line(lines.count), &frame)
  }

  /// The value vector as shades, neighbours together where it is longer than the line, between the
  /// ends of the scale; zero is in its middle.
  private static func drawStrip(_ value: [Float], in line: Rect, _ frame: inout Frame) {
    guard !value.isEmpty, !line.isEmpty else { return }
    let room = line.columns - 12
    guard room >= 4 else { return }
    let size = (value.count + room - 1) / room
    let cells = stride(from: 0, to: value.count, by: size).map { start in
      let part = value[start..<min(start + size, value.count)]
      return part.reduce(0, +) / Float(part.count)
    }
    let most = max(cells.map { abs($0) }.max() ?? 0, 1e-6)
    let scale = Scale([], low: -most, high: most)
    let width = max(1, min(3, room / cells.count))
    let low = frame.glyphs.decimal(-most)
    frame.put(low, line, style: Style(.muted))
    let start = low.columns + 1
    for (place, cell) in cells.enumerated() {
      for part in 0..<width {
        scale.draw(
          cell, column: line.column + start + place * width + part, row: line.row, &frame)
      }
    }
    let end = start + cells.count * width + 1
    let texts = size > 1 ? ["+\(frame.glyphs.decimal(most)), \(size) a cell"] : []
    let text = (texts + ["+\(frame.glyphs.decimal(most))"]).first {
      end + $0.columns <= line.columns
    }
    frame.put(text ?? "", line, at: end, style: Style(.muted))
  }
}

extension MemoryPane {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let marks = glyphs.marks
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, names, text, in: [.memory])
    }
    return [
      entry(
        words.attention, "alpha attention",
        "Attention: the share of the memory's reading that comes from this relation."),
      entry(
        "\(marks.up) \(marks.down)", "up down rise fall",
        "Attention rose or fell since the step before."),
      entry(
        words.gate, "z write gate",
        "How much of what was remembered here this item has overwritten: 0 none, 1 all."),
      entry(
        words.gamma, "gamma temperature",
        "Factor on the attention's logits: large, and one relation takes all."),
      entry(
        ".57 Name", "holds weight share known tail",
        "The known fact makes .57 of what the relation remembers (exact); +2: so many more."),
      entry(
        "\(marks.about) Name", "about nearest approximate",
        "A name whose vector is near to what is remembered (approximate)."),
      entry(
        words.cosine, "cosine cos", "Likeness of two directions: 1 the same, 0 unrelated."),
      entry(
        "\(glyphs.shades.dropFirst().map(String.init).joined())", "strip value vector shades",
        "The remembered numbers themselves, from the lowest shade to the highest; zero is in the"
          + " middle."),
      entry(
        "at each step", "map attention history",
        "When each relation was read (\(words.attentionInText)) or written (\(words.gate)): one scale"
          + " for all rows; the present step is framed, \(marks.up) below it."),
      entry(
        "\(marks.tick)", "tick mean bar scale",
        "The mean \(words.attentionInText) of the relation over many users; the bars reach to the"
          + " largest \(words.attentionInText) of this history."),
      entry(
        words.nullSlot, "null slot none",
        "What is left to no relation: the model may say that none of them acts."),
      entry(
        "1.20\(marks.times)", "times mean ratio",
        "Attention as a multiple of the model's mean for this relation."),
    ]
  }
}

// MARK: Content

extension Scene {
  /// The tails nearest to the selected slot; nil without one, and while they are looked for.
  var nearestTails: NearestTails? { self[NearestTails.self] }
}

private final class NearestTailsCache: ViewCache {
  private struct Key: Hashable {
    let user: SceneCache.User
    let step: Int
    let slot: Int
  }

  private unowned let cache: SceneCache
  private var known = LRUCache<Key, NearestTails>(limit: 200)
  private var begun: (key: Key, search: NearestTailsSearch)?

  init(_ cache: SceneCache) { self.cache = cache }

  /// The tails nearest to a slot; nil while they are looked for.
  ///
  /// A key waits for a portion of the search; the rest of a relation of very many tails comes later.
  func tails(nearestTo slot: Int, _ moment: Selection.Moment) -> NearestTails? {
    let key = Key(user: moment.user, step: moment.step.step, slot: slot)
    if let known = known[key] { return known }
    if begun?.key == key { return nil }
    guard moment.step.slots.indices.contains(slot) else { return nil }
    begun = (key, NearestTailsSearch(to: moment.step.slots[slot].value, under: slot, count: 3))
    seek()
    return known[key]
  }

  /// Goes on with the search that has begun; false if there is none.
  @discardableResult
  func seek() -> Bool {
    guard var begun else { return false }
    var left = UserSurvey.portion
    let found = begun.search.work(&left, in: cache.tails)
    known[begun.key] = found
    self.begun = found == nil ? begun : nil
    return true
  }
}

extension MemoryPane {
  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let moment = selection.moment, let slot = scene.selectedSlot else { return }
    scene[NearestTails.self] = selection.cache.kept(NearestTailsCache.self)
      .tails(nearestTo: slot, moment)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    turn == .onScreen && selection.moment != nil
      && selection.cache.kept(NearestTailsCache.self).seek()
  }
}
