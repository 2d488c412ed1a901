import Text

extension StringProtocol {
  /// The columns that the text takes when it is drawn.
  package var columns: Int { TextWidth.columns(of: self) }

  /// The words of the text in lines of at most some columns; longer words stay whole.
  func wrapped(to width: Int) -> [String] {
    wrapped(to: width, splitsWords: false) { $0.columns }
  }

  /// The text cut to a number of columns, with the sign for what is left out at its end.
  package func truncated(to limit: Int, ellipsis: String = "…") -> String {
    fitted(to: limit, ellipsis: ellipsis, keepsTail: false)
  }

  /// The text cut to a number of columns from its beginning.
  ///
  /// Names of relations differ at their end (`film.film.directed_by`), so that is what stays; the
  /// cut is made after a dot or slash if that leaves no more than half of the room empty: of
  /// `film.director.film`, the last component alone would say too little.
  package func keepingTail(_ limit: Int, ellipsis: String = "…") -> String {
    guard columns > limit else { return String(self) }
    let room = limit - ellipsis.columns
    var rest = self[...]
    while let cut = rest.firstIndex(where: { $0 == "." || $0 == "/" }) {
      rest = rest[rest.index(after: cut)...]
      guard !rest.isEmpty, rest.columns <= room else { continue }
      if rest.columns * 2 >= room { return ellipsis + String(rest) }
      break
    }
    return fitted(to: limit, ellipsis: ellipsis, keepsTail: true)
  }

  /// The text in exactly this many columns: cut if it is longer, filled with blanks if shorter.
  package func padded(
    to width: Int, _ alignment: Alignment = .left, ellipsis: String = "…"
  ) -> String {
    let shown = truncated(to: width, ellipsis: ellipsis)
    let fill = String(repeating: " ", count: Swift.max(0, width - shown.columns))
    guard alignment == .right else { return shown + fill }
    // A combining mark at the beginning of the text goes onto the last blank.
    let joined = fill + shown
    return joined.columns < width ? " " + joined : joined
  }

  private func fitted(to limit: Int, ellipsis: String, keepsTail: Bool) -> String {
    guard columns > limit else { return String(self) }
    let sign = ellipsis.columns
    // Where not even the sign fits, the text itself says more.
    let room = sign < limit ? limit - sign : limit
    guard room > 0 else { return "" }
    let kept = keepsTail ? suffix(ofColumns: room) : prefix(ofColumns: room)
    guard sign < limit else { return kept }
    return keepsTail ? ellipsis + kept : kept + ellipsis
  }

  private func prefix(ofColumns limit: Int) -> String {
    var kept = ""
    var used = 0
    for character in self {
      used += String(character).columns
      guard used <= limit else { break }
      kept.append(character)
    }
    return kept
  }

  private func suffix(ofColumns limit: Int) -> String {
    var kept: [Character] = []
    var used = 0
    for character in reversed() {
      used += String(character).columns
      guard used <= limit else { break }
      kept.append(character)
    }
    return String(kept.reversed())
  }
}

/// How many columns a character takes on a terminal.
///
/// The answer is the same on every machine. It follows the East Asian Width property, as terminals
/// and glibc's `wcwidth` do, one scalar at a time; what terminals disagree about (joined emoji,
/// skin tones, variation selectors) is taken apart by ``Cell`` before it gets here.
package enum TextWidth {
  /// The columns of a scalar: 0 for marks and invisible formatting, 2 for wide ones, else 1.
  ///
  /// Control characters have no width of their own and count as 1, since ``Cell`` shows each of
  /// them as one visible sign.
  package static func columns(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    if isZeroWidth(scalar) { return 0 }
    if value < 0x1100 { return 1 }
    return isWide(scalar) ? 2 : 1
  }

  /// The columns that a text takes when it is drawn.
  package static func columns(of text: some StringProtocol) -> Int {
    var sum = 0
    forEachCell(of: text) { sum += Int($0.width) }
    return sum
  }

  private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    // Vowels and final consonants of Hangul stand under the leading consonant before them.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return true
    case .format: return !isVisibleFormat(value)
    default: return false
    }
  }

  /// Signs that Unicode calls formatting although they are drawn: Arabic, Syriac and Kaithi number
  /// signs, interlinear brackets excepted.
  private static func isVisibleFormat(_ value: UInt32) -> Bool {
    switch value {
    case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: true
    default: false
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    var low = 0
    var high = wideBlocks.count
    while low < high {
      let middle = (low + high) / 2
      if value > wideBlocks[middle].upperBound { low = middle + 1 } else { high = middle }
    }
    if low < wideBlocks.count, wideBlocks[low].contains(value) { return true }
    // A flag is two regional indicators of one column each.
    return scalar.properties.isEmojiPresentation && !(0x1F1E6...0x1F1FF).contains(value)
  }

  /// The wide blocks apart from emoji; unassigned places inside them count as wide, too.
  private static let wideBlocks: [ClosedRange<UInt32>] = [
    0x1100...0x115F,  // Hangul leading consonants
    0x2329...0x232A,
    0x2E80...0x303E,  // radicals, ideographic description, CJK punctuation
    0x3041...0xA4CF,  // kana, bopomofo, Hangul compatibility, CJK, Yi
    0xA960...0xA97C,
    0xAC00...0xD7A3,  // Hangul syllables
    0xF900...0xFAFF,
    0xFE10...0xFE19,
    0xFE30...0xFE6B,
    0xFF01...0xFF60,  // full-width forms
    0xFFE0...0xFFE6,
    0x16FE0...0x18D08,  // Tangut, Khitan
    0x1AFF0...0x1B2FB,  // kana supplements, Nushu
    0x1F200...0x1F265,
    0x20000...0x3FFFD,  // CJK extensions
  ]
}
