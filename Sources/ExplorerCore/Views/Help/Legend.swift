/// What the signs, letters and names of numbers on the screen mean.
///
/// The help and the search for commands come from it. Each view has its entries in its folder.
enum Legend {
  struct Entry: Equatable, Sendable {
    let sign: String
    /// Other words by which it is looked for.
    let names: String
    let text: String
    let panes: Set<Pane>
  }

  /// All entries in some words and signs; those of a pane come first.
  static func entries(_ words: Terminology, _ glyphs: Glyphs, first pane: Pane? = nil) -> [Entry] {
    let entries =
      Pane.allCases.flatMap { $0.view.legend(words, glyphs) }
      + Views.all.filter { !($0 is any PaneView.Type) }.flatMap { $0.legend(words, glyphs) }
    let all = entries.map { entry in
      Entry(sign: entry.sign, names: entry.names, text: words.fill(entry.text), panes: entry.panes)
    }
    guard let pane else { return all }
    return all.filter { $0.panes.contains(pane) } + all.filter { !$0.panes.contains(pane) }
  }

  /// Those that have some words in them, drawn in whatever signs.
  static func entries(
    matching text: String, _ words: Terminology, _ glyphs: Glyphs, first pane: Pane? = nil
  ) -> [Entry] {
    let wanted = text.lowercased().split(separator: " ")
    let shown = entries(words, glyphs, first: pane)
    let others = [Glyphs.unicode, .ascii].flatMap { glyphs in
      [false, true].map {
        entries(.of(glyphs, isPlain: $0, words.nouns), glyphs, first: pane)
      }
    }
    return shown.indices.filter { place in
      let texts = (others.map { $0[place] } + [shown[place]]).map {
        "\($0.sign) \($0.names) \($0.text)".lowercased()
      }
      return wanted.allSatisfy { word in texts.contains { $0.contains(word) } }
    }.map { shown[$0] }
  }
}

extension String {
  /// The text with its first letter in upper case.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
