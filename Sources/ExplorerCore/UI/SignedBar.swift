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
