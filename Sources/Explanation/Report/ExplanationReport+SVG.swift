import KSRModel
import Text

extension ExplanationReport {
  /// The explanation as a figure: attention over steps × relations, the steps as a waterfall with their
  /// columns, the groups of known facts and the likeness of the steps.
  ///
  /// - Parameters:
  ///   - width: in pixels; nil for what the steps need. Never less than the columns need.
  ///   - textSize: of most of the text, in pixels.
  package func svg(width: Double? = nil, textSize: Double = 10) -> String {
    var figure = ExplanationFigure(report: self, width: width, scale: textSize / 10)
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
  private static let neutral = "#8c96a3"
  private static let left = 110.0
  private static let right = 250.0
  private static let rowHeight = 17.0
  private static let leastPlot = 420.0

  let report: ExplanationReport
  private let scale: Double
  /// Of the panels that have a column for each step, in units of the text.
  private let plot: Double
  private let step: Double
  private var svg = SVG()
  private var y = 26.0

  init(report: ExplanationReport, width: Double?, scale: Double) {
    (self.report, self.scale) = (report, scale)
    let count = Double(report.contributions.items.count)
    let asked = width.map { max(Self.leastPlot, $0 / scale - Self.left - Self.right) }
    step = min(34, max(asked == nil ? 12 : 4, (asked ?? 560) / count))
    plot = asked ?? max(Self.leastPlot, step * count)
  }

  private var table: Contributions { report.contributions }
  private var count: Int { table.items.count }
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
    return svg.document(width: width, height: y, scale: scale, title: report.title)
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
    svg.text("written by each part", side, y, size: 11, bold: true)
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
    for t in stride(from: 0, to: count, by: max(1, Int((18 / step).rounded(.up)))) {
      svg.text(
        "\(table.steps.lowerBound + t + 1)", Self.left + (Double(t) + 0.5) * step, bottom + 11,
        size: 9,
        anchor: .middle)
    }
    legend(
      Self.left, bottom + 17, from: "0", to: decimal(largest), Self.white, Self.blue, middle: nil)
    parts(top)
    y = max(bottom + 44, top + Double(slots + (table.repeated == 0 ? 2 : 3)) * Self.rowHeight + 12)
  }

  /// Signed bars beside the relations' rows, then sequence and constant part.
  private mutating func parts(_ top: Double) {
    let names = report.model.relationNames.prefix(table.relationCount).map { $0 }
    let rows =
      Array(zip(names, table.relationSums)) + [("sequence", table.sequenceSum)]
      + (table.repeated == 0 ? [] : [("already seen", table.repeated)])
      + [("bias", table.bias)]
    let bars = Bars(rows.map(\.1), from: side + 82, to: width - 52)
    for (place, (name, amount)) in rows.enumerated() {
      let row = top + Double(place) * Self.rowHeight
      svg.text(shortRelation(name, 13), side, row + 12)
      bar(bars, row + 2.5, Self.rowHeight - 5, Double(amount))
    }
    svg.line(bars.axis, top, bars.axis, top + Double(rows.count) * Self.rowHeight)
  }

  // MARK: b. Steps

  /// From the bias over what is carried together and what would be missed of each step to log p, with
  /// the columns beside the bars.
  private mutating func steps() {
    panel("b", "what would be missed of each step, of \(report.quantity)", at: 20)
    y += 10
    let columns = Attributions.columns
    // From the right edge: each as wide as its heading, or six digits.
    var ends: [Double] = []
    var end = width - 16
    for column in columns.reversed() {
      ends.insert(end, at: 0)
      end -= max(46, Double(column.name.count) * 5.6 + 12)
    }
    let start = Self.left + 120
    for (column, right) in zip(columns, ends) {
      svg.text(column.name, right, y + 8, size: 9.5, anchor: .end, bold: column == columns[0])
    }
    let top = y + 14
    let rest = report.table.rest.filter { $0.kind != .alreadySeen }
    let rows = rest.reversed() + report.table.ordered(by: .removal)
    var (at, low, high) = (0.0, 0.0, 1e-6)
    for row in rows {
      at += Double(row.values[0] ?? 0)
      (low, high) = (min(low, at), max(high, at))
    }
    func place(_ value: Double) -> Double {
      start + (value - low) / (high - low) * (end - 12 - start)
    }
    at = 0
    var line = top
    for row in rows + report.table.rest.filter({ $0.kind == .alreadySeen }) + [report.table.all] {
      svg.text(name(row.kind), start - 8, line + 11, anchor: .end, bold: row.kind == .all)
      if let value = row.values[0].map(Double.init), value.isFinite {
        let from = row.kind == .all || row.kind == .bias ? 0 : at
        let to = from + value
        svg.rectangle(
          min(place(from), place(to)), line + 3, abs(place(to) - place(from)), Self.rowHeight - 7,
          fill: row.kind == .all || row.kind == .bias || row.kind == .together
            ? Self.neutral : value < 0 ? Self.negative : Self.positive,
          title: "\(name(row.kind)): \(signed(Float(value)))")
        if row.kind != .all {
          svg.line(place(to), line + 3, place(to), line + Self.rowHeight + 3, stroke: "#999")
        }
        at = to
      }
      for (column, entry) in zip(columns, zip(row.values, ends)) {
        guard let value = entry.0 else { continue }
        let text =
          column == .rankWithout ? ExplanationReport.rankText(Double(value)) : signed(value)
        svg.text(text, entry.1, line + 11, size: 9.5, anchor: .end, bold: row.kind == .all)
      }
      line += Self.rowHeight
    }
    svg.line(place(0), top, place(0), line)
    y = line + 26
  }

  private func name(_ kind: StepTable.Kind) -> String {
    if case .step(let row) = kind { name(row) } else { StepTable.name(kind) }
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
    legend(
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
    if !report.facts.common.isEmpty { rows.append(("common facts", report.facts.commonAmount)) }
    rows.append(("other steps", report.facts.other))
    if table.repeated != 0 { rows.append(("already seen", table.repeated)) }
    rows.append(("bias", report.facts.bias))
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

  private mutating func legend(
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
