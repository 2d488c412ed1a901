import Explanation

/// The slots of the memory: how much each is read and written, and what it holds.
enum MemoryPane {
  static func draw(
    _ step: StepScene, _ state: State, _ scene: Scene, in placement: Layout.Placement,
    _ frame: inout Frame
  ) {
    var room = placement.body
    guard !step.slots.isEmpty else {
      frame.put(
        "This model has no memory.", placement.inside.line(0), style: Style(.muted))
      return
    }
    if let attention = scene.attention, attention.isCollapsed {
      drawWarning(attention, in: placement.inside.line(0), &frame)
      room = room.dropFirst(rows: 1)
    }
    let columns = Columns(room.columns, names: step.slots.map(\.name))
    drawHeadings(columns, placement, &frame)
    let slots = step.slots(by: state.slotOrder)
    let detailRows = detailRows(in: room, slotCount: slots.count, columns)
    let listRows = room.rows - detailRows
    let linesPerSlot = columns.holds == nil && slots.count * 2 <= listRows ? 2 : 1
    let selected = slots.firstIndex { $0.slot == scene.selectedSlot } ?? 0
    let window = ListWindow.rows(
      of: slots.count, height: listRows / linesPerSlot, showing: selected)
    for (row, index) in window.enumerated() {
      let line = room.line(row * linesPerSlot)
      draw(slots[index], columns, in: line, &frame)
      frame.onClick(line, .select(.memory, slots[index].slot))
      if linesPerSlot == 2 {
        let below = room.line(row * 2 + 1)
        frame.put(
          holds(slots[index].reading, frame.glyphs), below, at: 3, columns: below.columns - 4,
          style: Style(.muted))
        frame.onClick(below, .select(.memory, slots[index].slot))
      }
      if index == selected { frame.select(line, hasFocus: state.focus == .memory) }
    }
    if detailRows > 0 {
      SlotDetail.draw(
        slots[selected], scene,
        in: room.dropFirst(rows: window.count * linesPerSlot + 1).inset(columns: 1, rows: 0),
        &frame)
    }
  }

  /// Where the parts of a row stand.
  struct Columns {
    let nameWidth: Int
    let bar: Int
    let barWidth: Int
    let attention: Int
    let arrow: Int
    let gate: Int
    /// Where the known tails stand on the same line; nil where there is no room.
    let holds: Int?

    init(_ width: Int, names: [String]) {
      let longest = names.map(\.columns).max() ?? 0
      let isWide = width >= 64
      nameWidth = max(4, min(longest, isWide ? 24 : max(8, width / 3)))
      let numbers = 3 + 1 + 1 + 3 + 1
      let start = 1 + nameWidth + 1
      bar = start
      barWidth = max(1, isWide ? 12 : width - start - 1 - numbers)
      attention = bar + barWidth + 1
      arrow = attention + 3
      gate = arrow + 2
      holds = isWide ? gate + 5 : nil
    }
  }

  private static func drawHeadings(
    _ columns: Columns, _ placement: Layout.Placement, _ frame: inout Frame
  ) {
    frame.heading(frame.glyphs.alpha, placement, at: columns.attention, columns: 3)
    frame.heading("z", placement, at: columns.gate, columns: 3)
    if let holds = columns.holds {
      frame.heading("holds", placement, at: holds, columns: 5, .left)
    }
  }

  private static func draw(
    _ slot: StepScene.Slot, _ columns: Columns, in line: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    frame.put(
      slot.name.keepingTail(columns.nameWidth, ellipsis: glyphs.ellipsis), line, at: 1,
      columns: columns.nameWidth)
    frame.bar(slot.attention, line, at: columns.bar, columns: columns.barWidth)
    frame.put(glyphs.share(slot.attention), line, at: columns.attention, columns: 3)
    if let change = slot.change, abs(change) >= 0.005 {
      frame.put(
        String(change > 0 ? glyphs.marks.up : glyphs.marks.down), line, at: columns.arrow,
        style: Style(change > 0 ? .positive : .negative))
    }
    frame.put(glyphs.share(slot.gate), line, at: columns.gate, columns: 3, style: Style(.muted))
    if let holds = columns.holds {
      frame.put(
        self.holds(slot.reading, glyphs), line, at: holds, columns: line.columns - holds - 1,
        style: Style(.muted))
    }
  }

  /// The known tails of a slot with their weights, then what has none.
  static func holds(_ reading: SlotReading, _ glyphs: Glyphs) -> String {
    var parts = reading.facts.prefix(6).filter { $0.weight >= 0.005 }
      .map { "\($0.name) \(glyphs.share($0.weight))" }
    if reading.weightWithoutFact >= 0.005 {
      parts.append("no known fact \(glyphs.share(reading.weightWithoutFact))")
    }
    return parts.joined(separator: ", ")
  }

  private static func detailRows(in room: Rect, slotCount: Int, _ columns: Columns) -> Int {
    let left = room.rows - slotCount * (columns.holds == nil ? 2 : 1)
    if left >= 5 { return left }
    let leftOfOne = room.rows - slotCount
    return leftOfOne >= 6 ? leftOfOne : room.rows >= 18 ? 7 : 0
  }

  private static func drawWarning(
    _ attention: AttentionSummary, in line: Rect, _ frame: inout Frame
  ) {
    let entropy = frame.glyphs.decimal(attention.meanEntropy)
    let most = frame.glyphs.decimal(attention.largestEntropy)
    let texts = [
      "attention collapsed: entropy \(entropy) of at most \(most)",
      "attention collapsed: \(entropy) of \(most)", "attention collapsed",
    ]
    frame.put(
      texts.first { $0.columns <= line.columns } ?? texts[2], line, style: Style(.warning))
  }
}

/// The selected slot at more length.
enum SlotDetail {
  static func draw(
    _ slot: StepScene.Slot, _ scene: Scene, in room: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    var lines: [(String, Style)] = [(slot.name, Style(.title))]
    for fact in slot.reading.facts.prefix(3) {
      let steps = fact.steps.suffix(4).map { String($0 + 1) }.joined(separator: " ")
      lines.append(
        ("\(glyphs.share(fact.weight)) \(fact.name), from \(steps)", Style()))
    }
    if case .found(let tails, let note) = slot.reading.nearest {
      let names = tails.map { "\($0.name) \(glyphs.share($0.cosine))" }
      lines.append(
        ("\(glyphs.marks.about) " + names.joined(separator: ", "), Style(.muted)))
      if let note { lines.append((note, Style(.muted))) }
    }
    for (row, (text, style)) in lines.enumerated() {
      frame.put(text, room.line(row), style: style)
    }
    drawStrip(slot.value, in: room.line(lines.count), &frame)
  }

  /// The value vector as shades, neighbours together where it is longer than the line.
  private static func drawStrip(_ value: [Float], in line: Rect, _ frame: inout Frame) {
    guard !value.isEmpty, line.columns > 0 else { return }
    let size = (value.count + line.columns - 1) / line.columns
    let cells = stride(from: 0, to: value.count, by: size).map { start in
      let part = value[start..<min(start + size, value.count)]
      return part.reduce(0, +) / Float(part.count)
    }
    let most = max(cells.map { abs($0) }.max() ?? 0, 1e-6)
    for (column, cell) in cells.enumerated() {
      let share = Double(abs(cell) / most)
      frame.canvas.put(
        frame.glyphs.shade(share), column: line.column + column, row: line.row,
        style: Style(cell < 0 ? .negative : .positive))
    }
  }
}
