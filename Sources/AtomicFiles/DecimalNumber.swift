/// Reading decimal numbers from bytes.
enum DecimalNumber {
  /// The number that all the bytes spell, correctly rounded, or nil where they spell none.
  ///
  /// Python's decimal notation without underscores; spaces around are allowed. No `nan`, no `inf`,
  /// no hexadecimal; what is too large for a `Double` is no number either.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var index = 0
    let count = text.count
    guard count > 0 else { return nil }
    let negative = text[0] == UInt8(ascii: "-")
    if negative || text[0] == UInt8(ascii: "+") { index = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = 0
    var point = false
    while index < count {
      let digit = text[index] &- UInt8(ascii: "0")
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += 1
        if point { decimals += 1 }
      } else if text[index] == UInt8(ascii: "."), !point {
        point = true
      } else {
        return parseSlowly(text)
      }
      index += 1
    }
    // With up to 18 digits the mantissa cannot overflow; below 2^53 it and the power of ten are
    // exact, so that the one division rounds correctly.
    guard digits > 0, digits <= 18, mantissa < 1 << 53, decimals <= 22 else {
      return parseSlowly(text)
    }
    let magnitude =
      decimals == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[decimals]
    return negative ? -magnitude : magnitude
  }

  /// The number as a `Float`, rounded once from the decimal text.
  static func parseFloat(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let wide = parse(text) else { return nil }
    let midpoint = wide.bitPattern & 0x1FFF_FFFF == 0x1000_0000
    let narrow: Float?
    // Rounding twice differs from rounding once only where the first result lies half-way between
    // two floats, or where floats get sparser.
    if midpoint || (wide != 0 && wide.magnitude < Double(Float.leastNormalMagnitude)) {
      narrow = Float(String(decoding: trimmed(text), as: UTF8.self))
    } else {
      narrow = Float(wide)
    }
    guard let narrow, narrow.isFinite else { return nil }
    return narrow
  }

  @inline(never)
  private static func parseSlowly(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    let text = trimmed(text)
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        continue
      default: return nil
      }
    }
    guard let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else {
      return nil
    }
    return number
  }

  private static func trimmed(
    _ text: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = text.count
    while start < end, text[start] == UInt8(ascii: " ") { start += 1 }
    while end > start, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return UnsafeBufferPointer(rebasing: text[start..<end])
  }
}

private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
