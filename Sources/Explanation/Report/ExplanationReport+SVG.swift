import KSRModel
import Text

extension ExplanationReport {
  /// The explanation as a figure: attention over steps × relations, the contributions as signed
  /// bars, the groups of known facts and the likeness of the steps.
  package var svg: String {
    var figure = ExplanationFigure(report: self)
    return figure.drawn()
  }
}

/// Draws the panels from top to bottom.
private struct ExplanationFigure {
  private static let white = SIMD3<Double>(255, 255, 255)
  private static let blue = SIMD3<Double>(8, 69, 148)
  private static let orange = SIMD3<Double>(217, 95, 2)
  private static let positive = "#2b6cb0"
  private static let negative = "#d95f02"
  private static let sequenceColor = "#8c96a3"
  private static let left = 110.0
  private static let right = 250.0
  private static let rowHeight = 17.0

  let report: ExplanationReport
  private var svg = SVG()
  private var y = 26.0

  init(report: ExplanationReport) { self.report = report }

  private var table: Contributions { report.contributions }
  private var count: Int { table.items.count }
  private var step: Double { min(34, max(12, 560 / Double(count))) }
  private var plot: Double { max(300, step * Double(count)) }
  private var width: Double { Self.left + plot + Self.right }
  /// Where the panels right of the steps begin.
  private var side: Double { Self.left + plot + 24 }

  mutating func drawn() -> String {
    heading()
    if !report.slots.isEmpty { attention() } else { y += 6 }
    steps()
    let top = y
    let similarityEnd = similarity(top)
    y = max(similarityEnd, facts(top)) + 16
    return svg.document(width: width, height: y, title: report.title)
  }

  private mutating func heading() {
    svg.text(report.title, 20, y, size: 15, bold: true)
    y += 18
    svg.text(
      report.standingLine + " · \(report.contrastWords) \(signed(table.score)), "
        + "residual \(typeset(magnitude(table.residual)))", 20, y, size: 10.5, fill: "#444")
    y += 16
    for line in ([report.why] + report.remarks).flatMap({ $0.wrapped(to: Int(width / 6.1)) }) {
      svg.text(line, 20, y, size: 10.5, fill: "#444")
      y += 14
    }
    y += 14
  }

  // MARK: a. Attention

  private mutating func attention() {
    panel("a", "attention α over the steps", at: 20)
    svg.text("contribution of each part", side, y, size: 11, bold: true)
    let top = y + 10
    let slots = table.relationCount
    let largest = max(report.attention.values.max() ?? 1, 1e-6)
    for a in 0..<slots {
      let row = top + Double(a) * Self.rowHeight
      svg.text(
        shortRelation(report.model.relationNames[a], 16), Self.left - 6, row + 12, anchor: .end)
      for t in 0..<count {
        let alpha = report.attention[t, a]
        svg.rectangle(
          Self.left + Double(t) * step, row, step, Self.rowHeight,
          fill: SVG.blend(Self.white, Self.blue, Double(alpha / largest)), stroke: "#ffffff",
          title: "\(name(t)): \(report.model.relationNames[a]) \(decimal(alpha, places: 3))")
      }
    }
    let bottom = top + Double(slots) * Self.rowHeight
    frame(Self.left, top, step * Double(count), bottom - top)
    scale(
      Self.left, bottom + 7, from: "0", to: decimal(largest), Self.white, Self.blue, middle: nil)
    parts(top)
    y = max(bottom + 34, top + Double(slots + (table.repeated == 0 ? 2 : 3)) * Self.rowHeight + 12)
  }

  /// Signed bars beside the relations' rows, then sequence and constant part.
  private mutating func parts(_ top: Double) {
    let names = report.model.relationNames.prefix(table.relationCount).map { $0 }
    let rows =
      Array(zip(names, table.relationSums)) + [("sequence", table.sequenceSum)]
      + (table.repeated == 0 ? [] : [("already seen", table.repeated)])
      + [("constant", table.bias)]
    let bars = Bars(rows.map(\.1), from: side + 82, to: width - 52)
    for (place, (name, amount)) in rows.enumerated() {
      let row = top + Double(place) * Self.rowHeight
      svg.text(shortRelation(name, 13), side, row + 12)
      bar(bars, row + 2.5, Self.rowHeight - 5, Double(amount))
    }
    svg.line(bars.axis, top, bars.axis, top + Double(rows.count) * Self.rowHeight)
  }

  // MARK: b. Steps

  private mutating func steps() {
    panel("b", "contribution of each step", at: 20)
    y += 18
    let sums = table.stepSums
    var legendAt = Self.left + 100
    for (label, color) in [("sequence", Self.sequenceColor), ("memory", Self.positive)]
    where color == Self.sequenceColor || !report.slots.isEmpty {
      svg.rectangle(legendAt, y - 8, 9, 9, fill: color)
      svg.text(label, legendAt + 13, y)
      legendAt += 76
    }
    let marks = Attributions.reported.compactMap { method in
      method.columns.figure.map { (method: method, mark: $0) }
    }
    for (place, entry) in marks.enumerated() {
      let left = legendAt + Double(place) * 100
      let width = entry.mark.shape == .line ? 9.0 : 8
      draw(entry.mark, left, y - 4, width: width)
      svg.text(entry.mark.caption, left + width + 4, y)
    }
    let (top, height) = (y + 12, 130.0)
    var (low, high) = (0.0, 1e-6)
    for t in 0..<count {
      let (sequence, memory) = (Double(table.sequence[t]), Double(sums[t] - table.sequence[t]))
      let values = marks.map { Double(report.value($0.method, row: t)) }
      high = max(high, max(0, sequence) + max(0, memory), values.max() ?? 0)
      low = min(low, min(0, sequence) + min(0, memory), values.min() ?? 0)
    }
    func place(_ value: Double) -> Double { top + (high - value) / (high - low) * height }
    for tick in Set([low, 0, high]).sorted()
    where tick == 0 || abs(place(tick) - place(0)) > 12 {
      svg.text(
        typeset(decimal(tick, signed: tick != 0)), Self.left - 6, place(tick) + 3, anchor: .end)
      svg.line(Self.left - 3, place(tick), Self.left, place(tick))
    }
    for t in 0..<count {
      let x = Self.left + (Double(t) + 0.16) * step
      var (up, down) = (0.0, 0.0)
      for (amount, color) in [
        (Double(table.sequence[t]), Self.sequenceColor),
        (Double(sums[t] - table.sequence[t]), Self.positive),
      ] where amount != 0 {
        let from = amount > 0 ? up : down
        svg.rectangle(
          x, min(place(from), place(from + amount)), step * 0.68,
          abs(place(from) - place(from + amount)), fill: color,
          title: "\(name(t)): \(signed(Float(amount)))")
        if amount > 0 { up += amount } else { down += amount }
      }
      for (method, mark) in marks {
        draw(mark, x, place(Double(report.value(method, row: t))), width: step * 0.68)
      }
    }
    svg.line(Self.left, place(0), Self.left + step * Double(count), place(0))
    svg.line(Self.left, top, Self.left, top + height)
    let below = top + height + 12
    for t in 0..<count {
      svg.text(
        name(t), Self.left + (Double(t) + 0.6) * step, below, size: min(10, max(8.5, step - 2)),
        anchor: .end, turned: -55)
    }
    let longest = (0..<count).reduce(0) { max($0, name($1).count) }
    y = below + Double(longest) * 4.6 + 26
  }

  /// A method's value over a bar of some width, or beside its name.
  private mutating func draw(
    _ mark: AttributionColumns.Mark, _ x: Double, _ y: Double, width: Double
  ) {
    switch mark.shape {
    case .line: svg.line(x, y, x + width, y, stroke: "#000", width: 2)
    case .circle:
      svg.circle(x + width / 2, y, radius: 2.6, fill: "#ffffff", stroke: Self.negative)
    }
  }

  // MARK: c. Likeness of the steps

  private mutating func similarity(_ top: Double) -> Double {
    panel("c", "cosine of the GRU states, step × step", at: 20)
    let cosines = report.similarity.cosines
    let cell = min(16, max(5, 230 / Double(max(1, cosines.rows))))
    let start = top + 10
    for s in 0..<cosines.rows {
      for t in 0..<cosines.columns {
        svg.rectangle(
          Self.left + Double(t) * cell, start + Double(s) * cell, cell, cell,
          fill: diverging(Double(cosines[s, t])),
          title: "\(name(s)) – \(name(t)): \(decimal(cosines[s, t]))")
      }
      if s % max(1, (cosines.rows + 9) / 10) == 0 {
        let number = "\(report.similarity.steps.lowerBound + s + 1)"
        svg.text(
          number, Self.left - 5, start + (Double(s) + 0.5) * cell + 3.5, size: 9, anchor: .end)
        svg.text(
          number, Self.left + (Double(s) + 0.5) * cell, start + Double(cosines.rows) * cell + 11,
          size: 9, anchor: .middle)
      }
    }
    let size = cell * Double(cosines.rows)
    frame(Self.left, start, size, size)
    scale(
      Self.left, start + size + 20, from: "−1", to: "1", Self.orange, Self.blue,
      middle: Self.white)
    return start + size + 46
  }

  // MARK: d. Known facts

  private mutating func facts(_ top: Double) -> Double {
    let start = Self.left + max(250, plot - 250)
    svg.text("d", start, top, size: 12, bold: true)
    svg.text("grouped by known facts", start + 16, top, size: 11, bold: true)
    let groups = report.facts.groups
    let shown = groups.count > 11 ? 10 : groups.count
    var rows = groups.prefix(shown).map {
      ("\(shortRelation(report.model.relationNames[$0.slot], 16)): \($0.name)", $0.amount)
    }
    if groups.count > shown {
      rows.append(
        (
          "\(groups.count - shown) more facts",
          groups.dropFirst(shown).reduce(0) { $0 + $1.amount }
        ))
    }
    rows.append(("other steps", report.facts.other))
    if table.repeated != 0 { rows.append(("already seen", table.repeated)) }
    rows.append(("constant", report.facts.bias))
    let bars = Bars(rows.map(\.1), from: start + 210, to: width - 52)
    for (place, (name, amount)) in rows.enumerated() {
      let row = top + 10 + Double(place) * Self.rowHeight
      svg.text(short(name, 34), start, row + 12)
      bar(bars, row + 2.5, Self.rowHeight - 5, Double(amount))
    }
    let bottom = top + 10 + Double(rows.count) * Self.rowHeight
    svg.line(bars.axis, top + 10, bars.axis, bottom)
    return bottom + 10
  }

  // MARK: Pieces

  private mutating func panel(_ letter: String, _ title: String, at x: Double) {
    svg.text(letter, x, y, size: 12, bold: true)
    svg.text(title, x + 16, y, size: 11, bold: true)
  }

  /// Where signed bars lie: between two places, with the axis where both signs have room.
  private struct Bars {
    let axis: Double
    /// The length of an amount of 1.
    let unit: Double

    init(_ amounts: [Float], from start: Double, to end: Double) {
      let high = Double(amounts.reduce(1e-6) { max($0, $1) })
      let low = Double(amounts.reduce(0) { min($0, $1) })
      unit = (end - start) / (high - low)
      axis = start - low * unit
    }
  }

  /// A bar from the axis, its number at the end or, of a negative one, at the axis.
  private mutating func bar(_ bars: Bars, _ top: Double, _ height: Double, _ amount: Double) {
    let length = abs(amount) * bars.unit
    svg.rectangle(
      amount < 0 ? bars.axis - length : bars.axis, top, length, height,
      fill: amount < 0 ? Self.negative : Self.positive)
    svg.text(
      signed(Float(amount)), bars.axis + (amount < 0 ? 4 : length + 4), top + height - 2.5,
      size: 9.5)
  }

  private mutating func frame(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    svg.rectangle(x, y, width, height, fill: "none", stroke: "#888888")
  }

  private mutating func scale(
    _ x: Double, _ y: Double, from: String, to: String, _ low: SIMD3<Double>, _ high: SIMD3<Double>,
    middle: SIMD3<Double>?
  ) {
    for place in 0..<20 {
      let share = (Double(place) + 0.5) / 20
      let color =
        middle == nil ? SVG.blend(low, high, share) : diverging(share * 2 - 1)
      svg.rectangle(x + 18 + Double(place) * 5, y, 5.2, 8, fill: color)
    }
    svg.text(from, x + 13, y + 8, size: 9, anchor: .end)
    svg.text(to, x + 123, y + 8, size: 9)
  }

  private func diverging(_ value: Double) -> String {
    SVG.blend(Self.white, value < 0 ? Self.orange : Self.blue, abs(value))
  }

  private func name(_ row: Int) -> String {
    "\(table.steps.lowerBound + row + 1) "
      + short(report.model.itemNames[Int(table.items[row])], 24)
  }

  private func short(_ text: String, _ length: Int) -> String {
    text.count <= length ? text : text.prefix(length - 1) + "…"
  }

  private func signed(_ value: Float) -> String { typeset(decimal(value, signed: true)) }

  /// A number with the sign that is as wide as a plus.
  private func typeset(_ number: String) -> String { number.replacing("-", with: "−") }
}
