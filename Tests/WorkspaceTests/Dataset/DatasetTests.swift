import AtomicFiles
import KSRModel
import Testing
import Workspace

/// What is read from a data folder, and what is said about one that cannot be.
@Suite struct DatasetTests {
  @Test func linkedItemsAreKept() throws {
    let data = try DataFolder(DataFolder.films).dataset()
    #expect(data.items.tokens == ["[PAD]", "b", "a", "c"])
    #expect(
      data.entityOfItem.map { $0 < 0 ? "" : data.graph.entities[Int($0)] } == ["", "B", "A", "C"])
    #expect(data.histories.map(\.user) == ["u1", "u2"])
    // Ties keep the order of the file.
    #expect(
      data.histories.map { $0.items.map { data.items[Int($0)] } } == [
        ["a", "c", "b"], ["b", "a", "c"],
      ])
    #expect(data.histories.map(\.timestamps) == [[10, 10, 30], [4, 5, 5]])
    #expect((data.interactionCount, data.droppedInteractions, data.droppedItems) == (6, 3, 2))
    #expect(data.trainingSequences.map(\.count) == [2, 2])
    #expect(data.warnings.isEmpty)
  }

  @Test func heldOutUsersHaveNoTrainingSequence() throws {
    var split = DataSplit()
    split.heldOutUsers = ["*1"]
    let films = try DataFolder(DataFolder.films)
    let data = try films.dataset(split: split)
    #expect(data.histories.map(\.isHeldOut) == [true, false])
    #expect(data.trainingSequences.map(\.count) == [0, 2])
    #expect(data.trainingDigest != (try films.dataset().trainingDigest))
  }

  @Test func namesComeFromTitleThenEntityThenToken() throws {
    let folder = try DataFolder.films([
      "item": ["item_id:token title:token year:float", "b Birds 1963"],
      "entity": ["entity_id:token name:token_seq", "A Rope", "B Avians", "D1 Alfred"],
      "relation": ["relation_id:token name:token_seq", "genre kind"],
    ])
    let data = try folder.dataset()
    #expect(data.itemNames == ["[PAD]", "Birds", "Rope", "c"])
    #expect(data.relationNames.name(of: "genre") == "kind")
  }

  @Test(arguments: ["kg", "link", "inter"]) func missingFileIsNamed(suffix: String) throws {
    let text: String?
    if suffix == "inter" {
      text = sentence { try DataFolder.films([suffix: nil]) }
    } else {
      let folder = try DataFolder.films([suffix: nil])
      text = sentence { try folder.dataset() }
    }
    let said = try #require(text)
    #expect(said.contains("films.\(suffix)"), "\(said)")
    #expect(said.contains(suffix == "inter" ? "found no films.inter" : "no such file"), "\(said)")
  }

  @Test func noLinkedItemIsSaid() throws {
    let folder = try DataFolder.films(["link": ["item_id:token entity_id:token", "e E"]])
    let said = try #require(sentence { try folder.dataset() })
    #expect(said.contains("9 interactions, none of them with an item that is linked"), "\(said)")
    #expect(said.contains("films.inter"))
  }

  @Test func anItemCalledPadIsRefused() throws {
    let folder = try DataFolder.films([
      "inter": ["user_id:token item_id:token timestamp:float", "u1 a 1", "u1 [PAD] 2"],
      "link": ["item_id:token entity_id:token", "a A", "[PAD] B"],
    ])
    let said = try #require(sentence { try folder.dataset() })
    #expect(said.contains("an item called [PAD]") && said.contains("item_id"), "\(said)")
  }

  @Test func oddCompanionsAreWarnedAbout() throws {
    let folder = try DataFolder.films([
      "link": ["item_id:token entity_id:token", "a A", "b B", "a C"],
      "item": ["item_id:token title:token", "b Birds", "b Avians"],
      "entity": ["entity_id:token label:token", "A Rope"],
    ])
    let data = try folder.dataset()
    for suffix in ["link", "item", "entity"] {
      #expect(data.warnings.count { $0.file == data.folder.file(suffix) } == 1, "\(suffix)")
    }
    let a = try #require(data.items.id(of: "a"))
    #expect(data.graph.entities[Int(data.entityOfItem[a])] == "C", "the last link holds")
  }

  @Test func columnsThatThereAreNotAreSaid() throws {
    var settings = Settings()
    try settings.merge(
      yaml: "load_col: {inter: [user_id, item_idd, timestamp], user: [age]}\n"
        + "unload_col: {link: [foo]}", source: "a.yaml")
    let data = try DataFolder(DataFolder.films)
    let notes = try DataSettings(settings).missingColumns(in: data.folder)
    withExtendedLifetime(data) {}
    #expect(notes.count == 3)
    #expect(notes[0].contains("\"item_idd\"") && notes[0].hasSuffix("is item_id meant?"))
    #expect(notes[1] == "load_col names films.user, and there is no such file.")
    #expect(notes[2].hasPrefix("unload_col names \"foo\", and films.link has no such column"))
  }

  @Test func missingLinksAreExplainedByTheirSpelling() throws {
    var files = DataFolder.films
    files["link"] = files["link"]?.enumerated().map {
      $0.offset == 0 ? $0.element : "0" + $0.element
    }
    files["inter"] = files["inter"]?.enumerated().map { offset, line in
      offset == 0
        ? line
        : line.split(separator: " ").enumerated().map { place, word in
          place == 1 ? "7\(word)" : String(word)
        }.joined(separator: " ")
    }
    files["link"] = files["link"]?.map { $0.replacing("0", with: "07") }
    let message = sentence { try DataFolder(files).dataset() }
    #expect(
      message?.contains("but for leading zeros: \"7a\" is \"07a\" there") == true,
      "\(message ?? "")")
  }
}
