import AtomicFiles
import KSRModel
import ModelTestSupport
import Testing
import Workspace

/// A model and histories of another folder, joined by token.
@Suite struct SessionTests {
  /// A model that knows the films [PAD], i1 … i40 by their tokens.
  private let model = RandomNetwork().model()

  private static let users = [
    "user_id:token item_id:token timestamp:float",
    "v1 i7 3", "v1 new 2", "v2 i40 9", "v1 i3 1", "v2 i7 8", "v2 i7 10", "v3 new 5", "v10 other 1",
    "v10 i3 2", "v1 [PAD] 4",
  ]

  private func session(
    _ changes: [String: [String]?] = [:], split: DataSplit = DataSplit(), digest: String = ""
  ) throws -> Session {
    var model = model
    model.provenance.dataName = "cinema"
    model.provenance.split = split
    model.provenance.trainingDigest = digest
    var files: [String: [String]?] = ["inter": Self.users]
    files.merge(changes) { $1 }
    return try DataFolder(files.compactMapValues { $0 }).session(model)
  }

  @Test func itemsAreJoinedByToken() throws {
    let session = try session()
    #expect(session.users.map(\.user) == ["v1", "v2", "v10"])
    #expect(session.users.map { $0.items } == [[3, 7], [7, 40, 7], [3]])
    #expect(session.users[1].timestamps == [8, 9, 10])
    #expect(session.warnings == ["4 interactions with 3 items unknown to the model are left out."])
    #expect(session.network.itemCount == 41)
    #expect(session.folder?.name == "films")
  }

  @Test func missingItemsAreExplainedByTheirSpelling() throws {
    let session = try session([
      "inter": ["user_id:token item_id:token timestamp:float", "v1 i7 1", "v1 I3 2", "v1 new 3"]
    ])
    #expect(
      session.warnings.first?.contains(
        "1 of them would be found in the model but for upper and lower case: \"I3\" is \"i3\"")
        == true)
  }

  @Test func numbersForWantOfNamesAreMarked() throws {
    var model = model
    model.items = Vocabulary(["[PAD]"] + (1...40).map { "\($0)" })
    model.itemNames = NameList(model.items.tokens)
    let rows = ["user_id:token item_id:token timestamp:float", "v1 7 1", "v1 3 2"]
    let session = try DataFolder(["inter": rows]).session(model)
    #expect(session.model.itemNames[7] == "#7" && session.model.items[7] == "7")
    #expect(
      session.warnings == ["There is no films.item with the items' names: #742 is the item 742."])
    let named = try DataFolder([
      "inter": rows, "item": ["item_id:token title:token_seq", "7 Seven"],
    ]).session(model)
    #expect(named.model.itemNames[7] == "Seven" && named.model.itemNames[3] == "#3")
    #expect(named.warnings.isEmpty)
  }

  /// NAME.item may have come, or have been corrected, after the training.
  @Test func namesAreThoseOfToday() throws {
    let session = try session([
      "item": ["item_id:token book_title:token_seq", "i7 Seven", "i40 Forty", "new New"]
    ])
    #expect(session.model.itemNames[7] == "Seven" && session.model.itemNames[40] == "Forty")
    #expect(session.model.itemNames[3] == model.itemNames[3])
    #expect(try session.reading(model).model.itemNames[7] == "Seven")
  }

  /// The folder is gone by then: what is not read again does not miss it.
  @Test func anotherModelOfTheSameRunReadsNothingAgain() throws {
    let session = try session()
    var model = session.model
    model.parameters.itemEmbedding.values[8] += 1
    let next = try session.reading(model)
    #expect(next.users == session.users && next.popularity == session.popularity)
    #expect(next.warnings == session.warnings && next.folder == session.folder)
    #expect(next.network.itemVectors != session.network.itemVectors)
    model.provenance.split.heldOutUsers = ["v2"]
    #expect(throws: DataError.self) { try session.reading(model) }
    #expect(try Session(model).reading(model).users.isEmpty)
  }

  @Test func popularityCountsUsers() throws {
    var expected = [Int32](repeating: 0, count: 41)
    (expected[3], expected[7], expected[40]) = (2, 2, 1)
    #expect(try session().popularity == expected)
    #expect(Session(model).popularity == Array(repeating: 0, count: 41))
  }

  @Test func marksFollowTheModelsSplit() throws {
    var split = DataSplit()
    split.leaveOut = .testOnly
    split.heldOutUsers = ["*0"]
    let session = try session(split: split)
    #expect(session.users.map(\.isHeldOut) == [false, false, true])
    let marks = session.users.map { user in
      user.items.indices.map { session.mark(of: user, step: $0) }
    }
    #expect(marks == [[.train, .train], [.train, .train, .test], [.test]])
  }

  @Test func factsAndYear() throws {
    let session = try session([
      "item": [
        "item_id:token title:token release_year:token genre:token", "i3 Rope 1948 Crime",
        "i9 Vertigo(1958) ? Drama",
      ]
    ])
    let facts = session.facts(of: 3).map { "\($0.column) \($0.value)" }
    #expect(facts == ["title Rope", "release_year 1948", "genre Crime"])
    #expect(session.year(of: 3) == 1948)
    #expect(session.year(of: 9) == nil, "its name says it")
    #expect(session.facts(of: 7).isEmpty && session.year(of: 7) == nil)
    #expect(Session(model).facts(of: 3).isEmpty && Session(model).year(of: 3) == nil)
  }

  @Test func nothingToJoinIsSaid() throws {
    let header = Self.users[0]
    let said = try #require(sentence { try session(["inter": [header, "v1 new 1", "v2 x 2"]]) })
    #expect(said.contains("no item that the model knows") && said.contains("cinema"), "\(said)")
    let empty = try #require(sentence { try session(["inter": [header]]) })
    #expect(empty.contains("films.inter"), "\(empty)")
  }

  // MARK: Other training interactions

  /// A model of the films of a folder, with the digest that training writes.
  private func model(of data: Dataset) -> TrainedModel {
    var settings = KSRSettings()
    settings.memory = .none
    settings.layerCount = 1
    let count = data.items.count
    var provenance = Provenance()
    provenance.split = data.split
    provenance.trainingDigest = data.trainingDigest
    return TrainedModel(
      settings: settings,
      parameters: KSRParameters(settings: settings, itemCount: count, relationCount: 0),
      items: data.items, itemNames: NameList(data.itemNames), relations: Vocabulary(),
      relationNames: [],
      tails: KnownTails(itemCount: count, relationCount: 0), provenance: provenance)
  }

  private static let trained = [
    "user_id:token item_id:token timestamp:float",
    "u1 a 1", "u1 b 2", "u1 c 3", "u1 a 4", "u1 d 5", "u2 c 1", "u2 a 2", "u2 b 3",
  ]

  /// Each line of the data with another item: only the last two of u1 and the last of u2 are left
  /// out of training (d, line 5, has no link).
  @Test(arguments: 1...8) func aChangedInteractionIsNoticedIfTrainedOn(line: Int) throws {
    let files = try DataFolder.films(["inter": Self.trained])
    let model = model(of: try files.dataset())
    #expect(
      try files.session(model).warnings.map { $0.prefix(14) } == ["1 interactions"])
    var lines = Self.trained
    let isUnlinked = line == 5
    lines[line] = lines[line].replacingItem(
      with: isUnlinked ? "e" : lines[line].contains(" b ") ? "c" : "b")
    let changed = try DataFolder.films(["inter": lines])
    let warnings = try changed.session(model).warnings
    let isTrained = [1, 2, 6, 7].contains(line)
    #expect(
      warnings.contains {
        $0.hasPrefix("The training interactions differ from those the model was")
      }
        == isTrained, "\(warnings)")
    // The same digest, whether a data set is read for training or beside a model.
    #expect(
      (try changed.dataset().trainingDigest != model.provenance.trainingDigest)
        == isTrained)
  }

  @Test func theOrderOfTheFileIsNoDifference() throws {
    let files = try DataFolder.films(["inter": Self.trained])
    let model = model(of: try files.dataset())
    let reversed = try DataFolder.films([
      "inter": [Self.trained[0]] + Self.trained.dropFirst().reversed()
    ])
    let session = try reversed.session(model)
    #expect(session.users.map(\.user) == ["u2", "u1"])
    #expect(session.warnings.count == 1)
  }

  @Test func modelsWithoutDigestAreNotSuspected() throws {
    #expect(try session(digest: "").warnings.count == 1)
    #expect(try session(digest: "0123456789abcdef").warnings.count == 2)
  }
}

extension String {
  /// The line of an .inter with its second field replaced.
  func replacingItem(with item: String) -> String {
    var fields = split(separator: " ").map(String.init)
    fields[1] = item
    return fields.joined(separator: " ")
  }
}
