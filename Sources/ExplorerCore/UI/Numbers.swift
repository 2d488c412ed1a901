import Text

/// Numbers as the panes write them: short, and of one width in a column.
extension Glyphs {
  /// A number between 0 and 1 in three columns: `.52`, `1.0`; `<.01` is never shown as nothing
  /// but as `.00`.
  func share(_ value: Float) -> String {
    guard value.isFinite else { return " ? " }
    let hundredths = Int((abs(value) * 100).rounded())
    let digits =
      hundredths >= 100 ? "1.0" : "." + String(hundredths).filled(to: 2, .right, with: "0")
    return value < 0 && hundredths > 0 ? String(marks.minus) + digits : digits
  }

  /// A probability in four columns: `.041`, `.000` below a thousandth.
  func probability(_ value: Float) -> String {
    guard value.isFinite else { return "  ? " }
    let thousandths = Int((value * 1000).rounded())
    return thousandths >= 1000 ? "1.00" : "." + String(thousandths).filled(to: 3, .right, with: "0")
  }

  /// A number with its sign and two decimals: `+7.13`, `−.31`.
  func signed(_ value: Float) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "?" }
    let text = decimal(abs(value))
    if text == ".00" { return " .00" }
    return (value < 0 ? String(marks.minus) : "+") + text
  }

  /// A number with two decimals and no zero before the point.
  func decimal(_ value: Float) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "?" }
    let hundredths = Int((abs(value) * 100).rounded())
    let whole = hundredths >= 100 ? String(hundredths / 100) : ""
    let text = whole + "." + String(hundredths % 100).filled(to: 2, .right, with: "0")
    return value < 0 && hundredths > 0 ? String(marks.minus) + text : text
  }

  /// A number with no more decimals than it has, at most two: `10`, `.3`.
  func short(_ value: Float) -> String {
    var text = decimal(value)
    while text.contains("."), text.last == "0" || text.last == "." { text.removeLast() }
    return text.isEmpty ? "0" : text
  }

  /// A small number as a power of ten: `2e-7`, and 0.
  func tiny(_ value: Float) -> String {
    guard value.isFinite else { return "?" }
    guard value != 0 else { return "0" }
    var exponent = 0
    var mantissa = abs(value)
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    let sign = value < 0 ? String(marks.minus) : ""
    let digit = Int(mantissa.rounded())
    return digit == 10 ? "\(sign)1e\(exponent + 1)" : "\(sign)\(digit)e\(exponent)"
  }

  /// A rank in at most four columns: `7`, `1234`, `12k`.
  func rank(_ value: Double) -> String {
    guard value.isFinite, value < 1e9 else { return "?" }
    let whole = Int(value.rounded(.up))
    return whole < 10_000 ? String(whole) : "\(whole / 1000)k"
  }

  /// A rank in at most three columns: `7`, `123`, `1k`.
  func shortRank(_ value: Double) -> String {
    guard value.isFinite, value < 1e6 else { return "?" }
    let whole = Int(value.rounded(.up))
    return whole < 1000 ? String(whole) : "\(whole / 1000)k"
  }

  /// A count with commas between thousands: `1,099`.
  func count(_ value: Int) -> String { grouped(value) }
}
