import AtomicFiles
import Foundation
import KSRModel
import ModelTestSupport
import TestSupport
import Testing
import Workspace

/// Models of RecBole joined with their data: the same scores and ranks under readable names.
@Suite struct RecBoleImportTests {
  private static let tiny = TestEnvironment.fixture("recbole-tiny/recbole/")

  private func imported(
    _ fixture: String, data: String, _ assignments: String...
  ) throws -> RecBoleImport {
    let file = try PyTorchCheckpoint(path: fixture + "KSR-recbole-1.2.1.pth")
    var settings = Settings()
    for (key, value) in file.configuration { settings.set(key, value, source: "checkpoint") }
    for assignment in assignments { try settings.merge(assignment: assignment) }
    return try RecBoleImport(file.stateDict, settings: settings, folder: AtomicFolder(path: data))
  }

  /// Scores and ranks against RecBole's, for what the model makes of the data by itself.
  ///
  /// - Parameter hits: how many targets RecBole ranks among the first ten; nil ranks only those
  ///   whose scores are given.
  private func compare(_ fixture: String, data: String, users: Int, hits: Int?) throws {
    let model = try imported(fixture, data: data).model
    let session = try Session(model, folder: AtomicFolder(path: data))
    let file = try SafetensorsFile(path: fixture + "cases.safetensors")
    let width = try file.shape("test.item_seq")[1]
    #expect(model.settings.maxItemListLength == width)
    let targets = try file.integers("test.target")
    let ranks = try file.integers("test.target_rank")
    let sequences = try file.integers("test.item_seq")
    let lengths = try file.integers("test.item_seq_len")
    struct Words: Decodable { var user: [String] }
    let words = try JSONDecoder().decode(
      Words.self, from: Data(contentsOf: URL(fileURLWithPath: fixture + "vocab.json")))
    var row: [String: Int] = [:]
    for (place, user) in try file.integers("test.user").enumerated() {
      row[words.user[user]] = place
    }
    let scored = Dictionary(
      uniqueKeysWithValues: try file.integers("score.row").enumerated().map { ($1, $0) })
    let expected = try file.floats("score.scores")

    var (cases, compared, found) = (0, 0, 0)
    for user in session.users {
      guard user.count > 1, let place = row[user.user] else { continue }
      let test = user.count - 1
      #expect(session.mark(of: user, step: test) == .test)
      #expect(Int(user.items[test]) == targets[place])
      let history = Array(user.items[max(0, test - width)..<test])
      #expect(
        history.map(Int.init) == Array(sequences[place * width..<place * width + lengths[place]]))
      cases += 1
      guard hits != nil || scored[place] != nil else { continue }
      let trace = session.network.trace(history)
      let scores = session.network.scores(session.network.terms(trace, row: history.count - 1))
      let rank = rank(of: user.items[test], in: scores)
      if rank <= 10 { found += 1 }
      // Scores that differ by rounding only may change places.
      #expect(abs(rank - Double(ranks[place])) <= 1)
      if let number = scored[place] {
        let theirs = expected[number * scores.count..<(number + 1) * scores.count]
        #expect(relativeDifference(scores, theirs) < 1e-4)
        compared += 1
      }
    }
    #expect(cases == users && ranks.count == users)
    if let hits { #expect(found == hits) }
    #expect(compared == scored.count && compared > 0)
    let data = try AtomicFolder(path: data)
    let saved = try TrainedModel(
      SafetensorsFile(bytes: model.serialized(file: ""), file: ""))
    #expect(saved.parameters == model.parameters && saved.tails == model.tails)
    #expect(try Session(saved, folder: data).warnings.allSatisfy { !$0.contains("differ") })
  }

  @Test func tinyEqualsRecBole() throws {
    try compare(Self.tiny, data: Self.tiny + "tiny-ksr", users: 35, hits: 6)
  }

  @Test(
    .enabled(
      if: TestEnvironment.data != nil && TestEnvironment.fixtures != nil,
      "KSR_DATA or KSR_FIXTURES is not set"))
  func movieLensEqualsRecBole() throws {
    try compare(
      #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/",
      data: #require(TestEnvironment.data) + "/ml100k-kg", users: 943, hits: nil)
  }

  @Test func wordsOfTheModel() throws {
    let data = Self.tiny + "tiny-ksr"
    let result = try imported(Self.tiny, data: data)
    let model = result.model
    #expect(result.notes.isEmpty)
    #expect(model.settings.hasPadRelation && !model.settings.freezesKnowledgeGraph)
    #expect(model.settings.gamma == 10 && model.settings.loss == .crossEntropy)
    #expect(model.relations.tokens.first == "[PAD]" && model.relationNames.first == "[PAD]")
    #expect(model.parameters.relationMatrix.row(0).allSatisfy { $0 == 0 })
    #expect(model.provenance.dataName == "tiny-ksr")
    #expect(model.provenance.split.leaveOut == .validAndTest)
    #expect(model.provenance.training["train_batch_size"] == "64")
    #expect(model.provenance.training["valid_metric"] == "MRR@10")
    // The facts are those of the graph: item → entity → tails.
    let folder = try AtomicFolder(path: data)
    let triples = try Triples.read(folder)
    let links = try Links.read(folder)
    for item in 1..<model.items.count {
      let entity = try #require(links.entity(ofItem: model.items[item]))
      for slot in 0..<model.relations.count {
        let known = model.tails.of(item: item, slot: slot).map { model.tails.tokens[Int($0)] }
        let facts = (0..<triples.count).filter {
          triples.entities[Int(triples.head[$0])] == entity
            && triples.relations[Int(triples.relation[$0])] == model.relations[slot]
        }.map { triples.entities[Int(triples.tail[$0])] }
        #expect(Set(known) == Set(facts) && known.count == Set(known).count)
      }
    }
  }

  @Test func aStateDictNeedsSettings() throws {
    let file = try StateDict(SafetensorsFile(path: Self.tiny + "model.safetensors"))
    let folder = try AtomicFolder(path: Self.tiny + "tiny-ksr")
    let bare = try RecBoleImport(file, settings: Settings(), folder: folder)
    #expect(bare.notes.count == 3)
    #expect(bare.notes[0].contains("gamma 10.0, loss_type CE, MAX_ITEM_LIST_LENGTH 50"))
    #expect(bare.model.settings.maxItemListLength == 50)
    var settings = Settings()
    for assignment in [
      "gamma=3", "loss_type=BPR", "MAX_ITEM_LIST_LENGTH=8", "freeze_kg=true",
      "eval_args={split: {LS: valid_only}}", "dropout_prob=0.25",
    ] { try settings.merge(assignment: assignment) }
    let told = try RecBoleImport(file, settings: settings, folder: folder)
    #expect(told.notes.isEmpty)
    #expect(told.model.settings.gamma == 3 && told.model.settings.loss == .bpr)
    #expect(told.model.settings.maxItemListLength == 8 && told.model.settings.freezesKnowledgeGraph)
    #expect(told.model.settings.dropoutProbability == 0.25)
    #expect(told.model.provenance.split.leaveOut == .validOnly)
  }

  // MARK: - Data that do not fit

  /// A copy of the tiny data with some files changed or, where nil, left out.
  private func changed(
    _ changes: [String: ([String]) -> [String]?], _ body: (String) throws -> Void
  ) throws {
    let parent = NSTemporaryDirectory() + "import-\(UUID().uuidString)"
    let folder = parent + "/tiny-ksr"
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for suffix in ["inter", "kg", "link", "ent_feature", "rel_feature"] {
      let text = try String(
        contentsOfFile: Self.tiny + "tiny-ksr/tiny-ksr.\(suffix)", encoding: .utf8)
      let lines = text.split(separator: "\n").map(String.init)
      guard let kept = (changes[suffix] ?? { $0 })(lines) else { continue }
      try Data((kept.joined(separator: "\n") + "\n").utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/tiny-ksr.\(suffix)"))
    }
    try body(folder)
  }

  private func refusal(_ changes: [String: ([String]) -> [String]?]) throws -> String {
    var text: String?
    try changed(changes) { folder in text = sentence { try imported(Self.tiny, data: folder) } }
    return try #require(text)
  }

  @Test func missingRelationVectors() throws {
    let none = try refusal(["rel_feature": { _ in nil }])
    #expect(
      none.contains("tiny-ksr.rel_feature: found no such file, expected the relation vectors"))
    let fewer = try refusal(["rel_feature": { Array($0.dropLast()) }])
    #expect(fewer.contains("found 3 rows, none of them for \"film.directed_by\""))
    #expect(fewer.contains("expected one for each of the 4 relations"))
    let narrow = try refusal(["rel_feature": { $0.map { String($0.prefix { $0 != " " }) } }])
    #expect(narrow.contains("vectors of 1 numbers, expected 64"))
    // A relation more makes a slot more, as in RecBole, and is no error.
    try changed(["rel_feature": { $0 + ["more" + $0[1].drop { $0 != "\t" }] }]) { folder in
      let model = try imported(Self.tiny, data: folder).model
      #expect(model.relations.count == 6)
    }
  }

  @Test func otherItems() throws {
    let short = try refusal(["inter": { Array($0.prefix(20)) }])
    #expect(short.contains("it has 40 rows, but tiny-ksr has"))
    let unlinked = try refusal(["link": { Array($0.prefix(5)) }])
    #expect(unlinked.contains("items that RecBole would"))
  }

  @Test func itemsInAnotherOrder() throws {
    // As many items, but each is called by another's name: only the entity vectors can tell.
    try changed(["inter": { [$0[0]] + $0.dropFirst().reversed() }]) { folder in
      let notes = try imported(Self.tiny, data: folder).notes
      #expect(notes.contains { $0.contains("the names wrong") })
    }
  }

  @Test func otherModelsAndFolders() throws {
    let data = Self.tiny + "tiny-ksr"
    #expect(
      try #require(sentence { try imported(Self.tiny, data: data, "model=GRU4Rec") })
        .contains("found \"GRU4Rec\", expected KSR"))
    #expect(
      try imported(Self.tiny, data: data, "dataset=other").notes
        == ["The model was trained on a folder \"other\"; this one is \"tiny-ksr\"."])
    #expect(
      try imported(Self.tiny, data: data, "eval_args={order: TO}").notes.first?
        .contains("last two of each user") == true)
    let cut = try imported(Self.tiny, data: data, "eval_args={split: {RS: [8, 1, 1]}}")
    #expect(cut.notes.isEmpty && cut.model.provenance.split.ratios?.parts == [8, 1, 1])
    for wrong in ["gamma=many", "loss_type=MSE", "MAX_ITEM_LIST_LENGTH=0", "dropout_prob=1"] {
      #expect(sentence { try imported(Self.tiny, data: data, wrong) } != nil)
    }
  }
}
