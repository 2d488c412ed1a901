import ExplorerCore
import Randomness

extension SeededGenerator {
  /// A text of everything that can go wrong on a screen: wide, combining, joined, control and
  /// direction characters among ordinary ones.
  mutating func awkwardText(upTo length: Int) -> String {
    let pieces: [String] = [
      "a", "Z", " ", ".", "/", "é", "e\u{301}", "\u{301}", "侍", "한", "👍", "👍🏽", "👨‍👩‍👧", "🇫🇷",
      "❤\u{FE0F}", "\u{1B}", "\n", "\r\n", "\t", "\u{7F}", "\u{9B}", "\u{202E}", "\u{200B}",
      "\u{FEFF}", "\u{E000}", "\u{FFFF}", "\u{10FFFF}", "ｆ", "กำ", "שָּׁ", "\u{1112}\u{1161}",
    ]
    return (0..<integer(below: length + 1)).map { _ in pieces[integer(below: pieces.count)] }
      .joined()
  }

  /// A rectangle that may lie partly or wholly outside of a grid.
  mutating func rect(around size: Size) -> Rect {
    Rect(
      column: integer(below: size.columns + 6) - 3, row: integer(below: size.rows + 6) - 3,
      columns: integer(below: size.columns + 4), rows: integer(below: size.rows + 4))
  }
}
