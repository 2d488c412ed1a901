/// What a column of signed bars is measured by: one unit for both sides of zero.
struct BarScale {
  /// The largest amount above and below zero.
  let above: Float
  let below: Float

  init(_ amounts: [Float]) {
    let amounts = amounts.filter(\.isFinite)
    above = amounts.reduce(0) { max($0, $1) }
    below = amounts.reduce(0) { max($0, -$1) }
  }

  /// The columns left of zero; as many as the negative amounts need, at least one if there are any.
  func columnsBelow(of width: Int) -> Int {
    guard below > 0, above + below > 0 else { return 0 }
    guard above > 0 else { return width }
    let exact = Float(width) * below / (above + below)
    return min(width - 1, max(1, Int(exact.rounded())))
  }
}

extension Frame {
  /// Draws an amount as a bar from zero to the right, or from zero to the left where it is negative.
  mutating func signedBar(
    _ amount: Float, _ scale: BarScale, _ line: Rect, at column: Int, columns: Int
  ) {
    let left = scale.columnsBelow(of: columns)
    let right = columns - left
    let unit = max(
      left > 0 ? scale.below / Float(left) : 0, right > 0 ? scale.above / Float(right) : 0)
    guard unit > 0, amount.isFinite, abs(amount) >= 0.005 else { return }
    if amount > 0, right > 0 {
      bar(
        amount / (unit * Float(right)), line, at: column + left, columns: right,
        style: Style(.positive))
    } else if amount < 0, left > 0 {
      let text = glyphs.barToTheLeft(Double(-amount / unit), width: left)
      put(
        text, line, at: column + left - text.columns, columns: text.columns, style: Style(.negative)
      )
    }
  }
}

extension Glyphs {
  /// A bar of some cells that grows to the left; there are fewer parts of a cell for that.
  func barToTheLeft(_ cells: Double, width: Int) -> String {
    let whole = bar[bar.count - 1]
    let parts: [Unicode.Scalar] = bar.count > 2 ? ["▕", "▐"] : [bar[0], bar[0]]
    let cells = min(cells, Double(width))
    let full = Int(cells)
    let rest = cells - Double(full)
    var text = String.UnicodeScalarView()
    if rest >= 0.75 {
      text.append(whole)
    } else if rest >= 0.3 {
      text.append(parts[1])
    } else if full == 0 {
      text.append(parts[0])
    }
    text.append(contentsOf: String.UnicodeScalarView(repeating: whole, count: full))
    return String(text)
  }
}

/// What the shades of a plot go from and to.
struct Scale {
  let low: Float
  let high: Float

  /// From the smallest number to the largest, unless said otherwise.
  init(_ values: some Sequence<Float>, low: Float? = nil, high: Float? = nil) {
    let finite = values.lazy.filter(\.isFinite)
    self.low = low ?? finite.min() ?? 0
    self.high = high ?? finite.max() ?? 1
  }

  /// Fills a cell with the shade of a number; nothing where there is none.
  func draw(_ value: Float, column: Int, row: Int, _ frame: inout Frame) {
    guard value.isFinite else { return }
    let share = high > low ? Double((value - low) / (high - low)) : 0
    frame.canvas.put(
      frame.glyphs.shade(share), column: column, row: row, style: Style(Role.heat(share)))
  }

  /// Frames a cell that is filled already: its shade stays, and a sign stands on it.
  func drawFrame(
    around value: Float, column: Int, row: Int, columns: Int, _ frame: inout Frame
  ) {
    let share = high > low ? Double((value - low) / (high - low)) : 0
    let present = frame.glyphs.present
    let signs = columns < 2 ? [present.cell] : [present.open, present.close]
    for (offset, sign) in signs.enumerated() {
      frame.canvas.put(
        sign, column: column + offset, row: row, style: Style(Role.heat(share), .reverse))
    }
  }

  /// The columns of ``drawLegend``.
  func legendWidth(_ glyphs: Glyphs) -> Int {
    glyphs.decimal(low).columns + 7 + glyphs.decimal(high).columns
  }

  /// Writes both ends with the shades between them, where that fits whole.
  func drawLegend(in line: Rect, at column: Int, _ frame: inout Frame) {
    let (first, last) = (frame.glyphs.decimal(low), frame.glyphs.decimal(high))
    guard column + legendWidth(frame.glyphs) <= line.columns, !line.isEmpty else { return }
    frame.put(first, line, at: column, style: Style(.muted))
    let start = column + first.columns + 1
    for shade in 0..<5 {
      let share = (Double(shade) + 0.5) / 5
      frame.canvas.put(
        frame.glyphs.shade(share), column: line.column + start + shade, row: line.row,
        style: Style(Role.heat(share)))
    }
    frame.put(last, line, at: start + 6, style: Style(.muted))
  }
}

/// A picture of dots, several to a cell: 2 × 4 in braille, 1 × 2 with the characters of every
/// keyboard.
struct DotGrid {
  let room: Rect
  /// Dots in a cell, across and down.
  let perCell: (columns: Int, rows: Int)
  private let isBraille: Bool
  private var bits: [UInt8]

  init(_ room: Rect, glyphs: Glyphs) {
    self.room = room
    isBraille = glyphs.showsBraille
    perCell = isBraille ? (2, 4) : (1, 2)
    bits = Array(repeating: 0, count: room.columns * room.rows)
  }

  var columns: Int { room.columns * perCell.columns }
  var rows: Int { room.rows * perCell.rows }

  /// Sets a dot, counted from the upper left one; nothing happens outside.
  mutating func set(_ x: Int, _ y: Int) {
    guard x >= 0, y >= 0, x < columns, y < rows else { return }
    let (column, row) = (x / perCell.columns, y / perCell.rows)
    bits[row * room.columns + column] |= bit(x % perCell.columns, y % perCell.rows)
  }

  /// Sets the dots of a line between two places, which may lie outside.
  mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int)) {
    let steps = max(abs(b.x - a.x), abs(b.y - a.y))
    // What is far outside would take long, and nothing of it is seen.
    guard steps > 0, steps < 100_000 else { return set(a.x, a.y) }
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      set(
        a.x + Int((Double(b.x - a.x) * share).rounded()),
        a.y + Int((Double(b.y - a.y) * share).rounded()))
    }
  }

  /// The sign of a cell, counted from the upper left one; nil where it has no dots.
  func sign(column: Int, row: Int) -> Unicode.Scalar? {
    let own = bits[row * room.columns + column]
    guard own != 0 else { return nil }
    return isBraille ? Unicode.Scalar(0x2800 + UInt32(own)) : [" ", "'", ".", ":"][Int(own)]
  }

  func draw(on canvas: inout Canvas, style: (Int, Int) -> Style) {
    for row in 0..<room.rows {
      for column in 0..<room.columns {
        guard let sign = sign(column: column, row: row) else { continue }
        canvas.put(
          sign, column: room.column + column, row: room.row + row, style: style(column, row))
      }
    }
  }

  private func bit(_ x: Int, _ y: Int) -> UInt8 {
    // Braille counts its dots down the left side, then the right, and the lowest two last.
    isBraille ? [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][x][y] : UInt8(1 << y)
  }
}

extension Glyphs {
  /// Whether the set has more than the characters of every keyboard.
  var showsBraille: Bool { self != .ascii }
}
