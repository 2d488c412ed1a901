import AtomicFiles
import Foundation
import KSRModel
import KSRNumerics
import Randomness

/// A catalogue with users and a model, all of random numbers: for measuring time, nothing else.
public struct SimulatedCatalogue: Sendable {
  /// The number of items, without padding.
  public var itemCount = 60_000
  /// The lengths of the users' histories.
  public var lengths = [500]
  /// The number of memory slots.
  public var relationCount = 25
  /// The number of tails that facts are drawn from.
  public var tailCount = 20_000
  /// The hyper-parameters.
  public var settings = KSRSettings()
  /// What the numbers follow from.
  public var seed: UInt64 = 1

  /// 60,000 items, 25 relations, one user with 500 interactions.
  public init() {}

  /// A model of random parameters and facts: up to two tails under every relation.
  public func model() -> TrainedModel {
    let slots = (0..<relationCount).map { "relation_\($0)" }
    let items = (0...itemCount).map { $0 == 0 ? "[PAD]" : "i\($0)" }
    return TrainedModel(
      settings: settings, parameters: parameters(), items: Vocabulary(items),
      itemNames: NameList(items.map { $0 == "[PAD]" ? $0 : "Item \($0.dropFirst())" }),
      relations: Vocabulary(slots), relationNames: slots, tails: tails(),
      provenance: Provenance())
  }

  /// Writes `DIR/simulated` with the histories of ``lengths``, popular items more often (Zipf).
  public func writeHistories(in directory: URL) throws -> AtomicFolder {
    let folder = directory.appendingPathComponent("simulated")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var generator = SeededGenerator(seed: seed, stream: 2)
    var text = "user_id:token\titem_id:token\ttimestamp:float\n"
    for (user, length) in lengths.enumerated() {
      for step in 0..<length {
        let share = Double(generator.uniform(0, 1))
        let item = 1 + min(itemCount - 1, Int(Double(itemCount) * share * share))
        text += "u\(user)\ti\(item)\t\(step)\n"
      }
    }
    let file = folder.appendingPathComponent("simulated.inter")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return try AtomicFolder(path: folder.path)
  }

  private func parameters() -> KSRParameters {
    var generator = SeededGenerator(seed: seed, stream: 0)
    var parameters = KSRParameters(
      settings: settings, itemCount: itemCount + 1, relationCount: relationCount)
    for entry in parameters.entries {
      let bound = entry.shape.count == 2 ? 2 / Float(entry.shape[1]).squareRoot() : 0.5
      var values = parameters[keyPath: entry.path]
      for i in values.indices { values[i] = generator.uniform(-bound, bound) }
      parameters[keyPath: entry.path] = values
    }
    return parameters
  }

  private func tails() -> KnownTails {
    var generator = SeededGenerator(seed: seed, stream: 1)
    var offsets: [Int32] = [0]
    var facts: [Int32] = []
    for item in 0...itemCount {
      for _ in 0..<relationCount {
        if item > 0 {
          for _ in 0..<generator.integer(below: 3) {
            facts.append(Int32(generator.integer(below: tailCount)))
          }
        }
        offsets.append(Int32(facts.count))
      }
    }
    var vectors = Matrix(rows: tailCount, columns: settings.kgEmbeddingSize)
    for i in vectors.values.indices { vectors.values[i] = generator.uniform(-1, 1) }
    let tokens = (0..<tailCount).map { "t\($0)" }
    return KnownTails(
      tokens: Vocabulary(tokens), names: tokens, vectors: vectors, relationCount: relationCount,
      offsets: offsets, facts: facts)
  }
}
