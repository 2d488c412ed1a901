import Foundation
import TestSupport
import Testing

/// `ksr import` and `ksr export` as programs, on RecBole's own checkpoint.
@Suite struct ImportCommandTests {
  private static let fixture = TestEnvironment.fixture("recbole-tiny/recbole/")
  private static let data = fixture + "tiny-ksr"

  private func ksr(_ arguments: String...) throws -> (status: Int32, output: String) {
    try Programs.run(Programs.executable("ksr"), arguments)
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "ksr-import-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func anImportedModelHasRecBolesMetrics() throws {
    try withFolder { folder in
      let model = folder + "/model.safetensors"
      let result = try ksr(
        "import", Self.fixture + "KSR-recbole-1.2.1.pth", "--data", Self.data, "--config",
        Self.fixture + "base.yaml", "--output", model)
      #expect(result.status == 0)
      #expect(result.output.contains("MAX_ITEM_LIST_LENGTH is 8 in the checkpoint and 50 in"))
      #expect(result.output.contains("39 items, 5 memory slots"))
      // RecBole printed hit .1714, mrr .0517, ndcg .0802, recall .1714, precision .0171; the
      // checkpoint that is opened directly has the same.
      for model in [model, Self.fixture + "KSR-recbole-1.2.1.pth"] {
        let evaluation = try ksr(
          "evaluate", model, "--data", Self.data, "--metrics", "hit,mrr,ndcg")
        let name = model.split(separator: "/").last ?? ""
        let lines = evaluation.output.split(separator: "\n").filter { $0.hasPrefix(name) }
        #expect(lines.count == 2 && lines[0].split(separator: " ")[1] == "0.0802")
        #expect(
          lines[1].split(separator: " ").dropFirst() == ["0.1714", "0.0517", "0.0802"])
        #expect(
          evaluation.output.contains("to keep it as a model file: ksr import")
            == model.hasSuffix(".pth"))
      }
    }
  }

  /// RecBole's GRU4Rec of the same data, on a folder without graph: every metric as RecBole printed it
  /// (topk 5 and 10, tail_ratio .5), by its own definitions.
  @Test func gru4RecHasAllOfRecBolesMetrics() throws {
    try withFolder { folder in
      let data = folder + "/tiny-ksr"
      try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: Self.data + "/tiny-ksr.inter", toPath: data + "/tiny-ksr.inter")
      let checkpoint = Self.fixture + "GRU4Rec-recbole-1.2.1.pth"
      let result = try Programs.runSeparately(
        Programs.executable("ksr"),
        [
          "evaluate", checkpoint, "--data", data, "--topk", "5,10", "--all-metrics", "--json",
        ])
      #expect(result.status == 0, "\(result.errors)")
      struct Report: Decodable {
        struct Section: Decodable { let rows: [Row] }
        struct Row: Decodable {
          let name: String
          let metrics: [String: Double]
        }
        let tests: [Section]
      }
      let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
      let row = try #require(report.tests.first?.rows.first { $0.name == checkpoint })
      let printed = try JSONDecoder().decode(
        [String: Double].self,
        from: Data(contentsOf: URL(fileURLWithPath: Self.fixture + "gru4rec.json")))
      #expect(printed.count == 22 && row.metrics.count == 22)
      for (name, value) in row.metrics {
        let expected = try #require(printed[name.lowercased()])
        #expect(abs(value - expected) < 6e-9, "\(name)")
      }
      // Imported it is the same model, and opens without the folder.
      let model = folder + "/gru.safetensors"
      let imported = try ksr("import", checkpoint, "--data", data, "--output", model)
      #expect(imported.output.contains("44 items, no memory, 2 GRU layers"))
      let frame = try Programs.runSeparately(
        Programs.executable("ksr-tui"), [model, "--print", "--keys", "w"])
      #expect(frame.status == 0 && frame.output.contains("tiny-ksr"), "\(frame.errors)")
    }
  }

  @Test func whatIsExportedIsImportedAgain() throws {
    try withFolder { folder in
      let (first, second) = (folder + "/a.safetensors", folder + "/b.safetensors")
      let checkpoint = Self.fixture + "KSR-recbole-1.2.1.pth"
      #expect(try ksr("import", checkpoint, "--data", Self.data, "--output", first).status == 0)
      let exported = folder + "/deep/export"
      #expect(try ksr("export", first, "--output", exported).status == 0)
      let settings = [
        "gamma=10", "loss_type=CE", "MAX_ITEM_LIST_LENGTH=8", "freeze_kg=false",
        "dropout_prob=0.1", "eval_args={split: {LS: valid_and_test}}",
      ].flatMap { ["--set", $0] }
      let again = try Programs.run(
        Programs.executable("ksr"),
        [
          "import", "--state-dict", exported + "/state_dict.safetensors", "--data", Self.data,
          "--output", second,
        ] + settings)
      #expect(again.status == 0)
      // Equal but for the settings of the training, which no state dict holds.
      #expect(try ksr("export", second, "--output", folder + "/again").status == 0)
      let manager = FileManager.default
      #expect(
        manager.contents(atPath: exported + "/state_dict.safetensors")
          == manager.contents(atPath: folder + "/again/state_dict.safetensors"))
      #expect(manager.contents(atPath: exported + "/state_dict.safetensors") != nil)
      for (kind, rows) in [("items", 39), ("states", 36)] {
        let result = try ksr(
          "export", first, "--vectors", kind, "--data", Self.data, "--output", exported)
        #expect(result.status == 0)
        let text = try String(contentsOfFile: "\(exported)/\(kind).tsv", encoding: .utf8)
        let metadata = try String(
          contentsOfFile: "\(exported)/\(kind)_metadata.tsv", encoding: .utf8)
        #expect(text.split(separator: "\n").count == rows)
        #expect(metadata.split(separator: "\n").count == rows + 1)
      }
    }
  }

  @Test func whatIsWrongIsSaidAndNothingWritten() throws {
    try withFolder { folder in
      let output = folder + "/model.safetensors"
      let checkpoint = Self.fixture + "KSR-recbole-1.2.1.pth"
      let cut = folder + "/cut.pth"
      let bytes = try #require(FileManager.default.contents(atPath: checkpoint))
      try bytes.prefix(40_000).write(to: URL(fileURLWithPath: cut))
      for (arguments, sentence) in [
        ([cut], "it was cut off"),
        ([folder + "/none.pth"], "cannot be opened"),
        ([checkpoint, "--set", "gamma=many"], "gamma"),
        ([checkpoint, "--set", "user_inter_num_interval=5"], "intervals such as"),
        ([checkpoint, "--set", "kg_reverse_r=true"], "cannot have been trained with them"),
        ([checkpoint, "--config", folder + "/none.yaml"], "none.yaml"),
        ([], "either CHECKPOINT.pth or --state-dict"),
        (
          [TestEnvironment.root + "/assets/cinema.safetensors"],
          "is a model of ksr already: it needs no import. Open it with: ksr-tui"
        ),
      ] {
        let result = try Programs.run(
          Programs.executable("ksr"),
          ["import", "--data", Self.data, "--output", output] + arguments)
        #expect(result.status != 0 && result.output.contains(sentence))
        #expect(!FileManager.default.fileExists(atPath: output))
      }
      let exported = try ksr(
        "export", TestEnvironment.root + "/assets/cinema.safetensors", "--output", folder + "/deep")
      #expect(exported.output.contains("no counterpart of this model"))
      #expect(exported.output.contains("--set pad_relation=true --set memory_relations=all"))
      #expect(try ksr("export", "x", "--vectors", "states", "--output", folder).status != 0)
    }
  }
}
