import Glibc
import Testing

@testable import ExplorerCore

@Suite("Width of text")
struct TextWidthTests {
  /// Where we differ from glibc on purpose.
  private static let exceptions: [(scalars: ClosedRange<UInt32>, reason: String)] = [
    (0x1171E...0x1171E, "Ahom medial ra: a spacing mark since Unicode 15, a nonspacing one before")
  ]

  private typealias Wcwidth = @convention(c) (Int32) -> Int32

  @Test("agrees with the C library on every scalar that it knows, but for listed exceptions")
  func agreesWithLibrary() throws {
    let locale = try #require(newlocale(1 << LC_CTYPE, "C.UTF-8", nil))
    let before = uselocale(locale)
    defer {
      uselocale(before)
      freelocale(locale)
    }
    let symbol = try #require(dlsym(nil, "wcwidth"))
    let wcwidth = unsafeBitCast(symbol, to: Wcwidth.self)
    var compared = 0
    var differing: [String] = []
    for value in UInt32(0x20)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let known = wcwidth(Int32(value))
      guard known >= 0 else { continue }
      compared += 1
      let isListed = Self.exceptions.contains { $0.scalars.contains(value) }
      if (TextWidth.columns(of: scalar) == Int(known)) == isListed {
        differing.append("\(String(value, radix: 16)): \(TextWidth.columns(of: scalar)) \(known)")
      }
    }
    #expect(compared > 200_000)
    #expect(differing.isEmpty, "\(differing.joined(separator: ", "))")
  }

  @Test(
    "counts what is drawn, not what is written",
    arguments: [
      ("", 0), ("Rear Window", 11), ("Amélie", 6), ("Ame\u{301}lie", 6), ("七人の侍", 8),
      ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧", 6),
      ("🇫🇷", 2), ("❤\u{FE0F}", 1), ("\u{301}", 1), ("\u{200B}", 0), ("a\u{202E}b", 2),
      ("\u{1B}[2J", 4), ("\t", 1), ("\u{AD}", 1),
    ])
  func widthOfText(text: String, columns: Int) {
    #expect(text.columns == columns)
  }
}
