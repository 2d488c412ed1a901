import Randomness
import Testing

@testable import AtomicFiles

@Suite struct DecimalNumberTests {
  private func parse(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer(DecimalNumber.parse)
  }

  private func parseFloat(_ text: String) -> Float? {
    Array(text.utf8).withUnsafeBufferPointer(DecimalNumber.parseFloat)
  }

  /// Every short text over the characters of numbers is read as Python's `float` reads it.
  @Test func readsEveryShortText() {
    let alphabet = ["0", "7", ".", "-", "+", "e", "E"]
    var texts = [""]
    for _ in 0..<5 {
      texts += texts.flatMap { text in alphabet.map { text + $0 } }
    }
    for text in Set(texts) { #expect(parse(text) == expected(text), "\(text)") }
  }

  /// An independent statement of the grammar; the value is the standard library's.
  private func expected(_ text: String) -> Double? {
    var rest = Substring(text)
    func digits() -> Int {
      let run = rest.prefix(while: \.isNumber)
      rest = rest.dropFirst(run.count)
      return run.count
    }
    func sign() { if let first = rest.first, "+-".contains(first) { rest = rest.dropFirst() } }
    sign()
    var count = digits()
    if rest.first == "." {
      rest = rest.dropFirst()
      count += digits()
    }
    guard count > 0 else { return nil }
    if let first = rest.first, "eE".contains(first) {
      rest = rest.dropFirst()
      sign()
      guard digits() > 0 else { return nil }
    }
    guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  @Test func keepsEveryBit() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let double = Double(bitPattern: generator.next())
      if double.isFinite { #expect(parse("\(double)") == double) }
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      if float.isFinite { #expect(parseFloat("\(float)") == float) }
      // Decimal texts of all lengths around the limits of the quick way.
      let digits = String(generator.next()) + String(generator.next())
      let length = 1 + generator.integer(below: 24)
      let decimals = generator.integer(below: 26)
      let zeros = String(repeating: "0", count: generator.integer(below: 8))
      let text = zeros + digits.prefix(length) + "." + digits.suffix(decimals)
      #expect(parse(text) == Double(text), "\(text)")
      #expect(parseFloat(text) == Float(text), "\(text)")
    }
  }

  /// Rounded to a double these lie half-way between two floats; rounded once they do not.
  @Test func roundsFloatsOnce() {
    #expect(parseFloat("1.00000005960464477539062500001") == (1 as Float).nextUp)
    #expect(parseFloat("1.000000059604644775390625") == 1)
    #expect(parseFloat("1.0000001788139343261718749999") == (1 as Float).nextUp)
    #expect(parseFloat("1e-45") == Float.leastNonzeroMagnitude)
    #expect(parseFloat("3.5e38") == nil)
    #expect(parseFloat("-0.0")?.sign == .minus)
  }

  @Test(arguments: [
    "nan", "inf", "-Infinity", "0x1p3", "1_0", "1,0", "１", "1 2", " ", "1e400", "--1", "1e",
  ])
  func refuses(text: String) { #expect(parse(text) == nil) }
}
