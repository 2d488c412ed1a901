/// Settings as RecBole's model pages print them, with the lines that the print lost put back.
///
/// The page of KSR lost `load_col:` above its indented keys, the commas between the lists of
/// `fields_in_same_space`, the bracket that closes them, and `preload_weight:`. Only a text that is
/// no YAML as it stands is looked at, and only these four places are mended. The block may stand
/// alone or among other settings ("add the following settings to config files"), as deep as the page
/// prints it.
struct PrintedSettings {
  private(set) var text = ""
  /// The line above which one was put, from 0; nil if none was.
  private(set) var addedLine: Int?
  /// What was put back, such as `load_col:`.
  private(set) var restored: [String] = []

  private var lines: [Substring]

  /// Nil if there is nothing of this kind to mend.
  init?(_ original: String) {
    // Nobody pastes a block into so much.
    guard original.utf8.count <= 100_000 else { return nil }
    lines = original.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    restoreFirstKey()
    restoreLists()
    guard !restored.isEmpty else { return nil }
    text = lines.joined(separator: "\n")
  }

  /// The line of the original, from 1, that a line of ``text`` stands for.
  func originalLine(_ line: Int) -> Int {
    guard let addedLine, line > addedLine + 1 else { return line }
    return line - 1
  }

  /// Puts `load_col:` above columns of files that stand under no key, or brings the one that is there
  /// to the depth of the keys after them.
  private mutating func restoreFirstKey() {
    guard let first = lines.indices.first(where: { isOrphan($0) }) else { return }
    let before = lines[..<first].lastIndex(where: Self.holdsText)
    let isThere = before.map { Self.trimmed(lines[$0]) == Self.firstKey } ?? false
    let next = keyAfterColumns(first)
    // Other settings may stand above the block and below it, at a depth of their own.
    let inner = next.map { Self.depth(lines[$0]) }
    let end = next.flatMap { next in
      lines[next...].firstIndex { Self.holdsText($0) && Self.depth($0) < Self.depth(lines[next]) }
    }
    let outer =
      lines[..<(isThere ? before ?? first : first)].first(where: Self.holdsText)
      ?? end.map { lines[$0] }
    let base = String(repeating: " ", count: outer.map(Self.depth) ?? inner ?? 0)
    for index in first..<(next ?? lines.count) where Self.holdsText(lines[index]) {
      lines[index] = Substring("\(base)  \(Self.trimmed(lines[index]))")
    }
    if let next, let inner {
      for index in next..<(end ?? lines.count) where Self.holdsText(lines[index]) {
        lines[index] = Substring(base + lines[index].dropFirst(inner))
      }
    }
    if isThere, let before {
      lines[before] = Substring(base + Self.firstKey)
    } else {
      lines.insert(Substring(base + Self.firstKey), at: first)
      addedLine = first
    }
    restored.append(Self.firstKey)
  }

  private static let firstKey = "load_col:"

  /// The next line of text that is less deep than the columns on a line.
  private func keyAfterColumns(_ index: Int) -> Int? {
    lines[index...].firstIndex {
      Self.holdsText($0) && Self.depth($0) < Self.depth(lines[index])
    }
  }

  /// Whether a line names columns of a file, as under `load_col:`, where no key takes them in.
  private func isOrphan(_ index: Int) -> Bool {
    let line = lines[index]
    guard Self.namesColumns(line) else { return false }
    guard let before = lines[..<index].last(where: Self.holdsText) else {
      // At one depth with all others, they are keys like those.
      return keyAfterColumns(index) != nil
    }
    let text = Self.trimmed(before)
    if text == Self.firstKey {
      // It may stand deeper or less deep than the keys after the columns, or than other settings.
      let depths = lines.filter(Self.holdsText).map(Self.depth)
      return depths.contains { $0 < Self.depth(before) }
        || keyAfterColumns(index).map { Self.depth(lines[$0]) != Self.depth(before) } ?? false
    }
    guard let end = text.last, !":{[,".contains(end) else { return false }
    return Self.depth(before) < Self.depth(line)
  }

  /// `file: [column, column]`.
  private static func namesColumns(_ line: Substring) -> Bool {
    let text = trimmed(line)
    guard let colon = text.firstIndex(of: ":"), text.hasSuffix("]") else { return false }
    return isWord(text[..<colon])
      && trimmed(text[text.index(after: colon)...]).hasPrefix("[")
  }

  /// Puts commas between lists that stand under `key: [`, and closes the outer one.
  private mutating func restoreLists() {
    for start in lines.indices where Self.opensList(lines[start]) {
      var items: [Substring] = []
      while start + 1 + items.count < lines.count {
        let line = Self.trimmed(lines[start + 1 + items.count])
        guard line.hasPrefix("["), line.hasSuffix("]") || line.hasSuffix("],") else { break }
        items.append(line.hasSuffix(",") ? line.dropLast() : line)
      }
      guard !items.isEmpty else { continue }
      let next = start + 1 + items.count
      restored.append("commas between lists")
      if next < lines.count, Self.trimmed(lines[next]).hasPrefix("]") {
        for (place, item) in items.enumerated() { lines[start + 1 + place] = "  \(item)," }
        continue
      }
      // The first list goes up to its key, which leaves a line for the key lost after the last.
      let depth = Self.depth(lines[start])
      for (place, item) in items.enumerated() {
        let isLast = place == items.count - 1
        lines[start + place] =
          (place == 0 ? lines[start] : Substring(String(repeating: " ", count: depth + 2)))
          + item + (isLast ? "]" : ",")
      }
      restored.append("the bracket that closes them")
      lines[next - 1] = ""
      if next < lines.count, Self.depth(lines[next]) >= depth, Self.isPair(lines[next]) {
        restoreWeights(from: next, depth: depth)
      }
    }
  }

  /// Puts `preload_weight:` above the pairs `ent_id: ent_vec` that follow.
  private mutating func restoreWeights(from first: Int, depth: Int) {
    var next = first
    while next < lines.count, Self.isPair(lines[next]) {
      lines[next] =
        Substring(String(repeating: " ", count: depth + 2)) + Self.trimmed(lines[next])
      next += 1
    }
    lines[first - 1] = Substring(String(repeating: " ", count: depth) + "preload_weight:")
    restored.append("preload_weight:")
  }

  private static func holdsText(_ line: Substring) -> Bool {
    let text = trimmed(line)
    return !text.isEmpty && !text.hasPrefix("#")
  }

  private static func depth(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }

  private static func trimmed(_ line: Substring) -> Substring {
    var text = line.drop { $0 == " " }
    while let last = text.last, last == " " || last == "\r" { text.removeLast() }
    return text
  }

  private static func opensList(_ line: Substring) -> Bool {
    let text = trimmed(line)
    return text.hasSuffix("[") && text.dropLast().contains(":")
  }

  /// `id_field: value_field`, both plain words.
  private static func isPair(_ line: Substring) -> Bool {
    let parts = trimmed(line).split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { isWord($0.drop { $0 == " " }) }
  }

  private static func isWord(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }
}
