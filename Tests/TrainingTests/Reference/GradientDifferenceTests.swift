import CKernels
import KSRModel
import Randomness
import TestSupport
import Testing

@testable import Training

/// Every gradient against central differences of the plain double-precision loss.
@Suite struct GradientDifferenceTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    var layers: Int
    var frozen: Bool
    var pad: Bool
    var memory: MemoryKind
    var testDescription: String {
      "\(layers) layers, frozen \(frozen), pad slot \(pad), memory \(memory.rawValue)"
    }
  }

  static let shapes =
    [1, 2, 3].flatMap { layers in
      [true, false].flatMap { frozen in
        [true, false].map { Shape(layers: layers, frozen: frozen, pad: $0, memory: .linear) }
      }
    } + [Shape(layers: 1, frozen: true, pad: false, memory: .none)]

  @Test(arguments: shapes) func gradientsEqualCentralDifferences(shape: Shape) {
    var generator = SeededGenerator(seed: UInt64(shape.layers * 4 + (shape.pad ? 1 : 0)))
    let (settings, parameters) = network(shape, &generator)
    let sequences = sequences(&generator)
    let scored = sequences.reduce(0) { $0 + $1.targets.count { $0 >= 0 } }
    let (loss, gradients) = fast(settings, parameters, sequences)
    var reference = ReferenceKSR(settings: settings, parameters: parameters)
    #expect(abs(loss - reference.loss(sequences) / Double(scored)) < 1e-5 * loss)
    for entry in parameters.entries where entry.name != "relation_Matrix" {
      let found = gradients[keyPath: entry.path]
      if shape.frozen, entry.name == "entity_embedding.weight" {
        #expect(found.allSatisfy { $0 == 0 })
        continue
      }
      var expected: [Float] = []
      for i in found.indices {
        let width = 1e-5
        let value = reference.tensors[entry.name]?[i] ?? 0
        reference.tensors[entry.name]?[i] = value + width
        let above = reference.loss(sequences)
        reference.tensors[entry.name]?[i] = value - width
        let below = reference.loss(sequences)
        reference.tensors[entry.name]?[i] = value
        expected.append(Float((above - below) / (2 * width) / Double(scored)))
      }
      let size = expected.map(abs).max() ?? 0
      for (a, b) in zip(found, expected) {
        #expect(abs(a - b) <= 1e-3 * size + 1e-6, "\(entry.name)")
      }
    }
  }

  @Test func everyKernelPathAndBothProductsGiveTheSameGradients() {
    let shape = Shape(layers: 2, frozen: false, pad: true, memory: .linear)
    var generator = SeededGenerator(seed: 7)
    let (settings, parameters) = network(shape, &generator)
    let sequences = sequences(&generator)
    let chosen = String(cString: ksr_kernel_path())
    defer {
      _ = ksr_kernel_select(chosen)
      ksr_sgemm_use_library(true)
    }
    let (loss, expected) = fast(settings, parameters, sequences)
    for path in ["portable", "avx2", "avx512"] where ksr_kernel_select(path) {
      for library in [true, false] {
        ksr_sgemm_use_library(library)
        let (other, gradients) = fast(settings, parameters, sequences)
        #expect(abs(loss - other) < 1e-5 * loss)
        for entry in expected.entries where entry.name != "relation_Matrix" {
          let difference = relativeDifference(
            gradients[keyPath: entry.path], expected[keyPath: entry.path])
          #expect(difference < 1e-4, "\(entry.name), \(path)")
        }
      }
    }
  }

  @Test func aCatalogueWalkedInTilesGivesTheSameGradients() {
    let shape = Shape(layers: 1, frozen: false, pad: false, memory: .linear)
    var generator = SeededGenerator(seed: 13)
    let (settings, parameters) = network(shape, &generator)
    let sequences = sequences(&generator)
    let (loss, whole) = fast(settings, parameters, sequences)
    for tile in 1...8 {
      let (tiledLoss, tiled) = fast(settings, parameters, sequences, itemTile: tile)
      #expect(abs(loss - tiledLoss) < 1e-5 * loss)
      for entry in whole.entries where entry.name != "relation_Matrix" {
        #expect(relativeDifference(tiled[keyPath: entry.path], whole[keyPath: entry.path]) < 1e-4)
      }
    }
  }

  /// Users with at most L + 1 training items have one window, whose steps are their prefixes.
  @Test(arguments: [LossType.crossEntropy, .bpr], [true, false])
  func windowsAndPrefixesGiveTheSameLossAndGradients(loss: LossType, frozen: Bool) {
    let shape = Shape(layers: 2, frozen: frozen, pad: true, memory: .linear)
    var generator = SeededGenerator(seed: 17)
    var (settings, parameters) = network(shape, &generator)
    settings.loss = loss
    let longest = 6
    let histories = [2, 7, 5, 1, 4].map { length in
      (0..<length).map { _ in Int32(1 + generator.integer(below: 8)) }
    }
    // The same negative for the same positive, whichever way it is reached.
    func negative(_ item: Int32) -> Int32 { item % 8 + 1 }
    for library in [true, false] {
      ksr_sgemm_use_library(library)
      defer { ksr_sgemm_use_library(true) }
      let results = WindowMode.allCases.map { mode in
        let windows = mode.windows(lengths: histories.map(\.count), maxLength: longest)
        let entries = windows.map { window in
          let items = histories[window.sequence]
          let targets = (0..<window.length).map { step in
            step >= window.firstScored ? items[window.start + step + 1] : -1
          }
          var entry = PackedSequences.Entry(
            items: items[window.start..<window.start + window.length], targets: targets)
          if loss == .bpr { entry.negatives = targets.filter { $0 >= 0 }.map(negative) }
          return entry
        }
        let step = GradientStep(
          settings: settings, itemCount: parameters.itemCount, shards: 2, threads: 2)
        let half = entries.count / 2
        return step.run(
          [PackedSequences(Array(entries[..<half])), PackedSequences(Array(entries[half...]))],
          parameters: parameters, dropoutSeed: nil)
      }
      #expect(abs(results[0].loss - results[1].loss) < 1e-5 * results[0].loss)
      for entry in parameters.entries where entry.name != "relation_Matrix" {
        let (windows, prefixes) = (
          results[0].gradients[keyPath: entry.path], results[1].gradients[keyPath: entry.path]
        )
        #expect(relativeDifference(windows, prefixes) < 1e-4, "\(entry.name)")
      }
    }
  }

  @Test func numberOfThreadsChangesNothingAndShardsOnlyRounding() {
    let shape = Shape(layers: 1, frozen: false, pad: false, memory: .linear)
    var generator = SeededGenerator(seed: 11)
    let (settings, parameters) = network(shape, &generator)
    let sequences = sequences(&generator) + self.sequences(&generator)
    let (loss, one) = fast(settings, parameters, sequences)
    let (shardedLoss, sharded) = fast(settings, parameters, sequences, shards: 3, threads: 1)
    #expect(abs(loss - shardedLoss) < 1e-5 * loss)
    for threads in [2, 3, 8] {
      let (_, other) = fast(settings, parameters, sequences, shards: 3, threads: threads)
      #expect(other == sharded)
    }
    for entry in one.entries where entry.name != "relation_Matrix" {
      #expect(relativeDifference(sharded[keyPath: entry.path], one[keyPath: entry.path]) < 1e-4)
    }
  }

  private typealias Sequences = [(items: [Int32], targets: [Int32])]

  private func fast(
    _ settings: KSRSettings, _ parameters: KSRParameters, _ sequences: Sequences, shards: Int = 1,
    threads: Int = 1, itemTile: Int? = nil
  ) -> (Double, KSRParameters) {
    let entries = sequences.map { PackedSequences.Entry(items: $0.items[...], targets: $0.targets) }
    let packed = (0..<shards).map { shard in
      PackedSequences(stride(from: shard, to: entries.count, by: shards).map { entries[$0] })
    }
    let step = GradientStep(
      settings: settings, itemCount: parameters.itemCount, shards: shards, threads: threads)
    if let itemTile { step.itemTile = itemTile }
    return step.run(packed, parameters: parameters, dropoutSeed: nil)
  }

  private func network(
    _ shape: Shape, _ generator: inout SeededGenerator
  ) -> (KSRSettings, KSRParameters) {
    var settings = KSRSettings()
    settings.embeddingSize = 5
    settings.kgEmbeddingSize = 4
    settings.hiddenSize = 6
    settings.layerCount = shape.layers
    settings.freezesKnowledgeGraph = shape.frozen
    settings.hasPadRelation = shape.pad
    settings.memory = shape.memory
    settings.dropoutProbability = 0
    settings.gamma = 3
    var parameters = KSRParameters(settings: settings, itemCount: 9, relationCount: 3)
    for entry in parameters.entries {
      for i in parameters[keyPath: entry.path].indices {
        parameters[keyPath: entry.path][i] = generator.uniform(-0.8, 0.8)
      }
    }
    if shape.pad { for k in 0..<4 { parameters.relationMatrix[0, k] = 0 } }
    return (settings, parameters)
  }

  /// Sequences of different lengths, with repeated items and steps that are not scored.
  private func sequences(_ generator: inout SeededGenerator) -> Sequences {
    [4, 1, 6, 4].map { length in
      let items = (0..<length).map { _ in Int32(1 + generator.integer(below: 8)) }
      let targets = (0..<length).map { step in
        step < length / 3 ? -1 : Int32(1 + generator.integer(below: 8))
      }
      return (items, targets)
    }
  }
}
