import Foundation
import TestSupport
import Testing

/// `ksr check` and `ksr evaluate` as programs, and settings of the data from training to evaluation.
@Suite struct DataCommandsTests {
  private static let fixture = TestEnvironment.fixture("recbole-tiny/recbole/")
  private static let data = fixture + "tiny-ksr"

  private func ksr(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try Programs.run(Programs.executable("ksr"), arguments)
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "ksr-data-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  // MARK: - check

  @Test(
    arguments: [
      ([], 0, "Items without a link"), (["--fail-on", "severe"], 0, "Items without a link"),
      (["--fail-on", "minor", "--json"], 2, "\"findings\""),
      (["--set", "user_inter_num_interval=[99,inf)"], 1, "no interactions left by the filters"),
      (["--set", "user_inter_num_interval=5"], 64, "expected intervals such as"),
      (["--fail-on", "terrible"], 64, "fail-on"), (["--examples", "-1"], 64, "--examples"),
      (["--model", "none.safetensors"], 1, "none.safetensors"),
      (["--config", "none.yaml"], 1, "none.yaml"),
    ] as [([String], Int32, String)])
  func checkEndsWithTheStatusItPromises(arguments: [String], status: Int32, part: String) throws {
    let result = try ksr(["check", "--data", Self.data] + arguments)
    #expect(result.status == status, "\(result.output)")
    #expect(
      result.output.contains(part) || part.hasPrefix("Items") && result.output.contains("link"),
      "\(result.output)")
  }

  @Test func checkOfSoundDataFailsOnNothing() throws {
    let result = try ksr([
      "check", "--data", TestEnvironment.root + "/sample-data/cinema", "--model",
      TestEnvironment.root + "/assets/cinema.safetensors", "--fail-on", "moderate",
    ])
    #expect(result.status == 0, "\(result.output)")
    let missing = try ksr(["check", "--data", Self.fixture + "none"])
    #expect(missing.status == 1 && missing.output.contains("cannot be opened"))
    #expect(try ksr(["check"]).status == 64)
  }

  @Test(.enabled(if: TestEnvironment.data != nil, "KSR_DATA is not set"))
  func wrongLinksFailAndRightOnesDoNot() throws {
    let folder = try #require(TestEnvironment.data)
    let wrong = try ksr(["check", "--data", folder + "/ml-100k", "--fail-on", "severe"])
    #expect(wrong.status == 2 && wrong.output.contains("SEVERE"))
    let right = try ksr(["check", "--data", folder + "/movietweetings-core", "--json"])
    #expect(right.status == 0)
    for kind in [
      "links-by-chance", "weak-links", "link-names", "link-classes", "link-years",
      "missing-entities", "shared-entities",
    ] {
      #expect(!right.output.contains("\"\(kind)\""))
    }
  }

  // MARK: - from training to evaluation

  @Test func aModelIsEvaluatedOnTheDataOfItsSettings() throws {
    try withFolder { folder in
      let model = folder + "/m.safetensors"
      let none = folder + "/none.safetensors"
      let yaml = folder + "/data.yaml"
      try Data(
        """
        user_inter_num_interval: "[9,inf)"
        val_interval: {timestamp: "(-inf,700]"}
        rm_dup_inter: first
        eval_args: {split: {RS: [6, 2, 2]}, order: TO, group_by: none, mode: {test: uni5}}
        topk: [3, 10]
        epochs: 1
        hidden_size: 8
        usr_inter_num: 1
        """.utf8
      ).write(to: URL(fileURLWithPath: yaml))
      for (output, more) in [(model, []), (none, ["--set", "memory=none"])] {
        let run = try ksr(
          ["train", "--data", Self.data, "--config", yaml, "--output", output] + more)
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("user_inter_num_interval [9,inf): "))
        #expect(run.output.contains("there is no setting \"usr_inter_num\""))
      }
      let ranks = folder + "/ranks.tsv"
      let result = try ksr([
        "evaluate", model, "--data", Self.data, "--against", none, "--per-user", ranks,
        "--mask-history",
      ])
      #expect(result.status == 0, "\(result.output)")
      for part in [
        "test split", "drawn (uni5), history left", "popularity", "item-kNN",
        "none.safetensors: memory: none", "NDCG@3  model − this",
      ] {
        #expect(result.output.contains(part), "\(part)")
      }
      #expect(!result.output.contains("MRR") && !result.output.contains(folder + "/m.safe"))
      let all = try ksr([
        "evaluate", model, "--data", Self.data, "--against", none, "--all-metrics",
      ])
      for part in ["MRR@3", "MRR@10", "ItemCov", "AvgPop", "Recall = Hit", "ItemCov: ItemCoverage"]
      {
        #expect(all.output.contains(part), "\(part)")
      }
      #expect(!all.output.contains("Recall@") && !all.output.contains("MAP@"))
      let start = try #require(all.output.range(of: "test split")).lowerBound
      #expect(all.output[start...].split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(!result.output.contains("differ"))
      let again = try ksr([
        "evaluate", model, "--data", Self.data, "--against", none, "--mask-history", "--threads",
        "1",
      ])
      let shown = try #require(again.output.range(of: "test split"))
      #expect(result.output.hasSuffix(again.output[shown.lowerBound...]))
      let table = try String(contentsOfFile: ranks, encoding: .utf8).split(separator: "\n")
      let columns = table.map { $0.split(separator: "\t").map(String.init) }
      #expect(columns.allSatisfy { $0.count == 8 } && columns.count > 20)
      #expect(
        columns[0].prefix(6) == [
          "user_id", "step", "item_id", "held_out", "popularity", "item-kNN",
        ])
      #expect(columns.dropFirst().allSatisfy { (Double($0[6]) ?? 99) <= 6 })
      let json = try ksr([
        "evaluate", model, "--data", Self.data, "--mode", "full", "--topk", "5", "--json",
        "--metrics", "itemcoverage,GiniIndex",
      ])
      // What goes to stderr comes before and after.
      let object = try #require(json.output.firstIndex(of: "{"))
      let end = try #require(json.output.lastIndex(of: "}"))
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output[object...end].utf8))
          as? [String: Any])
      #expect(report["data"] as? String == "tiny-ksr" && report["model"] as? String == model)
      let sections = try #require(report["tests"] as? [[String: Any]])
      #expect(sections.count == 1 && sections[0]["mode"] as? String == "full")
      let rows = try #require(sections[0]["rows"] as? [[String: Any]])
      #expect(rows.count == 3 && (rows[2]["metrics"] as? [String: Double])?["Recall@5"] != nil)
      #expect((rows[0]["metrics"] as? [String: Double])?["ItemCoverage@5"] != nil)
      #expect((rows[2]["metrics"] as? [String: Double])?["TailPercentage@5"] == nil)
      #expect(rows[2]["interval"] != nil && rows[2]["difference"] == nil)
      // The same model without memory is found beside it, once.
      #expect(json.output.contains("To measure the effect of the memory"))
      let beside = model.replacing(".safetensors", with: ".none.safetensors")
      try FileManager.default.copyItem(atPath: none, toPath: beside)
      for more in [[], ["--against", beside]] {
        let found = try ksr(["evaluate", model, "--data", Self.data] + more).output
        #expect(found.split(separator: "\n").count { $0.hasPrefix("m.none.safetensors ") } == 1)
        #expect(found.contains("m.none.safetensors: memory: none"))
        #expect(!found.contains("To measure the effect of the memory"))
      }
    }
  }

  /// Vectors of entities without those of relations are not left unused in silence.
  @Test(arguments: ["ent_feature", "rel_feature"]) func halfOfAPairOfFiles(missing: String) throws {
    try withFolder { folder in
      let data = folder + "/tiny-ksr"
      try FileManager.default.copyItem(atPath: Self.data, toPath: data)
      try FileManager.default.removeItem(atPath: "\(data)/tiny-ksr.\(missing)")
      let run = try ksr(["train", "--data", data, "--output", folder + "/m.safetensors"])
      #expect(run.status == 1 && run.output.contains("tiny-ksr.\(missing): found no such file"))
      #expect(run.output.contains("the other half of tiny-ksr."))
    }
  }

  @Test(arguments: [
    ["recommend", data, "--viewer", "u1"], ["recommend", data],
    ["explain", data, "--viewer", "u1"],
    ["evaluate", data], ["export", data], ["recommend", data, "--items", "a"],
  ])
  func aFolderGivenAsModelProposesData(arguments: [String]) throws {
    let result = try ksr(arguments)
    #expect(result.status != 0)
    let first = result.output.prefix { $0 != "\n" }
    #expect(first.contains("found a folder, expected a model file"), "\(result.output)")
    #expect(first.contains("--data \(Self.data)"), "\(result.output)")
    #expect(!result.output.contains("Missing"), "\(result.output)")
  }

  @Test func misspeltCommands() throws {
    let near = try ksr(["trian", "--data", Self.data])
    #expect(near.status == 64 && near.output.contains("no command \"trian\"; is 'train' meant?"))
    #expect(try ksr(["zzzzzzzz"]).output.contains("they are train, evaluate, "))
    #expect(try ksr(["help", "train"]).status == 0 && ksr(["--version"]).status == 0)
  }

  /// What is misspelt on the command line is meant: an error, with what is near.
  @Test(arguments: ["train", "check", "import", "embed"]) func misspeltSettings(command: String)
    throws
  {
    try withFolder { folder in
      var arguments = [command, "--data", Self.data, "--set", "epoch=3"]
      if command == "import" {
        arguments.insert(Self.data + "/../KSR-recbole-1.2.1.pth", at: 1)
      }
      if command != "check" { arguments += ["--output", folder + "/out"] }
      let run = try ksr(arguments)
      #expect(
        run.output.contains("field epoch: found a setting that there is not, expected epochs"),
        "\(run.output)")
      #expect(run.status != 0 && !FileManager.default.fileExists(atPath: folder + "/out"))
    }
  }

  /// What only the data show to be wrong is said with the place where it was asked for.
  @Test(arguments: [
    ("epochs: 1\nmemory_relations: [film.gnere]", "line 2, field memory_relations"),
    ("val_interval: {rating: \"[3,inf)\"}", "line 1, field val_interval"),
    ("\n\nthreshold: {rating: 3}", "line 3, field threshold"),
    ("benchmark_filename: [a, b, c]", "line 1, field benchmark_filename"),
  ])
  func errorsOfTheDataNameTheLineOfTheSetting(yaml: String, part: String) throws {
    try withFolder { folder in
      let file = folder + "/s.yaml"
      try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
      let run = try ksr(
        ["train", "--data", Self.data, "--config", file, "--output", folder + "/m.safetensors"])
      #expect(run.status == 1 && run.output.contains("ksr: \(file), \(part)"), "\(run.output)")
      if !yaml.contains("memory") {
        let check = try ksr(["check", "--data", Self.data, "--config", file])
        #expect(check.status == 1 && check.output.contains("\(file), \(part)"), "\(check.output)")
      }
    }
  }

  @Test(arguments: [
    (["--mode", "labeled"], "--mode labeled"), (["--topk", "5,x"], "--topk 5,x"),
    (["--per-user", "/nowhere/x.tsv"], "/nowhere/x.tsv"), (["--metrics", "AUC"], "--metrics AUC"),
    (["--metrics", "Hit", "--all-metrics"], "give one of the two"),
  ])
  func whatEvaluationCannotDoIsSaid(arguments: [String], part: String) throws {
    let result = try ksr(
      [
        "evaluate", TestEnvironment.root + "/assets/cinema.safetensors", "--data",
        TestEnvironment.root + "/sample-data/cinema",
      ] + arguments)
    #expect(result.status != 0 && result.output.contains(part), "\(result.output)")
  }
}
