import AtomicFiles
import KSRModel
import Workspace

extension RunSettings {
  /// Takes over what settings say, from files and the command line.
  ///
  /// Understood are the names of ``keys`` and RecBole's other spellings of the same: `learner`
  /// for `optimizer`, `train_neg_sample_args` and the older `neg_sampling`, `clip_grad_norm` as a
  /// number or with `max_norm`, `eval_args` for split and mode. A key that is unset (`~`) keeps its
  /// value, but one of the data goes back to its default. RecBole's keys that say where things are and
  /// how to run (``RecBoleKeys/notNeeded``) are understood but not needed.
  ///
  /// - Returns: what was odd or has no effect, a sentence each.
  /// - Throws: an error with the place of a value that its setting cannot have.
  package mutating func apply(_ settings: Settings) throws(DataError) -> [String] {
    var reading = RunSettingsReading(run: self, settings: settings)
    reading.run.data = try DataSettings(settings, over: data)
    for key in settings.keys where !RunSettings.ofData.contains(key) { try reading.read(key) }
    try reading.checkNegatives()
    reading.checkNullSlot()
    self = reading.run
    return settings.warnings + reading.warnings
  }
}

extension RunSettings {
  /// Refuses a key that there is not, among settings that were typed for this run.
  ///
  /// What is misspelt there is meant; in a file it may be another program's.
  package static func checkNames(of typed: Settings) throws(DataError) {
    for key in typed.keys where !RecBoleKeys.all.contains(key) {
      throw DataError(
        file: typed.entries[key]?.source ?? "settings", line: typed.entries[key]?.line, field: key,
        found: "a setting that there is not",
        expected: RecBoleKeys.newer[key].map { "\($0), the newer name" }
          ?? RecBoleKeys.nearest(to: key) ?? "a setting that 'ksr train --help' lists")
    }
  }
}

/// Settings on their way from values with places to the run's.
private struct RunSettingsReading {
  var run: RunSettings
  let settings: Settings
  var warnings: [String] = []
  /// The key that says that no negatives are to be drawn, as RecBole wants it for CE.
  private var keyWithoutNegatives: String?

  init(run: RunSettings, settings: Settings) {
    self.run = run
    self.settings = settings
  }

  mutating func read(_ key: String) throws(DataError) {
    guard let value = settings[key] else { return }
    switch key {
    case "eval_args": try readEvaluation()
    case "clip_grad_norm" where value == .null: try set(key, .string("none"), from: key)
    case "neg_sampling": try readNegatives(value)
    case "train_neg_sample_args" where Self.asksForNone(value),
      "training_neg_sample_num" where value == .int(0) || value == .null:
      keyWithoutNegatives = key
      run.training.negativeCount = 0
    case "train_neg_sample_args",
      "clip_grad_norm" where SettingKind.map.read(value) != nil:
      try readParts(of: key, value)
    default: try read(key, value, from: key)
    }
  }

  /// Reads a key, or a part of one that has parts.
  private mutating func read(
    _ name: String, _ value: SettingValue, from key: String
  ) throws(DataError) {
    if try set(RecBoleKeys.spellings[name] ?? name, value, from: key, field: name) { return }
    try readOther(name, value, from: key)
  }

  /// Reads the parts of a value, each under its name behind that of the key.
  private mutating func readParts(of key: String, _ value: SettingValue) throws(DataError) {
    let known = RecBoleKeys.parts[key] ?? []
    guard case .map(let values) = value, values.keys.allSatisfy(known.contains) else {
      throw wrong(key, value, in: key, expected: "keys among \(known.joined(separator: ", "))")
    }
    if key == "clip_grad_norm", values["max_norm"] ?? .null == .null {
      throw wrong(key, value, in: key, expected: "a number, or {max_norm: a number}")
    }
    for (part, value) in values.sorted(by: { $0.key < $1.key }) where value != .null {
      try read("\(key).\(part)", value, from: key)
    }
  }

  /// Only facts have a null slot.
  mutating func checkNullSlot() {
    let memory = run.network.memory
    guard memory != .facts, let value = settings["null_slot"], value != .null else { return }
    warnings.append(
      "\(place("null_slot")): null_slot acts with memory: facts only, not with \(memory.rawValue).")
  }

  /// BPR needs something to rank below the target.
  func checkNegatives() throws(DataError) {
    guard run.network.loss == .bpr, let key = keyWithoutNegatives else { return }
    throw settings.error(key, expected: "negatives to draw, since loss_type is BPR")
  }

  // MARK: One setting

  /// Sets a run's setting from a value; one that is unset stays as it is.
  ///
  /// - Returns: false if there is no such setting.
  @discardableResult
  private mutating func set(
    _ name: String, _ value: SettingValue, from source: String, field: String? = nil
  ) throws(DataError) -> Bool {
    guard let key = RunSettings.own[name] else { return false }
    guard value == .null || key.read(value, &run) else {
      throw wrong(field ?? source, value, in: source, expected: key.expected)
    }
    return true
  }

  private func wrong(
    _ field: String, _ found: SettingValue, in key: String, expected: String
  ) -> DataError {
    var error = settings.error(key, expected: expected)
    error.field = field
    error.found = found.description
    return error
  }

  // MARK: RecBole's settings with parts

  private mutating func readEvaluation() throws(DataError) {
    let arguments = try EvaluationArguments(settings)
    if let leaveOut = arguments.leaveOut {
      run.training.leaveOut = leaveOut
      run.training.ratios = nil
    }
    if let ratios = arguments.ratios { run.training.ratios = ratios }
    if let mode = arguments.validationMode { run.training.validationMode = mode }
    if let mode = arguments.testMode { run.training.testMode = mode }
  }

  /// RecBole's own word for none, in its documentation and its programs.
  private static func asksForNone(_ value: SettingValue) -> Bool {
    if case .map(let parts) = value { return parts["distribution"] == .string("none") }
    return value == .null || value == .string("none")
  }

  /// The older setting: one distribution with a number.
  private mutating func readNegatives(_ value: SettingValue) throws(DataError) {
    let key = "neg_sampling"
    guard !Self.asksForNone(value) else {
      keyWithoutNegatives = key
      run.training.negativeCount = 0
      return
    }
    let known = NegativeDistribution.allCases.map(\.rawValue)
    guard case .map(let values) = value, let (distribution, count) = values.first,
      values.count == 1, known.contains(distribution)
    else {
      throw wrong(key, value, in: key, expected: "one distribution with a number, as uniform: 1")
    }
    try set("train_neg_sample_distribution", .string(distribution), from: key)
    try set("training_neg_sample_num", count, from: key)
  }

  // MARK: All other keys

  private mutating func readOther(
    _ key: String, _ value: SettingValue, from source: String
  ) throws(DataError) {
    if let only = RecBoleKeys.fixed[key] {
      guard value == .null || value.scalar == only.scalar else {
        throw wrong(key, value, in: source, expected: only.description)
      }
    } else if key == "model", case .string(let name) = value, name.lowercased() != "ksr" {
      warnings.append(
        "\(place(key)): the settings are those of \(quoted(name)); ksr trains KSR with them"
          + (name.lowercased() == "gru4rec" ? ", of which memory: none is the nearest." : "."))
    } else if RecBoleKeys.notNeeded.contains(key) || value == .null {
      if value == .null, !RecBoleKeys.all.contains(key) { warnings.append(unknown(key)) }
    } else if let neutral = RecBoleKeys.withoutEffect[key] {
      guard !neutral.contains(value) else { return }
      warnings.append("\(place(key)): \(key) is a setting of RecBole that has no effect here.")
    } else {
      warnings.append(unknown(key))
    }
  }

  private func unknown(_ key: String) -> String {
    if let newer = RecBoleKeys.newer[key] {
      return "\(place(key)): \(quoted(key)) is a name of RecBole 0.x and has no effect;"
        + " its newer one is \(newer)."
    }
    let near = RecBoleKeys.nearest(to: key)
    return "\(place(key)): there is no setting \(quoted(key)); "
      + (near.map { "is \($0) meant?" } ?? "it has no effect.")
  }

  private func place(_ key: String) -> String {
    guard let entry = settings.entries[key] else { return "settings" }
    return printable(entry.source, limit: 1000) + (entry.line.map { ", line \($0)" } ?? "")
  }
}

/// What becomes of the keys of settings files that are none of ours.
enum RecBoleKeys {
  static let spellings = [
    "learner": "optimizer", "training_neg_sample_distribution": "train_neg_sample_distribution",
    "train_neg_sample_args.distribution": "train_neg_sample_distribution",
    "train_neg_sample_args.sample_num": "training_neg_sample_num",
    "clip_grad_norm.max_norm": "clip_grad_norm",
  ]

  /// The parts of keys whose values are maps.
  static let parts = [
    "clip_grad_norm": ["max_norm", "norm_type", "error_if_nonfinite"],
    "train_neg_sample_args": ["distribution", "sample_num", "alpha", "dynamic", "candidate_num"],
  ]

  /// Understood but not needed: what the files say by themselves, names inside RecBole, and how it
  /// runs, none of which changes a result here.
  static let notNeeded: Set<String> = [
    // Names of columns that RecBole makes.
    "RATING_FIELD", "LABEL_FIELD", "NEG_PREFIX", "LIST_SUFFIX", "ITEM_LIST_LENGTH_FIELD",
    "POSITION_FIELD",
    // Where things are and how to run.
    "model", "dataset", "data_path", "checkpoint_dir", "config_file_list", "use_gpu", "gpu_id",
    "device", "nproc", "world_size", "local_rank", "offset", "ip", "port", "worker",
    "single_spec", "enable_amp", "enable_scaler", "require_pow", "reproducibility", "state",
    "show_progress",
    "log_wandb", "wandb_project", "save_dataset", "dataset_save_path", "save_dataloaders",
    "dataloaders_save_path", "shuffle", "eval_batch_size", "valid_metric_bigger",
    "metric_decimal_place", "loss_decimal_place", "repeatable", "eval_type", "MODEL_TYPE",
    "MODEL_INPUT_TYPE", "clip_grad_norm.error_if_nonfinite",
  ]

  /// What can only be as it is.
  static let fixed: [String: SettingValue] = [
    "encoding": .string("utf-8"), "clip_grad_norm.norm_type": .int(2),
    "train_neg_sample_args.alpha": .int(1), "train_neg_sample_args.candidate_num": .int(0),
    "train_neg_sample_args.dynamic": .bool(false),
  ]

  /// RecBole's settings of the data that have no effect, each with the values that ask for none.
  static let withoutEffect: [String: [SettingValue]] = [
    "normalize_field": [], "normalize_all": [.bool(false)], "discretization": [],
    "numerical_features": [.list([])], "transform": [], "SOURCE_ID_FIELD": [],
    "TARGET_ID_FIELD": [],
  ]

  /// Names of RecBole 0.x, each with what says the same now.
  static let newer = [
    "eval_setting": "eval_args: {split: {LS: valid_and_test}, order: TO, mode: full}",
    "group_by_user": "eval_args: {group_by: user}",
    "split_ratio": "eval_args: {split: {RS: [0.8, 0.1, 0.1]}}",
    "leave_one_num": "eval_args: {split: {LS: valid_and_test}}",
    "lowest_val": "val_interval: {rating: \"[3,inf)\"}",
    "highest_val": "val_interval: {rating: \"(-inf,3]\"}",
    "equal_val": "val_interval: {rating: \"[3,3]\"}",
    "not_equal_val": "val_interval: {rating: \"(-inf,3);(3,inf)\"}",
    "min_user_inter_num": "user_inter_num_interval: \"[5,inf)\"",
    "max_user_inter_num": "user_inter_num_interval: \"[0,100]\"",
    "min_item_inter_num": "item_inter_num_interval: \"[5,inf)\"",
    "max_item_inter_num": "item_inter_num_interval: \"[0,100]\"",
    "drop_filter_field": "unused_col",
  ]

  /// The key that is meant by one that there is not, where any is near.
  static func nearest(to key: String) -> String? {
    AtomicFiles.nearest(to: key, among: all.sorted())
  }

  /// All keys that files may have, ours among them.
  static let all = RunSettings.ofData.union(RunSettings.own.keys).union(spellings.keys)
    .union(parts.keys).union(notNeeded).union(fixed.keys).union(withoutEffect.keys)
    .union(["eval_args", "neg_sampling"])
}
