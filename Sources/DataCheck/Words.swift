import Foundation

/// A text made comparable: words in lower case without accents and punctuation.
struct ComparedText: Equatable {
  /// The words in their order.
  let words: [String]

  /// The words of a text; a year in parentheses at its end does not belong to it.
  init(_ text: String) {
    var text = Substring(text)
    if text.hasSuffix(")"), let open = text.lastIndex(of: "("), open > text.startIndex,
      text[open...].dropFirst().dropLast().allSatisfy(\.isNumber)
    {
      text = text[..<open]
    }
    let folded = String(text).folding(
      options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    words = folded.replacingOccurrences(of: "'", with: "").split {
      !$0.isLetter && !$0.isNumber
    }.map(String.init)
  }

  /// All words in one, so that "Film-Noir" equals "film noir" and "filmnoir".
  var joined: String { words.joined() }

  /// The words that tell texts apart: not those of at most three letters, if there are others.
  private var telling: Set<String> {
    let long = words.filter { $0.count > 3 }
    return Set(long.isEmpty ? words : long)
  }

  /// Whether two names may be of one thing: a telling word in common, or mostly the same letters.
  func resembles(_ other: ComparedText) -> Bool {
    !telling.isDisjoint(with: other.telling) || similarity(other) >= 0.4
  }

  /// Dice's coefficient of the pairs of neighbouring letters, from 0 to 1.
  func similarity(_ other: ComparedText) -> Double {
    let (a, b) = (Self.pairs(joined), Self.pairs(other.joined))
    guard !a.isEmpty, !b.isEmpty else { return joined == other.joined ? 1 : 0 }
    var left: [String: Int] = [:]
    for pair in a { left[pair, default: 0] += 1 }
    var common = 0
    for pair in b {
      guard let count = left[pair], count > 0 else { continue }
      left[pair] = count - 1
      common += 1
    }
    return 2 * Double(common) / Double(a.count + b.count)
  }

  private static func pairs(_ text: String) -> [String] {
    let letters = Array(text)
    return (1..<max(1, letters.count)).map { String(letters[$0 - 1...$0]) }
  }
}

/// A share as a person reads it: "2.4 %", "<0.1 %".
func percent(_ share: Double) -> String {
  let value = share * 100
  if value > 0, value < 0.1 { return "<0.1 %" }
  if share < 1, value > 99.9 { return ">99.9 %" }
  return value == value.rounded() || value >= 10 && share < 0.995
    ? "\(Int(value.rounded())) %" : String(format: "%.1f %%", value)
}

/// A whole number with its thousands apart: "91,631".
func grouped(_ number: Int) -> String {
  var digits = Substring(String(number.magnitude))
  var groups: [Substring] = []
  while digits.count > 3 {
    groups.insert(digits.suffix(3), at: 0)
    digits = digits.dropLast(3)
  }
  groups.insert(digits, at: 0)
  return (number < 0 ? "-" : "") + groups.joined(separator: ",")
}

/// Three decimals.
func thousandths(_ value: Double) -> String { String(format: "%.3f", value) }

/// Two decimals.
func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
