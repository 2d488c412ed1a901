import AtomicFiles
import KSRModel

/// What RecBole's settings say about a network, its training and its data folder, where no shape tells
/// it.
enum RecBoleSettings {
  /// The hyper-parameters that no shape tells; RecBole's defaults, with a note, where they are not
  /// given.
  static func network(
    _ settings: Settings, of model: RecBoleModel, notes: inout [String]
  ) throws(DataError) -> KSRSettings {
    var network = KSRSettings()
    network.freezesKnowledgeGraph = false
    var missing: [String] = []
    let ofGraph = model == .ksr ? ["freeze_kg", "gamma"] : []
    for name in ofGraph + ["loss_type", "MAX_ITEM_LIST_LENGTH", "dropout_prob"] {
      guard let key = KSRSettings.key(name), try !network.take(key, of: settings) else { continue }
      // What is not said of the other two is looked for elsewhere, or changes no score.
      if !["freeze_kg", "dropout_prob"].contains(name) {
        missing.append("\(name) \(key.text(network))")
      }
    }
    if !missing.isEmpty {
      notes.append(
        "Taken as RecBole's default, since neither checkpoint nor settings tell:"
          + " \(missing.joined(separator: ", ")).")
    }
    return network
  }

  static func split(_ settings: Settings, notes: inout [String]) throws(DataError) -> DataSplit {
    var split = DataSplit()
    // What checkpoints say of the order and the mode decides nothing here, and may be anything.
    var own = Settings()
    if case .map(let arguments) = settings["eval_args"] {
      own.set(
        "eval_args", .map(arguments.filter { ["split", "group_by"].contains($0.key) }),
        source: settings.entries["eval_args"]?.source ?? "settings")
    }
    let arguments = try EvaluationArguments(own)
    split.ratios = arguments.ratios
    if let leaveOut = arguments.leaveOut { split.leaveOut = leaveOut }
    if arguments.leaveOut == nil, arguments.ratios == nil {
      notes.append(
        "The settings do not tell which interactions were left out of training (eval_args: split):"
          + " the last two of each user are marked as valid and test.")
    }
    return split
  }

  /// The settings of the training that are worth keeping with the model, as text.
  static func training(_ settings: Settings) -> [String: String] {
    let kept = [
      "learner", "learning_rate", "weight_decay", "clip_grad_norm", "train_batch_size", "epochs",
      "stopping_step", "eval_step", "valid_metric", "seed", "train_neg_sample_args",
      "metrics", "topk", "tail_ratio",
    ]
    var result = ["trained_with": "RecBole"]
    for key in kept {
      switch settings[key] {
      case nil, .null: break
      case .string(let text): result[key] = text
      case .list(let values): result[key] = SettingValue.text(of: values.compactMap(\.scalar))
      case .some(let value): result[key] = value.description
      }
    }
    return result
  }

  /// Settings that change identifiers or vectors and are not applied here, each with the values at
  /// which they change nothing and the reason.
  private static let refused: [(key: String, neutral: [SettingValue], reason: String)] = [
    (
      "benchmark_filename", [],
      "RecBole reads sequences that were cut in advance from such files, which are not read"
    ),
    (
      "kg_reverse_r", [.bool(false)],
      "RecBole's KSR has no vectors for reverse relations and cannot have been trained with them"
    ),
    ("normalize_field", [], "vectors are read as they stand"),
    ("normalize_all", [.bool(false)], "vectors are read as they stand"),
  ]

  /// How the data is read; an error where a setting asks for data that is not what the folder holds.
  static func data(_ settings: Settings) throws(DataError) -> DataSettings {
    for (key, neutral, reason) in refused {
      guard let value = settings[key], value != .null, !neutral.contains(value) else { continue }
      let values = neutral.isEmpty ? "none" : neutral.map(\.description).joined(separator: " or ")
      throw settings.error(key, expected: "\(values): \(reason)")
    }
    return try DataSettings(settings)
  }
}
