import Foundation
import FoundationXML
import TestSupport
import Testing

/// `ksr explain` and `ksr recommend` as programs.
@Suite struct ExplainCommandTests {
  private static let data = TestEnvironment.fixture("explorer/little")
  private static let model = data + "/little.safetensors"
  private static let user = [model, "--data", data, "--viewer", "guest0"]

  private func explain(_ arguments: [String]) throws -> Programs.Result {
    try Programs.runSeparately(Programs.executable("ksr"), ["explain"] + arguments)
  }

  private func recommend(_ arguments: [String]) throws -> Programs.Result {
    try Programs.runSeparately(Programs.executable("ksr"), ["recommend"] + arguments)
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func textNamesTheReasonsAndWhatWasChecked() throws {
    let result = try explain(
      Self.user + ["--step", "6", "--without-top", "2", "--silence", "film.film.directed_by"])
    #expect(result.status == 0 && result.errors.isEmpty)
    for part in [
      "Why Psycho, after step 6 of 9 of user guest0", "rank 1 ·",
      "carried by several items together",
      "without 6 Vertigo, 4 Rear Window: log p -0.43 to", "the forecast is -1.0",
      "film.film.directed_by silenced: score", "the sum says",
    ] {
      #expect(result.output.contains(part), "\(part)")
    }
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func jsonAddsUpAndIsTheSameAsCSV() throws {
    for over in [[], ["--over", "Marnie"], ["--over-rivals"]] {
      let arguments = Self.user + ["--step", "8", "--item", "Delicatessen"] + over
      let found = try json(
        explain(arguments + ["--without-top", "1", "--format", "json"]).output)
      let history = try #require(found["history"] as? [[String: Any]])
      var cells: [Double] = []
      for step in history {
        cells.append(try #require(step["sequence"] as? Double))
        cells += try #require(step["cells"] as? [Double])
      }
      cells.append(try #require(found["bias"] as? Double))
      let score = try #require(found["score"] as? Double)
      let size = cells.reduce(abs(score)) { max($0, abs($1)) }
      #expect(history.count == 6, "the window")
      #expect(abs(cells.reduce(0, +) - score) <= 1e-4 * size)
      let check = try #require((found["checks"] as? [[String: Any]])?.first)
      let checked = try #require(check["score"] as? Double)
      #expect(abs(checked - score) <= 1e-4 * size)
      #expect((check["withoutSteps"] as? [Int])?.count == 1)
      #expect(["agrees", "otherSign", "otherSize"].contains(check["verdict"] as? String))

      let csv = try explain(arguments + ["--format", "csv"])
      let rows = csv.output.split(separator: "\n")
      let columns = try #require(rows.first).split(separator: ",")
      let place = columns.count - (try #require(columns.firstIndex(of: "value")))
      let values = try rows.dropFirst().compactMap { row -> Double? in
        // Names with commas are quoted, so that the numbers are counted from the end.
        let fields = row.split(separator: ",", omittingEmptySubsequences: false)
        // What is carried together was not written.
        guard !row.contains(",carried_together,") else { return nil }
        return try #require(Double(fields[fields.count - place]))
      }
      #expect(csv.status == 0 && values.count == cells.count)
      for (a, b) in zip(values, cells) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func similarStatesAreThoseOfOthers() throws {
    let found = try json(
      recommend(Self.user + ["--step", "6", "--similar-states", "3", "--json"]).output)
    let states = try #require(found["similarStates"] as? [[String: Any]])
    let cosines = states.compactMap { $0["cosine"] as? Double }
    #expect(cosines.count == 3 && cosines == cosines.sorted(by: >))
    #expect(states.allSatisfy { $0["user"] as? String != "guest0" && $0["item"] != nil })
    let text = try recommend(Self.user + ["--step", "6", "--similar-states", "3"]).output
    #expect(text.contains("States most like this one"))
    let wrong = try recommend(["--items", "Psycho", "--similar-states", "3"])
    #expect(wrong.status != 0)
    let bySlot = try json(
      recommend(
        Self.user + [
          "--step", "6", "--similar-states", "3", "--similar-states-of", "genre", "--json",
        ]
      ).output)
    let slots = try #require(bySlot["similarStates"] as? [[String: Any]])
    #expect(slots.count == 3 && bySlot["similarStatesOf"] as? String == "genre")
    let unknown = try recommend(
      Self.user + ["--similar-states", "3", "--similar-states-of", "nothing"])
    #expect(unknown.status != 0 && unknown.errors.contains("no relation"))
  }

  /// What all users are recommended is what each of them is, in either format.
  @Test func everyUserAtOnce() throws {
    let folder = NSTemporaryDirectory() + "ksr-all-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let data = ["--data", Self.data, "--top", "3"]
    for more in [[], ["--hide-seen"]] {
      let (table, lines) = (folder + "/all.tsv", folder + "/all.jsonl")
      for output in [table, lines] {
        let result = try recommend(
          [Self.model, "--all-users", "--output", output] + data + more)
        #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
        #expect(result.errors.contains("users, up to 3 items each: \(output)"))
      }
      let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
        .map { $0.split(separator: "\t").map(String.init) }
      #expect(rows[0] == ["user_id", "rank", "item_id", "score", "name"])
      let objects = try String(contentsOfFile: lines, encoding: .utf8).split(separator: "\n")
        .map { try json(String($0)) }
      // Who has seen everything has an object without items, and no rows.
      let some = objects.filter { ($0["recommendations"] as? [Any])?.isEmpty == false }
      #expect(some.count > 1 && Set(rows.dropFirst().map { $0[0] }).count == some.count)
      for object in objects {
        let user = try #require(object["user"] as? String)
        let one = try json(
          recommend([Self.model, "--viewer", user, "--json"] + data + more).output)
        func tokens(_ list: Any?) -> [String] {
          (list as? [[String: Any]] ?? []).compactMap { $0["token"] as? String }
        }
        let expected = tokens(one["recommendations"])
        #expect(tokens(object["recommendations"]) == expected)
        #expect(rows.filter { $0[0] == user }.map { $0[2] } == expected)
        #expect(object["step"] as? Int == one["step"] as? Int)
      }
      // Without a file the table goes to standard output.
      let shown = try recommend([Self.model, "--all-users"] + data + more)
      #expect(try shown.output == String(contentsOfFile: table, encoding: .utf8))
    }
    for (arguments, part) in [
      (["--all-users", "--viewer", "guest0"] + data, "whole histories"),
      (["--all-users"], "needs the folder"), (["--output", "x", "--items", "a"], "go with"),
      (["--all-users", "--output", folder + "/no/x.tsv"] + data, "no/x.tsv"),
      (data, "Whose history"),
    ] {
      let result = try recommend([Self.model] + arguments)
      #expect(result.status != 0 && result.errors.contains(part), "\(result.errors)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "all.jsonl", "all.tsv",
      ])
  }

  @Test func theFigureIsWellFormedAndTheItemsMayBeTyped() throws {
    let result = try explain([
      Self.model, "--items", "Rear Window, psycho,VERTIGO", "--format", "svg",
    ])
    #expect(result.status == 0 && result.output.contains("<svg"))
    #expect(XMLParser(data: Data(result.output.utf8)).parse())
    #expect(result.output.contains("after step 3 of 3 of the items given"))
  }

  @Test func anyItemsAreRecommendedFor() throws {
    let all = try recommend(Self.user + ["--step", "6", "--json", "--top", "12"])
    let user = try json(all.output)
    let tokens = try #require(user["history"] as? [[String: String]]).compactMap { $0["token"] }
    #expect(tokens.count == 6)
    let typed = try json(
      recommend([
        Self.model, "--items", tokens.joined(separator: ","), "--json", "--top", "12",
      ]).output)
    let (a, b) = (user["recommendations"], typed["recommendations"])
    let rows = try #require(a as? [[String: Any]])
    let others = try #require(b as? [[String: Any]])
    #expect(rows.count == 12 && others.count == 12)
    for (row, other) in zip(rows, others) {
      for key in ["token", "score", "rank", "probability"] {
        #expect(row[key] as? NSObject == other[key] as? NSObject, "\(key)")
      }
    }
    let unseen = try recommend([Self.model, "--items", "Vertigo", "--hide-seen", "--top", "99"])
    #expect(unseen.status == 0)
    #expect(unseen.output.split(separator: "\n").count == 1 + 11)
    #expect(!unseen.output.contains("(seen)"))
  }

  @Test(
    "what there is not is said in a sentence that says what there is",
    arguments: [
      (["--item", "Vertgo"], "no item \"Vertgo\". The nearest: Vertigo"),
      (["--over", "nothing like it"], "knows no item \"nothing like it\""),
      (["--item", "Psycho", "--over", "psycho"], "--over names the item itself"),
      (["--step", "10"], "--step 10: the history has the steps 1 to 9."),
      (["--step", "0"], "--step 0: the history has the steps 1 to 9; before the first"),
      (
        ["--silence", "directer"],
        "no relation \"directer\". Its relations: film.film.directed_by, film.film.genre"
      ),
      (["--without-top", "0"], "--without-top 0: expected a whole number from 1"),
      (["--format", "pdf"], "text, json, csv or svg"),
      (["--over", "Psycho", "--over-rivals"], "give one of the two"),
    ])
  func badInput(arguments: [String], sentence: String) throws {
    let result = try explain(Self.user + arguments)
    #expect(result.status != 0 && result.output.isEmpty)
    #expect(result.errors.replacing("'", with: "").contains(sentence), "\(result.errors)")
  }

  @Test func whoseHistoryItIsHasToBeSaid() throws {
    for (arguments, sentence) in [
      (
        [Self.model, "--items", " , "], "--items names no item: give one at least, such as --items "
      ),
      ([Self.model], "--data DIR --viewer ID, or --items a,b,c"),
      ([Self.model, "--items", "Psycho,Birds"], "knows no item \"Birds\""),
      ([Self.model, "--data", Self.data, "--viewer", "guest1"], "the nearest is guest0"),
      ([Self.model, "--viewer", "guest0"], "--viewer needs the folder"),
      (["/none.safetensors", "--items", "Psycho"], "/none.safetensors"),
    ] {
      for result in [try explain(arguments), try recommend(arguments)] {
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(result.errors.contains(sentence), "\(result.errors)")
      }
    }
  }

  @Test func aModelWithoutMemoryIsExplainedAndHasNoSlotToSilence() throws {
    let folder = NSTemporaryDirectory() + "ksr-explain-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let model = folder + "/none.safetensors"
    let settings = [
      "memory=none", "embedding_size=8", "kg_embedding_size=6", "hidden_size=10", "epochs=1",
    ].flatMap { ["--set", $0] }
    let trained = try Programs.runSeparately(
      Programs.executable("ksr"), ["train", "--data", Self.data, "--output", model] + settings)
    #expect(trained.status == 0, "\(trained.errors)")
    let items = [model, "--items", "Psycho,Vertigo"]
    let text = try explain(items + ["--without-top", "1"])
    #expect(text.status == 0 && text.output.contains("the model has no memory"))
    #expect(!text.output.contains("memory +") && !text.output.contains("Cells: step"))
    let found = try json(explain(items + ["--format", "json"]).output)
    #expect((found["slots"] as? [Any])?.isEmpty == true)
    #expect(XMLParser(data: Data(try explain(items + ["--format", "svg"]).output.utf8)).parse())
    let silenced = try explain(items + ["--silence", "film.film.genre"])
    #expect(silenced.status != 0 && silenced.output.isEmpty)
    #expect(silenced.errors.contains("no memory (memory: none): there is no relation to silence"))
  }

  @Test func aNumberThatJSONCannotSayIsAnError() throws {
    let folder = NSTemporaryDirectory() + "ksr-overflow-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Every parameter of the item vectors is finite, and no score is.
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Self.model))
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
    let tensor = try #require(header["item_embedding.weight"] as? [String: Any])
    let place = try #require(tensor["data_offsets"] as? [Int])
    for start in stride(from: 8 + length + place[0], to: 8 + length + place[1], by: 4) {
      withUnsafeBytes(of: Float(3e38).bitPattern.littleEndian) {
        bytes.replaceSubrange(start..<start + 4, with: $0)
      }
    }
    let model = folder + "/overflow.safetensors"
    try bytes.write(to: URL(fileURLWithPath: model))
    let items = [model, "--items", "Psycho,Vertigo"]
    let data = [model, "--data", Self.data, "--json"]
    for arguments in [
      ["recommend"] + items + ["--json"], ["explain"] + items + ["--format", "json"],
      ["evaluate", "--diagnose"] + data, ["evaluate", "--explanations"] + data,
    ] {
      let result = try Programs.runSeparately(Programs.executable("ksr"), arguments)
      let isSaid = result.errors.contains("ksr: JSON has no number ")
      // Measures by rank may be finite all the same.
      #expect(result.status == (isSaid ? 1 : 0), "\(arguments): \(result.errors)")
      #expect(result.output.isEmpty == isSaid, "\(arguments)")
      if arguments[0] != "evaluate" { #expect(isSaid, "\(arguments)") }
    }
  }
}

extension Programs {
  /// What a program left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs a program to its end; what it wrote to its two outputs is kept apart.
  static func runSeparately(_ program: String, _ arguments: [String]) throws -> Result {
    let files = ["out", "err"].map {
      NSTemporaryDirectory() + "ksr-\($0)-\(UUID().uuidString)"
    }
    defer { files.forEach { unlink($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (place, file) in files.enumerated() {
      posix_spawn_file_actions_addopen(
        &actions, Int32(1 + place), file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    }
    let child = try spawn(program, arguments, [], &actions)
    let status = wait(for: child)
    let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
    return Result(status: status, output: texts[0], errors: texts[1])
  }
}
