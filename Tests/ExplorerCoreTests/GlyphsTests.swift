import Testing

@testable import ExplorerCore

@Suite("Glyphs")
struct GlyphsTests {
  private func scalars(of glyphs: Glyphs) -> [Unicode.Scalar] {
    let border = glyphs.border
    let marks = glyphs.marks
    return glyphs.bar + glyphs.spark + glyphs.shades + [
      border.horizontal, border.vertical, border.topLeft, border.topRight, border.bottomLeft,
      border.bottomRight, border.branchRight, border.branchLeft, border.branchDown,
      border.branchUp, border.cross, marks.train, marks.valid, marks.test, marks.here, marks.truth,
      marks.up, marks.down, marks.hit, marks.separator, marks.cursor,
    ] + glyphs.ellipsis.unicodeScalars
  }

  @Test("all have one column, and the ASCII set is ASCII")
  func columns() {
    for scalar in scalars(of: .unicode) { #expect(TextWidth.columns(of: scalar) == 1) }
    for scalar in scalars(of: .ascii) { #expect(scalar.isASCII) }
    #expect(Glyphs.ascii.arrows.joined().unicodeScalars.allSatisfy { $0.isASCII })
  }

  @Test("draw bars that never exceed the width, grow with the value and show every value above 0")
  func bars() {
    for glyphs in [Glyphs.unicode, .ascii] {
      for width in 0...12 {
        var before = 0
        for step in -5...1010 {
          let bar = glyphs.bar(Double(step) / 1000, width: width)
          let length = bar.unicodeScalars.reduce(0) { sum, scalar in
            let part = glyphs.bar.firstIndex(of: scalar) ?? 0
            return sum + part + 1
          }
          #expect(bar.columns <= width)
          #expect(length >= before)
          #expect(bar.isEmpty == (step <= 0 || width == 0))
          before = length
        }
        #expect(glyphs.bar(1, width: width).columns == width)
      }
    }
    #expect(Glyphs.unicode.bar(0.52, width: 8) == "████▏")
    #expect(Glyphs.unicode.bar(.nan, width: 8) == "")
    #expect(Glyphs.unicode.bar(.infinity, width: 2) == "██")
  }

  @Test("draw one sign for each value of a sparkline")
  func sparklines() {
    #expect(Glyphs.unicode.sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(Glyphs.unicode.sparkline([0, 0.5, 1], in: 0...2) == "▁▃▅")
    #expect(Glyphs.unicode.sparkline([3, 3]) == "▁▁")
    #expect(Glyphs.unicode.sparkline([1, .nan, 2, .infinity]) == "▁ █ ")
    #expect(Glyphs.unicode.sparkline([.nan]) == " ")
    #expect(Glyphs.unicode.sparkline([]) == "")
  }

  @Test("shade values from nothing to full")
  func shades() {
    #expect(
      [-1, 0, 0.2, 0.5, 0.79, 0.8, 1, 7].map { Glyphs.unicode.shade($0) }
        == [" ", " ", "░", "▒", "▓", "█", "█", "█"])
    #expect(Glyphs.unicode.shade(.nan) == " ")
    #expect(Role.heat(0.5) == .heat3)
    #expect(Role.heat(.nan) == .heat1)
    #expect(Role.heat(1) == .heat5)
  }
}
