/// A number with a fixed number of decimals; what is too large for that as it is.
func decimal(_ value: some BinaryFloatingPoint, places: Int = 2, signed: Bool = false) -> String {
  let value = Double(value)
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  guard let whole = Int(exactly: (abs(value) * scale).rounded()) else { return "\(value)" }
  let digits = String(whole)
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  let sign = value < 0 && whole > 0 ? "-" : signed ? "+" : ""
  return sign + padded.dropLast(places) + (places > 0 ? "." + padded.suffix(places) : "")
}

/// A number in the shortest form with two digits, such as 3e-07: for rounding errors.
func magnitude(_ value: Float) -> String {
  guard value != 0, value.isFinite else { return "0" }
  var (mantissa, exponent) = (Double(abs(value)), 0)
  while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  return (value < 0 ? "-" : "") + decimal(mantissa, places: 1) + "e\(exponent)"
}
