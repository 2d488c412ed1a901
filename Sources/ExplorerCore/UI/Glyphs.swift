/// The signs that pictures are made of, in one of two sets.
public struct Glyphs: Equatable, Sendable {
  /// The lines of a frame and how they meet.
  package struct Border: Equatable, Sendable {
    /// A line from left to right.
    package let horizontal: Unicode.Scalar
    /// A line from top to bottom.
    package let vertical: Unicode.Scalar
    /// The upper left corner.
    package let topLeft: Unicode.Scalar
    /// The upper right corner.
    package let topRight: Unicode.Scalar
    /// The lower left corner.
    package let bottomLeft: Unicode.Scalar
    /// The lower right corner.
    package let bottomRight: Unicode.Scalar
    /// A vertical line with a branch to the right.
    package let branchRight: Unicode.Scalar
    /// A vertical line with a branch to the left.
    package let branchLeft: Unicode.Scalar
    /// A horizontal line with a branch down.
    package let branchDown: Unicode.Scalar
    /// A horizontal line with a branch up.
    package let branchUp: Unicode.Scalar
    /// Both lines crossing.
    package let cross: Unicode.Scalar
  }

  /// Signs with a meaning of their own.
  package struct Marks: Equatable, Sendable {
    /// A step of the training part.
    package let train: Unicode.Scalar
    /// A step of the validation part.
    package let valid: Unicode.Scalar
    /// A step of the test part.
    package let test: Unicode.Scalar
    package let here: Unicode.Scalar
    /// The item that came next.
    package let truth: Unicode.Scalar
    /// More than usual.
    package let up: Unicode.Scalar
    /// Less than usual.
    package let down: Unicode.Scalar
    /// A hit on a time line.
    package let hit: Unicode.Scalar
    /// Between two parts of a line.
    package let separator: Unicode.Scalar
    /// The place where typed text goes.
    package let cursor: Unicode.Scalar
    /// A step that the model does not see.
    package let unseen: Unicode.Scalar
    /// An item that the user has watched already.
    package let seen: Unicode.Scalar
    /// Before what is only roughly so.
    package let about: Unicode.Scalar
    /// Before a number below zero.
    package let minus: Unicode.Scalar
    /// Between two numbers that are multiplied.
    package let times: Unicode.Scalar
  }

  package let border: Border
  package let marks: Marks
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
      separator: "·", cursor: "▏", unseen: "┄", seen: "↺", about: "≈", minus: "−", times: "×"),
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
      separator: ".", cursor: "_", unseen: "-", seen: "s", about: "~", minus: "-", times: "x"),
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
