import KSRModel

/// Networks from the tensors of RecBole's fixtures.
public enum RecBoleFixture {
  /// The network whose tensors have the given prefix; its shapes tell the settings.
  public static func network(_ file: SafetensorsFile, prefix: String) throws -> KSRNetwork {
    let (settings, parameters) = try parameters(file, prefix: prefix)
    return KSRNetwork(settings: settings, parameters: parameters)
  }

  /// The parameters whose tensors have the given prefix, and the settings they imply.
  public static func parameters(
    _ file: SafetensorsFile, prefix: String
  ) throws -> (KSRSettings, KSRParameters) {
    var settings = KSRSettings()
    let items = try file.shape(prefix + "item_embedding.weight")
    let relations = try file.shape(prefix + "relation_Matrix")
    settings.embeddingSize = items[1]
    settings.kgEmbeddingSize = relations[1]
    settings.hiddenSize = try file.shape(prefix + "dense.weight")[1]
    settings.layerCount = file.names.count { $0.hasPrefix(prefix + "gru_layers.weight_ih") }
    settings.hasPadRelation = true
    settings.dropoutProbability = 0
    if let loss = file.metadata["loss_type"], let type = LossType(rawValue: loss) {
      settings.loss = type
    }
    var parameters = KSRParameters(
      settings: settings, itemCount: items[0], relationCount: relations[0])
    for entry in parameters.entries {
      parameters[keyPath: entry.path] = try file.floats(prefix + entry.name)
    }
    return (settings, parameters)
  }
}
