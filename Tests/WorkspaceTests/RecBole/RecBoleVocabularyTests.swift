import AtomicFiles
import Foundation
import TestSupport
import Testing
import Workspace

/// RecBole's identifiers, rebuilt from the data.
@Suite struct RecBoleVocabularyTests {
  private struct Words: Decodable {
    var user: [String]
    var item: [String]
    var itemEntity: [String]
    var relation: [String]

    enum CodingKeys: String, CodingKey {
      case user, item, relation
      case itemEntity = "item_entity"
    }
  }

  private func compare(_ folder: String, with fixture: String) throws {
    var settings = Settings()
    for name in ["base", "kg", "ce"] { try settings.merge(file: fixture + "\(name).yaml") }
    let found = try RecBoleVocabulary(AtomicFolder(path: folder), settings: settings)
    let words = try JSONDecoder().decode(
      Words.self, from: Data(contentsOf: URL(fileURLWithPath: fixture + "vocab.json")))
    #expect(found.users.tokens == words.user)
    #expect(found.items.tokens == words.item)
    #expect(found.entities.map { $0 ?? "[PAD]" } == words.itemEntity)
    #expect(found.relations.tokens == words.relation)
  }

  @Test func tiny() throws {
    let fixture = TestEnvironment.fixture("recbole-tiny/recbole/")
    try compare(fixture + "tiny-ksr", with: fixture)
  }

  @Test(
    .enabled(
      if: TestEnvironment.data != nil && TestEnvironment.fixtures != nil,
      "KSR_DATA or KSR_FIXTURES is not set"))
  func movieLens() throws {
    try compare(
      #require(TestEnvironment.data) + "/ml100k-kg",
      with: #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/")
  }

  // MARK: - By hand

  private func vocabulary(
    _ changes: [String: [String]?] = [:], _ assignments: String...
  ) throws -> RecBoleVocabulary {
    let data = try DataFolder.films(changes)
    var settings = Settings()
    for assignment in assignments { try settings.merge(assignment: assignment) }
    return try RecBoleVocabulary(data.folder, settings: settings)
  }

  @Test func droppedInteractionsNumberNothing() throws {
    // d has no link and e none into the graph; u3 has only those.
    let found = try vocabulary()
    #expect(found.items.tokens == ["[PAD]", "b", "a", "c"])
    #expect(found.entities == [nil, "B", "A", "C"])
    #expect(found.users.tokens == ["[PAD]", "u1", "u2"])
    #expect(
      found.relations.tokens == ["[PAD]", "genre", "part_of", "directed", "director", "sequel_of"])
    #expect(found.histories.map { $0.items } == [[2, 3, 1], [1, 2, 3]])
  }

  @Test func itemsThatAreReadComeUnlinkedFirst() throws {
    let items = ["item_id:token title:token", "x X", "d D", "c C", "z Z", "a A", "b B"]
    let found = try vocabulary(["item": items], "load_col={item: [item_id], inter: '*'}")
    // z is linked, but to nothing in the graph.
    #expect(found.items.tokens == ["[PAD]", "x", "d", "z", "b", "a", "c"])
    #expect(found.entities == [nil, nil, nil, nil, "B", "A", "C"])
    #expect(found.histories.map { $0.items } == [[5, 6, 4], [4, 5, 6]])
    // The file counts only where it is loaded.
    #expect(try vocabulary(["item": items]).items.count == 4)
    #expect(try vocabulary(["item": items], "load_col=~").items.count == 7)
    // Items that the file lacks lose their interactions, unless told otherwise.
    let fewer = ["item_id:token title:token", "a A", "b B"]
    #expect(
      try vocabulary(["item": fewer], "load_col=~").items.tokens == ["[PAD]", "b", "a"])
    #expect(
      try vocabulary(["item": fewer], "load_col=~", "filter_inter_by_user_or_item=false").items
        .tokens
        == ["[PAD]", "b", "a", "c"])
  }

  @Test func usersThatAreReadAreNumberedLast() throws {
    let users = ["user_id:token age:float", "u9 3", "u1 4"]
    let found = try vocabulary(["user": users], "load_col=~")
    #expect(found.users.tokens == ["[PAD]", "u1", "u9"])
    #expect(found.histories.map(\.user) == ["u1"])
  }

  @Test func whatHasAVectorIsAnEntityAndARelation() throws {
    let entities = ["ent_id:token ent_vec:float_seq", "E 1", "A 2"]
    let relations = ["rel_id:token rel_vec:float_seq", "directed 1", "other 2"]
    let files = ["ent_feature": entities, "rel_feature": relations]
    let found = try vocabulary(files)
    // E is not in the graph.
    #expect(found.items.tokens == ["[PAD]", "b", "a", "c", "e"])
    #expect(found.relations.tokens.last == "other" && found.relations.count == 7)
    let apart = try vocabulary(files, "alias_of_entity_id=[]", "alias_of_relation_id=[x]")
    #expect(apart.items.count == 4 && apart.relations.count == 6)
  }

  @Test(arguments: [
    "kg_reverse_r=true", "benchmark_filename=[a, b, c]", "normalize_all=true",
    "normalize_field=[ent_vec]",
  ])
  func settingsThatAreNotAppliedAreNamed(assignment: String) throws {
    let text = try #require(sentence { try vocabulary([:], assignment) })
    #expect(text.contains("field \(assignment.prefix { $0 != "=" }): found"))
  }

  /// The filters come before links are looked at, so that d and e count for their users.
  @Test(arguments: [
    ("user_inter_num_interval=[3,inf)", ["b", "a", "c"], ["u1", "u2"]),
    ("user_inter_num_interval=[4,inf)", ["b", "a", "c"], ["u1"]),
    ("item_inter_num_interval=[2,2]", ["b", "a", "c"], ["u1", "u2"]),
    ("item_inter_num_interval=[3,9]", [], []),
    ("entity_kg_num_interval=[2,inf)", ["b", "a"], ["u1", "u2"]),
    ("relation_kg_num_interval=[3,inf)", ["b", "a"], ["u1", "u2"]),
    ("rm_dup_inter=first", ["b", "a", "c"], ["u2", "u1"]),
    ("val_interval={item_id: [a, b]}", ["b", "a"], ["u1", "u2"]),
    ("val_interval={timestamp: '[0,5]'}", ["a", "c", "b"], ["u2"]),
    ("val_interval={relation_id: [sequel_of]}", ["b", "a"], ["u1", "u2"]),
  ])
  func filtersComeFirst(assignment: String, items: [String], users: [String]) throws {
    guard !items.isEmpty else {
      let text = try #require(sentence { try vocabulary([:], assignment) })
      #expect(text.contains("no interactions left by the filters"))
      return
    }
    let found = try vocabulary([:], assignment)
    #expect(Set(found.items.tokens.dropFirst()) == Set(items))
    #expect(found.users.tokens.dropFirst() == users[...])
  }

  @Test func aliasesNumberFurtherTokens() throws {
    let inter = [
      "user_id:token item_id:token timestamp:float friend_id:token",
      "u1 b 30 u7", "u1 d 20 u8", "u2 a 5 u1",
    ]
    let items = ["item_id:token like:token_seq", "a x;c", "d c;y"]
    let found = try vocabulary(
      ["inter": inter, "item": items], "alias_of_user_id=[friend_id]", "alias_of_item_id=[like]",
      "load_col=~", "filter_inter_by_user_or_item=false", "seq_separator=;")
    #expect(found.users.tokens == ["[PAD]", "u1", "u2", "u7"])
    #expect(found.items.tokens == ["[PAD]", "d", "x", "y", "b", "a", "c"])
    let text = try #require(
      sentence { try vocabulary(["inter": inter], "alias_of_item_id=[liked]") })
    #expect(text.contains("no loaded column \"liked\""))
  }

  @Test(arguments: [
    "user_inter_num_interval=[0,inf)", "kg_reverse_r=false", "rm_dup_inter=~", "seq_len=None",
    "USER_ID_FIELD=user_id", "normalize_all=false", "threshold={timestamp: 3}",
    "seq_len={ent_vec: 3}", "alias_of_item_id=[]",
  ])
  func settingsThatChangeNothingAreTaken(assignment: String) throws {
    #expect(try vocabulary([:], assignment).items.count == 4)
  }

  @Test func missingFilesAreNamed() throws {
    #expect(try #require(sentence { try vocabulary(["kg": nil]) }).contains("films.kg: found no"))
    #expect(
      try #require(sentence { try vocabulary(["link": nil]) }).contains("films.link: found no"))
  }
}
