import Randomness
import Testing

@testable import ExplorerCore

@Suite("Canvas")
struct CanvasTests {
  @Test("stays sound under anything drawn anywhere", arguments: 0..<200)
  func anything(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let size = Size(columns: random.integer(below: 30), rows: random.integer(below: 10))
    var canvas = Canvas(size)
    for _ in 0..<20 {
      switch random.integer(below: 4) {
      case 0:
        canvas.fill(random.rect(around: size), with: "x")
      case 1:
        canvas.box(random.rect(around: size), Glyphs.unicode.border)
      case 2:
        canvas.restyle(random.rect(around: size)) { $0 = Style(.selection, .bold) }
      default:
        let place = Point(
          column: random.integer(below: 40) - 20, row: random.integer(below: 12) - 1)
        canvas.put(random.awkwardText(upTo: 12), at: place, in: random.rect(around: size))
      }
      #expect(canvas.flaw == nil)
    }
    #expect(canvas.text.unicodeScalars.count { $0 == "\n" } == size.rows)
  }

  @Test("draws nothing outside of the clip", arguments: 0..<200)
  func clip(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let size = Size(columns: 20, rows: 4)
    var canvas = Canvas(size)
    canvas.fill(canvas.bounds, with: "#")
    let clip = random.rect(around: size)
    let place = Point(column: random.integer(below: 24) - 4, row: random.integer(below: 4))
    canvas.put(random.awkwardText(upTo: 20), at: place, in: clip)
    let spoiled = (0..<80).map { Point(column: $0 % 20, row: $0 / 20) }
      .filter { !clip.contains($0) && canvas[$0.column, $0.row].base != "#" }
    #expect(spoiled.isEmpty)
  }

  @Test("returns the column after the text, also of the part that is cut off")
  func end() {
    var canvas = Canvas(Size(columns: 5, rows: 1))
    #expect(canvas.put("七人の侍", in: canvas.bounds) == 8)
    #expect(canvas.text == "七人\n")
    #expect(canvas.put("ab", at: Point(column: -1, row: 0), in: canvas.bounds) == 1)
    #expect(canvas.text == "b 人\n")
  }

  @Test("blanks a wide character at either edge")
  func edges() {
    var canvas = Canvas(Size(columns: 4, rows: 1))
    canvas.fill(canvas.bounds, with: "#")
    canvas.put("侍侍侍", at: Point(column: -1, row: 0), in: canvas.bounds)
    #expect(canvas.text == " 侍\n")
    canvas.put("x", at: Point(column: 2, row: 0), in: canvas.bounds)
    #expect(canvas.text == "  x\n")
  }

  @Test("shows control characters and drops those that turn the line")
  func control() {
    var canvas = Canvas(Size(columns: 12, rows: 1))
    canvas.put("a\u{1B}b\n\u{202E}c\u{9B}", in: canvas.bounds)
    #expect(canvas.text == "a␛b␊c\u{FFFD}\n")
  }

  @Test("keeps combining marks, at most four")
  func marks() {
    var canvas = Canvas(Size(columns: 2, rows: 1))
    canvas.put("e" + String(repeating: "\u{301}", count: 9) + "x", in: canvas.bounds)
    #expect(Array(canvas.text.unicodeScalars).count == 1 + 4 + 1 + 1)
  }

  @Test("gives text that is as wide as the last sign of each row")
  func text() {
    var canvas = Canvas(Size(columns: 6, rows: 3))
    canvas.put("ab", at: Point(column: 2, row: 1), in: canvas.bounds)
    #expect(canvas.text == "\n  ab\n\n")
  }
}
