/// The signs that pictures are made of, in one of two sets.
public struct Glyphs: Equatable, Sendable {
  /// The lines of a frame and how they meet.
  public struct Border: Equatable, Sendable {
    /// A line from left to right.
    public let horizontal: Unicode.Scalar
    /// A line from top to bottom.
    public let vertical: Unicode.Scalar
    /// The upper left corner.
    public let topLeft: Unicode.Scalar
    /// The upper right corner.
    public let topRight: Unicode.Scalar
    /// The lower left corner.
    public let bottomLeft: Unicode.Scalar
    /// The lower right corner.
    public let bottomRight: Unicode.Scalar
    /// A vertical line with a branch to the right.
    public let branchRight: Unicode.Scalar
    /// A vertical line with a branch to the left.
    public let branchLeft: Unicode.Scalar
    /// A horizontal line with a branch down.
    public let branchDown: Unicode.Scalar
    /// A horizontal line with a branch up.
    public let branchUp: Unicode.Scalar
    /// Both lines crossing.
    public let cross: Unicode.Scalar
  }

  /// Signs with a meaning of their own.
  public struct Marks: Equatable, Sendable {
    /// A step of the training part.
    public let train: Unicode.Scalar
    /// A step of the validation part.
    public let valid: Unicode.Scalar
    /// A step of the test part.
    public let test: Unicode.Scalar
    /// Where we are.
    public let here: Unicode.Scalar
    /// The item that came next.
    public let truth: Unicode.Scalar
    /// More than usual.
    public let up: Unicode.Scalar
    /// Less than usual.
    public let down: Unicode.Scalar
    /// A hit on a time line.
    public let hit: Unicode.Scalar
    /// Between two parts of a line.
    public let separator: Unicode.Scalar
    /// The place where typed text goes.
    public let cursor: Unicode.Scalar
    /// A step that the model does not see.
    public let unseen: Unicode.Scalar
    /// An item that the viewer has watched already.
    public let seen: Unicode.Scalar
    /// Before what is only roughly so.
    public let about: Unicode.Scalar
    /// Before a number below zero.
    public let minus: Unicode.Scalar
    /// Between two numbers that are multiplied.
    public let times: Unicode.Scalar
  }

  /// Frames.
  public let border: Border
  /// Marks.
  public let marks: Marks
  /// What stands for the part of a text that is left out.
  public let ellipsis: String
  /// Parts of a cell filled from the left, in equal steps up to the whole cell.
  public let bar: [Unicode.Scalar]
  /// Parts of a cell filled from below, in equal steps up to the whole cell.
  public let spark: [Unicode.Scalar]
  /// Shades from the empty to the full cell.
  public let shades: [Unicode.Scalar]
  /// Names of the arrow keys: left, right, up, down.
  public let arrows: [String]
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
  public static let ascii = Glyphs(
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
