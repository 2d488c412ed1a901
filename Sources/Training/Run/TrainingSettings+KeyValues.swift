import AtomicFiles
import KSRModel
import Workspace

extension TrainingSettings {
  /// The settings as text, in a fixed order.
  package var keyValues: [(key: String, value: String)] {
    [
      ("learning_rate", "\(learningRate)"),
      ("optimizer", optimiser.rawValue),
      ("weight_decay", "\(weightDecay)"),
      ("clip_grad_norm", gradientNormLimit.map { "\($0)" } ?? "none"),
      ("learning_rate_schedule", schedule.rawValue),
      ("warmup_steps", "\(warmUpSteps)"),
      ("average_decay", averageDecay.map { "\($0)" } ?? "none"),
      ("training_neg_sample_num", "\(negativeCount)"),
      ("train_neg_sample_distribution", negativeDistribution.rawValue),
      ("train_batch_size", "\(batchSize)"),
      ("epochs", "\(epochs)"),
      ("stopping_step", "\(stoppingStep)"),
      ("eval_step", "\(evaluationStep)"),
      ("valid_metric", validationMetric.description),
      ("metrics", metrics.map(\.rawValue).joined(separator: ",")),
      ("topk", listLengths.map(String.init).joined(separator: ",")),
      ("eval_args.split.LS", leaveOut.rawValue),
      (
        "eval_args.split.RS",
        ratios.map { $0.parts.map { "\($0)" }.joined(separator: ",") } ?? "none"
      ),
      ("eval_args.group_by", ratios?.isByUser == false ? "none" : "user"),
      ("eval_args.mode.valid", validationMode.text),
      ("eval_args.mode.test", testMode.text),
      ("seed", "\(seed)"),
      ("training", mode.rawValue),
      ("window_stride", windowStride.map { "\($0)" } ?? "half"),
      ("shift_windows", "\(shiftsWindows)"),
      ("shards", "\(shards)"),
      ("memory_relations", memoryRelations.text),
      ("relation_scale", relationScale.map { "\($0)" } ?? "auto"),
      ("held_out_users", Self.text(of: heldOutUsers)),
    ]
  }

  /// Sets one of them from text.
  ///
  /// - Returns: false if the key is not one of these settings.
  /// - Throws: ``SettingError`` if the value is not one that the setting can have.
  package mutating func set(_ key: String, to value: String) throws(SettingError) -> Bool {
    switch key {
    case "learning_rate": learningRate = try Self.number(key, value, above: 0)
    case "weight_decay": weightDecay = try Self.number(key, value, above: nil)
    case "optimizer": optimiser = try Self.choice(key, value)
    case "clip_grad_norm":
      gradientNormLimit = value == "none" ? nil : try Self.number(key, value, above: 0)
    case "learning_rate_schedule": schedule = try Self.choice(key, value)
    case "warmup_steps": warmUpSteps = value == "0" ? 0 : try Self.count(key, value)
    case "average_decay": averageDecay = value == "none" ? nil : try Self.decay(key, value)
    case "training_neg_sample_num": negativeCount = try Self.count(key, value)
    case "train_neg_sample_distribution": negativeDistribution = try Self.choice(key, value)
    case "train_batch_size": batchSize = try Self.count(key, value)
    case "epochs": epochs = try Self.count(key, value)
    case "stopping_step": stoppingStep = value == "0" ? 0 : try Self.count(key, value)
    case "eval_step": evaluationStep = try Self.count(key, value)
    case "valid_metric":
      guard let metric = ValidationMetric(value) else {
        throw SettingError(
          key: key, found: value,
          expected: "one of \(Self.metricNames) with the list's length, such as NDCG@10")
      }
      validationMetric = metric
    case "metrics":
      metrics = try Self.elements(key, value, "some of \(Self.metricNames)") {
        ValidationMetric.Kind(name: $0)
      }
    case "topk":
      listLengths = try Self.elements(key, value, "whole numbers from 1") {
        Int($0).flatMap { (1...ValidationMetric.longestList).contains($0) ? $0 : nil }
      }
    case "eval_args.split.LS":
      leaveOut = try Self.choice(key, value)
      ratios = nil
    case "eval_args.split.RS": ratios = try Self.ratios(key, value)
    case "eval_args.group_by":
      guard value == "user" || value == "none" else {
        throw SettingError(key: key, found: value, expected: "user or none")
      }
      ratios?.isByUser = value == "user"
    case "eval_args.mode.valid": validationMode = try Self.mode(key, value)
    case "eval_args.mode.test": testMode = try Self.mode(key, value)
    case "seed":
      guard let number = UInt64(value) else {
        throw SettingError(key: key, found: value, expected: "a whole number from 0")
      }
      seed = number
    case "training": mode = try Self.choice(key, value)
    case "window_stride": windowStride = value == "half" ? nil : try Self.count(key, value)
    case "shift_windows":
      guard let flag = Bool(value) else {
        throw SettingError(key: key, found: value, expected: "true or false")
      }
      shiftsWindows = flag
    case "shards": shards = try Self.count(key, value)
    case "memory_relations": memoryRelations = MemoryRelations(text: value)
    case "relation_scale":
      relationScale = value == "auto" ? nil : try Self.number(key, value, above: 0)
    case "held_out_users": heldOutUsers = Self.list(value)
    default: return false
    }
    return true
  }

  private static func mode(_ key: String, _ value: String) throws(SettingError) -> CandidateMode {
    guard let mode = CandidateMode(value) else {
      throw SettingError(key: key, found: value, expected: CandidateMode.expected)
    }
    return mode
  }

  private static func ratios(
    _ key: String, _ value: String
  ) throws(SettingError) -> DataSplit.Ratios? {
    if value == "none" { return nil }
    let numbers = list(value).map { Double($0).map(SettingValue.float) ?? .null }
    guard let shares = EvaluationArguments.shares(.list(numbers)) else {
      throw SettingError(
        key: key, found: value, expected: "three shares such as 0.8,0.1,0.1, or none")
    }
    return DataSplit.Ratios(shares)
  }

  private static func count(_ key: String, _ value: String) throws(SettingError) -> Int {
    guard let number = Int(value), (1...1_000_000_000).contains(number) else {
      throw SettingError(key: key, found: value, expected: "a whole number from 1")
    }
    return number
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ value: String
  ) throws(SettingError) -> Choice {
    guard let choice = Choice(rawValue: value) else {
      throw SettingError(
        key: key, found: value,
        expected: Choice.allCases.map(\.rawValue).joined(separator: " or "))
    }
    return choice
  }

  private static func decay(_ key: String, _ value: String) throws(SettingError) -> Float {
    guard let number = Float(value), number > 0, number < 1 else {
      throw SettingError(key: key, found: value, expected: "a number between 0 and 1, or none")
    }
    return number
  }

  private static func number(
    _ key: String, _ value: String, above limit: Float?
  ) throws(SettingError) -> Float {
    guard let number = Float(value), number.isFinite, number >= 0,
      limit.map({ number > $0 }) ?? true
    else {
      throw SettingError(
        key: key, found: value, expected: limit == nil ? "a number from 0" : "a number above 0")
    }
    return number
  }
}
