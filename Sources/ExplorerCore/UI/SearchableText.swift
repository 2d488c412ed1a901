import Foundation

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
