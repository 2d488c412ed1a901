import Foundation
import Testing

/// `ksr embed` as a program.
@Suite struct EmbedCommandTests {
  private let folder: TrainingFolder

  init() throws { folder = try TrainingFolder() }

  private func embed(_ more: String...) throws -> (status: Int32, output: String) {
    try folder.run(
      ["embed", "--data", folder.data, "--set", "epochs=3", "--set", "embedding_size=6"] + more)
  }

  @Test func theNumberOfThreadsChangesNoFile() throws {
    let names = ["tiny-ksr.ent_feature", "tiny-ksr.rel_feature"]
    var first: [Data] = []
    for threads in ["1", "3"] {
      let run = try embed("--output", folder.path + "/t" + threads, "--threads", threads)
      #expect(run.status == 0, "\(run.output)")
      #expect(run.output.contains("questions about training triples (how they fit"))
      let files = try names.map { try folder.bytes("\(folder.path)/t\(threads)/\($0)") }
      if first.isEmpty { first = files } else { #expect(files == first) }
    }
    let head = String(decoding: first[0].prefix(200), as: UTF8.self)
    #expect(head.hasPrefix("ent_id:token\tent_vec:float_seq\n"))
  }

  @Test func benchmarksComeAsFilesOfTheirOwn() throws {
    let train = try folder.write("a\tr\tb\nb\tr\tc\nc\tr\ta\n", to: "train.txt")
    let test = try folder.write("a\tr\tc\n", to: "test.txt")
    let run = try folder.run(
      ["embed", "--train", train, "--test", test, "--quick", "--json", "--set", "epochs=2"])
    #expect(run.status == 0 && run.output.contains("\"measured\" : \"test\""), "\(run.output)")
    #expect(try folder.names() == ["test.txt", "tiny-ksr", "train.txt"])
    let broken = try folder.write("a\tr\tb\na\tr\n", to: "train.txt")
    let refused = try folder.run(["embed", "--train", broken])
    #expect(refused.status == 1 && refused.output.contains("train.txt, line 2: found 2 fields"))
  }

  /// Names of fields and files, and separators, are those of RecBole's settings.
  @Test func readsAndWritesTheFormOfTheSettings() throws {
    for suffix in ["inter", "kg", "link"] {
      let file = "\(folder.data)/tiny-ksr.\(suffix)"
      let text = String(decoding: try folder.bytes(file), as: UTF8.self)
        .replacingOccurrences(of: "\t", with: "|")
        .replacingOccurrences(of: "head_id", with: "head")
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
    let yaml = try folder.write(
      """
      field_separator: "|"
      seq_separator: ","
      HEAD_ENTITY_ID_FIELD: head
      additional_feat_suffix: [entvec, relvec]
      load_col: {inter: '*', kg: '*', link: '*', entvec: [eid, emb], relvec: [rid, emb]}
      alias_of_entity_id: [eid]
      alias_of_relation_id: [rid]
      preload_weight: {eid: emb, rid: emb}
      """, to: "form.yaml")
    let run = try embed("--config", yaml)
    #expect(run.status == 0 && run.output.contains("tiny-ksr.entvec"), "\(run.output)")
    let written = String(
      decoding: try folder.bytes("\(folder.data)/tiny-ksr.relvec"), as: UTF8.self)
    #expect(written.hasPrefix("rid:token|emb:float_seq\nfilm.directed_by|"))
    #expect(written.split(separator: "\n")[1].count { $0 == "," } == 5)
    let train = try folder.run(
      ["train", "--data", folder.data, "--config", yaml, "--output", folder.model]
        + folder.settings(epochs: 1))
    #expect(train.status == 0 && !train.output.contains("TransE"), "\(train.output)")
    #expect(try embed("--config", yaml).output.contains("tiny-ksr.entvec is replaced."))
  }

  @Test func tellsWhatIsWrong() throws {
    let run = try embed("--set", "norm=3")
    #expect(run.output.contains("field norm: found 3, expected a whole number from 1 to 2"))
    #expect(run.status != 0)
    #expect(try folder.run(["embed"]).output.contains("Give either --data DIR or --train FILE."))
  }
}
