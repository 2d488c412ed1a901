extension Glyphs {
  /// A bar whose length is the value's share of the width; the value is taken between 0 and 1.
  ///
  /// The text has as many columns as the bar needs, never more than `width`. Something above zero
  /// is never drawn as nothing.
  package func bar(_ value: Double, width: Int) -> String {
    guard value > 0, width > 0 else { return "" }
    let steps = bar.count
    let exact = min(value, 1) * Double(width * steps)
    let filled = max(1, Int(exact.rounded()))
    var result = String.UnicodeScalarView(repeating: bar[steps - 1], count: filled / steps)
    if filled % steps > 0 { result.append(bar[filled % steps - 1]) }
    return String(result)
  }

  /// One sign for each value, the higher the value the higher the sign.
  ///
  /// The lowest sign stands for `bounds.lowerBound` (by default the smallest value), the highest for
  /// `bounds.upperBound`. What is not a finite number is left blank.
  package func sparkline(_ values: [Double], in bounds: ClosedRange<Double>? = nil) -> String {
    let finite = values.filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else {
      return String(repeating: " ", count: values.count)
    }
    let low = bounds?.lowerBound ?? least
    let high = bounds?.upperBound ?? most
    var result = String.UnicodeScalarView()
    for value in values {
      guard value.isFinite else {
        result.append(" ")
        continue
      }
      let share = high > low ? (value - low) / (high - low) : 0
      result.append(spark[level(share, of: spark.count)])
    }
    return String(result)
  }

  /// The shade of a value between 0 and 1.
  package func shade(_ value: Double) -> Unicode.Scalar {
    shades[level(value, of: shades.count)]
  }

  /// Cuts 0…1 into equal parts, and says in which of them the share lies.
  private func level(_ share: Double, of count: Int) -> Int {
    guard share > 0 else { return 0 }
    return min(count - 1, Int(min(share, 1) * Double(count)))
  }
}
