import Foundation

/// One line of text that is being typed.
package struct TextField: Equatable, Sendable {
  package private(set) var text: String

  /// The most characters that are taken.
  static let limit = 200

  /// Makes a field with a text in it.
  package init(_ text: String = "") { self.text = text }

  /// Adds what a key types, or deletes; returns whether the key was one for typing.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    case .character(let character):
      if text.count < TextField.limit { text.append(character) }
    case .backspace:
      if !text.isEmpty { text.removeLast() }
    case .control("u"):
      text = ""
    case .control("w"):
      while text.last?.isWhitespace == true { text.removeLast() }
      while let last = text.last, !last.isWhitespace { text.removeLast() }
    default:
      return false
    }
    return true
  }
}

extension String {
  /// The text as searches compare it: without upper case, accents and wide forms, so that what any
  /// keyboard types finds `Amélie`.
  var searchable: String {
    // Most titles are ASCII; the general way takes many times as long.
    utf8.allSatisfy { $0 < 0x80 }
      ? lowercased()
      : folding(
        options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
  }
}
