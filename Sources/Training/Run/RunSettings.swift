import AtomicFiles
import KSRModel
import Workspace

/// All settings of a run: the network's, those of its training, and those of the data.
public struct RunSettings: Sendable, Equatable {
  /// Shapes and arithmetic.
  public var network = {
    var settings = KSRSettings()
    // More than RecBole's 0.1 ranks better where training is one pass per window.
    settings.dropoutProbability = 0.5
    settings.memory = .facts
    settings.repeatBias = true
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
    for key in keys {
      if let value = key.recBole { _ = key.read(.string(value), &settings) }
    }
    return settings
  }

  /// How long the relation vectors become.
  ///
  /// By default so long that γ times their mean length is 1/2: with 1 the models rank as well, but
  /// learn to read one relation alone (Results.md, "On real data").
  package var relationScale: RelationScale {
    if let factor = training.relationScale { return .factor(factor) }
    return network.gamma == 0 ? .factor(1) : .meanLength(0.5 / abs(network.gamma))
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

extension RunSettings: KeyedSettings {
  package static let keys: [SettingKey<Self>] =
    KSRSettings.keys.map { $0.lifted(to: \.network) }
    + TrainingSettings.keys.map { $0.lifted(to: \.training) }
    + DataSettings.keys.map { $0.lifted(to: \.data) }

  /// Those of the network and the training, by name.
  static let own = Dictionary(
    uniqueKeysWithValues: keys.dropLast(DataSettings.keys.count).map { ($0.name, $0) })

  /// Those of the data, which are read together.
  static let ofData = Set(DataSettings.keys.map(\.name)).union(DataSettings.loose)
}
