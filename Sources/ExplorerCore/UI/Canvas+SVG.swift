extension Canvas {
  /// The grid as a drawing, in the colours of a theme: on a dark page for the dark one, on white for
  /// the others.
  ///
  /// Lines, bars, shades and dots are drawn as shapes, so that they meet whatever the font; other
  /// characters are text, each run as wide as its cells.
  package func svg(_ theme: Theme) -> String {
    let rows = (0..<size.rows).map { drawing(ofRow: $0, theme, pageOf: theme) }
    return document(theme, body: rows.filter { !$0.isEmpty }.joined(separator: "\n") + "\n")
  }

  /// The shapes and texts of one row, on the page of a theme; empty for a blank one.
  func drawing(ofRow index: Int, _ theme: Theme, pageOf first: Theme) -> String {
    var drawing = ScreenDrawing(page: .of(first))
    drawing.draw(row(index), at: index, theme)
    return drawing.body.joined(separator: "\n")
  }

  /// A page with rows drawn on it.
  ///
  /// - Parameter style: what stands before the body, whole lines.
  func document(_ theme: Theme, style: String = "", body: String) -> String {
    let (width, height) = ScreenDrawing.extent(of: size)
    let font = "DejaVu Sans Mono, Liberation Mono, Menlo, Consolas, monospace"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="-8 -8 \(width) \(height)" font-family="\(font)" font-size="14" \
      xml:space="preserve">
      \(style)<rect x="-8" y="-8" width="100%" height="100%" fill="\(Ink.hex(Page.of(theme).paper))"/>
      \(body)</svg>

      """
  }
}

/// A page, and the colours that a terminal would have.
private struct Page {
  let paper: (Int, Int, Int)
  let ink: (Int, Int, Int)
  let named: [(Int, Int, Int)]

  static let bright = Page(
    paper: (255, 255, 255), ink: (34, 34, 34),
    named: [
      (0, 0, 0), (176, 0, 32), (0, 122, 51), (140, 100, 0), (31, 95, 191), (138, 26, 138),
      (0, 122, 153), (110, 110, 110),
    ])
  static let dark = Page(
    paper: (22, 24, 29), ink: (216, 216, 216),
    named: [
      (0, 0, 0), (224, 108, 117), (130, 210, 130), (229, 192, 123), (100, 170, 255),
      (240, 150, 240), (95, 200, 200), (216, 216, 216),
    ])

  static func of(_ theme: Theme) -> Page { theme == .dark ? .dark : .bright }

  func channels(_ color: Color) -> (Int, Int, Int)? {
    switch color {
    case .standard: nil
    case .named(let number): named[Int(number & 7)]
    case .rgb(let red, let green, let blue): (Int(red), Int(green), Int(blue))
    }
  }
}

/// What a cell looks like on a page.
private struct Ink: Equatable {
  /// The colour of the strokes, as `#rrggbb`.
  let stroke: String
  /// The colour behind; nil for that of the page.
  let behind: String?
  let isBold: Bool
  let isUnderlined: Bool

  init(_ look: Theme.Look, on page: Page) {
    var ink = page.channels(look.foreground) ?? page.ink
    var paper = page.channels(look.background)
    if look.emphasis.contains(.reverse) { (ink, paper) = (paper ?? page.paper, ink) }
    if look.emphasis.contains(.dim) {
      let ground = paper ?? page.paper
      func between(_ a: Int, _ b: Int) -> Int { (a * 11 + b * 9) / 20 }
      ink = (between(ink.0, ground.0), between(ink.1, ground.1), between(ink.2, ground.2))
    }
    (stroke, behind) = (Self.hex(ink), paper.map(Self.hex))
    isBold = look.emphasis.contains(.bold)
    isUnderlined = look.emphasis.contains(.underline)
  }

  static func hex(_ color: (Int, Int, Int)) -> String {
    "#"
      + [color.0, color.1, color.2].map { channel in
        let digits = String(channel, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
      }.joined()
  }
}

/// Draws rows of cells.
private struct ScreenDrawing {
  /// The extent of a cell, in hundredths of a unit.
  private static let (width, height) = (840, 1700)

  let page: Page
  private(set) var body: [String] = []

  init(page: Page) { self.page = page }

  mutating func draw(_ cells: ArraySlice<Cell>, at row: Int, _ theme: Theme) {
    let cells = Array(cells)
    let inks = cells.map { Ink(theme.look(of: $0.style), on: page) }
    var column = 0
    while column < cells.count {
      var end = column + 1
      while end < cells.count, inks[end] == inks[column] { end += 1 }
      if let behind = inks[column].behind {
        rectangle(
          column * Self.width, row * Self.height, (end - column) * Self.width, Self.height, behind)
      }
      draw(cells, column..<end, inks[column], row)
      column = end
    }
  }

  /// Shapes one by one, and what is between them as text.
  private mutating func draw(_ cells: [Cell], _ run: Range<Int>, _ ink: Ink, _ row: Int) {
    var start: Int?
    for column in run {
      let cell = cells[column]
      if cell.width > 0, cell.base == " " || shape(cell.base, column, row, ink.stroke) {
        if let begun = start { text(cells[begun..<column], at: begun, row, ink) }
        start = nil
      } else if start == nil {
        start = column
      }
    }
    if let begun = start { text(cells[begun..<run.upperBound], at: begun, row, ink) }
  }

  private mutating func text(_ cells: ArraySlice<Cell>, at column: Int, _ row: Int, _ ink: Ink) {
    var text = ""
    for scalar in cells.flatMap(\.scalars) {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      default: text.unicodeScalars.append(scalar)
      }
    }
    guard !text.isEmpty else { return }
    body.append(
      "<text x=\"\(Self.number(column * Self.width))\" y=\"\(Self.number(row * Self.height + 1270))\" "
        + "textLength=\"\(Self.number(cells.count * Self.width))\" lengthAdjust=\"spacingAndGlyphs\" "
        + "fill=\"\(ink.stroke)\"" + (ink.isBold ? " font-weight=\"bold\"" : "")
        + (ink.isUnderlined ? " text-decoration=\"underline\"" : "") + ">\(text)</text>")
  }

  // MARK: Shapes

  /// Draws a character that is a shape; false for one that is text.
  private mutating func shape(
    _ scalar: Unicode.Scalar, _ column: Int, _ row: Int, _ color: String
  ) -> Bool {
    let (x, y, w, h) = (column * Self.width, row * Self.height, Self.width, Self.height)
    switch scalar.value {
    case 0x2581...0x2588:
      let part = h * Int(scalar.value - 0x2580) / 8
      rectangle(x, y + h - part, w, part, color)
    case 0x2589...0x258F: rectangle(x, y, w * Int(0x2590 - scalar.value) / 8, h, color)
    case 0x2590: rectangle(x + w / 2, y, w - w / 2, h, color)
    case 0x2595: rectangle(x + w - w / 8, y, w / 8, h, color)
    case 0x2591...0x2593:
      rectangle(x, y, w, h, color, opacity: Int(scalar.value - 0x2590) * 25)
    case 0x2800...0x28FF: dots(scalar.value - 0x2800, x, y, color)
    default:
      guard let arms = Self.arms[scalar] else { return false }
      lines(arms, x, y, color)
    }
    return true
  }

  /// The arms of line drawing: left, right, up, down.
  private static let arms: [Unicode.Scalar: [Bool]] = [
    "─": [true, true, false, false], "│": [false, false, true, true],
    "╭": [false, true, false, true], "╮": [true, false, false, true],
    "╰": [false, true, true, false], "╯": [true, false, true, false],
    "├": [false, true, true, true], "┤": [true, false, true, true],
    "┬": [true, true, false, true], "┴": [true, true, true, false],
    "┼": [true, true, true, true],
  ]

  private mutating func lines(_ arms: [Bool], _ x: Int, _ y: Int, _ color: String) {
    let (w, h, thick) = (Self.width, Self.height, 100)
    let (middleX, middleY) = (x + (w - thick) / 2, y + (h - thick) / 2)
    if arms[0] || arms[1] {
      let start = arms[0] ? x : middleX
      rectangle(start, middleY, (arms[1] ? x + w : middleX + thick) - start, thick, color)
    }
    if arms[2] || arms[3] {
      let start = arms[2] ? y : middleY
      rectangle(middleX, start, thick, (arms[3] ? y + h : middleY + thick) - start, color)
    }
  }

  /// Braille: two columns of four dots, numbered down the left one, down the right one, then below.
  private mutating func dots(_ bits: UInt32, _ x: Int, _ y: Int, _ color: String) {
    let places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for (bit, place) in places.enumerated() where bits >> UInt32(bit) & 1 == 1 {
      body.append(
        "<circle cx=\"\(Self.number(x + Self.width * (1 + 2 * place.0) / 4))\" "
          + "cy=\"\(Self.number(y + Self.height * (1 + 2 * place.1) / 8))\" r=\"1.2\" fill=\"\(color)\"/>"
      )
    }
  }

  private mutating func rectangle(
    _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: String, opacity: Int = 100
  ) {
    body.append(
      "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
        + "height=\"\(Self.number(height))\" fill=\"\(color)\""
        + (opacity < 100 ? " fill-opacity=\"\(Self.number(opacity))\"" : "") + "/>")
  }

  /// The width and height of a page.
  static func extent(of size: Size) -> (width: String, height: String) {
    (number(size.columns * width + 1600), number(size.rows * height + 1600))
  }

  private static func number(_ hundredths: Int) -> String {
    let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
    return rest == 0 ? "\(whole)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
