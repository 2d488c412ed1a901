import AtomicFiles
import KSRModel
import Workspace

extension RunSettings {
  /// Takes over what settings say, from files and the command line.
  ///
  /// Understood are the names of ``keyValues`` and RecBole's other spellings of the same: `learner`
  /// for `optimizer`, `train_neg_sample_args` and the older `neg_sampling`, `clip_grad_norm` as a
  /// number or with `max_norm`, `eval_args` for split and mode. A key that is unset (`~`) keeps its
  /// value, but one of the data goes back to its default. RecBole's keys that say where things are and
  /// how to run (``RunSettingKeys/notNeeded``) are understood but not needed.
  ///
  /// - Returns: what was odd or has no effect, a sentence each.
  /// - Throws: an error with the place of a value that its setting cannot have.
  package mutating func apply(_ settings: Settings) throws(DataError) -> [String] {
    var reading = RunSettingsReading(run: self, settings: settings)
    reading.run.data = try DataSettings(settings, over: data)
    for key in settings.keys where !RunSettingKeys.data.contains(key) { try reading.read(key) }
    try reading.checkNegatives()
    self = reading.run
    return settings.warnings + reading.warnings
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
    case "clip_grad_norm": try readClipping(value)
    case "learner": try set("optimizer", value, from: key)
    case "train_neg_sample_args", "neg_sampling": try readNegatives(key, value)
    case "training_neg_sample_distribution":
      try set("train_neg_sample_distribution", value, from: key)
    case "training_neg_sample_num" where value == .int(0) || value == .null:
      keyWithoutNegatives = key
    default:
      if try set(key, value, from: key) { return }
      try readOther(key, value)
    }
  }

  /// BPR needs something to rank below the target.
  func checkNegatives() throws(DataError) {
    guard run.network.loss == .bpr, let key = keyWithoutNegatives else { return }
    throw settings.error(key, expected: "negatives to draw, since loss_type is BPR")
  }

  // MARK: One setting

  /// Sets a run's setting from a value; a list counts as a list of texts.
  ///
  /// - Returns: false if there is no such setting.
  @discardableResult
  private mutating func set(
    _ key: String, _ value: SettingValue, from source: String, field: String? = nil
  ) throws(DataError) -> Bool {
    guard RunSettingKeys.own.contains(key) else { return false }
    switch value {
    case .null: return true
    case .map where !RunSettingKeys.lists.contains(key),
      .list where !RunSettingKeys.lists.contains(key):
      throw wrong(field ?? source, value, in: source, expected: "a single value")
    case .map: throw wrong(field ?? source, value, in: source, expected: "a value or a list")
    default: break
    }
    do throws(SettingError) {
      return try run.set(key, to: text(value))
    } catch {
      throw wrong(field ?? source, value, in: source, expected: error.expected)
    }
  }

  private func text(_ value: SettingValue) -> String {
    switch value {
    case .float(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .list(let values): TrainingSettings.text(of: values.map(\.word))
    default: value.word
    }
  }

  private func wrong(
    _ field: String, _ found: SettingValue, in key: String, expected: String
  ) -> DataError {
    var error = settings.error(key, expected: expected)
    error.field = field
    error.found = found.description
    return error
  }

  /// The values of a map, whose keys are among the given ones.
  private func parts(
    _ key: String, _ value: SettingValue, known: [String]
  ) throws(DataError) -> [String: SettingValue] {
    guard case .map(let values) = value, values.keys.allSatisfy(known.contains) else {
      throw wrong(key, value, in: key, expected: "keys among \(known.joined(separator: ", "))")
    }
    return values.filter { $0.value != .null }
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

  private mutating func readClipping(_ value: SettingValue) throws(DataError) {
    let key = "clip_grad_norm"
    guard case .map = value else {
      try set(key, value == .null ? .string("none") : value, from: key)
      return
    }
    let values = try parts(key, value, known: ["max_norm", "norm_type", "error_if_nonfinite"])
    guard let limit = values["max_norm"] else {
      throw wrong(key, value, in: key, expected: "a number, or {max_norm: a number}")
    }
    try set(key, limit, from: key, field: "clip_grad_norm.max_norm")
    if let type = values["norm_type"], type != .int(2), type != .float(2) {
      throw wrong("clip_grad_norm.norm_type", type, in: key, expected: "2")
    }
  }

  private mutating func readNegatives(_ key: String, _ value: SettingValue) throws(DataError) {
    // RecBole's own word for none, in its documentation and its programs.
    guard value != .null, value != .string("none") else {
      keyWithoutNegatives = key
      return
    }
    let count = "training_neg_sample_num"
    let distribution = "train_neg_sample_distribution"
    if key == "neg_sampling" {
      let values = try parts(key, value, known: NegativeDistribution.allCases.map(\.rawValue))
      guard let only = values.first, values.count == 1 else {
        throw wrong(key, value, in: key, expected: "one distribution with a number, as uniform: 1")
      }
      try set(distribution, .string(only.key), from: key)
      try set(count, only.value, from: key)
      return
    }
    let values = try parts(
      key, value, known: ["distribution", "sample_num", "alpha", "dynamic", "candidate_num"])
    if values["distribution"] == .string("none") {
      keyWithoutNegatives = key
      return
    }
    if let value = values["distribution"] {
      try set(distribution, value, from: key, field: "\(key).distribution")
    }
    if let value = values["sample_num"] {
      try set(count, value, from: key, field: "\(key).sample_num")
    }
    for (part, only) in [("alpha", 1), ("candidate_num", 0)] {
      guard let value = values[part], value != .int(only), value != .float(Double(only)) else {
        continue
      }
      throw wrong("\(key).\(part)", value, in: key, expected: "\(only)")
    }
    if let value = values["dynamic"], value != .bool(false) {
      throw wrong("\(key).dynamic", value, in: key, expected: "false")
    }
  }

  // MARK: All other keys

  private mutating func readOther(_ key: String, _ value: SettingValue) throws(DataError) {
    if let only = RunSettingKeys.fixed[key] {
      guard value == .null || value == .string(only) else {
        throw settings.error(key, expected: SettingValue.string(only).description)
      }
    } else if RunSettingKeys.notNeeded.contains(key) || value == .null {
      if value == .null, !RunSettingKeys.all.contains(key) { warnings.append(unknown(key)) }
    } else if let neutral = RunSettingKeys.withoutEffect[key] {
      guard !neutral.contains(value) else { return }
      warnings.append("\(place(key)): \(key) is a setting of RecBole that has no effect here.")
    } else {
      warnings.append(unknown(key))
    }
  }

  private func unknown(_ key: String) -> String {
    let near = nearest(to: key, among: RunSettingKeys.all.sorted())
    return "\(place(key)): there is no setting \(quoted(key)); "
      + (near.map { "is \($0) meant?" } ?? "it has no effect.")
  }

  private func place(_ key: String) -> String {
    guard let entry = settings.entries[key] else { return "settings" }
    return printable(entry.source, limit: 1000) + (entry.line.map { ", line \($0)" } ?? "")
  }
}
