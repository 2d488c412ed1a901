import AtomicFiles
import KSRModel
import Text

/// Finds items by what people call them: a token, or a name that only one item has.
package struct ItemLookup: Sendable {
  private let items: Vocabulary
  private let names: [String]
  /// Items by lowercased name.
  private let byName: [String: [Int32]]

  /// The items of a model.
  package init(_ model: TrainedModel) {
    items = model.items
    names = model.itemNames
    var byName: [String: [Int32]] = [:]
    for item in model.itemNames.indices.dropFirst() {
      byName[Self.folded(model.itemNames[item]), default: []].append(Int32(item))
    }
    self.byName = byName
  }

  /// The item with a token or, whatever the case of its letters, a name.
  package func item(_ text: String) throws(UserError) -> Int32 {
    let text = Self.trimmed(text)
    if let item = known(text) { return item }
    if let several = byName[Self.folded(text)], several.count > 1 {
      throw UserError(
        "\(quoted(text)) is the name of \(several.count) items: "
          + "\(listed(several)). Give the token.")
    }
    let near = nearest(text)
    throw UserError(
      near.isEmpty
        ? "The model knows no item \(quoted(text)), by token or by name."
        : "The model knows no item \(quoted(text)). The nearest: \(listed(near)).")
  }

  /// The items of a list separated by commas; a name may have commas in it.
  package func items(_ list: String) throws(UserError) -> [Int32] {
    let pieces = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var result: [Int32] = []
    var start = 0
    while start < pieces.count {
      if Self.trimmed(pieces[start]).isEmpty {
        start += 1
        continue
      }
      // The longest run of pieces that is an item: "The Good, the Bad and the Ugly".
      let ends = (start + 1...min(pieces.count, start + 8)).reversed()
      let found = ends.lazy.compactMap { end in
        known(Self.trimmed(pieces[start..<end].joined(separator: ","))).map { ($0, end) }
      }.first
      guard let (item, end) = found else {
        _ = try item(pieces[start])
        return result
      }
      result.append(item)
      start = end
    }
    return result
  }

  private func known(_ text: String) -> Int32? {
    if let id = items.id(of: text), id > 0 { return Int32(id) }
    guard let named = byName[Self.folded(text)], named.count == 1 else { return nil }
    return named[0]
  }

  /// Up to five items whose names hold the text, else the one that is spelt most like it.
  private func nearest(_ text: String) -> [Int32] {
    let text = Self.folded(text)
    guard !text.isEmpty else { return [] }
    let holding = names.indices.dropFirst().filter { Self.folded(names[$0]).contains(text) }
    if !holding.isEmpty { return holding.prefix(5).map(Int32.init) }
    if let name = AtomicFiles.nearest(to: text, among: byName.keys.sorted()) {
      return byName[name] ?? []
    }
    let token = AtomicFiles.nearest(to: text, among: items.tokens.dropFirst())
    return token.flatMap { items.id(of: $0) }.map { [Int32($0)] } ?? []
  }

  private func listed(_ found: [Int32]) -> String {
    found.prefix(5).map { item in
      let (name, token) = (printable(names[Int(item)]), printable(items[Int(item)]))
      return name == token ? name : "\(name) (\(token))"
    }.joined(separator: ", ")
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  private static func folded(_ text: String) -> String { text.lowercased() }
}
