import Explanation
import KSRNumerics
import Text

/// A figure of rows below each other: a name, its number as a mark on the panel's one scale, and the
/// number itself.
struct RowFigure {
  struct Row {
    let name: String
    /// Nil where there is none; then it has no mark.
    let value: Double?
    /// Of the mean, with 95 %.
    var interval: ClosedRange<Double>?
    /// The part of a bar that is drawn darker, or the second number of a pair.
    var second: Double?
    let text: String
  }

  enum Mark { case bar, dot, pair }

  private static let (left, right, height, width) = (190.0, 160.0, 17.0, 760.0)
  private static let colors = (first: "#2b6cb0", second: "#d95f02", pale: "#a9c4e2")
  private static let plot = width - left - right

  private let title: String
  private var svg = SVG()
  private var y = 26.0

  init(title: String, notes: [String]) {
    self.title = title
    svg.text(title, 20, y, size: 15, bold: true)
    for line in notes.flatMap({ $0.wrapped(to: 118) }) {
      y += 15
      svg.text(line, 20, y, size: 10.5, fill: "#444")
    }
    y += 30
  }

  var text: String { svg.document(width: Self.width, height: y, title: title) }

  /// Adds a panel of rows.
  ///
  /// - Parameters:
  ///   - key: what the first and the second colour are, where there are two.
  ///   - numbers: what the numbers at the right are.
  mutating func add(
    _ letter: String, _ title: String, _ mark: Mark, key: (String, String)? = nil, numbers: String,
    _ rows: [Row]
  ) {
    svg.text(letter, 20, y, size: 12, bold: true)
    svg.text(title, 36, y, size: 11, bold: true)
    svg.text(numbers, Self.width - 16, y, size: 9.5, anchor: .end)
    y += 10
    let values = rows.flatMap { row in
      [row.value, row.second, row.interval?.lowerBound, row.interval?.upperBound].compactMap { $0 }
    }.filter(\.isFinite)
    let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
    func place(_ value: Double) -> Double {
      Self.left + (high > low ? (value - low) / (high - low) : 0) * Self.plot
    }
    let top = y
    for row in rows {
      let middle = y + Self.height / 2
      svg.text(row.name.truncated(to: 32, ellipsis: "…"), Self.left - 8, middle + 3.5, anchor: .end)
      svg.text(
        row.text.replacing("-", with: "−"), Self.width - 16, middle + 3.5, size: 9.5, anchor: .end)
      draw(row, mark, at: middle, place)
      y += Self.height
    }
    svg.line(place(0), top, place(0), y)
    svg.line(Self.left, y, Self.left + Self.plot, y)
    for (value, anchor) in [(low, SVG.Anchor.start), (high, .end)] {
      guard abs(place(value) - place(0)) > 40 else { continue }
      let text = decimal(value, places: 2).replacing("-", with: "−")
      svg.text(text, place(value), y + 12, size: 9, anchor: anchor)
    }
    svg.text("0", place(0), y + 12, size: 9, anchor: .middle)
    if let key {
      let second = mark == .bar ? Self.colors.pale : Self.colors.second
      for (place, (name, color)) in [(key.0, Self.colors.first), (key.1, second)].enumerated() {
        let x = Self.left + 60 + Double(place) * 190
        svg.circle(x, y + 9, radius: 4, fill: color, stroke: "none")
        svg.text(name.truncated(to: 30, ellipsis: "…"), x + 9, y + 12, size: 9.5)
      }
    }
    y += 38
  }

  private mutating func draw(
    _ row: Row, _ mark: Mark, at middle: Double, _ place: (Double) -> Double
  ) {
    let colors = Self.colors
    guard let value = row.value else { return }
    switch mark {
    case .bar:
      let parts =
        [(value, row.second == nil ? colors.first : colors.pale)]
        + (row.second.map { [($0, colors.first)] } ?? [])
      for (amount, color) in parts {
        svg.rectangle(
          min(place(0), place(amount)), middle - 5.5, abs(place(amount) - place(0)), 11, fill: color
        )
      }
    case .dot: break
    case .pair:
      if let second = row.second {
        svg.line(place(value), middle, place(second), middle, stroke: "#999", width: 1.5)
        svg.circle(place(second), middle, radius: 4, fill: colors.second, stroke: "none")
      }
      svg.circle(place(value), middle, radius: 4, fill: colors.first, stroke: "none")
    }
    if let interval = row.interval {
      svg.line(place(interval.lowerBound), middle, place(interval.upperBound), middle, width: 1.2)
      for end in [interval.lowerBound, interval.upperBound] {
        svg.line(place(end), middle - 3, place(end), middle + 3, width: 1.2)
      }
    }
    if mark == .dot {
      svg.circle(place(value), middle, radius: 3.5, fill: colors.first, stroke: "none")
    }
  }

  /// Adds two ranked lists beside each other, with a line between the places of each item in both.
  mutating func add(
    _ letter: String, _ title: String, heads: (String, String), _ lists: ([String], [String]),
    pairs: [(Int, Int)]
  ) {
    let middle = Self.width / 2
    svg.text(letter, 20, y, size: 12, bold: true)
    svg.text(title, 36, y, size: 11, bold: true)
    y += 18
    let (from, to) = (middle - 60, middle + 60)
    svg.text(
      heads.0.truncated(to: 48, ellipsis: "…"), from - 6, y, anchor: .end, bold: true,
      fill: Self.colors.first)
    svg.text(
      heads.1.truncated(to: 48, ellipsis: "…"), to + 6, y, bold: true, fill: Self.colors.second)
    func line(_ row: Int) -> Double { y + Self.height * Double(row + 1) }
    for (row, text) in lists.0.enumerated() {
      svg.text(text.truncated(to: 52, ellipsis: "…"), from - 6, line(row), anchor: .end)
    }
    for (row, text) in lists.1.enumerated() {
      svg.text(text.truncated(to: 52, ellipsis: "…"), to + 6, line(row))
    }
    for (a, b) in pairs {
      svg.line(
        from, line(a) - 3.5, to, line(b) - 3.5, stroke: a == b ? "#aaa" : "#444", width: 1)
    }
    y = line(max(lists.0.count, lists.1.count)) + 16
  }
}

extension ClosedRange<Double> {
  /// An interval, if it is one.
  init?(_ interval: MeanInterval) {
    guard interval.low <= interval.high else { return nil }
    self = interval.low...interval.high
  }
}
