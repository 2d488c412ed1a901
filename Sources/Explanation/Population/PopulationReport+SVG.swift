import KSRModel
import Text

extension PopulationReport {
  /// The report as a figure: a strip of dots for each age and each relation, one dot a user, beside the
  /// numbers; then the slices.
  package func svg(title: String) -> String {
    var figure = PopulationFigure(report: self)
    return figure.drawn(title)
  }
}

private struct PopulationFigure {
  private static let blue = "#2b6cb0"
  private static let muted = "#444"
  private static let left = 130.0
  private static let plot = 420.0
  private static let rowHeight = 22.0
  /// Where the columns of numbers end: lost, 95 %, middle half, share, sequence, users.
  private static let ends = [606.0, 704, 802, 852, 916, 966]
  private static let width = 984.0
  /// So many users have a dot: more would hide each other.
  private static let mostDots = 2000

  let report: PopulationReport
  private var svg = SVG()
  private var y = 28.0
  /// The decimals of the numbers in a panel.
  private var places = 2

  init(report: PopulationReport) { self.report = report }

  mutating func drawn(_ title: String) -> String {
    svg.text(title, 20, y, size: 15, bold: true)
    y += 18
    svg.text(
      "\(grouped(report.evaluatedUsers)) of \(grouped(report.users)) users · \(report.quantity) of the first "
        + "recommendation lost without a step or a relation alone"
        + (report.slice == "all" ? "" : " · of: \(report.slice)"), 20, y, size: 10.5,
      fill: Self.muted)
    y += 26
    strips("a", "by age of the step (1 is the last)", report.ages)
    if !report.relations.isEmpty { strips("b", "by relation", report.relations) }
    slices(report.relations.isEmpty ? "b" : "c")
    return svg.document(width: Self.width, height: y + 8, title: title)
  }

  private mutating func panel(_ letter: String, _ title: String) {
    svg.text(letter, 20, y, size: 12, bold: true)
    svg.text(title, 34, y, size: 11, bold: true)
    y += 14
  }

  // MARK: Strips

  private mutating func strips(_ letter: String, _ title: String, _ rows: [PopulationReport.Row]) {
    guard let first = rows.first else { return }
    panel(letter, title)
    var titles = ["lost", "95 %", "middle half", "share", "sequence", "users"]
    if first.share == nil { titles.replaceSubrange(3...4, with: ["", ""]) }
    for (end, title) in zip(Self.ends, titles) where !title.isEmpty {
      svg.text(title, end, y, size: 9, anchor: .end, fill: Self.muted)
    }
    places = PopulationReport.places(for: rows)
    let range = PopulationReport.range(of: rows)
    let zero = x(0, range)
    svg.text("0", zero, y, size: 9, anchor: .middle, fill: Self.muted)
    if zero - Self.left > 24 {
      svg.text("≤ \(number(range.lowerBound))", Self.left, y, size: 9, fill: Self.muted)
    }
    if Self.left + Self.plot - zero > 24 {
      svg.text(
        "≥ \(number(range.upperBound))", Self.left + Self.plot, y, size: 9, anchor: .end,
        fill: Self.muted)
    }
    y += 5
    svg.line(zero, y, zero, y + Double(rows.count) * Self.rowHeight, stroke: "#999")
    for row in rows {
      strip(row, range)
      y += Self.rowHeight
    }
    let count = first.lost.users
    let sample =
      count > Self.mostDots
      ? " · \(grouped(Self.mostDots)) of up to \(grouped(count)) dots, at even places of their order"
      : ""
    svg.text(
      "a dot is a user · line: mean · the ends hold what lies beyond\(sample)", Self.left, y + 11,
      size: 9, fill: Self.muted)
    y += 34
  }

  private mutating func strip(_ row: PopulationReport.Row, _ range: ClosedRange<Double>) {
    let middle = y + Self.rowHeight / 2
    let name = row.name.count <= 20 ? row.name : "…" + row.name.suffix(19)
    svg.text(name, Self.left - 10, middle + 3.5, anchor: .end)
    let values = row.lost.sorted
    let shown = min(values.count, Self.mostDots)
    // Dots of one place stand above and below each other, closer where they are many.
    let cell = 2.0
    var places: [[Double]] = []
    var last = -1
    for dot in 0..<shown {
      let at = x(Double(values[dot * values.count / shown]), range)
      let place = Int((at - Self.left) / cell)
      if place != last { places.append([]) }
      places[places.count - 1].append(at)
      last = place
    }
    for dots in places {
      let gap = min(2.2, (Self.rowHeight - 5) / Double(max(1, dots.count - 1)))
      for (place, at) in dots.enumerated() {
        let offset = (Double(place) - Double(dots.count - 1) / 2) * gap
        svg.circle(at, middle + offset, radius: 1.1, fill: Self.blue, stroke: "none")
      }
    }
    let mean = x(row.lost.mean, range)
    svg.line(mean, y + 2, mean, y + Self.rowHeight - 2, stroke: "#d95f02", width: 1.5)
    var cells = [
      signed(row.lost.mean), interval(row.lost.low, row.lost.high),
      interval(row.lost.lowerQuartile, row.lost.upperQuartile),
    ]
    cells += [row.share, row.sequence].map { $0.map { decimal($0, places: 3) } ?? "" }
    write(cells + [grouped(row.lost.users)], Self.ends)
  }

  private func x(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.left + Self.plot * min(1, max(0, share))
  }

  // MARK: Slices

  private mutating func slices(_ letter: String) {
    panel(letter, "by slice")
    places = 2
    let ends = [400.0, 470, 540, 610]
    let titles = ["users", "last step", "next 4", "older"]
    for (end, title) in zip(ends, titles) {
      svg.text(title, end, y, size: 9, anchor: .end, fill: Self.muted)
    }
    svg.text("most missed", 630, y, size: 9, fill: Self.muted)
    svg.text("lost", 880, y, size: 9, anchor: .end, fill: Self.muted)
    y += 4
    for slice in report.slices {
      let middle = y + 11
      svg.text(slice.name, 34, middle)
      y += 15
      let numbers = [slice.last, slice.nextFour, slice.older].map { $0.map(signed) ?? "" }
      for (end, text) in zip(ends, [grouped(slice.users)] + numbers) {
        svg.text(text, end, middle, anchor: .end)
      }
      svg.text(slice.relation ?? "", 630, middle)
      let lost = slice.lostWithoutRelation.map { typeset(decimal($0, places: 3, signed: true)) }
      svg.text(lost ?? "", 880, middle, anchor: .end)
    }
  }

  private mutating func write(_ cells: [String], _ ends: [Double]) {
    for (end, text) in zip(ends, cells) where !text.isEmpty {
      svg.text(text, end, y + Self.rowHeight / 2 + 3.5, size: 9.5, anchor: .end)
    }
  }

  private func interval(_ low: Double?, _ high: Double?) -> String {
    guard let low, let high else { return "" }
    return "\(signed(low)) … \(signed(high))"
  }

  private func signed(_ value: Double) -> String {
    typeset(decimal(value, places: places, signed: true))
  }
  private func number(_ value: Double) -> String { typeset(decimal(value, places: places)) }
  /// A number with the sign that is as wide as a plus.
  private func typeset(_ number: String) -> String { number.replacing("-", with: "−") }
}
