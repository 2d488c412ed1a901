import KSRModel
import Testing

@testable import AtomicFiles
@testable import Workspace

@Suite("What a data set calls its users and items")
struct NounsTests {
  @Test func pluralsAreMadeOrGiven() {
    #expect(Noun("song")?.many == "songs")
    #expect(Noun("person/people")?.many == "people")
    #expect(Noun("person/people")?.text == "person/people")
    #expect(Noun("song")?.text == "song")
  }

  @Test(arguments: [
    "", "/", "a/b/c", "song/", "7", "a{b}", "a.b", "a word of far too many letters",
  ])
  func whatIsNoNounIsRefused(text: String) {
    #expect(Noun(text) == nil)
    #expect(throws: DataError.self) {
      var settings = Settings()
      try settings.merge(assignment: "item_noun=\"\(text)\"", source: "--set")
      _ = try DataSettings(settings)
    }
  }

  @Test func sentencesTakeTheNouns() {
    var nouns = Nouns()
    let sentence = "{Users} open {a item}; {a user} has {items}. {A item}, {user}, {item}"
    #expect(nouns.fill(sentence) == "Users open an item; a user has items. An item, user, item")
    nouns.user = Noun("artist")!
    nouns.item = Noun("person/people")!
    #expect(
      nouns.fill(sentence)
        == "Artists open a person; an artist has people. A person, artist, person")
  }

  @Test func settingsAreKeptForTheModelFile() throws {
    var settings = Settings()
    try settings.merge(assignment: "user_noun=listener", source: "--set")
    try settings.merge(assignment: "item_noun=item", source: "--set")
    let data = try DataSettings(settings)
    #expect(data.given.keys.sorted() == ["user_noun"])
    #expect(try DataSettings(given: data.given, source: "a model file").nouns == data.nouns)
    #expect(data.nouns.user.many == "listeners")
    #expect(data.nouns.item == Nouns().item)
  }
}
