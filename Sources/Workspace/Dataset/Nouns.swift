import KSRModel

/// What a data set calls one of its users or items, and several of them.
package struct Noun: Sendable, Equatable {
  package let one: String
  package let many: String

  /// `song`, or `person/people` where the plural is not made with an s; nil for anything else than
  /// letters, spaces and hyphens, 20 of them at most.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isWord = { (part: String) in
      (1...20).contains(part.count) && part.contains(where: \.isLetter)
        && part.allSatisfy { $0.isLetter || $0 == " " || $0 == "-" }
    }
    guard parts.count <= 2, parts.allSatisfy(isWord) else { return nil }
    one = parts[0]
    many = parts.count == 2 ? parts[1] : parts[0] + "s"
  }

  fileprivate init(one: String, many: String) {
    (self.one, self.many) = (one, many)
  }

  package var text: String { many == one + "s" ? one : "\(one)/\(many)" }

  /// With the indefinite article: a song, an item, a user.
  package var withArticle: String {
    ("aeio".contains(one.lowercased().prefix(1)) ? "an " : "a ") + one
  }
}

/// The nouns of a data set, for the screens: `user_noun` and `item_noun`.
package struct Nouns: Sendable, Equatable {
  package var user = Noun(one: "user", many: "users")
  package var item = Noun(one: "item", many: "items")

  package init() {}

  /// Fills in the nouns of a sentence that holds for every data set.
  ///
  /// `{user}`, `{users}`, `{a user}` and the same of item; `{User}`, `{Users}`, `{Item}`, `{Items}`
  /// and `{A user}` at the start of a sentence.
  package func fill(_ text: String) -> String {
    guard text.contains("{") else { return text }
    var result = text
    for (name, noun) in [("user", user), ("item", item)] {
      for (place, word) in [
        (name, noun.one), ("\(name)s", noun.many), ("a \(name)", noun.withArticle),
      ] {
        result = result.replacing("{\(place)}", with: word)
        result = result.replacing("{\(Self.capitalized(place))}", with: Self.capitalized(word))
      }
    }
    return result
  }

  private static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}

extension TrainedModel {
  /// What the data that the model was trained on calls its users and items; user and item in files
  /// that do not say.
  package var nouns: Nouns { (try? dataSettings())?.nouns ?? Nouns() }
}
