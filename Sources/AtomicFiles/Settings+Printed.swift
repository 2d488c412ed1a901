/// Settings as RecBole's model pages print them, with the lines that the print lost put back.
///
/// The page of KSR lost `load_col:` above its indented keys, the commas between the lists of
/// `fields_in_same_space`, the bracket that closes them, and `preload_weight:`. Only a text that is
/// no YAML as it stands is looked at, and only these four places are mended.
struct PrintedSettings {
  /// The mended text.
  private(set) var text = ""
  /// Lines put above the first, to be taken off line numbers.
  private(set) var addedLines = 0
  /// What was put back, such as `load_col:`.
  private(set) var restored: [String] = []

  private var lines: [Substring]
  /// The depth of the keys that belong to no other.
  private var base = 0

  /// Nil if there is nothing of this kind to mend.
  init?(_ original: String) {
    lines = original.split(separator: "\n", omittingEmptySubsequences: false)
    restoreFirstKey()
    restoreLists()
    guard !restored.isEmpty else { return nil }
    text = lines.joined(separator: "\n")
  }

  /// Puts `load_col:` above keys that are deeper than those after them.
  private mutating func restoreFirstKey() {
    guard let first = lines.firstIndex(where: Self.holdsText) else { return }
    let isThere = Self.trimmed(lines[first]) == "load_col:"
    let rest = lines[(isThere ? first + 1 : first)...].filter(Self.holdsText)
    let depths = rest.map(Self.depth)
    guard let least = depths.min() else { return }
    base = least
    guard depths[0] > least else { return }
    let key = Substring(String(repeating: " ", count: least) + "load_col:")
    if isThere {
      guard Self.depth(lines[first]) != least else { return }
      lines[first] = key
    } else {
      lines.insert(key, at: first)
      addedLines = 1
    }
    restored.append("load_col:")
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
      for (place, item) in items.enumerated() {
        let isLast = place == items.count - 1
        lines[start + place] =
          (place == 0 ? lines[start] : Substring(String(repeating: " ", count: base + 2)))
          + item + (isLast ? "]" : ",")
      }
      restored.append("the bracket that closes them")
      lines[next - 1] = ""
      if next < lines.count, Self.depth(lines[next]) >= base, Self.isPair(lines[next]) {
        restoreWeights(from: next)
      }
    }
  }

  /// Puts `preload_weight:` above the pairs `ent_id: ent_vec` that follow.
  private mutating func restoreWeights(from first: Int) {
    var next = first
    while next < lines.count, Self.isPair(lines[next]) {
      lines[next] =
        Substring(String(repeating: " ", count: base + 2)) + Self.trimmed(lines[next])
      next += 1
    }
    lines[first - 1] = Substring(String(repeating: " ", count: base) + "preload_weight:")
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
    guard parts.count == 2 else { return false }
    return parts.allSatisfy { part in
      let word = part.drop { $0 == " " }
      return !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
  }
}
