import Foundation
import TestSupport
import Testing

@Suite("ksr train: settings, output, errors")
struct TrainingTests {
  @Test(
    "Wrong arguments are a sentence and status 64",
    arguments: [
      (["--set", "gamma"], "--set: found \"gamma\", expected key=value."),
      (["--set", "gamma=x"], "--set, field gamma: found \"x\", expected a finite number."),
      (
        ["--set", "eval_args={mode: labeled}"], "eval_args.mode: found \"labeled\", expected full,"
      ),
      (["--set", "epochs=0"], "--set, field epochs: found 0, expected a whole number from 1 to"),
      (["--threads", "-1"], "--threads"), (["--config"], "--config"), (["--unknown"], "--unknown"),
    ])
  func arguments(more: [String], sentence: String) throws {
    let folder = try TrainingFolder()
    let (status, output) = try folder.run(folder.arguments(epochs: 1) + more)
    #expect(status == 64)
    #expect(output.contains(sentence), "\(output)")
    #expect(try folder.names() == ["tiny-ksr"])
  }

  @Test("Files that are wrong are a sentence and status 1")
  func files() throws {
    let folder = try TrainingFolder()
    let config = try folder.write("epochs: 1\n\ngamma: [1]\n", to: "a.yaml")
    var (status, output) = try folder.run(folder.arguments(epochs: 1, "--config", config))
    #expect(status == 1)
    #expect(
      output == "ksr: \(config), line 3, field gamma: found [1], expected a finite number.\n")
    (status, output) = try folder.run(folder.arguments(epochs: 1, "--config", "/none.yaml"))
    #expect(
      status == 1 && output == "ksr: /none.yaml: cannot be opened: No such file or directory.\n")
    (status, output) = try folder.run(folder.arguments(epochs: 1, "--resume", config))
    #expect(status == 1 && output.contains("a.yaml: "), "\(output)")
    (status, output) = try folder.run(folder.arguments(epochs: 1, model: "/proc/m.safetensors"))
    #expect(status == 1)
    #expect(output.contains("ksr: /proc/m.safetensors: cannot be written"), "\(output)")
    try FileManager.default.removeItem(atPath: folder.data + "/tiny-ksr.kg")
    (status, output) = try folder.run(folder.arguments(epochs: 1))
    #expect(status == 1 && output.contains("tiny-ksr.kg: found no such file"), "\(output)")
    #expect(try folder.names() == ["a.yaml", "tiny-ksr"])
  }

  @Test("More memory than there is is foreseen")
  func memory() throws {
    let folder = try TrainingFolder()
    let (status, output) = try folder.run(
      folder.arguments(epochs: 1, "--set", "hidden_size=65536"))
    #expect(status == 1)
    #expect(output.contains("This run needs about") && output.contains("hidden_size"), "\(output)")
    #expect(try folder.names() == ["tiny-ksr"])
  }

  @Test("Later files win over earlier ones, --set over files; odd keys are warnings")
  func configuration() throws {
    let folder = try TrainingFolder()
    let first = try folder.write(
      "epochs: 4\nepoch: 3\ntopk: [1, 5]\nmetrics: [MRR]\n", to: "a.yaml")
    let second = try folder.write("epochs: 2\nuse_gpu: False\nnormalize_all: True\n", to: "b.yaml")
    // As printed on RecBole's page.
    let page = try folder.write(
      """
              inter: [user_id, item_id]
              ent_feature: [ent_id, ent_vec]
          fields_in_same_space: [
              [ent_id, entity_id]
              [rel_id, relation_id]
              ent_id: ent_vec
              rel_id: rel_vec
          additional_feat_suffix: [ent_feature, rel_feature]
      """, to: "page.yaml")
    let small = ["--set", "hidden_size=12"]
    let start = ["train", "--data", folder.data, "--output", folder.model]
    var (status, output) = try folder.run(start + ["--config", first, second, page] + small)
    #expect(status == 0)
    #expect(output.contains("a.yaml, line 2: there is no setting \"epoch\"; is epochs meant?\n"))
    #expect(output.contains("b.yaml, line 3: normalize_all is a setting of RecBole that has no"))
    #expect(output.contains("page.yaml is no YAML as it stands"))
    #expect(output.contains("\nepoch 2  loss") && !output.contains("\nepoch 3 "), "\(output)")
    #expect(!output.contains("\u{1b}"))
    let history = try String(contentsOfFile: folder.model + ".history.csv", encoding: .utf8)
    #expect(
      history.hasPrefix(
        "epoch,loss,MRR@1,MRR@5,NDCG@10,learning_rate,recoveries,seconds,best\n1,"))
    (status, output) = try folder.run(
      start + ["--config", first, "--config", second, "--set", "epochs=1"] + small)
    #expect(status == 0 && !output.contains("\nepoch 2 "))
    // Known to RecBole and not to us, RecBole's defaults.
    (status, output) = try folder.run(
      start + ["--recbole-defaults", "--set", "epochs=1"] + small)
    #expect(status == 0 && output.contains("memory: [PAD], "), "\(output)")
  }

  @Test("--log-json writes an object a line, of fields that the help names")
  func log() throws {
    let folder = try TrainingFolder()
    let help = try folder.run(["train", "--help"]).output
    let run = try TrainingRun(folder.arguments(epochs: 2, "--log-json", "--profile"))
    let (status, lines) = run.end()
    #expect(status == 0)
    var events: [String] = []
    for line in lines {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
      let event = try #require(object["event"] as? String)
      events.append(event)
      for name in object.keys { #expect(help.contains(name), "\(name)") }
      if event == "epoch" {
        #expect((object["metrics"] as? [String: Double])?.keys.contains("NDCG@10") == true)
        #expect(object["best"] is Bool && object["loss"] is Double)
      }
    }
    let ordered = events.filter { $0 != "note" && $0 != "progress" }
    #expect(ordered == ["start", "epoch", "epoch", "profile", "end"])
    let failed = try TrainingRun(
      folder.arguments(epochs: 2, "--log-json", "--set", "hidden_size=65536")
    ).end()
    #expect(failed.status == 1 && failed.lines.last?.contains("\"event\":\"error\"") == true)
  }

  @Test("A loss that jumps is told on stderr, in the log, the history and on the model card")
  func recovery() throws {
    let folder = try TrainingFolder()
    let wild = [
      "--set", "learning_rate=2", "--set", "warmup_steps=0", "--set", "clip_grad_norm=none",
    ]
    var (status, output) = try folder.run(folder.arguments(epochs: 4) + wild)
    #expect(status == 0)
    #expect(output.contains("epoch 1: the loss jumped to "), "\(output)")
    #expect(output.contains("back to the start, learning rate 1.0 from here on\n"))
    #expect(output.contains("\nepoch 4  loss ") && output.contains("The loss jumped "))
    let history = try String(contentsOfFile: folder.model + ".history.csv", encoding: .utf8)
    let columns = try #require(history.split(separator: "\n").dropFirst().first).split(
      separator: ",")
    let recoveries = try #require(Int(columns[columns.count - 3]))
    #expect(recoveries > 0 && output.contains("learning rate \(columns[columns.count - 4])"))
    let card = try Programs.run(
      try Programs.executable("ksr-tui"),
      [folder.model, "--data", folder.data, "--print", "--size", "120x60", "--keys", "i"])
    #expect(card.output.contains("recoveries"), "\(card.output)")
    #expect(card.output.contains("the loss jumped in epoch 1 (\(recoveries) times"))

    let help = try folder.run(["train", "--help"]).output
    let run = try TrainingRun(folder.arguments(epochs: 4, "--log-json") + wild)
    let events = try run.end().lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let recovered = events.filter { $0["event"] as? String == "recovery" }
    #expect(recovered.allSatisfy { $0.keys.allSatisfy(help.contains) && $0["epoch"] is Int })
    #expect(recovered.first?["learning_rate"] as? Double == 1)
    let end = events.last { $0["event"] as? String == "end" }
    #expect(end?["recoveries"] as? Int == recovered.count && !recovered.isEmpty)
    // Without recovery the run goes on, or ends with a sentence.
    (status, output) = try folder.run(
      folder.arguments(epochs: 1) + wild + ["--set", "max_recoveries=0"])
    #expect(status == 0 && !output.contains("jumped"))
    (status, output) = try folder.run(
      folder.arguments(epochs: 1) + ["--set", "learning_rate=1e38", "--set", "warmup_steps=0"])
    #expect(status == 1)
    #expect(output.contains("ksr: Training fell apart 9 times"), "\(output)")
  }

  @Test("Every option is in the help, and --profile prints the phases")
  func helpAndProfile() throws {
    let folder = try TrainingFolder()
    let help = try folder.run(["train", "--help"]).output
    for option in [
      "--data", "--output", "--config", "--set", "--recbole-defaults", "--resume", "--threads",
      "--profile", "--log-json", "MODEL.history.csv", "MODEL.state",
    ] { #expect(help.contains(option)) }
    // Every setting with its default, values and meaning, for tune as for train.
    let tuning = try folder.run(["tune", "--help"]).output
    let page = try String(contentsOfFile: TestEnvironment.page("Settings"), encoding: .utf8)
    let table = try #require(
      page.components(separatedBy: "<!-- settings -->").last?
        .components(separatedBy: "<!-- /settings -->").first)
    let settings = table.split(separator: "\n").dropFirst(2)
      .compactMap { $0.split(separator: "`").dropFirst().first }
    #expect(settings.count == 45)
    for setting in settings + ["load_col", "threshold"] {
      #expect(help.contains("\n  \(setting) = "), "\(setting)")
      #expect(tuning.contains("\n  \(setting) = "), "\(setting)")
    }
    let (status, output) = try folder.run(folder.arguments(epochs: 1, "--profile"))
    #expect(status == 0)
    for phase in ["read data", "shuffle and pack", "step", "optimiser", "validation", "writing"] {
      #expect(output.contains("\n\(phase) "), "\(phase)")
    }
    #expect(output.contains("100.0 %"))
  }

  @Test(
    "On a terminal a few lines are rewritten in place",
    .enabled(if: Programs.canUseTerminal, "needs tmux; KSR_REQUIRE_TMUX=1 makes that a failure"))
  func terminal() throws {
    let folder = try TrainingFolder()
    let session = try TmuxSession(columns: 100, rows: 30)
    let arguments = folder.arguments(epochs: 12)
    try session.enter("\(try Programs.executable("ksr")) \(arguments.joined(separator: " "))")
    try session.wait("the end") { $0.contains("best epoch") }
    let lines = try session.screen().split(separator: "\n")
    // One display of twelve epochs, with a chart of twelve bars.
    #expect(lines.count { $0.hasPrefix("epoch ") } == 1)
    #expect(lines.contains { $0.hasPrefix("epoch 12 of at most 12") })
    let loss = try #require(lines.first { $0.hasPrefix("loss ") })
    #expect(loss.count { "▁▂▃▄▅▆▇█".contains($0) } == 12)
    #expect(lines.contains { $0.hasPrefix("NDCG@10 ") && $0.contains("best 0.") })
  }
}
