import AtomicFiles

/// Numbers allowed by RecBole's notation: intervals such as `[5,inf)`, several joined with `;`.
///
/// `[` and `]` include their bound, `(` and `)` do not; a number is allowed if any interval holds
/// it. RecBole warns about a malformed piece and goes on without it; here it is no notation at all.
package struct Intervals: Sendable, Equatable {
  private struct Part: Sendable, Equatable {
    let low: Double
    let includesLow: Bool
    let high: Double
    let includesHigh: Bool
  }

  private let parts: [Part]
  package let text: String

  /// Reads the notation; nil if any part of it is malformed or empty.
  package init?(_ text: String) {
    var parts: [Part] = []
    for piece in text.split(separator: ";", omittingEmptySubsequences: false) {
      let piece = trimmed(piece)
      guard piece.count >= 2, let open = piece.first, let close = piece.last, "[(".contains(open),
        "])".contains(close)
      else { return nil }
      let bounds = piece.dropFirst().dropLast().split(
        separator: ",", omittingEmptySubsequences: false)
      guard bounds.count == 2, let low = Self.bound(trimmed(bounds[0])),
        let high = Self.bound(trimmed(bounds[1])), low <= high
      else { return nil }
      parts.append(
        Part(low: low, includesLow: open == "[", high: high, includesHigh: close == "]"))
    }
    self.parts = parts
    self.text = text
  }

  /// What a value of settings should be to be read.
  static let expected = "intervals such as \"[5,inf)\" or \"[0,2];(4,9]\""

  /// The smallest bound of the first interval, as RecBole takes it for its minimum.
  var firstLow: Double { parts[0].low }

  package func contains(_ number: Double) -> Bool {
    parts.contains { part in
      (part.includesLow ? number >= part.low : number > part.low)
        && (part.includesHigh ? number <= part.high : number < part.high)
    }
  }

  /// A bound as Python's `float` reads it, but for `nan`.
  private static func bound(_ text: Substring) -> Double? {
    switch text.lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default:
      guard text.allSatisfy({ "0123456789+-.eE".contains($0) }), let number = Double(text),
        number.isFinite
      else { return nil }
      return number
    }
  }
}
