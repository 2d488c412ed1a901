import Text

/// The signs that pictures are made of, in one of two sets.
public struct Glyphs: Equatable, Sendable {
  /// The lines of a frame and how they meet.
  package struct Border: Equatable, Sendable {
    package let horizontal: Unicode.Scalar
    package let vertical: Unicode.Scalar
    package let topLeft: Unicode.Scalar
    package let topRight: Unicode.Scalar
    package let bottomLeft: Unicode.Scalar
    package let bottomRight: Unicode.Scalar
    /// A vertical line with a branch to the right.
    package let branchRight: Unicode.Scalar
    /// A vertical line with a branch to the left.
    package let branchLeft: Unicode.Scalar
    /// A horizontal line with a branch down.
    package let branchDown: Unicode.Scalar
    /// A horizontal line with a branch up.
    package let branchUp: Unicode.Scalar
    package let cross: Unicode.Scalar
  }

  package struct Marks: Equatable, Sendable {
    package let train: Unicode.Scalar
    package let valid: Unicode.Scalar
    package let test: Unicode.Scalar
    package let here: Unicode.Scalar
    package let truth: Unicode.Scalar
    package let up: Unicode.Scalar
    package let down: Unicode.Scalar
    /// A hit on a time line.
    package let hit: Unicode.Scalar
    /// Between two parts of a line.
    package let separator: Unicode.Scalar
    package let cursor: Unicode.Scalar
    /// A step that the model does not see.
    package let unseen: Unicode.Scalar
    /// An item that the user has watched already.
    package let seen: Unicode.Scalar
    /// Before what is only roughly so.
    package let about: Unicode.Scalar
    package let minus: Unicode.Scalar
    /// A mean, on a bar.
    package let tick: Unicode.Scalar
    package let times: Unicode.Scalar
  }

  /// What frames the present step in a plot of shades.
  struct Present: Equatable, Sendable {
    /// One cell, and the two of one that is twice as wide.
    let cell: Unicode.Scalar
    let open: Unicode.Scalar
    let close: Unicode.Scalar
    /// The edges to the left and right of a column of cells.
    let left: Unicode.Scalar
    let right: Unicode.Scalar
  }

  package let border: Border
  package let marks: Marks
  let present: Present
  /// What stands for the part of a text that is left out.
  package let ellipsis: String
  /// Parts of a cell filled from the left, in equal steps up to the whole cell.
  package let bar: [Unicode.Scalar]
  /// Parts of a cell filled from below, in equal steps up to the whole cell.
  package let spark: [Unicode.Scalar]
  /// Shades from the empty to the full cell.
  package let shades: [Unicode.Scalar]
  /// Names of the arrow keys: left, right, up, down.
  package let arrows: [String]
  /// The names of the attention and of what sharpens it.
  let alpha: String
  let gamma: String

  /// Line drawing and block elements.
  public static let unicode = Glyphs(
    border: Border(
      horizontal: "─", vertical: "│", topLeft: "╭", topRight: "╮", bottomLeft: "╰",
      bottomRight: "╯", branchRight: "├", branchLeft: "┤", branchDown: "┬", branchUp: "┴",
      cross: "┼"),
    marks: Marks(
      train: "~", valid: "·", test: "✓", here: "▶", truth: "●", up: "▲", down: "▼", hit: "▪",
      separator: "·", cursor: "▏", unseen: "┄", seen: "↺", about: "≈", minus: "−", tick: "╎",
      times: "×"),
    present: Present(cell: "□", open: "[", close: "]", left: "▕", right: "▏"),
    ellipsis: "…",
    bar: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    shades: [" ", "░", "▒", "▓", "█"],
    arrows: ["←", "→", "↑", "↓"], alpha: "α", gamma: "γ")

  /// The characters of every keyboard, for terminals that show nothing else well.
  package static let ascii = Glyphs(
    border: Border(
      horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
      bottomRight: "+", branchRight: "+", branchLeft: "+", branchDown: "+", branchUp: "+",
      cross: "+"),
    marks: Marks(
      train: "~", valid: ".", test: "*", here: ">", truth: "o", up: "^", down: "v", hit: "#",
      separator: ".", cursor: "_", unseen: "-", seen: "s", about: "~", minus: "-", tick: "'",
      times: "x"),
    present: Present(cell: "O", open: "[", close: "]", left: "|", right: "|"),
    ellipsis: "~",
    bar: ["-", "="],
    spark: ["_", ".", "-", "=", "^", "#"],
    shades: [" ", ".", ":", "+", "#"],
    arrows: ["Left", "Right", "Up", "Down"], alpha: "att", gamma: "gamma")
}

extension Glyphs {
  /// A bar whose length is the value's share of the width; the value is taken between 0 and 1.
  ///
  /// The text has as many columns as the bar needs, never more than `width`. Something above zero
  /// is never drawn as nothing.
  package func bar(_ value: Double, width: Int) -> String {
    guard value > 0, width > 0 else { return "" }
    let steps = bar.count
    let exact = min(value, 1) * Double(width * steps)
    let filled = max(1, Int(exact.rounded()))
    var result = String.UnicodeScalarView(repeating: bar[steps - 1], count: filled / steps)
    if filled % steps > 0 { result.append(bar[filled % steps - 1]) }
    return String(result)
  }

  /// One sign for each value, the higher the value the higher the sign.
  ///
  /// The lowest sign stands for `bounds.lowerBound` (by default the smallest value), the highest for
  /// `bounds.upperBound`. What is not a finite number is left blank.
  package func sparkline(_ values: [Double], in bounds: ClosedRange<Double>? = nil) -> String {
    let finite = values.filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else {
      return String(repeating: " ", count: values.count)
    }
    let low = bounds?.lowerBound ?? least
    let high = bounds?.upperBound ?? most
    var result = String.UnicodeScalarView()
    for value in values {
      guard value.isFinite else {
        result.append(" ")
        continue
      }
      let share = high > low ? (value - low) / (high - low) : 0
      result.append(spark[level(share, of: spark.count)])
    }
    return String(result)
  }

  /// The shade of a value between 0 and 1.
  package func shade(_ value: Double) -> Unicode.Scalar {
    shades[level(value, of: shades.count)]
  }

  /// Cuts 0…1 into equal parts, and says in which of them the share lies.
  private func level(_ share: Double, of count: Int) -> Int {
    guard share > 0 else { return 0 }
    return min(count - 1, Int(min(share, 1) * Double(count)))
  }
}

/// Numbers as the panes write them: short, and of one width in a column.
extension Glyphs {
  /// A number between 0 and 1 in three columns: `.52`, `1.0`; `<.01` is never shown as nothing
  /// but as `.00`.
  func share(_ value: Float) -> String {
    guard value.isFinite else { return " ? " }
    let hundredths = Int((abs(value) * 100).rounded())
    let digits =
      hundredths >= 100 ? "1.0" : "." + String(hundredths).filled(to: 2, .right, with: "0")
    return value < 0 && hundredths > 0 ? String(marks.minus) + digits : digits
  }

  /// A probability in four columns: `.041`, `.000` below a thousandth.
  func probability(_ value: Float) -> String {
    guard value.isFinite else { return "  ? " }
    let thousandths = Int((value * 1000).rounded())
    return thousandths >= 1000 ? "1.00" : "." + String(thousandths).filled(to: 3, .right, with: "0")
  }

  /// A number with its sign and two decimals: `+7.13`, `−.31`.
  func signed(_ value: Float) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "?" }
    let text = decimal(abs(value))
    if text == ".00" { return " .00" }
    return (value < 0 ? String(marks.minus) : "+") + text
  }

  /// A number with its sign and some decimals, and no zero before the point: `+.031`, ` .000`.
  func signed(_ value: Double, places: Int) -> String {
    let text = Text.decimal(abs(value), places: places)
    let digits = text.hasPrefix("0.") ? String(text.dropFirst()) : text
    guard digits.contains(where: { ("1"..."9").contains($0) }) else { return " " + digits }
    return (value < 0 ? String(marks.minus) : "+") + digits
  }

  /// A number with two decimals and no zero before the point.
  func decimal(_ value: Float) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "?" }
    let hundredths = Int((abs(value) * 100).rounded())
    let whole = hundredths >= 100 ? String(hundredths / 100) : ""
    let text = whole + "." + String(hundredths % 100).filled(to: 2, .right, with: "0")
    return value < 0 && hundredths > 0 ? String(marks.minus) + text : text
  }

  /// A number with no more decimals than it has, at most two: `10`, `.3`.
  func short(_ value: Float) -> String {
    var text = decimal(value)
    while text.contains("."), text.last == "0" || text.last == "." { text.removeLast() }
    return text.isEmpty ? "0" : text
  }

  /// A small number as a power of ten: `2e-7`, and 0.
  func tiny(_ value: Float) -> String {
    guard value.isFinite else { return "?" }
    guard value != 0 else { return "0" }
    var exponent = 0
    var mantissa = abs(value)
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    let sign = value < 0 ? String(marks.minus) : ""
    let digit = Int(mantissa.rounded())
    return digit == 10 ? "\(sign)1e\(exponent + 1)" : "\(sign)\(digit)e\(exponent)"
  }

  /// A rank in at most four columns: `7`, `1234`, `12k`.
  func rank(_ value: Double) -> String {
    guard value.isFinite, value < 1e9 else { return "?" }
    let whole = Int(value.rounded(.up))
    return whole < 10_000 ? String(whole) : "\(whole / 1000)k"
  }

  /// A rank in at most three columns: `7`, `123`, `1k`.
  func shortRank(_ value: Double) -> String {
    guard value.isFinite, value < 1e6 else { return "?" }
    let whole = Int(value.rounded(.up))
    return whole < 1000 ? String(whole) : "\(whole / 1000)k"
  }

  /// A count with commas between thousands: `1,099`.
  func count(_ value: Int) -> String { grouped(value) }
}
