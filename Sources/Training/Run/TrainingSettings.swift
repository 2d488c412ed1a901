import KSRModel
import Workspace

/// The settings of a training run that are not the network's, under RecBole's names where RecBole
/// has them.
public struct TrainingSettings: Sendable, Equatable {
  /// `learning_rate` of Adam; RecBole's 0.001 needs several times the epochs.
  package var learningRate: Float = 0.01
  /// `optimizer`: adam or adamw.
  package var optimiser = OptimiserKind.adam
  /// `weight_decay`: added to the gradient (adam) or taken off the parameter (adamw).
  package var weightDecay: Float = 0
  /// `clip_grad_norm`: the largest norm of the gradient over all tensors; nil for any.
  package var gradientNormLimit: Float?
  /// `learning_rate_schedule`: constant or cosine.
  package var schedule = LearningRateSchedule.constant
  /// `warmup_steps` of the cosine schedule.
  package var warmUpSteps = 0
  /// `average_decay`: how much of the running mean of the parameters is left after a step
  /// (``ParameterAverage``); nil for no mean.
  ///
  /// With it a large rate and large batches, whose steps are the cheaper ones, rank better than small
  /// ones do without (README, "On real data").
  package var averageDecay: Float? = 0.99
  /// `training_neg_sample_num`: negatives for each scored step (BPR).
  package var negativeCount = 1
  /// `train_neg_sample_distribution`: how negatives are drawn (BPR).
  package var negativeDistribution = NegativeDistribution.uniform
  /// `train_batch_size`: scored positions in a batch; windows are added whole until it is reached.
  public var batchSize = 2048
  /// `epochs`: at most so many passes over the training sequences.
  public var epochs = 300
  /// `stopping_step`: stop after more than so many validations without improvement.
  package var stoppingStep = 10
  /// `eval_step`: validate after every so many epochs.
  package var evaluationStep = 1
  /// `valid_metric`: what the best epoch is chosen by.
  package var validationMetric = ValidationMetric(.ndcg, at: 10)
  /// `metrics`: what is reported of validation and test.
  package var metrics: [ValidationMetric.Kind] = [.hit, .mrr, .ndcg, .recall, .precision]
  /// `topk`: the lengths of the lists that the metrics look at.
  package var listLengths = [10]
  /// `eval_args.split.LS`: which of a user's last interactions are left out of training.
  package var leaveOut = DataSplit.LeaveOut.validAndTest
  /// `eval_args.split.RS` with `eval_args.group_by`: shares that are cut off instead, if any.
  package var ratios: DataSplit.Ratios?
  /// `eval_args.mode.valid`: what the targets of validation are ranked among.
  package var validationMode = CandidateMode.full
  /// `eval_args.mode.test`: what the targets of the test are ranked among.
  package var testMode = CandidateMode.full
  /// `seed` of every random choice.
  package var seed: UInt64 = 2020
  /// `training`: windows with a loss at every step, or RecBole's prefixes.
  public var mode = WindowMode.windows
  /// `window_stride`: how many items later the next window starts; nil is half a window.
  package var windowStride: Int?
  /// `shift_windows`: whether the windows after a sequence's first start elsewhere in each epoch.
  package var shiftsWindows = true
  /// `shards`: into how many parts a batch is cut.
  ///
  /// More allow more threads. The result depends on this number, never on the number of threads.
  public var shards = 4
  /// `memory_relations`: which relations are the memory's keys.
  package var memoryRelations = MemoryRelations.item
  /// `relation_scale`: what the relation vectors are multiplied with; nil is `auto`.
  ///
  /// `auto` makes γ times their mean length 1/2, so that the attention starts spread out and learns to
  /// be as sharp as it needs. With TransE's own lengths and γ = 10 it collapses.
  package var relationScale: Float?
  /// `held_out_users`: tokens of users to leave out of training, `*` standing for any text.
  package var heldOutUsers: [String] = []

  /// The defaults, which are RecBole's but for `training`, `valid_metric`, `memory_relations`,
  /// `learning_rate`, `train_batch_size` and `relation_scale`.
  package init() {}

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
