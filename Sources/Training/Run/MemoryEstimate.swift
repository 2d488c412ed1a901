import Foundation
import Glibc
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
  ///
  /// - Parameters:
  ///   - facts: what a memory of facts reads.
  ///   - savesStates: whether a recovery reads the last good state from a file; else it is kept.
  package init(
    settings: KSRSettings, training: TrainingSettings, facts: FactTable = .none, itemCount: Int,
    relationCount: Int, sequenceLengths: [Int], savesStates: Bool = true
  ) {
    let (e, k) = (Double(settings.embeddingSize), Double(settings.kgEmbeddingSize))
    let itemVectors = Double(itemCount) * e
    let weights = KSRParameters.weightCount(settings)
    let strengths = settings.memory == .facts ? Double(relationCount) : 0
    let entities = Double(itemCount) * k
    let (frozen, rest) = (
      settings.freezesKnowledgeGraph ? entities : 0,
      Double(relationCount) * k + strengths + weights
    )
    let trained = itemVectors + entities - frozen + rest
    let shards = Double(training.shards)
    // Last, two moments, maybe a mean, and the best. What a recovery goes back to, where it is kept, is a
    // copy of all but the best.
    let copies = training.averageDecay == nil ? 3.0 : 4
    let kept = training.recoveryLimit > 0 && !savesStates ? copies : 0
    let states = frozen + (copies + 1 + kept) * trained
    let drawn = training.negatives(for: settings.loss)
    // The sum, the item vectors twice, and of each shard what is not by item, and dLoss/dq. A loss that
    // looks at some items has none of these.
    let gradients =
      (1 + shards) * rest
      + (drawn > 0
        ? 0 : itemVectors + entities + 2 * itemVectors + shards * itemVectors)

    let windows = training.mode.windows(
      lengths: sequenceLengths, maxLength: settings.maxItemListLength,
      stride: training.windowStride)
    let positionsInAll = Double(windows.reduce(0) { $0 + $1.length })
    let scoredInAll = Double(max(1, windows.reduce(0) { $0 + $1.scoredCount }))
    let longest = Double(windows.map(\.length).max() ?? 0)
    let scored = min(Double(training.batchSize) + longest, scoredInAll)
    let positions = min(scored * positionsInAll / scoredInAll + longest, positionsInAll)
    let batch = BatchSize(positions: positions, scored: scored)
    let logits = LogitsPass.bufferSize(
      settings, facts: facts, itemCount: drawn > 0 ? drawn : itemCount, shards: training.shards,
      batch)
    let gathered =
      drawn > 0
      ? GatheredItems.bufferSize(
        settings, negatives: settings.loss == .bpr ? drawn : 0,
        sampled: training.sampleSize(for: settings.loss), shards: training.shards, batch) : 0
    // Buffers grow by an eighth more than a batch needs.
    let activations =
      1.125
      * (NetworkPass.bufferSize(
        settings, facts: facts, relationCount: relationCount, batch) + logits.ofBatch + gathered)
    let memories =
      shards * NetworkPass.slotsSize(settings, relationCount: relationCount, steps: longest)

    func part(_ name: String, _ floats: Double, _ keys: [String]) -> Part {
      Part(name: name, bytes: 4 * floats, keys: keys)
    }
    let width =
      settings.hiddenSize > settings.embeddingSize
      ? ["hidden_size", "embedding_size"] : ["embedding_size", "hidden_size"]
    parts = [
      part("parameters and moments", states, width),
      part("gradients of the shards", gradients, ["shards"] + width),
      part(
        "activations of a batch", activations,
        ["train_batch_size"]
          + (training.mode == .prefix ? ["training", "MAX_ITEM_LIST_LENGTH"] : [])
      ),
      part("logits", logits.logits, ["shards"]),
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

/// How much memory this process may still take.
package enum FreeMemory {
  /// The least of what the machine has available, what the control group leaves, and what the limit
  /// on the address space leaves; nil where nothing of this is known.
  package static var bytes: Double? {
    [machine, controlGroup, addressSpace].compactMap { $0 }.min()
  }

  /// `MemAvailable` of the kernel.
  private static var machine: Double? {
    guard let text = text("/proc/meminfo") else { return nil }
    return available(meminfo: text)
  }

  static func available(meminfo: String) -> Double? {
    for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 * 1024 }
    }
    return nil
  }

  /// What the limit of a container leaves; pages of files that it may drop count as free.
  private static var controlGroup: Double? {
    for (folder, limit, usage) in [
      ("/sys/fs/cgroup", "memory.max", "memory.current"),
      ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ] {
      guard let limit = number("\(folder)/\(limit)"), let used = number("\(folder)/\(usage)")
      else { continue }
      let cache = droppable(statistics: text("\(folder)/memory.stat") ?? "")
      return max(0, limit - used + cache)
    }
    return nil
  }

  static func droppable(statistics: String) -> Double {
    for line in statistics.split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, parts[0] == "inactive_file" { return Double(parts[1]) ?? 0 }
    }
    return 0
  }

  /// What `ulimit -v` leaves.
  private static var addressSpace: Double? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      limit.rlim_cur != rlim_t.max,
      let pages = text("/proc/self/statm")?.split(separator: " ").first.flatMap({ Double($0) })
    else { return nil }
    return max(0, Double(limit.rlim_cur) - pages * Double(sysconf(Int32(_SC_PAGESIZE))))
  }

  private static func number(_ path: String) -> Double? {
    text(path).flatMap { Double($0.split(separator: "\n").first ?? "") }
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
