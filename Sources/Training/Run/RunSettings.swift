import KSRModel
import Workspace

/// All settings of a run: the network's, those of its training, and those of the data.
public struct RunSettings: Sendable, Equatable {
  /// Shapes and arithmetic.
  public var network = {
    var settings = KSRSettings()
    // More than RecBole's 0.1 ranks better where training is one pass per window.
    settings.dropoutProbability = 0.5
    return settings
  }()
  /// Everything else but the data.
  public var training = TrainingSettings()
  /// How the data is read and filtered.
  public var data = DataSettings()

  /// The defaults.
  public init() {}

  /// RecBole's defaults where they differ from ours (`KSR.yaml`, `overall.yaml`), and its way of
  /// cutting sequences into prefixes.
  package static var recBole: RunSettings {
    var settings = RunSettings()
    settings.network.dropoutProbability = 0.1
    settings.network.freezesKnowledgeGraph = false
    settings.network.hasPadRelation = true
    settings.training.learningRate = 0.001
    settings.training.averageDecay = nil
    settings.training.epochs = 300
    settings.training.stoppingStep = 10
    settings.training.validationMetric = ValidationMetric(.mrr, at: 10)
    settings.training.mode = .prefix
    settings.training.memoryRelations = .all
    settings.training.relationScale = 1
    return settings
  }

  /// How long the relation vectors become.
  ///
  /// By default so long that γ times their mean length is 1/2: with 1 the models rank as well, but
  /// learn to read one relation alone (README, "On real data").
  package var relationScale: RelationScale {
    if let factor = training.relationScale { return .factor(factor) }
    return network.gamma == 0 ? .factor(1) : .meanLength(0.5 / abs(network.gamma))
  }

  /// The settings as text, in a fixed order.
  package var keyValues: [(key: String, value: String)] {
    network.keyValues + training.keyValues + data.keyValues
  }

  /// Sets one of the network or the training from text, as ``keyValues`` gives it.
  ///
  /// - Returns: false if there is no such setting; those of the data are read together
  ///   (``DataSettings/init(given:source:)``).
  mutating func set(_ key: String, to value: String) throws(SettingError) -> Bool {
    if try network.set(key, to: value) { return true }
    return try training.set(key, to: value)
  }

  /// The settings in which others differ, with both values.
  package func differences(
    from other: RunSettings
  ) -> [(key: String, value: String, other: String)] {
    zip(keyValues, other.keyValues).compactMap { own, other in
      own.value == other.value ? nil : (own.key, own.value, other.value)
    }
  }
}
