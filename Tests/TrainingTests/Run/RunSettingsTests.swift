import AtomicFiles
import Foundation
import KSRModel
import TestSupport
import Testing
import Workspace

@testable import Training

@Suite struct RunSettingsTests {
  private func read(
    _ yaml: String, _ assignments: String...
  ) throws -> (run: RunSettings, warnings: [String]) {
    var settings = Settings()
    try settings.merge(yaml: yaml, source: "a.yaml")
    for assignment in assignments { try settings.merge(assignment: assignment, source: "--set") }
    var run = RunSettings()
    let warnings = try run.apply(settings)
    return (run, warnings)
  }

  private func message(_ yaml: String, _ assignments: String...) -> String? {
    do {
      var settings = Settings()
      try settings.merge(yaml: yaml, source: "a.yaml")
      for assignment in assignments { try settings.merge(assignment: assignment, source: "--set") }
      var run = RunSettings()
      _ = try run.apply(settings)
      return nil
    } catch { return "\(error)" }
  }

  @Test func olderNamesAndOtherModelsAreSaid() throws {
    let (_, warnings) = try read("model: GRU4Rec\nlowest_val: {rating: 3}\nmin_user_inter_num: 5")
    #expect(warnings.count == 3)
    #expect(warnings.contains { $0.contains("a.yaml, line 1") && $0.contains("\"GRU4Rec\"") })
    #expect(warnings.contains { $0.contains("RecBole 0.x") && $0.contains("val_interval") })
    #expect(warnings.contains { $0.contains("user_inter_num_interval") })
    #expect(try read("model: KSR").warnings.isEmpty)
    var typed = Settings()
    try typed.merge(assignment: "lowest_val=3", source: "--set")
    #expect(throws: DataError.self) { try RunSettings.checkNames(of: typed) }
  }

  @Test func takesOverRecBolesSpellings() throws {
    let (run, warnings) = try read(
      """
      learning_rate: 1e-2
      learner: adamw
      average_decay: 0.98
      loss_type: BPR
      train_neg_sample_args: {distribution: popularity, sample_num: 3, alpha: 1.0, dynamic: False,
        candidate_num: 0}
      clip_grad_norm: {max_norm: 5, norm_type: 2}
      eval_args: {split: {LS: valid_only}, order: TO, group_by: user, mode: full}
      topk: [5, 20]
      metrics: [NDCG, hit]
      valid_metric: ndcg@20
      train_batch_size: 1e3
      freeze_kg: False
      memory_relations: [film.genre, film.director]
      held_out_users: ["01", "a,b", "it's", sim*]
      seed: 7
      """)
    #expect(warnings == [])
    #expect(run.training.learningRate == 0.01)
    #expect(run.training.optimiser == .adamw && run.training.averageDecay == 0.98)
    #expect(run.network.loss == .bpr)
    #expect(run.training.negativeCount == 3)
    #expect(run.training.negativeDistribution == .popularity)
    #expect(run.training.gradientNormLimit == 5)
    #expect(run.training.leaveOut == .validOnly)
    #expect(run.training.listLengths == [5, 20])
    #expect(run.training.metrics == [.ndcg, .hit])
    #expect(run.training.validationMetric == ValidationMetric(.ndcg, at: 20))
    #expect(
      run.training.reportedMetrics.map(\.description) == ["NDCG@5", "Hit@5", "NDCG@20", "Hit@20"])
    #expect(run.training.batchSize == 1000)
    #expect(!run.network.freezesKnowledgeGraph)
    #expect(run.training.memoryRelations == .list(["film.genre", "film.director"]))
    #expect(run.training.heldOutUsers == ["01", "a,b", "it's", "sim*"])
    #expect(run.training.split.heldOutUsers == run.training.heldOutUsers)
    #expect(run.training.seed == 7)
  }

  @Test func theCommandLineWinsAndReadsTheSameLiterals() throws {
    let (run, warnings) = try read(
      "epochs: 5\ntopk: [5]\nclip_grad_norm: 3\ngamma: ~\n", "epochs=7", "topk=[1, 2]",
      "metrics=MRR", "clip_grad_norm=~",
      "train_neg_sample_args={distribution: uniform, sample_num: 1}",
      "eval_args={split: {LS: test_only}, mode: {valid: full, test: full}}", "learner=adam",
      "neg_sampling={popularity: 2}")
    #expect(warnings == [])
    #expect(run.training.epochs == 7 && run.training.listLengths == [1, 2])
    #expect(run.training.metrics == [.mrr])
    #expect(run.training.reportedMetrics.map(\.description) == ["MRR@1", "MRR@2", "NDCG@10"])
    #expect(run.training.gradientNormLimit == nil)
    #expect(run.training.leaveOut == .testOnly)
    #expect(run.network.gamma == KSRSettings().gamma)
  }

  @Test func takesOverTheDataAndItsSplit() throws {
    let (run, warnings) = try read(
      """
      load_col: {inter: [user_id, item_id, rating, timestamp], item: '*', kg: [head_id]}
      unused_col: {inter: [rating]}
      val_interval: {rating: "[3,inf);[-1,0)", kind: [film, 3]}
      user_inter_num_interval: "[5,inf)"
      item_inter_num_interval: "(4,1e3]"
      rm_dup_inter: last
      TIME_FIELD: "when \\"exactly\\""
      field_separator: ","
      seq_separator: "|"
      filter_inter_by_user_or_item: False
      eval_args: {split: {RS: [8, 1, 1]}, group_by: none, order: TO, mode: {valid: pop10, test: uni100}}
      metrics: [MAP, NDCG]
      """, "kg_reverse_r=true", "user_inter_num_interval=[6,inf)")
    #expect(warnings == [])
    #expect(run.data.interactionsOfUser?.contains(6) == true)
    #expect(run.data.interactionsOfUser?.contains(5) == false)
    #expect(run.data.interactionsOfItem?.contains(4) == false)
    #expect(run.data.keptDuplicate == .last && run.data.reversesRelations)
    #expect(run.data.form.time == "when \"exactly\"" && !run.data.dropsUndescribed)
    #expect(run.training.ratios == DataSplit.Ratios([8, 1, 1], isByUser: false))
    #expect(run.training.validationMode == .popularity(10))
    #expect(run.training.testMode == .uniform(100))
    #expect(try run.readBack() == run)
    #expect(try read("rm_dup_inter: first\n", "rm_dup_inter=~").run == RunSettings())
  }

  @Test func settingsAsTextReadBackTheSame() throws {
    for (start, decay) in [(RunSettings(), 0.5), (.recBole, nil)] as [(RunSettings, Float?)] {
      var run = start
      run.training.averageDecay = decay
      run.training.heldOutUsers = ["a,b", "it's", " x ", "[y", "01"]
      run.training.memoryRelations = .list(["r,1", "r2"])
      run.training.gradientNormLimit = 2.5
      run.training.leaveOut = .validOnly
      run.training.metrics = [.precision, .mrr]
      run.training.listLengths = [3, 1]
      var again = try run.readBack()
      #expect(again == run)
      #expect(again.differences(from: run).isEmpty)
      again.training.seed += 1
      #expect(again.differences(from: run).map(\.key) == ["seed"])
    }
  }

  /// What a setting may not be, for those of which any text is taken.
  private func wrong(for key: String) -> SettingValue {
    switch key {
    case "load_col", "unload_col", "unused_col", "seq_len", "preload_weight", "val_interval",
      "threshold", "memory_relations", "held_out_users":
      return .list([.list([])])
    default: return .map(["a": .int(1), "b": .int(2)])
    }
  }

  @Test func everySettingIsReadPrintedAndExplained() throws {
    let names = RunSettings.keys.map(\.name)
    #expect(Set(names).count == names.count && names.count == 78)
    let help = RunSettings().help
    for key in RunSettings.keys {
      #expect(help.contains("  \(key.name) = "), "\(key.name)")
      #expect(!key.meaning.isEmpty && !key.meaning.hasSuffix("."), "\(key.name)")
      #expect(!key.expected.isEmpty, "\(key.name)")
      var settings = Settings()
      settings.set(key.name, wrong(for: key.name), source: "a.yaml", line: 3)
      var run = RunSettings()
      do throws(DataError) {
        _ = try run.apply(settings)
        Issue.record("\(key.name) took \(wrong(for: key.name))")
      } catch {
        #expect(error.file == "a.yaml" && error.line == 3, "\(error)")
        #expect(error.field == key.name || error.field == key.name + ".a", "\(error)")
      }
    }
    for key in RunSettings.own.values {
      for start in [RunSettings(), .recBole] {
        var run = RunSettings()
        #expect(key.read(.string(key.text(start)), &run), "\(key.name)")
        #expect(key.text(run) == key.text(start), "\(key.name)")
      }
      guard let text = key.recBole else { continue }
      var run = RunSettings()
      #expect(key.read(.string(text), &run) && key.text(run) == key.text(.recBole), "\(key.name)")
      #expect(key.text(run) != key.text(RunSettings()), "\(key.name)")
    }
  }

  /// The bounds that a setting names are those that it has.
  @Test func boundsAreRefusedFromOutside() throws {
    let bounds =
      /a (whole )?number (from|above|between) (-?[0-9.]+)(?: (to|to below|and) ([0-9.]+))?/
    var bounded = 0
    for key in RunSettings.own.values {
      guard let match = key.expected.firstMatch(of: bounds) else { continue }
      bounded += 1
      let isWhole = match.1 != nil
      func takes(_ number: Double) -> Bool {
        var run = RunSettings()
        return key.read(isWhole ? .int(Int(number)) : .float(number), &run)
      }
      let step = isWhole ? 1 : 1e-3
      let low = try #require(Double(match.3))
      #expect(takes(low) == (match.2 == "from") && !takes(low - step), "\(key.name)")
      #expect(takes(low + step), "\(key.name)")
      guard let high = match.5.flatMap({ Double($0) }) else { continue }
      #expect(takes(high) == (match.4 == "to") && !takes(high + step), "\(key.name)")
      #expect(takes(high - step), "\(key.name)")
    }
    #expect(bounded == 23)
  }

  @Test func thePagesTableIsThatOfTheKeys() throws {
    let page = try String(contentsOfFile: TestEnvironment.page("Settings"), encoding: .utf8)
    let begin = try #require(page.range(of: "<!-- settings -->"))
    let end = try #require(page.range(of: "<!-- /settings -->"))
    let table = RunSettings().markdown { RunSettings.own[$0.name] != nil }
    #expect(
      page[begin.upperBound..<end.lowerBound] == "\n\(table)\n",
      "put this between the two marks:\n\(table)")
  }

  @Test func recBolesDefaults() {
    let run = RunSettings.recBole
    #expect(run.training.learningRate == 0.001 && run.network.dropoutProbability == 0.1)
    #expect(run.training.gradientNormLimit == nil && run.training.schedule == .constant)
    #expect(run.training.warmUpSteps == 0 && run.training.recoveryLimit == 0)
    #expect(!run.network.freezesKnowledgeGraph && run.network.hasPadRelation)
    #expect(run.training.memoryRelations == .all && run.training.mode == .prefix)
    #expect(run.training.batchSize == 2048 && run.training.epochs == 300)
    #expect(run.relationScale == .factor(1))
    #expect(run.training.stoppingStep == 10 && run.training.averageDecay == nil)
    #expect(run.training.validationMetric.description == "MRR@10")
  }

  @Test func relationVectorsAreMadeShortUnlessAFactorIsGiven() throws {
    #expect(RunSettings().relationScale == .meanLength(0.05))
    #expect(try read("gamma: -2\n").run.relationScale == .meanLength(0.25))
    #expect(try read("gamma: 0\n").run.relationScale == .factor(1))
    #expect(try read("relation_scale: 0.3\n").run.relationScale == .factor(0.3))
    #expect(try read("relation_scale: auto\n").run.relationScale == .meanLength(0.05))
  }

  @Test(
    arguments: [
      ("a: 1\nlerning_rate: 0.1\n", "a.yaml, line 2: there is no setting \"lerning_rate\""),
      ("\nepoch: 3\n", "a.yaml, line 2: there is no setting \"epoch\"; is epochs meant?"),
      (
        "zzzzzzzzzzz: ~\n", "a.yaml, line 1: there is no setting \"zzzzzzzzzzz\"; it has no effect."
      ),
      (
        "normalize_field: [rating]\n",
        "a.yaml, line 1: normalize_field is a setting of RecBole that has no effect here."
      ),
      ("user_inter_num_intervall: '[5,inf)'\n", "is user_inter_num_interval meant?"),
    ])
  func whatHasNoEffectIsSaid(yaml: String, sentence: String) throws {
    let warnings = try read(yaml).warnings
    #expect(warnings.contains { $0.contains(sentence) }, "\(warnings)")
  }

  @Test func whatAsksForNothingIsSilent() throws {
    let warnings = try read(
      """
      val_interval: ~
      kg_reverse_r: False
      user_inter_num_interval: "[0,inf)"
      field_separator: "\\t"
      USER_ID_FIELD: user_id
      use_gpu: False
      training_neg_sample_num: 0
      train_neg_sample_args: ~
      """
    ).warnings
    #expect(warnings == [])
  }

  @Test(
    arguments: [
      ("\nlearning_rate: fast\n", "a.yaml, line 2, field learning_rate: found \"fast\", expected"),
      ("learner: sgd\n", "field learner: found \"sgd\", expected adam or adamw."),
      ("average_decay: 1\n", "field average_decay: found 1, expected a number between 0 and 1"),
      ("clip_grad_norm: {max_norm: -1}\n", "field clip_grad_norm.max_norm: found -1"),
      ("clip_grad_norm: {max_norm: 1, norm_type: 1}\n", "clip_grad_norm.norm_type: found 1"),
      ("clip_grad_norm: {norm: 1}\n", "expected keys among max_norm"),
      ("eval_args: {split: {RS: [8, 1]}}\n", "eval_args.split.RS: found [8, 1]"),
      ("eval_args: {split: {TS: [8, 1]}}\n", "eval_args.split: found {TS: [8, 1]}"),
      ("eval_args: {group_by: item}\n", "eval_args.group_by: found \"item\", expected user"),
      ("eval_args: {split: {LS: all}}\n", "eval_args.split.LS: found \"all\", expected"),
      ("eval_args: {order: RO}\n", "eval_args.order: found \"RO\", expected TO"),
      ("eval_args: {mode: labeled}\n", "eval_args.mode: found \"labeled\", expected full"),
      ("eval_args: {mode: {valid: uni0}}\n", "eval_args.mode.valid: found \"uni0\""),
      ("val_interval: {rating: 3}\n", "field val_interval.rating: found 3"),
      ("val_interval: {rating: '[3,inf'}\n", "expected intervals such as"),
      ("\nuser_inter_num_interval: '[5;inf)'\n", "a.yaml, line 2, field user_inter_num_interval"),
      ("item_inter_num_interval: 5\n", "field item_inter_num_interval: found 5"),
      ("rm_dup_inter: middle\n", "expected first or last"),
      ("threshold: {a: 1, b: 2}\n", "expected one field with a number"),
      ("threshold: {a: x}\n", "field threshold.a: found \"x\""),
      ("seq_len: {a: 0}\n", "field seq_len.a: found 0"),
      ("field_separator: ab\n", "expected one ASCII character"),
      ("field_separator: ' '\n", "another character than the other separator"),
      ("load_col: [user_id]\n", "expected lists of columns by file"),
      ("load_col: {inter: [a]}\nunload_col: {inter: [b]}\n", "field unload_col.inter"),
      ("benchmark_filename: [a, b]\n", "expected three names"),
      ("kg_reverse_r: 1\n", "expected true or false"),
      ("alias_of_user_id: [x]\nalias_of_item_id: [x]\n", "\"x\" is one of users"),
      ("fields_in_same_space: [[a, b]]\n", "expected one of user_id, item_id"),
      ("preload_weight: {ent_id: [1]}\n", "field preload_weight.ent_id"),
      ("USER_ID_FIELD: item_id\n", "not named by another setting"),
      ("eval_args: 5\n", "field eval_args: found 5"),
      ("valid_metric: NDCG\n", "field valid_metric: found \"NDCG\", expected one of Hit, MRR"),
      ("valid_metric: AUC@10\n", "field valid_metric"), ("valid_metric: MRR@0\n", "valid_metric"),
      ("metrics: [Recall, GAUC]\n", "field metrics: found [\"Recall\", \"GAUC\"]"),
      ("metrics: []\n", "field metrics"), ("topk: [0]\n", "field topk: found [0]"),
      ("topk: {a: 1}\n", "field topk"), ("epochs: 0\n", "field epochs: found 0"),
      ("epochs: 1.5\n", "field epochs: found 1.5"), ("num_layers: 4\n", "field num_layers"),
      ("train_neg_sample_args: {distribution: normal}\n", "train_neg_sample_args.distribution"),
      ("train_neg_sample_args: {alpha: 0.5}\n", "train_neg_sample_args.alpha: found 0.5"),
      ("train_neg_sample_args: {dynamic: True}\n", "train_neg_sample_args.dynamic: found true"),
      ("loss_type: BPR\ntrain_neg_sample_args: ~\n", "field train_neg_sample_args: found null"),
      ("loss_type: BPR\ntraining_neg_sample_num: 0\n", "since loss_type is BPR"),
      ("neg_sampling: {uniform: 1, popularity: 1}\n", "field neg_sampling"),
      ("TIME_FIELD: 5\n", "field TIME_FIELD: found 5, expected the name of a field"),
      ("seed: -1\n", "field seed: found -1"), ("held_out_users: {a: 1}\n", "field held_out_users"),
    ])
  func aWrongValueIsAnErrorWithItsPlace(yaml: String, part: String) throws {
    let message = try #require(self.message(yaml))
    #expect(message.hasPrefix("a.yaml, line"), "\(message)")
    #expect(message.contains(part), "\(message)")
  }

  @Test func theCommandLineIsNamedInErrors() {
    #expect(
      message("gamma: 1\n", "gamma=x")
        == "--set, field gamma: found \"x\", expected a finite number.")
  }

  @Test func readsTheFilesOfRecBole() throws {
    var settings = Settings()
    for name in ["base", "ce", "kg"] {
      try settings.merge(file: TestEnvironment.fixture("recbole-tiny/recbole/\(name).yaml"))
    }
    var run = RunSettings()
    #expect(try run.apply(settings) == [])
    #expect(run.training.validationMetric.description == "MRR@10")
    #expect(run.training.metrics == [.recall, .mrr, .ndcg, .hit, .precision])
  }

  /// The block of RecBole's page with the keys that its print lost, in today's and yesterday's form.
  @Test func understandsThePageOfKSR() throws {
    let columns = """
      inter: [user_id, item_id]
      kg: [head_id, relation_id, tail_id]
      link: [item_id, entity_id]
      ent_feature: [ent_id, ent_vec]
      rel_feature: [rel_id, rel_vec]
      """
    let rest = """
      fields_in_same_space: [
        [ent_id, entity_id]
        [rel_id, relation_id]
        ent_id: ent_vec
        rel_id: rel_vec
      additional_feat_suffix: [ent_feature, rel_feature]
      """
    let deeper = columns.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    for yaml in ["\(deeper)\n\(rest)", "load_col:\n\(deeper)\n\(rest)", "\(columns)\n\(rest)"] {
      let (run, warnings) = try read(yaml)
      #expect(run.network == RunSettings().network && run.training == TrainingSettings())
      #expect(
        run.data.form.entityVectors == .init(suffix: "ent_feature", id: "ent_id", vector: "ent_vec")
      )
      #expect(
        run.data.form.relationVectors
          == .init(suffix: "rel_feature", id: "rel_id", vector: "rel_vec"))
      #expect(run.data.given["load_col"]?.contains("\"kg\": [\"head_id\"") == true)
      #expect(warnings.count == 1, "\(warnings)")
      #expect(warnings.first?.contains("as it stands") == true)
    }
  }
}

extension RunSettings {
  /// What is read of the settings as text.
  func readBack() throws -> RunSettings {
    var again = RunSettings()
    for (key, value) in keyValues {
      guard let own = RunSettings.own[key] else { continue }
      #expect(own.read(.string(value), &again), "\(key)")
    }
    again.data = try DataSettings(
      given: Dictionary(uniqueKeysWithValues: keyValues.map { ($0, $1) }), source: "text")
    return again
  }
}
