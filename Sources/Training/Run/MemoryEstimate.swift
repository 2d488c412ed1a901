import KSRModel
import Text

/// How much memory a run will need, at most about, before it has taken any.
package struct MemoryEstimate: Sendable, Equatable {
  package struct Part: Sendable, Equatable {
    package let name: String
    package let bytes: Double
    /// The settings that would make it smaller.
    package let keys: [String]
  }

  /// The uses, the largest first.
  package let parts: [Part]
  package var bytes: Double { parts.reduce(0) { $0 + $1.bytes } }

  /// The memory of a run over training sequences of the given lengths.
  package init(
    settings: KSRSettings, training: TrainingSettings, itemCount: Int, relationCount: Int,
    sequenceLengths: [Int]
  ) {
    let (n, r) = (Double(itemCount), Double(relationCount))
    let (e, k, h) = (
      Double(settings.embeddingSize), Double(settings.kgEmbeddingSize), Double(settings.hiddenSize)
    )
    let layers = Double(settings.layerCount)
    let gru = 3 * h * (e + h) + (layers - 1) * 6 * h * h
    let maps = k * (h + 1) + e * (h + k + 1) + e * (e + k + 1)
    let parameters = n * (e + k) + gru + maps + r * k
    let shards = Double(training.shards)
    // Last, best, two moments and maybe a mean; each once more in the bytes of the state, and the
    // initial ones.
    let states = (training.averageDecay == nil ? 9 : 11) * parameters
    // The sum, the item vectors twice, and of each shard what is not by item, and dLoss/dq.
    let gradients = parameters + 2 * n * e + shards * (gru + maps + n * e)

    let windows = training.mode.windows(
      lengths: sequenceLengths, maxLength: settings.maxItemListLength,
      stride: training.windowStride)
    let positionsInAll = Double(windows.reduce(0) { $0 + $1.length })
    let scoredInAll = Double(max(1, windows.reduce(0) { $0 + $1.scoredCount }))
    let longest = Double(windows.map(\.length).max() ?? 0)
    let scored = min(Double(training.batchSize) + longest, scoredInAll)
    let positions = min(scored * positionsInAll / scoredInAll + longest, positionsInAll)
    let perPosition =
      2 * e + h + layers * 5 * h + r + (settings.freezesKnowledgeGraph ? 0 : k)
    let perScored = 2 * h + 3 * e + 4 * k + 2 * r + 1
    // Buffers grow by an eighth more than a batch needs.
    let activations = 1.125 * (positions * perPosition + scored * perScored)
    let logits = shards * (n > 4000 ? 256 * 512 : max(16 * n, min(scored / shards * n, 100_000)))
    let slots = settings.freezesKnowledgeGraph ? 1 : longest + 2
    let memories = shards * slots * r * k

    func part(_ name: String, _ floats: Double, _ keys: [String]) -> Part {
      Part(name: name, bytes: 4 * floats, keys: keys)
    }
    let width = h > e ? ["hidden_size", "embedding_size"] : ["embedding_size", "hidden_size"]
    parts = [
      part("parameters and moments", states, width),
      part("gradients of the shards", gradients, ["shards"] + width),
      part(
        "activations of a batch", activations,
        ["train_batch_size"]
          + (training.mode == .prefix ? ["training", "MAX_ITEM_LIST_LENGTH"] : [])
      ),
      part("logits", logits, ["shards"]),
      part(
        "memories of the backward pass", memories,
        ["shards", "MAX_ITEM_LIST_LENGTH", "memory_relations"]),
    ].sorted { $0.bytes > $1.bytes }
  }

  /// Why a run should not start with so much memory free, naming the settings that would help; nil
  /// if it may.
  package func refusal(available: Double) -> String? {
    guard bytes > available else { return nil }
    var keys: [String] = []
    for part in parts where part.bytes > bytes / 10 {
      for key in part.keys where !keys.contains(key) { keys.append(key) }
    }
    let shown = parts.prefix(2).map { "\($0.name) \(Self.size($0.bytes))" }
    return "This run needs about \(Self.size(bytes)) of memory (\(shown.joined(separator: ", "))), "
      + "and \(Self.size(available)) are free; smaller values of \(keys.joined(separator: ", ")) "
      + "would help."
  }

  /// A number of bytes as people read it.
  static func size(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (value, unit) = (bytes, 0)
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return decimal(value, places: value < 10 && unit > 0 ? 1 : 0) + " " + units[unit]
  }
}
