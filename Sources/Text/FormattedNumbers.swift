/// A number with a fixed number of decimals, correctly rounded, ties to even, whatever the locale.
///
/// A number that is too large for that, or not finite, is written as Swift does.
package func decimal(
  _ value: some BinaryFloatingPoint, places: Int = 2, signed: Bool = false
) -> String {
  let value = Double(value)
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  let product = abs(value) * scale
  var rounded = product.rounded(.toNearestOrEven)
  if abs(product - rounded) == 0.5 {
    // The product was rounded itself: what it lost decides on which side of the tie the number is.
    let lost = (-product).addingProduct(abs(value), scale)
    if lost != 0 { rounded = product.rounded(lost > 0 ? .up : .down) }
  }
  guard let whole = Int(exactly: rounded) else { return "\(value)" }
  let digits = String(whole).filled(to: places + 1, .right, with: "0")
  let sign = value < 0 && whole > 0 ? "-" : signed ? "+" : ""
  return sign + digits.dropLast(places) + (places > 0 ? "." + digits.suffix(places) : "")
}

/// A number in the shortest form with two digits, such as 3e-07: for rounding errors.
package func magnitude(_ value: some BinaryFloatingPoint) -> String {
  guard value != 0, value.isFinite else { return "0" }
  var (mantissa, exponent) = (Double(abs(value)), 0)
  while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  return (value < 0 ? "-" : "") + decimal(mantissa, places: 1) + "e\(exponent)"
}

/// A whole number with commas between thousands: `91,631`.
package func grouped(_ number: Int) -> String {
  var digits = Substring(String(number.magnitude))
  var groups: [Substring] = []
  while digits.count > 3 {
    groups.insert(digits.suffix(3), at: 0)
    digits = digits.dropLast(3)
  }
  groups.insert(digits, at: 0)
  return (number < 0 ? "-" : "") + groups.joined(separator: ",")
}

/// A share as a person reads it: `2.4 %`, `<0.1 %`.
package func percent(_ share: Double) -> String {
  let value = share * 100
  if value > 0, value < 0.1 { return "<0.1 %" }
  if share < 1, value > 99.9 { return ">99.9 %" }
  let isWhole = value == value.rounded() || value >= 10 && share < 0.995
  return decimal(value, places: isWhole ? 0 : 1) + " %"
}

/// A number of seconds as a person reads it: `2.5 s`, `3 min 20 s`.
package func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  if seconds < 10 { return decimal(seconds, places: 1) + " s" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}
