extension KSRSettings {
  /// The settings as text under RecBole's names, in a fixed order.
  package var keyValues: [(key: String, value: String)] {
    [
      ("embedding_size", "\(embeddingSize)"),
      ("kg_embedding_size", "\(kgEmbeddingSize)"),
      ("hidden_size", "\(hiddenSize)"),
      ("num_layers", "\(layerCount)"),
      ("dropout_prob", "\(dropoutProbability)"),
      ("freeze_kg", "\(freezesKnowledgeGraph)"),
      ("gamma", "\(gamma)"),
      ("loss_type", loss.rawValue),
      ("MAX_ITEM_LIST_LENGTH", "\(maxItemListLength)"),
      ("pad_relation", "\(hasPadRelation)"),
      ("memory", memory.rawValue),
    ]
  }

  /// Sets one hyper-parameter from text.
  ///
  /// - Returns: false if the key is not one of these settings.
  /// - Throws: ``SettingError`` if the value is not one that the setting can have.
  package mutating func set(_ key: String, to value: String) throws(SettingError) -> Bool {
    switch key {
    case "embedding_size": embeddingSize = try Self.size(key, value)
    case "kg_embedding_size": kgEmbeddingSize = try Self.size(key, value)
    case "hidden_size": hiddenSize = try Self.size(key, value)
    case "num_layers":
      layerCount = try Self.parse(key, value, "1, 2 or 3") {
        Int($0).flatMap { (1...3).contains($0) ? $0 : nil }
      }
    case "dropout_prob":
      dropoutProbability = try Self.parse(key, value, "a number from 0 to below 1") {
        Float($0).flatMap { $0 >= 0 && $0 < 1 ? $0 : nil }
      }
    case "freeze_kg": freezesKnowledgeGraph = try Self.flag(key, value)
    case "gamma":
      gamma = try Self.parse(key, value, "a finite number") {
        Float($0).flatMap { $0.isFinite ? $0 : nil }
      }
    case "loss_type":
      loss = try Self.parse(key, value, "CE or BPR") { LossType(rawValue: $0) }
    case "MAX_ITEM_LIST_LENGTH": maxItemListLength = try Self.size(key, value)
    case "pad_relation": hasPadRelation = try Self.flag(key, value)
    case "memory":
      memory = try Self.parse(key, value, "knowledge or none") { MemoryKind(rawValue: $0) }
    default: return false
    }
    return true
  }

  private static func size(_ key: String, _ value: String) throws(SettingError) -> Int {
    try parse(key, value, "a whole number from 1 to 65536") {
      Int($0).flatMap { (1...65536).contains($0) ? $0 : nil }
    }
  }

  private static func flag(_ key: String, _ value: String) throws(SettingError) -> Bool {
    try parse(key, value, "true or false") {
      switch $0.lowercased() {
      case "true": true
      case "false": false
      default: nil
      }
    }
  }

  private static func parse<Value>(
    _ key: String, _ value: String, _ expected: String, _ convert: (String) -> Value?
  ) throws(SettingError) -> Value {
    guard let result = convert(value) else {
      throw SettingError(key: key, found: value, expected: expected)
    }
    return result
  }
}

/// A setting has a value it cannot have.
package struct SettingError: Error, Sendable, Equatable, CustomStringConvertible {
  package let key: String
  package let found: String
  package let expected: String

  /// An error about one setting.
  package init(key: String, found: String, expected: String) {
    self.key = key
    self.found = found
    self.expected = expected
  }

  package var description: String { "\(key): found '\(found)', expected \(expected)." }
}
