import AtomicFiles

extension EmbeddingSettings {
  /// Settings that belong together.
  public enum Preset: String, Sendable, CaseIterable {
    /// For KSR: short steps and few epochs, after which items with the same facts are still apart.
    ///
    /// Vectors that answer better on the graph make such items one point, and KSR ranks worse.
    case memory
    /// A first look in seconds.
    case quick
    /// The usual ones.
    case usual
    /// The best figures known, in minutes.
    case thorough
  }

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

  /// What `--help` says about the settings: name, values, meaning.
  package static let help: [(key: String, values: String, meaning: String)] = [
    ("preset", "memory | quick | usual | thorough", "where the other settings start from"),
    ("embedding_size", "1 to 4096", "width of the vectors"),
    ("epochs", "0 or more", "passes over the triples, at most"),
    ("learning_rate", "0 to 1000", "step size"),
    (
      "learning_rate_schedule", "linear | constant",
      "falling to a hundredth in the last epoch, or not"
    ),
    ("learner", "adagrad | adam | sgd", "what moves the vectors"),
    (
      "loss", "self_adversarial | softmax | margin",
      "what true triples are compared with corrupted ones by"
    ),
    ("margin", "0 to 1000", "γ of the self-adversarial and of the margin loss"),
    ("adversarial_temperature", "0 to 100", "how much near corrupted triples count more"),
    ("norm", "2 | 1", "Euclidean distance, or the sum of the absolute differences"),
    (
      "negatives", "1 or more",
      "corrupted triples for each true one; beyond the entities: all of them"
    ),
    (
      "negative_sampling", "uniform | bernoulli",
      "heads and tails replaced alike, or as the relation has more"
    ),
    ("filter_negatives", "true | false", "corrupted triples that the graph holds do not count"),
    (
      "normalize_entities", "true | false",
      "entities keep length 1, as Bordes and others (2013) have it"
    ),
    ("entity_length", "0 to 1000", "mean length of the entity vectors written; 0: as trained"),
    ("train_batch_size", "1 or more", "triples whose gradients make one step"),
    ("chunk_size", "1 to 4096", "triples that share their negatives"),
    ("validation_share", "0 to 0.5", "triples held out, where no file holds them"),
    ("eval_step", "1 or more", "validate after so many epochs"),
    ("stopping_step", "0 or more", "stop after more validations without a better MRR"),
    ("seed", "0 or more", "determines every random choice"),
  ]

  /// Takes over what settings say, from `preset` on.
  ///
  /// - Returns: a sentence about each key that has no meaning here.
  /// - Throws: an error with the place of a value that its setting cannot have.
  package mutating func apply(_ settings: Settings) throws(DataError) -> [String] {
    if let preset = try settings.choice("preset", Preset.self) { self = Self(preset) }
    try applyDescent(settings)
    try applySampling(settings)
    if let value = try settings.int("eval_step", in: 1...1_000_000) { evaluationStep = value }
    if let value = try settings.int("stopping_step", in: 0...1_000_000) { stoppingStep = value }
    if let value = try settings.float("validation_share", in: 0...0.5) { validationShare = value }
    if let value = try settings.int("seed", in: 0...Int.max) { seed = UInt64(value) }
    let known = Self.help.map(\.key)
    return settings.warnings
      + settings.keys.filter { !known.contains($0) }.map { key in
        let meant = nearest(to: key, among: known).map { "; did you mean \($0)?" } ?? "."
        return "\(printable(key)) is no setting of ksr embed and has no effect\(meant)"
      }
  }

  private mutating func applyDescent(_ settings: Settings) throws(DataError) {
    if let value = try settings.int("embedding_size", in: 1...4096) { dimension = value }
    if let value = try settings.int("epochs", in: 0...1_000_000) { epochs = value }
    if let value = try settings.float("learning_rate", in: 1e-9...1000) {
      learningRate = Float(value)
    }
    if let value = try settings.choice("learning_rate_schedule", Schedule.self) {
      schedule = value
    }
    if let value = try settings.choice("learner", Learner.self) { learner = value }
    if let value = try settings.choice("loss", Loss.self) { loss = value }
    if let value = try settings.float("margin", in: 1e-6...1000) { margin = Float(value) }
    if let value = try settings.float("adversarial_temperature", in: 0...100) {
      temperature = Float(value)
    }
    if let value = try settings.int("norm", in: 1...2) { norm = value }
    if let value = try settings.bool("normalize_entities") { normalisesEntities = value }
    if let value = try settings.float("entity_length", in: 0...1000) {
      entityLength = Float(value)
    }
  }

  private mutating func applySampling(_ settings: Settings) throws(DataError) {
    if let value = try settings.int("negatives", in: 1...10_000_000) { negatives = value }
    if let value = try settings.choice("negative_sampling", Side.self) { side = value }
    if let value = try settings.bool("filter_negatives") { filtersNegatives = value }
    if let value = try settings.int("train_batch_size", in: 1...10_000_000) { batchSize = value }
    if let value = try settings.int("chunk_size", in: 1...4096) { chunkSize = value }
  }

  /// The settings as text under their names, in the order of ``help``.
  package var keyValues: [(key: String, value: String)] {
    [
      ("embedding_size", "\(dimension)"), ("epochs", "\(epochs)"),
      ("learning_rate", "\(learningRate)"), ("learning_rate_schedule", schedule.rawValue),
      ("learner", learner.rawValue), ("loss", loss.rawValue), ("margin", "\(margin)"),
      ("adversarial_temperature", "\(temperature)"), ("norm", "\(norm)"),
      ("negatives", "\(negatives)"), ("negative_sampling", side.rawValue),
      ("filter_negatives", "\(filtersNegatives)"),
      ("normalize_entities", "\(normalisesEntities)"), ("entity_length", "\(entityLength)"),
      ("train_batch_size", "\(batchSize)"), ("chunk_size", "\(chunkSize)"),
      ("validation_share", "\(validationShare)"),
      ("eval_step", "\(evaluationStep)"), ("stopping_step", "\(stoppingStep)"),
      ("seed", "\(seed)"),
    ]
  }

  /// Throws a sentence about the first value that is out of range.
  ///
  /// Made from the same ranges as ``apply(_:)``, for settings that a program made.
  package func validate() throws(DataError) {
    var settings = Settings()
    for (key, value) in keyValues {
      try settings.merge(assignment: "\(key)=\(value)", source: "TransE settings")
    }
    var copy = self
    _ = try copy.apply(settings)
  }
}
