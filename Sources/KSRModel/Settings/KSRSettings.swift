import AtomicFiles

/// The hyper-parameters that decide a KSR network's shape and arithmetic, under RecBole's names.
///
/// Shape legend for the whole room: `B` batch, `T` steps, `N` items (row 0 is padding),
/// `R` relations, `E` item embedding, `K` knowledge-graph embedding, `H` hidden,
/// `L` MAX_ITEM_LIST_LENGTH.
public struct KSRSettings: Sendable, Equatable {
  /// Width E of the item embedding.
  public var embeddingSize = 64
  /// Width K of entity and relation vectors.
  public var kgEmbeddingSize = 64
  package var hiddenSize = 128
  package var layerCount = 1
  package var dropoutProbability: Float = 0.1
  /// Whether the entity vectors stay as they were loaded.
  public var freezesKnowledgeGraph = true
  package var gamma: Float = 10
  /// `loss_type`.
  public var loss = LossType.crossEntropy
  package var maxItemListLength = 50
  package var hasPadRelation = false
  /// What stands beside the GRU state.
  public var memory = MemoryKind.linear
  /// Whether ρ · 1[i is in the history] is a term of the score (``ScoreTerms``).
  package var repeatBias = false
  /// Whether the attention over facts can rest on no relation at all; of no effect elsewhere.
  package var nullSlot = true

  /// The defaults of RecBole's model page.
  public init() {}
}

extension KSRSettings: KeyedSettings {
  package static let keys: [SettingKey<Self>] = [
    .init("embedding_size", \.embeddingSize, .count(1...65536), "width of the item embedding"),
    .init(
      "kg_embedding_size", \.kgEmbeddingSize, .count(1...65536),
      "width of entity and relation vectors"),
    .init("hidden_size", \.hiddenSize, .count(1...65536), "width of the GRU's state"),
    .init("num_layers", \.layerCount, .count(1...3), "layers of the GRU"),
    .init(
      "dropout_prob", \.dropoutProbability, .number(0..<1), recBole: "0.1",
      "dropout on the item embedding"),
    .init(
      "freeze_kg", \.freezesKnowledgeGraph, .flag, recBole: "false",
      "entity vectors stay as they were loaded"),
    .init("gamma", \.gamma, .number, "factor on the attention's logits"),
    .init(
      "loss_type", \.loss, .choice, "cross-entropy over all items, or BPR with sampled negatives"),
    .init(
      "MAX_ITEM_LIST_LENGTH", \.maxItemListLength, .count(1...65536),
      "the window: the model sees the last so many items"),
    .init(
      "pad_relation", \.hasPadRelation, .flag, recBole: "true",
      "a zero key that takes part in the attention, as RecBole's [PAD] does"),
    .init(
      "memory", \.memory, .choice(and: ["knowledge": .linear]), recBole: "linear",
      "facts: the known tails of what was read; linear: RecBole's vectors; none: the baseline"),
    .init(
      "repeat_bias", \.repeatBias, .flag, recBole: "false", absent: "false",
      "a trained number is added to the scores of items of the history"),
    .init(
      "null_slot", \.nullSlot, .flag, absent: "true",
      "the attention over facts may rest on none of the relations"),
  ]
}

/// The loss that a model was trained with (`loss_type`).
public enum LossType: String, Sendable, CaseIterable {
  /// Cross-entropy over all items; scores are logits and have probabilities.
  case crossEntropy = "CE"
  /// Bayesian personalised ranking with sampled negatives; scores have no probabilities.
  case bpr = "BPR"
}

/// What stands beside the GRU state (`memory`).
public enum MemoryKind: String, Sendable, CaseIterable {
  /// RecBole's key-value memory over relations, whose maps are linear; files also call it
  /// `knowledge`.
  case linear
  /// The known tails of the items read (``FactMemory``).
  case facts
  /// Nothing: m_t is zero, all else stays, e_i in q_i included.
  case none
}
