import AtomicFiles
import Text

/// A drawing made of rectangles, lines and text, written as SVG without any outside resource.
package struct SVG {
  package enum Anchor: String { case start, middle, end }

  private var body: [String] = []

  package init() {}

  /// Adds a rectangle; a title is shown where the pointer rests on it.
  package mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String,
    stroke: String? = nil, title: String? = nil
  ) {
    let outline = stroke.map { " stroke=\"\($0)\" stroke-width=\"0.5\"" } ?? ""
    let start =
      "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(0, width)))\" "
      + "height=\"\(number(max(0, height)))\" fill=\"\(fill)\"\(outline)"
    body.append(
      title.map { "\(start)><title>\(escaped($0))</title></rect>" } ?? start + "/>")
  }

  /// Adds a straight line.
  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String = "#444",
    width: Double = 0.75
  ) {
    body.append(
      "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
        + "y2=\"\(number(y2))\" stroke=\"\(stroke)\" stroke-width=\"\(number(width))\"/>")
  }

  package mutating func circle(
    _ x: Double, _ y: Double, radius: Double, fill: String, stroke: String
  ) {
    body.append(
      "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\" fill=\"\(fill)\" "
        + "stroke=\"\(stroke)\" stroke-width=\"1\"/>")
  }

  /// Adds a line of text, held at a place; with a halo it can be read on top of lines.
  package mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 10, anchor: Anchor = .start,
    bold: Bool = false, fill: String = "#222", turned degrees: Double? = nil, hasHalo: Bool = false
  ) {
    let turn =
      degrees.map { " transform=\"rotate(\(number($0)) \(number(x)) \(number(y)))\"" } ?? ""
    // A stroke of its own below: not every program paints the stroke first where that is asked for.
    if hasHalo {
      self.text(text, x, y, size: size, anchor: anchor, bold: bold, fill: "halo", turned: degrees)
    }
    let paint =
      fill == "halo"
      ? "fill=\"#ffffff\" stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\""
      : "fill=\"\(fill)\""
    body.append(
      "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(size))\" "
        + "text-anchor=\"\(anchor.rawValue)\" \(paint)"
        + (bold ? " font-weight=\"bold\"" : "") + turn
        + ">\(escaped(text))</text>")
  }

  /// The whole file, on white.
  ///
  /// - Parameter scale: how many pixels a unit has.
  package func document(
    width: Double, height: Double, scale: Double = 1, title: String
  ) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(number(width * scale))" \
    height="\(number(height * scale))" \
    viewBox="0 0 \(number(width)) \(number(height))" font-family="sans-serif">
    <title>\(escaped(title))</title>
    <rect width="100%" height="100%" fill="#ffffff"/>
    \(body.joined(separator: "\n"))
    </svg>

    """
  }

  /// A colour between two, each given as red, green and blue from 0 to 255.
  static func blend(
    _ from: SIMD3<Double>, _ to: SIMD3<Double>, _ share: Double
  ) -> String {
    let share = share.isFinite ? min(1, max(0, share)) : 0
    let mixed = from + (to - from) * share
    let digits = (0..<3).map { channel in
      let text = String(Int(mixed[channel].rounded()), radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return "#" + digits.joined()
  }

  private func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    var text = decimal(value)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// Without what XML cannot hold or would read as markup.
  private func escaped(_ text: String) -> String {
    printable(text, limit: 1000).reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
