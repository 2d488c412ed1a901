import AtomicFiles
import Evaluation
import KSRModel
import Workspace

/// The settings of a training run that are not the network's, under RecBole's names where RecBole
/// has them.
public struct TrainingSettings: Sendable, Equatable {
  /// RecBole's 0.001 needs several times the epochs.
  package var learningRate: Float = 0.01
  package var optimiser = OptimiserKind.adam
  package var weightDecay: Float = 0
  /// The largest norm of the gradient over all tensors; nil for any.
  package var gradientNormLimit: Float? = 1
  package var schedule = LearningRateSchedule.plateau
  /// Validations without improvement until the plateau schedule quarters the rate.
  package var learningRatePatience = 3
  package var warmUpSteps = 25
  /// From how many jumps of the loss a run recovers before it stops (``Recovery``); 0: it looks for none.
  package var recoveryLimit = 8
  /// How much of the moving average of the parameters is left after a step (``EMA``); nil for none.
  ///
  /// With it a large rate and large batches, whose steps are the cheaper ones, rank better than small
  /// ones do without (Results.md, "On real data").
  package var averageDecay: Float? = 0.99
  /// nil is `auto`: one with BPR, none with cross-entropy, which then looks at all items.
  package var negativeCount: Int?
  package var negativeDistribution = NegativeDistribution.uniform
  /// Scored positions in a batch; windows are added whole until it is reached.
  public var batchSize = 2048
  /// At most so many passes over the training sequences.
  public var epochs = 300
  package var stoppingStep = 10
  package var evaluationStep = 1
  package var validationMetric = ValidationMetric(.ndcg, at: 10)
  package var metrics: [MetricKind] = [.hit, .mrr, .ndcg, .recall, .precision]
  /// Which items are rare, for TailPercentage.
  package var tailRatio = RecommendedLists.tailRatio
  package var listLengths = [10]
  package var leaveOut = DataSplit.LeaveOut.validAndTest
  /// Shares that are cut off in place of ``leaveOut``, if any.
  package var ratios: DataSplit.Ratios?
  package var validationMode = CandidateMode.full
  package var testMode = CandidateMode.full
  package var seed: UInt64 = 2020
  /// Windows with a loss at every step, or RecBole's prefixes.
  public var mode = WindowMode.windows
  /// How many items later the next window starts; nil is half a window.
  package var windowStride: Int?
  package var shiftsWindows = true
  /// Into how many parts a batch is cut.
  ///
  /// More allow more threads. The result depends on this number, never on the number of threads.
  public var shards = 4
  package var memoryRelations = MemoryRelations.item
  /// What the relation vectors are multiplied with; nil is `auto`.
  ///
  /// `auto` makes γ times their mean length 1/2, so that the attention starts spread out and learns to
  /// be as sharp as it needs. With TransE's own lengths and γ = 10 it collapses.
  package var relationScale: Float?
  package var heldOutUsers: [String] = []

  package init() {}

  /// How many items each target is compared with; 0: with all others.
  package func negatives(for loss: LossType) -> Int { negativeCount ?? (loss == .bpr ? 1 : 0) }

  /// How many draws a sampled softmax makes for each shard of a batch; 0 where there is none.
  package func sampleSize(for loss: LossType) -> Int {
    loss == .crossEntropy ? negatives(for: loss) : 0
  }

  package var split: DataSplit {
    var split = DataSplit()
    split.leaveOut = leaveOut
    split.ratios = ratios
    split.heldOutUsers = heldOutUsers
    return split
  }

  /// All metrics that are reported: `metrics` at every length of `topk`, and `valid_metric`.
  package var reportedMetrics: [ValidationMetric] {
    let all = listLengths.flatMap { k in metrics.map { ValidationMetric($0, at: k) } }
    return all.contains(validationMetric) ? all : all + [validationMetric]
  }
}

extension TrainingSettings: KeyedSettings {
  package static let keys: [SettingKey<Self>] = optimisation + evaluation + sequences

  private static let most = 1_000_000_000

  private static let optimisation: [SettingKey<Self>] = [
    .init(
      "learning_rate", \.learningRate, .number(above: 0), recBole: "0.001",
      "step size of the optimizer"),
    .init("optimizer", \.optimiser, .choice, "Adam, or AdamW with its own weight decay"),
    .init(
      "weight_decay", \.weightDecay, .number(0...),
      "L2 penalty in the gradient (adam), or decoupled from it (adamw)"),
    .init(
      "clip_grad_norm", \.gradientNormLimit, .number(above: 0), or: "none", recBole: "none",
      "the gradient's largest norm over all tensors"),
    .init(
      "warmup_steps", \.warmUpSteps, .count(0...most), recBole: "0",
      "first steps, over which the learning rate rises evenly"),
    .init(
      "learning_rate_schedule", \.schedule, .choice, recBole: "constant",
      "cosine: to 0 over epochs; plateau: quartered where validation stops improving"),
    .init(
      "learning_rate_patience", \.learningRatePatience, .count(1...most),
      "validations without improvement until plateau quarters the rate"),
    .init(
      "max_recoveries", \.recoveryLimit, .count(0...100), recBole: "0",
      "returns to the epoch before, at half the rate, when the loss jumps; 0: never"),
    .init(
      "average_decay", \.averageDecay, .number(between: 0, and: 1), or: "none", recBole: "none",
      "decay of the EMA of the parameters, which is validated and saved"),
    .init(
      "training_neg_sample_num", \.negativeCount, .count(0...most), or: "auto",
      "BPR: negatives for each scored step, auto 1; CE: items drawn for a shard, 0 and auto all items"
    ),
    .init(
      "train_neg_sample_distribution", \.negativeDistribution, .choice,
      "how negatives are drawn"),
    .init(
      "train_batch_size", \.batchSize, .count(1...most),
      "scored steps in a batch; windows are added whole until it is reached"),
    .init("epochs", \.epochs, .count(1...most), "passes over the data, at most"),
  ]

  private static let evaluation: [SettingKey<Self>] = [
    .init(
      "stopping_step", \.stoppingStep, .count(0...most),
      "early stopping, after more validations without improvement"),
    .init("eval_step", \.evaluationStep, .count(1...most), "validate after so many epochs"),
    .init(
      "valid_metric", \.validationMetric, .metric, recBole: "MRR@10",
      "the metric that decides which epoch is best"),
    .init(
      "metrics", \.metrics, .metrics, "the metrics that are reported"),
    .init(
      "tail_ratio", \.tailRatio, .number(above: 0),
      "TailPercentage: the share of items that are rare; above 1, up to so many interactions"),
    .init(
      "topk", \.listLengths,
      .list(
        "whole numbers from 1 to \(ValidationMetric.longestList)",
        of: .count(1...ValidationMetric.longestList)),
      "the metrics' cut-offs"),
    .init(
      "eval_args.split.LS", SettingKind<DataSplit.LeaveOut>.choice.expected,
      "leave-one-out: which of a user's last two interactions are not trained on",
      text: \.leaveOut.rawValue
    ) { value, training in
      guard let leaveOut = SettingKind<DataSplit.LeaveOut>.choice.read(value) else { return false }
      (training.leaveOut, training.ratios) = (leaveOut, nil)
      return true
    },
    .init(
      "eval_args.split.RS", \.ratios, .ratios, or: "none",
      "shares of training, validation and test, in place of LS"),
    .init(
      "eval_args.group_by", "user or none",
      "RS cuts each user's history, or all interactions at one time",
      text: { $0.ratios?.isByUser == false ? "none" : "user" }
    ) { value, training in
      guard value == .string("user") || value == .string("none") else { return false }
      training.ratios?.isByUser = value == .string("user")
      return true
    },
    .init(
      "eval_args.mode.valid", \.validationMode, .mode, "the items among which validation ranks"),
    .init("eval_args.mode.test", \.testMode, .mode, "the items among which the test ranks"),
    .init("seed", \.seed, .count(), "seed of every random choice"),
  ]

  private static let sequences: [SettingKey<Self>] = [
    .init(
      "training", \.mode, .choice, recBole: "prefix",
      "a pass per window with a loss at every step, or a pass per prefix"),
    .init(
      "window_stride", \.windowStride, .count(1...most), or: "half",
      "how many items later the next window starts; half: half a window"),
    .init(
      "shift_windows", \.shiftsWindows, .flag,
      "windows after a user's first start elsewhere in each epoch"),
    .init(
      "shards", \.shards, .count(1...most),
      "parts of a batch for threads to share; results depend on it, not on --threads"),
    .init(
      "memory_relations", \.memoryRelations, .relations, recBole: "all",
      "the memory's keys; item: the relations whose heads are items"),
    .init(
      "relation_scale", \.relationScale, .number(above: 0), or: "auto", recBole: "1",
      "factor on the relation vectors; auto: gamma times mean length is 1/2"),
    .init(
      "held_out_users", \.heldOutUsers, .words,
      "users not to train on; * stands for any text"),
  ]
}

extension SettingKind where Value == [MetricKind] {
  /// Names of metrics, in any case.
  package static var metrics: Self {
    let names = MetricKind.allCases.map(\.rawValue).joined(separator: ", ")
    return .list(
      "some of \(names)",
      of: .word("one of \(names)", text: \.rawValue, parse: { MetricKind(name: $0) }))
  }
}

extension SettingKind where Value == ValidationMetric {
  fileprivate static var metric: Self {
    .word(
      "one of \(ValidationMetric.names) with the list's length, such as NDCG@10",
      text: \.description, parse: { ValidationMetric($0) })
  }
}

extension SettingKind where Value == CandidateMode {
  fileprivate static var mode: Self {
    .word(CandidateMode.expected, text: \.text, parse: { CandidateMode($0) })
  }
}

extension SettingKind where Value == DataSplit.Ratios {
  fileprivate static var ratios: Self {
    Self(
      "three shares such as 0.8,0.1,0.1",
      text: { SettingValue.text(of: $0.parts.map { "\($0)" }) }
    ) { value in
      let parts = value.words?.map { Double($0).map(SettingValue.float) ?? .null }
      return EvaluationArguments.shares(.list(parts ?? [])).map { DataSplit.Ratios($0) }
    }
  }
}

extension SettingKind where Value == MemoryRelations {
  fileprivate static var relations: Self {
    Self(
      "item, all, or a list of relations",
      text: { relations in
        switch relations {
        case .item: "item"
        case .all: "all"
        case .list(let names): SettingValue.text(of: names)
        }
      }
    ) { value in
      switch value {
      case .string("item"): .item
      case .string("all"): .all
      default: value.words.map(MemoryRelations.list)
      }
    }
  }
}
