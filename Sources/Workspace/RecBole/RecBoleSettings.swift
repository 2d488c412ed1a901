import AtomicFiles
import KSRModel

/// What RecBole's settings say about a network and its training, where no shape tells it.
enum RecBoleSettings {
  /// The hyper-parameters that no shape tells; RecBole's defaults, with a note, where they are not
  /// given.
  static func network(
    _ settings: Settings, notes: inout [String]
  ) throws(DataError) -> KSRSettings {
    var network = KSRSettings()
    network.freezesKnowledgeGraph = try settings.bool("freeze_kg") ?? false
    var missing: [String] = []
    if let gamma = try settings.float("gamma") {
      network.gamma = Float(gamma)
      guard network.gamma.isFinite else {
        throw settings.error("gamma", expected: "a finite number")
      }
    } else {
      missing.append("gamma \(network.gamma)")
    }
    if let loss: LossType = try settings.choice("loss_type") {
      network.loss = loss
    } else {
      missing.append("loss_type \(network.loss.rawValue)")
    }
    if let length = try settings.int("MAX_ITEM_LIST_LENGTH", in: 1...65536) {
      network.maxItemListLength = length
    } else {
      missing.append("MAX_ITEM_LIST_LENGTH \(network.maxItemListLength)")
    }
    if let dropout = try settings.float("dropout_prob", in: 0...0.999_999) {
      network.dropoutProbability = Float(dropout)
    }
    if !missing.isEmpty {
      notes.append(
        "Taken as RecBole's default, since neither checkpoint nor settings tell:"
          + " \(missing.joined(separator: ", ")).")
    }
    return network
  }

  /// What was left out of training.
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
    ]
    var result = ["trained_with": "RecBole"]
    for key in kept {
      switch settings[key] {
      case nil, .null: break
      case .string(let text): result[key] = text
      case .some(let value): result[key] = value.description
      }
    }
    return result
  }
}
