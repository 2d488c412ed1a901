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
