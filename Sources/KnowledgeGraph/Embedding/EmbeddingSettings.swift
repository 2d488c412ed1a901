import AtomicFiles

/// How graph vectors are trained for quality and speed.
///
/// ``TransESettings`` are those of the plain version, whose bytes are the same on every machine.
public struct EmbeddingSettings: Sendable, Equatable {
  /// What true triples are compared with corrupted ones by.
  package enum Loss: String, Sendable, CaseIterable {
    /// max(0, γ + d⁺ − d⁻), Bordes and others 2013.
    case margin
    /// −log σ(γ − d⁺) − Σ w log σ(d⁻ − γ), w by nearness; RotatE's, Sun and others 2019.
    case selfAdversarial = "self_adversarial"
    /// Cross-entropy of the true triple among the corrupted ones.
    case softmax
  }

  package enum Learner: String, Sendable, CaseIterable {
    /// Stochastic gradient descent.
    case sgd
    /// A step size for each row that falls with its squared gradients (as in PyTorch-BigGraph, Lerer
    /// and others 2019): a fraction of the memory of one for each number, and better here.
    case adagrad
    /// Momentum and a step size for each number; rows without gradient stand still.
    case adam
  }

  /// Whether a triple's head or its tail is replaced.
  package enum Side: String, Sendable, CaseIterable {
    /// Either, equally often.
    case uniform
    /// The side of which the relation has more, more often: fewer false negatives (Wang and others
    /// 2014).
    case bernoulli
  }

  /// How the step size changes over the epochs.
  package enum Schedule: String, Sendable, CaseIterable {
    case constant
    /// It falls in a line to a hundredth.
    case linear
  }

  /// `embedding_size`: the width of the vectors.
  package var dimension = 64
  /// `epochs`: how often each triple is used, at most.
  public var epochs = 100
  /// `learning_rate`: the step size.
  package var learningRate: Float = 1
  /// `learner`: what moves the vectors.
  package var learner = Learner.adagrad
  /// `learning_rate_schedule`: how the step size changes.
  package var schedule = Schedule.linear
  /// `loss`: what true triples are compared with corrupted ones by.
  package var loss = Loss.selfAdversarial
  /// `margin`: γ of the margin and of the self-adversarial loss.
  package var margin: Float = 6
  /// `adversarial_temperature`: how much near corrupted triples count more.
  package var temperature: Float = 1
  /// `norm`: 1 for the sum of the absolute differences, 2 for the Euclidean distance.
  package var norm = 2
  /// `negatives`: corrupted triples for each true one, shared by the triples of a chunk.
  package var negatives = 128
  /// `chunk_size`: how many triples share their negatives.
  package var chunkSize = 256
  /// `train_batch_size`: triples whose gradients are summed for a step.
  public var batchSize = 2048
  /// `negative_sampling`: whether heads or tails are replaced.
  package var side = Side.uniform
  /// `filter_negatives`: corrupted triples that the graph holds do not count.
  package var filtersNegatives = true
  /// `normalize_entities`: entities keep length 1, as Bordes and others have it.
  package var normalisesEntities = false
  /// `entity_length`: the mean length of the entity vectors that come out; 0 leaves all as trained.
  ///
  /// All vectors are multiplied with one number, which changes no rank. What reads them (KSR's gates)
  /// expects entities about as long as Bordes and others have them.
  package var entityLength: Float = 1
  /// `validation_share`: the part of the triples held out, where no file holds them.
  package var validationShare = 0.0
  /// `eval_step`: validate after every so many epochs.
  package var evaluationStep = 10
  /// `stopping_step`: stop after more than so many validations without improvement.
  package var stoppingStep = 3
  /// `seed` of every random choice.
  public var seed: UInt64 = 2020

  package init() {}

  /// The number of floats from one row to the next.
  var stride: Int { (dimension + 15) / 16 * 16 }
}
