import Foundation

/// The text in lower-case ASCII letters, digits and single hyphens: "Amélie" becomes "amelie".
///
/// Letters lose their marks, apostrophes and full stops go without a trace, everything else
/// separates words. What has no ASCII letter or digit at all gives an empty slug.
func slug(_ text: String) -> String {
  var result = ""
  var separated = false
  for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
    switch scalar {
    case "a"..."z", "0"..."9", "A"..."Z":
      append(String(scalar).lowercased())
    case "\u{300}"..."\u{36F}", "'", "’", ".", "ʻ", "`":
      continue
    default:
      if let letters = letters[scalar] { append(letters) } else { separated = true }
    }
  }
  return result

  func append(_ letters: String) {
    if separated && !result.isEmpty { result += "-" }
    separated = false
    result += letters
  }
}

/// Letters that canonical decomposition leaves whole.
private let letters: [Unicode.Scalar: String] = [
  "Æ": "ae", "æ": "ae", "Ø": "o", "ø": "o", "Œ": "oe", "œ": "oe", "ß": "ss", "ł": "l", "Ł": "l",
  "Đ": "d", "đ": "d", "Ð": "d", "ð": "d", "Þ": "th", "þ": "th", "ı": "i", "½": "-half", "&": "and",
]
