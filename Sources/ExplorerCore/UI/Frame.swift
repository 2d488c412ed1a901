import Text
import Workspace

/// A picture, and what a click on its parts means.
public struct Frame: Sendable {
  package var canvas: Canvas
  /// The signs that it is drawn with.
  public let glyphs: Glyphs
  let words: Terminology
  private var hotspots: [(rect: Rect, action: Action?)] = []

  package init(
    _ size: Size, glyphs: Glyphs, isPlain: Bool = false, nouns: Nouns = Nouns()
  ) {
    canvas = Canvas(size)
    self.glyphs = glyphs
    words = .of(glyphs, isPlain: isPlain, nouns)
  }

  /// What a click at a place does: that of the part which was drawn last there.
  public func action(at place: Point) -> Action? {
    hotspots.last { $0.rect.contains(place) }.flatMap(\.action)
  }

  /// Makes a part of the picture answer clicks; without an action, it keeps what lies below it from
  /// answering.
  mutating func onClick(_ rect: Rect, _ action: Action?) {
    guard !rect.isEmpty else { return }
    hotspots.append((rect, action))
  }

  /// Lets nothing that has been drawn so far answer clicks.
  mutating func forgetClicks() { hotspots = [] }
}

extension Frame {
  /// Writes a text at a column of a line, counted from the line's first, cut to some columns.
  mutating func put(
    _ text: String, _ line: Rect, at column: Int = 0, columns: Int? = nil,
    _ alignment: Alignment = .left, style: Style = Style()
  ) {
    let rest = line.dropFirst(columns: column)
    let width = min(columns ?? rest.columns, rest.columns)
    guard width > 0, line.rows > 0 else { return }
    let room = Rect(column: rest.column, row: rest.row, columns: width, rows: 1)
    let shown = alignment == .right ? text.padded(to: width, .right) : text
    canvas.put(shown.truncated(to: width, ellipsis: glyphs.ellipsis), in: room, style: style)
  }

  /// Writes a column's heading into the title line of a pane, over a column of its body.
  mutating func heading(
    _ text: String, _ placement: Layout.Placement, at column: Int, columns: Int,
    _ alignment: Alignment = .right
  ) {
    // The title itself comes first.
    let taken = 1 + placement.pane.view.name(words).columns + (placement.isTitleOnLine ? 2 : 0)
    let text = placement.isTitleOnLine ? " \(text) " : text
    let start =
      alignment == .right
      ? column + columns - text.columns + (placement.isTitleOnLine ? 1 : 0) : column
    guard start > taken, start + text.columns <= placement.title.columns else { return }
    put(text, placement.title, at: start, style: Style(.muted))
  }

  /// Draws a bar for the share that a number has of the largest, and returns nothing but the bar.
  mutating func bar(
    _ share: Float, _ line: Rect, at column: Int, columns: Int, style: Style = Style(.bar)
  ) {
    guard share.isFinite else { return }
    put(glyphs.bar(Double(share), width: columns), line, at: column, columns: columns, style: style)
  }

  /// Marks a share of the largest number on a bar, or beside it.
  mutating func tick(_ share: Float, _ line: Rect, at column: Int, columns: Int) {
    guard share.isFinite, columns > 0 else { return }
    let place = min(columns - 1, max(0, Int(share * Float(columns))))
    put(String(glyphs.marks.tick), line, at: column + place, columns: 1, style: Style(.title))
  }

  /// Gives a line the look of the selected row; without the focus only its strokes are heavier.
  mutating func select(_ line: Rect, hasFocus: Bool = true) {
    canvas.restyle(line) {
      if hasFocus { $0 = Style(.selection) } else { $0.emphasis.insert(.bold) }
    }
  }
}

extension String {
  /// The end of a name with dots, its last part at least: `…directed_by` of `film.film.directed_by`.
  func shortened(_ glyphs: Glyphs) -> String {
    columns <= 12
      ? self : elided(to: max(12, (split(separator: ".").last?.columns ?? 0) + 1), glyphs)
  }

  /// The name cut to some columns: of a name with dots the end stays, of a word the beginning.
  func elided(to width: Int, _ glyphs: Glyphs) -> String {
    contains(".") || contains("/")
      ? keepingTail(width, ellipsis: glyphs.ellipsis)
      : truncated(to: width, ellipsis: glyphs.ellipsis)
  }
}

extension Glyphs {
  /// Names cut to some columns so that no two look alike: what all begin with goes once, then the
  /// middle of those that are still too long.
  func labels(_ names: [String], width: Int) -> [String] {
    guard names.contains(where: { $0.columns > width }) else { return names }
    let common = Self.commonStart(names)
    let rest = names.map { String($0.dropFirst(common)) }
    var labels = rest.map { $0.elided(to: width, self) }
    func repeated() -> [Int] {
      let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
      return labels.indices.filter { counts[labels[$0]] ?? 0 > 1 && names[$0] != labels[$0] }
    }
    for index in repeated() {
      let head = max(1, (width - ellipsis.columns) / 2)
      let tail = max(0, width - ellipsis.columns - head)
      labels[index] = "\(rest[index].prefix(head))\(ellipsis)\(rest[index].suffix(tail))"
    }
    // Alike at both ends: a number tells them apart.
    for (number, index) in repeated().enumerated() {
      let digits = String(number + 1)
      labels[index] =
        rest[index].truncated(to: max(1, width - digits.count), ellipsis: ellipsis) + digits
    }
    return labels
  }

  /// How many characters all names begin with, up to the last separator of paths and URIs among them.
  private static func commonStart(_ names: [String]) -> Int {
    guard let first = names.first, names.count > 1 else { return 0 }
    var (count, end) = (0, 0)
    for character in first {
      guard names.allSatisfy({ $0.dropFirst(count).first == character }) else { break }
      count += 1
      if "./#:".contains(character) { end = count }
    }
    return names.allSatisfy { $0.count > end } ? end : 0
  }

  /// A text of ours with the signs that these glyphs do not have written otherwise.
  ///
  /// Sentences are made before anybody knows in which signs they are shown.
  func spelled(_ text: String) -> String {
    guard self == .ascii, !text.allSatisfy(\.isASCII) else { return text }
    let signs: [Character: String] = [
      "α": alpha, "γ": gamma, "‖": "|", "−": "-", "×": "x", "…": "~", "·": ".", "≈": "~",
    ]
    return text.map { signs[$0] ?? String($0) }.joined()
  }
}

extension Layout.Placement {
  /// The body without the columns next to the lines.
  var inside: Rect { body.inset(columns: 1, rows: 0) }
}
