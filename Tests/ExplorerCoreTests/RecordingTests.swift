import Foundation
import FoundationXML
import Testing

@testable import ExplorerCore

/// A session as an animated drawing and for asciinema.
@Suite("Recordings")
struct RecordingTests {
  private let size = Size(columns: 80, rows: 24)

  private func record(_ script: String) throws -> Recording {
    let little = try LittleData()
    return Recording.play(
      try KeyScript.items(script), from: try little.start(size), with: little.cache,
      glyphs: .unicode)
  }

  @Test("The same script is the same bytes, and no two pictures alike follow one another")
  func deterministic() throws {
    let (first, second) = (try record("w,wait=2,Esc"), try record("w,wait=2,Esc"))
    #expect(first.svg == second.svg)
    #expect(try first.cast() == second.cast())
    let lines = try first.cast().split(separator: "\n")
    // The header, three pictures of 1, 3 and 1 seconds, and the end.
    #expect(lines.count == 5)
    #expect(lines.dropFirst().map { $0.prefix(7) } == ["[0.000,", "[1.000,", "[4.000,", "[5.000,"])
  }

  @Test("asciinema's pictures, played on a screen, are the frames")
  func cast() throws {
    let little = try LittleData()
    let state = Explorer.run(
      try KeyScript.parse("w"), from: try little.start(size), with: little.cache, glyphs: .unicode
    ).state
    while little.cache.work(for: state) {}
    let frame = Explorer.render(state, little.cache.scene(for: state), glyphs: .unicode)
    var (screen, row) = ([String](repeating: "", count: size.rows), 0)
    for line in try record("w").cast().split(separator: "\n").dropFirst() {
      let event = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
      let output = try #require(event[2] as? String)
      for part in output.components(separatedBy: "\u{1B}[").dropFirst() {
        if let place = part.firstMatch(of: /^([0-9]+);1H/) {
          row = try #require(Int(place.1)) - 1
          screen[row] = String(part[place.range.upperBound...])
        } else if let color = part.firstMatch(of: /^[0-9;]*m/) {
          screen[row] += part[color.range.upperBound...]
        }
      }
    }
    #expect(screen.map { $0 + "\n" }.joined() == frame.canvas.text)
  }

  @Test("The drawing shows each row once for all pictures that have it, and the first one unmoved")
  func svg() throws {
    let svg = try record("w,Esc").svg
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(parser.parserError.map(String.init(describing:)) ?? "")")
    #expect(svg.contains("step-end infinite"))
    // After Esc the first picture is there again: two sets of pictures, {1, 3} and {2}.
    #expect(svg.matches(of: /@keyframes/).count == 2)
    #expect(svg.contains("visibility:hidden;animation"))
    // One picture alone is not animated and is the drawing of the screen.
    let still = try record("").svg
    #expect(!still.contains("@keyframes"))
  }

  @Test("Playing goes on while the script waits")
  func playing() throws {
    let lines = try record("Home,Space,wait=2").cast().split(separator: "\n")
    #expect(lines.count > 4)
  }

  @Test("A wait is for recordings alone, and is a number of seconds")
  func waits() throws {
    #expect(throws: (any Error).self) { try KeyScript.parse("w,wait=1") }
    #expect(throws: (any Error).self) { try KeyScript.items("wait=-1") }
    #expect(throws: (any Error).self) { try KeyScript.items("wait=soon") }
    #expect(
      try KeyScript.items("w,wait=1.25,text=ab") == [
        .key("w", milliseconds: 1000), .wait(milliseconds: 1250), .key("a", milliseconds: 120),
        .key("b", milliseconds: 120),
      ])
  }

  @Test("Colours as a terminal is told them, and the terminal's own at the end of each row")
  func ansi() throws {
    var canvas = Canvas(Size(columns: 4, rows: 1))
    canvas.put("ab", in: canvas.bounds, style: Style(.title, .underline))
    let text = canvas.ansi(.dark)
    #expect(text.hasPrefix("\u{1B}[0;1;4;") && text.hasSuffix("\u{1B}[0m  \n"))
    #expect(text.contains("ab"))
  }
}
