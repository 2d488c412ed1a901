/// The hyper-parameters that decide a KSR network's shape and arithmetic, under RecBole's names.
///
/// Shape legend for the whole room: `B` batch, `T` steps, `N` items (row 0 is padding),
/// `R` relations, `E` item embedding, `K` knowledge-graph embedding, `H` hidden,
/// `L` MAX_ITEM_LIST_LENGTH.
public struct KSRSettings: Sendable, Equatable {
  /// `embedding_size`: width E of the item embedding.
  public var embeddingSize = 64
  /// `kg_embedding_size`: width K of entity and relation vectors.
  public var kgEmbeddingSize = 64
  /// `hidden_size`: width H of the GRU state.
  package var hiddenSize = 128
  /// `num_layers`: GRU layers, 1 to 3.
  package var layerCount = 1
  /// `dropout_prob`: share of the item embedding dropped in training.
  package var dropoutProbability: Float = 0.1
  /// `freeze_kg`: whether the entity vectors stay as they were loaded.
  public var freezesKnowledgeGraph = true
  /// `gamma`: the factor on the attention's logits.
  package var gamma: Float = 10
  /// `loss_type`: CE or BPR.
  package var loss = LossType.crossEntropy
  /// `MAX_ITEM_LIST_LENGTH`: the window L that the model sees.
  package var maxItemListLength = 50
  /// `pad_relation`: whether relation 0 is RecBole's `[PAD]`, a zero key that takes part in the
  /// attention.
  package var hasPadRelation = false
  /// `memory`: the knowledge memory, or none (m_t = 0) as the baseline.
  public var memory = MemoryKind.knowledge

  /// The defaults of RecBole's model page.
  public init() {}
}

/// The loss that a model was trained with (`loss_type`).
package enum LossType: String, Sendable, CaseIterable {
  /// Cross-entropy over all items; scores are logits and have probabilities.
  case crossEntropy = "CE"
  /// Bayesian personalised ranking with sampled negatives; scores have no probabilities.
  case bpr = "BPR"
}

/// What stands beside the GRU state (`memory`).
public enum MemoryKind: String, Sendable, CaseIterable {
  /// The key-value memory over relations.
  case knowledge
  /// Nothing: m_t is zero, all else stays, e_i in q_i included.
  case none
}
