import AtomicFiles
import KSRModel
import KSRNumerics
import Randomness

/// Networks and models of random numbers, the same for the same sizes and seed.
///
/// The sizes are all different, so that exchanged dimensions are noticed.
public struct RandomNetwork: Sendable {
  /// The network's hyper-parameters: E 6, K 5, H 7, L 9, one layer unless changed.
  public var settings: KSRSettings
  /// The number of items, the padding item included.
  public var itemCount = 41
  /// The number of slots, `[PAD]` included where the settings have it.
  public var relationCount = 4
  /// The number of tails that facts are drawn from.
  public var tailCount = 15
  /// The most facts that an item has under one slot; the number is drawn from 0 up to it.
  public var factsPerSlot = 3
  /// Whether the parameters, all finite, are so large that no score is a number.
  public var overflows = false
  /// What the numbers follow from.
  public var seed: UInt64

  /// Small sizes; `layers` GRU layers.
  public init(seed: UInt64 = 1, layers: Int = 1) {
    var settings = KSRSettings()
    settings.embeddingSize = 6
    settings.kgEmbeddingSize = 5
    settings.hiddenSize = 7
    settings.maxItemListLength = 9
    settings.layerCount = layers
    settings.dropoutProbability = 0
    self.settings = settings
    self.seed = seed
  }

  /// Random parameters; the padding item has a zero entity vector and `[PAD]` a zero key.
  public func parameters() -> KSRParameters {
    var generator = SeededGenerator(seed: seed, stream: 0)
    var parameters = KSRParameters(
      settings: settings, itemCount: itemCount, relationCount: relationCount)
    for entry in parameters.entries {
      // Sums over a row of the map stay near 1 whatever the width.
      let bound = entry.shape.count == 2 ? 2 / Float(entry.shape[1]).squareRoot() : 0.5
      var values = parameters[keyPath: entry.path]
      for i in values.indices { values[i] = generator.uniform(-bound, bound) }
      parameters[keyPath: entry.path] = values
    }
    let width = settings.kgEmbeddingSize
    for k in 0..<width {
      parameters.entityEmbedding[0, k] = 0
      if settings.hasPadRelation { parameters.relationMatrix[0, k] = 0 }
    }
    if overflows {
      // p = 0 whatever was read, and q overflows: 0 · ∞.
      for path in [\KSRParameters.denseLayerU, \.denseLayerI] {
        let map = parameters[keyPath: path]
        parameters[keyPath: path].weight = Matrix(
          rows: map.weight.rows, columns: map.weight.columns)
        parameters[keyPath: path].bias = map.bias.map { _ in 0 }
      }
      parameters.denseLayerI.weight[0, 0] = 1e30
      for item in 0..<itemCount { parameters.itemEmbedding[item, 0] = 1e30 }
    }
    return parameters
  }

  /// The network of ``parameters()``.
  public func network() -> KSRNetwork {
    KSRNetwork(settings: settings, parameters: parameters(), facts: facts())
  }

  /// The facts that a memory of facts reads: those of ``tails()``.
  public func facts() -> FactTable {
    settings.memory == .facts ? FactTable(tails(), itemCount: itemCount) : .none
  }

  /// A model of ``parameters()`` with random facts; `[PAD]` and the padding item have none.
  public func model() -> TrainedModel {
    let slots = (0..<relationCount).map { settings.hasPadRelation && $0 == 0 ? "[PAD]" : "r\($0)" }
    return TrainedModel(
      settings: settings, parameters: parameters(),
      items: Vocabulary((0..<itemCount).map { $0 == 0 ? "[PAD]" : "i\($0)" }),
      itemNames: NameList((0..<itemCount).map { $0 == 0 ? "[PAD]" : "Item \($0)" }),
      relations: Vocabulary(slots),
      relationNames: slots.map { $0 == "[PAD]" ? $0 : "relation \($0.dropFirst())" },
      tails: tails(), provenance: Provenance())
  }

  /// Random facts about the items.
  public func tails() -> KnownTails {
    var generator = SeededGenerator(seed: seed, stream: 1)
    let pad = settings.hasPadRelation ? 1 : 0
    var offsets: [Int32] = [0]
    var facts: [Int32] = []
    for item in 0..<itemCount {
      for slot in 0..<relationCount {
        if item > 0, slot >= pad {
          var known: [Int32] = []
          for _ in 0..<generator.integer(below: factsPerSlot + 1) {
            let tail = Int32(generator.integer(below: tailCount))
            if !known.contains(tail) { known.append(tail) }
          }
          facts += known
        }
        offsets.append(Int32(facts.count))
      }
    }
    var vectors = Matrix(rows: tailCount, columns: settings.kgEmbeddingSize)
    for i in vectors.values.indices { vectors.values[i] = generator.uniform(-1, 1) }
    return KnownTails(
      tokens: Vocabulary((0..<tailCount).map { "t\($0)" }),
      names: (0..<tailCount).map { "Tail \($0)" }, vectors: vectors, relationCount: relationCount,
      offsets: offsets, facts: facts)
  }

  /// A random history of `count` items, repetitions included; `stream` tells several apart.
  public func history(_ count: Int, stream: UInt64 = 0) -> [Int32] {
    var generator = SeededGenerator(seed: seed, stream: 2 + stream)
    return (0..<count).map { _ in Int32(1 + generator.integer(below: itemCount - 1)) }
  }
}
