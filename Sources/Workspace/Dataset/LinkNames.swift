import AtomicFiles
import Foundation

/// Which links look wrong: the item's title and the name of its entity have nothing in common.
package struct LinkNames: Sendable, Equatable {
  /// Items that have both a title and an entity with a name.
  package let compared: Int
  /// Those of them whose names do not resemble each other, in the order in which they were given.
  package let different: [Int]

  /// Compares the names of some items; nil stands for a name that is not known.
  package init(
    _ items: some Sequence<Int>, title: (Int) -> String?, entityName: (Int) -> String?
  ) {
    var compared = 0
    var different: [Int] = []
    for item in items {
      guard let title = title(item), let name = entityName(item) else { continue }
      let (a, b) = (ComparedText(title), ComparedText(name))
      guard !a.words.isEmpty, !b.words.isEmpty else { continue }
      compared += 1
      if !a.resembles(b) { different.append(item) }
    }
    self.compared = compared
    self.different = different
  }

  /// Compares the names of all items of a model with its data, those watched most first; nil where
  /// the folder has no links, no titles or no names of entities.
  package init?(_ session: Session) throws(DataError) {
    guard let folder = session.folder, folder.has("link"), folder.has("entity"),
      let attributes = session.attributes
    else { return nil }
    let links = try Links.read(folder)
    let names = try DisplayNames.entities(of: folder)
    let items = session.model.items
    let popularity = session.popularity
    let order = (1..<max(1, items.count)).sorted {
      popularity[$0] != popularity[$1] ? popularity[$0] > popularity[$1] : $0 < $1
    }
    self.init(
      order,
      title: { attributes.title(ofToken: items[$0]) },
      entityName: { links.entity(ofItem: items[$0]).flatMap { names.name(of: $0) } })
  }
}

/// A text made comparable: words in lower case without accents and punctuation.
package struct ComparedText: Equatable, Sendable {
  /// The words in their order.
  package let words: [String]
  /// Those before all brackets at the end, whatever stands in them.
  private let bare: [String]

  /// The words of a text; what only tells it from namesakes, in brackets at its end, does not belong to
  /// it: a year, or a kind of work as in "Go (1999 film)".
  package init(_ text: String) {
    var text = Substring(text.trimmingCharacters(in: .whitespaces))
    while text.hasSuffix(")"), let open = text.lastIndex(of: "("), open > text.startIndex {
      let inside = Self.words(text[open...])
      guard
        inside.allSatisfy({ $0.allSatisfy(\.isNumber) })
          || inside.last.map(Self.kinds.contains) ?? false
      else { break }
      text = text[..<open]
      while text.last == " " { text.removeLast() }
    }
    words = Self.words(text)
    bare = Self.words(Self.withoutBrackets(text))
  }

  /// The text before the brackets at its end, round or square; all of it if there is nothing before.
  private static func withoutBrackets(_ text: Substring) -> Substring {
    var text = text
    while let last = text.last, let bracket = [")": "(", "]": "["][last],
      let open = text.lastIndex(of: Character(bracket)), !words(text[..<open]).isEmpty
    {
      text = text[..<open]
      while text.last?.isWhitespace == true { text.removeLast() }
    }
    return text
  }

  /// What the brackets of an encyclopedia's titles end with.
  private static let kinds: Set = [
    "film", "movie", "series", "miniseries", "novel", "book", "album", "song", "single", "game",
    "play", "musical", "documentary", "anime", "manga", "band", "singer",
  ]

  private static func words(_ text: Substring) -> [String] {
    String(text).folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
      .replacingOccurrences(of: "'", with: "").split { !$0.isLetter && !$0.isNumber }
      .map(String.init)
  }

  /// All words in one, so that "Film-Noir" equals "film noir" and "filmnoir".
  package var joined: String { words.joined() }

  /// The words that tell texts apart: not those of at most three letters, if there are others.
  private var telling: Set<String> {
    let long = words.filter { $0.count > 3 }
    return Set(long.isEmpty ? words : long)
  }

  /// Whether two names may be of one thing: a telling word in common, mostly the same letters, or the
  /// same but for what stands in brackets behind it.
  package func resembles(_ other: ComparedText) -> Bool {
    !telling.isDisjoint(with: other.telling) || similarity(other) >= 0.4 || bare == other.bare
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
