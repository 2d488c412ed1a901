import TestSupport
import Testing

@testable import AtomicFiles

@Suite struct SettingsTests {
  private func settings(_ yaml: String) throws -> Settings {
    var settings = Settings()
    try settings.merge(yaml: yaml, source: "a.yaml")
    return settings
  }

  private func error(_ yaml: String) -> String? {
    sentence { () throws(DataError) in
      var settings = Settings()
      try settings.merge(yaml: yaml, source: "a.yaml")
    }
  }

  @Test(
    arguments: [
      ("5", .int(5)), ("-5", .int(-5)), ("+5", .int(5)), ("0", .int(0)),
      ("0.5", .float(0.5)), ("1e-4", .float(1e-4)), ("1E3", .float(1000)), (".5", .float(0.5)),
      ("5.", .float(5)), ("99999999999999999999", .float(1e20)),
      ("010", .string("010")), ("0x10", .string("0x10")), ("1_000", .string("1_000")),
      ("true", .bool(true)), ("True", .bool(true)), ("yes", .bool(true)), ("off", .bool(false)),
      ("FALSE", .bool(false)), ("tRUE", .string("tRUE")), ("nan", .string("nan")),
      ("", .null), ("~", .null), ("null", .null), ("None", .null),
      ("CE", .string("CE")), ("MRR@10", .string("MRR@10")), ("1 2", .string("1 2")),
      ("'5'", .string("5")), ("\"true\"", .string("true")), ("''", .string("")),
      ("[]", .list([])),
      ("[1, 2.5, a, [~]]", .list([.int(1), .float(2.5), .string("a"), .list([.null])])),
      ("{LS: valid_and_test}", .map(["LS": .string("valid_and_test")])),
      ("{'RS': [8,1,1]}", .map(["RS": .list([.int(8), .int(1), .int(1)])])),
    ] as [(String, SettingValue)])
  func readsTheSameLiteralsFromFilesAndFromTheCommandLine(text: String, value: SettingValue) throws
  {
    #expect(try settings("key: \(text)\n")["key"] == value)
    var assigned = Settings()
    try assigned.merge(assignment: "key=\(text)")
    #expect(assigned["key"] == value)
  }

  @Test(arguments: [
    "[5,inf)", "[1,2", "a: b", "# c", "*x", "@y", "a=b=c", "!!python/name:os.system", "'a",
  ])
  func whatIsNoLiteralIsAText(text: String) throws {
    var assigned = Settings()
    try assigned.merge(assignment: "key=\(text)")
    #expect(assigned["key"] == .string(text))
  }

  @Test func anAssignmentNeedsAKey() {
    for text in ["", "=", "=5", "key"] {
      #expect(
        sentence { () throws(DataError) in
          var settings = Settings()
          try settings.merge(assignment: text)
        } == "command line: found \(quoted(text)), expected key=value.")
    }
  }

  @Test func whatComesLaterReplacesWholeKeys() throws {
    var settings = try settings("a: {x: 1, y: 2}\nb: 1\nc: [1, 2]\n")
    try settings.merge(yaml: "\nb: 2\na: {x: 3}\n", source: "b.yaml")
    try settings.merge(assignment: "c=[]")
    settings.set("d", .bool(true), source: "defaults")
    #expect(settings.keys == ["a", "b", "c", "d"])
    #expect(settings["a"] == .map(["x": .int(3)]))
    #expect(settings["c"] == .list([]))
    #expect(settings.entries["b"] == .init(value: .int(2), source: "b.yaml", line: 2))
    #expect(settings["e"] == nil)
  }

  private enum Loss: String, CaseIterable { case crossEntropy = "CE", ranking = "BPR" }

  private let count = SettingKind<Int>.count()
  private let number = SettingKind<Double>.number
  private let loss = SettingKind<Loss>.choice
  private let counts = SettingKind.list("a list of whole numbers", of: SettingKind<Int>.count())
  private let numbers = SettingKind.list("a list of finite numbers", of: SettingKind<Double>.number)

  @Test func convertsAndTellsWhatIsWrong() throws {
    var all = try settings(
      """
      flag: yes
      count: 3
      whole: 1e3
      rate: 1e-4
      name: a b
      loss: CE
      words: [a, b]
      numbers: [1, 2]
      mixed: [1, 2.5]
      bad: [1, b]
      split: {LS: x}
      unset: ~
      endless: .inf
      """)
    #expect(try all.value("flag", .flag) == true)
    #expect(try all.value("count", count) == 3 && all.value("whole", count) == 1000)
    #expect(try all.value("rate", number) == 1e-4 && all.value("count", number) == 3)
    #expect(try all.value("name", .text) == "a b")
    #expect(try all.value("loss", loss) == .crossEntropy)
    #expect(try all.value("words", .words) == ["a", "b"])
    #expect(try all.value("numbers", counts) == [1, 2])
    #expect(try all.value("mixed", numbers) == [1, 2.5])
    #expect(try all.value("split", .map) == ["LS": .string("x")])
    #expect(
      try all.value("unset", count) == nil && all.value("missing", .text) == nil
        && all.value("unset", counts) == nil)
    try all.merge(assignment: "given=[1,2")

    func error<Value>(_ key: String, _ kind: SettingKind<Value>) -> String? {
      sentence { () throws(DataError) in try all.value(key, kind) }
    }
    #expect(
      error("count", .flag) == "a.yaml, line 2, field count: found 3, expected true or false.")
    #expect(
      error("rate", count) == "a.yaml, line 4, field rate: found 0.0001, expected a whole number.")
    #expect(
      error("count", SettingKind<Int>.count(4...9))
        == "a.yaml, line 2, field count: found 3, expected a whole number from 4 to 9.")
    #expect(
      error("count", SettingKind<Int>.count(4 ... .max))
        == "a.yaml, line 2, field count: found 3, expected a whole number from 4.")
    #expect(
      error("rate", SettingKind<Double>.number(0.5...1))
        == "a.yaml, line 4, field rate: found 0.0001, expected a number from 0.5 to 1.")
    #expect(
      error("endless", number)
        == "a.yaml, line 13, field endless: found inf, expected a finite number.")
    #expect(error("count", .text) == "a.yaml, line 2, field count: found 3, expected a text.")
    #expect(
      error("name", loss) == "a.yaml, line 5, field name: found \"a b\", expected CE or BPR.")
    #expect(
      error("bad", counts)
        == "a.yaml, line 10, field bad: found [1, \"b\"], expected a list of whole numbers.")
    #expect(
      error("given", numbers)
        == "command line, field given: found \"[1,2\", expected a list of finite numbers.")
    #expect(
      error("words", .map)
        == "a.yaml, line 7, field words: found [\"a\", \"b\"], expected keys and values.")
  }

  @Test func theBoundsOfNumbersAreNamedInOneStyle() {
    #expect(SettingKind<Float>.number(0...1).expected == "a number from 0 to 1")
    #expect(SettingKind<Float>.number(0..<1).expected == "a number from 0 to below 1")
    #expect(SettingKind<Float>.number(0.5...).expected == "a number from 0.5")
    #expect(SettingKind<Float>.number(above: 0).expected == "a number above 0")
    #expect(SettingKind<Float>.number(above: 0, to: 1).expected == "a number above 0 to 1")
    #expect(SettingKind<Float>.number(between: 0, and: 1).expected == "a number between 0 and 1")
    #expect(SettingKind<UInt64>.count().expected == "a whole number from 0")
    #expect(SettingKind<Int>.count(.min...9).expected == "a whole number up to 9")
    for (kind, isIn) in [
      (SettingKind<Float>.number(0...1), [true, true, true]),
      (.number(0..<1), [true, true, false]),
      (.number(between: 0, and: 1), [false, true, false]),
      (.number(above: 0, to: 1), [false, true, true]),
    ] {
      #expect([0, 0.5, 1].map { kind.read(.float($0)) != nil } == isIn, "\(kind.expected)")
      for value: SettingValue in [.float(-0.001), .float(1.001), .float(.nan), .bool(true), .null] {
        #expect(kind.read(value) == nil, "\(kind.expected) \(value)")
      }
    }
  }

  /// A text is what quotation marks and metadata hold.
  @Test func numbersAndFlagsAreReadFromTexts() {
    #expect(count.read(.string("5")) == 5 && count.read(.string("5.5")) == nil)
    #expect(number.read(.string("1e-4")) == 1e-4 && number.read(.string("x")) == nil)
    #expect(SettingKind.flag.read(.string("False")) == false)
    #expect(SettingKind.flag.read(.string("1")) == nil && SettingKind.flag.read(.int(1)) == nil)
    #expect(SettingKind<UInt64>.count().read(.string("\(UInt64.max)")) == .max)
    #expect(SettingKind.words.read(.string("a, b,")) == ["a", "b"])
    #expect(SettingKind.words.read(.string("['a,b', c]")) == ["a,b", "c"])
    #expect(SettingKind.words.read(.list([.string("a,b"), .int(1)])) == ["a,b", "1"])
    #expect(SettingKind.words.read(.list([.list([])])) == nil)
  }

  @Test func acceptsEmptyDocuments() throws {
    for yaml in ["", "\n", "# nothing\n", "---\n", "\u{FEFF}"] {
      #expect(try settings(yaml).keys.isEmpty)
    }
    #expect(try settings("\u{FEFF}a: 1\r\nb: 2\r\n").keys == ["a", "b"])
  }

  @Test(arguments: [
    ("a: 1\nb: [1, 2\n", "line 3"), ("a: 1\n\tb: 2\n", "line 2"), ("- a\n- b\n", "line 1"),
    ("word", "line 1"), ("a: 1\na: 2\n", "line 1, field a"), ("a: *x\n", "line 1"),
    ("? [a, b]\n: 1\n", "line 1"), ("a: 1\n---\nb: 2\n", "line 2"), ("é: 1\na: \u{1}\n", "line 2"),
    ("a: {x: 1, x: 2}\n", "field x"), ("5", "line 1"), ("a: b: c\n", "line 1"),
  ])
  func tellsWhereYAMLIsWrong(yaml: String, place: String) throws {
    let error = try #require(self.error(yaml))
    #expect(error.hasPrefix("a.yaml") && error.contains(place), "\(error)")
  }

  /// As PyYAML reads them: a mapping's own keys win, then the earlier of several that are merged.
  @Test func mergesKeys() throws {
    let yaml = """
      common: &common
        learning_rate: 0.5
        hidden_size: 32
      more: &more {hidden_size: 8, gamma: 3, eval_args: &eval {order: TO, mode: full}}
      hidden_size: 16
      <<: [*common, *more]
      eval_args: {<<: *eval, mode: uni100}
      "<<": quoted
      """
    let settings = try settings(yaml)
    #expect(settings["learning_rate"] == .float(0.5) && settings["gamma"] == .int(3))
    #expect(settings["hidden_size"] == .int(16))
    #expect(settings["eval_args"] == .map(["order": .string("TO"), "mode": .string("uni100")]))
    #expect(settings["more"] != nil && settings.entries["gamma"]?.line == 4)
    #expect(try self.settings("a: &a {x: 1}\n<<: *a\nb: &b {<<: *a}\n<<x: 2\n")["x"] == .int(1))
    for wrong in ["<<: 5", "a: &a [1]\n<<: *a", "a: {<<: word}", "<<: [{x: 1}, 2]"] {
      #expect(error(wrong)?.contains("expected the keys to merge") == true, "\(wrong)")
    }
    var bomb = "a0: &a0 {x: 1}\n"
    for level in 1..<40 {
      bomb += "a\(level): &a\(level) {<<: [*a\(level - 1), *a\(level - 1)]}\n"
    }
    #expect(error(bomb)?.contains("more values than aliases should make") == true)
  }

  @Test func limitsWhatAliasesMake() throws {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1..<40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(error(bomb)?.contains("more values than aliases should make") == true)
    #expect(try settings("a: &a [1]\nb: *a\n")["b"] == .list([.int(1)]))
  }

  @Test func survivesDeepNesting() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
      String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
      String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    ] {
      #expect(error("a: \(text)") != nil || text.hasSuffix("]"))
      #expect(SettingValue(literal: text) != .null)
    }
  }

  @Test func readsTheFilesOfRecBole() throws {
    var all = Settings()
    for name in ["base", "ce", "kg"] {
      try all.merge(file: TestEnvironment.fixture("recbole-tiny/recbole/\(name).yaml"))
    }
    #expect(all["train_neg_sample_args"] == .null)
    #expect(try all.value("metrics", .words) == ["Recall", "MRR", "NDCG", "Hit", "Precision"])
    #expect(try all.value("topk", counts) == [10])
    #expect(
      try all.value("load_col", .map)?.keys.sorted() == [
        "ent_feature", "inter", "kg", "link", "rel_feature",
      ])
    #expect(
      sentence { () throws(DataError) in try all.merge(file: "/none.yaml") }
        == "/none.yaml: cannot be opened: No such file or directory.")
  }

  @Test func findsTheNearestWord() {
    let known = ["learning_rate", "epochs", "gamma", "hidden_size", "num_layers", "k"]
    #expect(nearest(to: "learning_rat", among: known) == "learning_rate")
    #expect(nearest(to: "leraning_rate", among: known) == "learning_rate")
    #expect(nearest(to: "LEARNING-RATE", among: known) == "learning_rate")
    #expect(nearest(to: "epoch", among: known) == "epochs")
    #expect(nearest(to: "hiden_size", among: known) == "hidden_size")
    #expect(nearest(to: "temperature", among: known) == nil)
    #expect(nearest(to: "", among: known) == "k")
    #expect(nearest(to: "x", among: []) == nil)
    #expect(nearest(to: "ab", among: ["ac", "aa"]) == "aa")
    #expect(nearest(to: String(repeating: "a", count: 1_000_000), among: known) == nil)
  }

  /// Every pair of words of up to three letters over two, against the shortest path of edits.
  @Test func editDistanceIsTheShortestPath() {
    var words = [""]
    for _ in 0..<3 { words += words.flatMap { [$0 + "a", $0 + "b"] } }
    let all = Array(Set(words)).sorted()
    func edits(_ word: String) -> Set<String> {
      let letters = Array(word)
      var result: Set<String> = []
      for place in 0...letters.count {
        for letter: Character in ["a", "b"] {
          result.insert(String(letters[..<place] + [letter] + letters[place...]))
          if place < letters.count {
            result.insert(String(letters[..<place] + [letter] + letters[(place + 1)...]))
          }
        }
        if place < letters.count {
          result.insert(String(letters[..<place] + letters[(place + 1)...]))
        }
        if place + 1 < letters.count {
          var swapped = letters
          swapped.swapAt(place, place + 1)
          result.insert(String(swapped))
        }
      }
      return result
    }
    for start in all {
      var reached: Set<String> = [start]
      var frontier = reached
      for distance in 0...3 {
        for word in frontier where word.count <= 3 {
          #expect(editDistance(Array(start), Array(word)) == distance, "\(start) \(word)")
        }
        frontier = Set(frontier.flatMap(edits)).subtracting(reached)
        reached.formUnion(frontier)
      }
    }
  }
}
