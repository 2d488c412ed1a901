import Foundation

/// A text made comparable: words in lower case without accents and punctuation.
package struct ComparedText: Equatable, Sendable {
  /// The words in their order.
  package let words: [String]

  /// The words of a text; a year in parentheses at its end does not belong to it.
  package init(_ text: String) {
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
  package var joined: String { words.joined() }

  /// The words that tell texts apart: not those of at most three letters, if there are others.
  private var telling: Set<String> {
    let long = words.filter { $0.count > 3 }
    return Set(long.isEmpty ? words : long)
  }

  /// Whether two names may be of one thing: a telling word in common, or mostly the same letters.
  package func resembles(_ other: ComparedText) -> Bool {
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
