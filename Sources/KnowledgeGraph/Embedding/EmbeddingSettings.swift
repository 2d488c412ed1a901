import AtomicFiles

/// How graph vectors are trained for quality and speed.
///
/// ``TransESettings`` are those of the plain version, whose bytes are the same on every machine.
public struct EmbeddingSettings: Sendable, Equatable {
  /// Settings that belong together.
  public enum Preset: String, Sendable, CaseIterable {
    /// For KSR: short steps and few epochs, after which items with the same facts are still apart.
    ///
    /// Vectors that answer better on the graph make such items one point, and KSR ranks worse.
    case memory
    /// A first look in seconds.
    case quick
    case usual
    /// The best figures known, in minutes.
    case thorough
  }

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

  package var dimension = 64
  /// How often each triple is used, at most.
  public var epochs = 100
  package var learningRate: Float = 1
  package var learner = Learner.adagrad
  package var schedule = Schedule.linear
  package var loss = Loss.selfAdversarial
  /// γ of the margin and of the self-adversarial loss.
  package var margin: Float = 6
  package var temperature: Float = 1
  package var norm = 2
  /// Corrupted triples for each true one, shared by the triples of a chunk.
  package var negatives = 128
  package var chunkSize = 256
  /// Triples whose gradients are summed for a step.
  public var batchSize = 2048
  package var side = Side.uniform
  package var filtersNegatives = true
  package var normalisesEntities = false
  /// The mean length of the entity vectors that come out; 0 leaves all as trained.
  ///
  /// All vectors are multiplied with one number, which changes no rank. What reads them (KSR's gates)
  /// expects entities about as long as Bordes and others have them.
  package var entityLength: Float = 1
  package var validationShare = 0.0
  package var evaluationStep = 10
  package var stoppingStep = 3
  /// Determines every random choice.
  public var seed: UInt64 = 2020

  package init() {}

  /// The settings of a preset.
  public init(_ preset: Preset) {
    self.init()
    switch preset {
    case .usual: break
    case .memory:
      epochs = 20
      learningRate = 0.1
    case .quick:
      epochs = 20
      negatives = 32
    case .thorough:
      dimension = 256
      margin = 9
      negatives = 256
    }
  }

  /// The number of floats from one row to the next.
  var stride: Int { (dimension + 15) / 16 * 16 }
}

extension EmbeddingSettings: KeyedSettings {
  package static let keys: [SettingKey<Self>] = [
    .init("embedding_size", \.dimension, .count(1...4096), "width of the vectors"),
    .init("epochs", \.epochs, .count(0...1_000_000), "passes over the triples, at most"),
    .init("learning_rate", \.learningRate, .number(1e-9...1000), "step size"),
    .init(
      "learning_rate_schedule", \.schedule, .choice,
      "linear: falling to a hundredth in the last epoch"),
    .init("learner", \.learner, .choice, "what moves the vectors"),
    .init(
      "loss", \.loss, .choice, "what true triples are compared with corrupted ones by"),
    .init(
      "margin", \.margin, .number(1e-6...1000), "γ of the self-adversarial and of the margin loss"),
    .init(
      "adversarial_temperature", \.temperature, .number(0...100),
      "how much near corrupted triples count more"),
    .init(
      "norm", \.norm, .count(1...2),
      "2: Euclidean distance; 1: the sum of the absolute differences"),
    .init(
      "negatives", \.negatives, .count(1...10_000_000),
      "corrupted triples for each true one; beyond the entities: all of them"),
    .init(
      "negative_sampling", \.side, .choice,
      "heads and tails replaced alike, or as the relation has more"),
    .init(
      "filter_negatives", \.filtersNegatives, .flag,
      "corrupted triples that the graph holds do not count"),
    .init(
      "normalize_entities", \.normalisesEntities, .flag,
      "entities keep length 1, as Bordes and others (2013) have it"),
    .init(
      "entity_length", \.entityLength, .number(0...1000),
      "mean length of the entity vectors written; 0: as trained"),
    .init(
      "train_batch_size", \.batchSize, .count(1...10_000_000),
      "triples whose gradients make one step"),
    .init("chunk_size", \.chunkSize, .count(1...4096), "triples that share their negatives"),
    .init(
      "validation_share", \.validationShare, .number(0...0.5),
      "triples held out, where no file holds them"),
    .init(
      "eval_step", \.evaluationStep, .count(1...1_000_000), "validate after so many epochs"),
    .init(
      "stopping_step", \.stoppingStep, .count(0...1_000_000),
      "stop after more validations without a better MRR"),
    .init("seed", \.seed, .count(), "determines every random choice"),
  ]

  /// Where the other settings start from.
  private static let preset = SettingKey<Self>(
    "preset", SettingKind<Preset>.choice.expected, unset: "memory with --data, else usual",
    "where the other settings start from", text: { _ in "" }
  ) { value, settings in
    guard let preset = SettingKind<Preset>.choice.read(value) else { return false }
    settings = Self(preset)
    return true
  }

  /// What `--help` says about all settings.
  package static var help: String {
    let usual = Self()
    return preset.help(default: usual) + "\n" + usual.help
  }

  /// Takes over what settings say, from `preset` on.
  ///
  /// - Returns: what was odd, a sentence each.
  /// - Throws: an error with the place of a key that there is not, or of a value that its setting
  ///   cannot have.
  package mutating func apply(_ settings: Settings) throws(DataError) -> [String] {
    let all = [Self.preset] + Self.keys
    for key in all { _ = try take(key, of: settings) }
    let known = all.map(\.name)
    for key in settings.keys where !known.contains(key) {
      var error = settings.error(
        key, expected: nearest(to: key, among: known) ?? "a setting that 'ksr embed --help' lists")
      error.found = "a setting that there is not"
      throw error
    }
    return settings.warnings
  }
}
