import AtomicFiles
import CKernels
import KSRModel
import Randomness
import TestSupport
import Testing

@testable import Training

/// The memory of facts and the repeat bias: loss and gradients against the plain dense reference, in
/// which every tail of every relation is looked at.
@Suite struct FactsGradientTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    var layers = 1
    var memory = MemoryKind.facts
    var hasNullSlot = true
    var repeats = true
    var loss = LossType.crossEntropy
    var facts = Facts.some
    /// Draws of a sampled softmax; 0 for one over all items.
    var sampled = 0
    var testDescription: String {
      "\(layers) layers, \(memory), null slot \(hasNullSlot), repeat bias \(repeats), \(loss), "
        + "\(facts), sample of \(sampled)"
    }
  }

  /// What the graph knows.
  enum Facts: Sendable { case none, one, some, thousands }

  static let shapes =
    [1, 2, 3].flatMap { layers in
      [LossType.crossEntropy, .bpr].flatMap { loss in
        [true, false].map {
          Shape(layers: layers, hasNullSlot: $0, repeats: $0, loss: loss)
        }
      }
    } + [true, false].map { Shape(hasNullSlot: $0, repeats: !$0) }
    + [LossType.crossEntropy, .bpr].flatMap { loss in
      [MemoryKind.linear, .none].map { Shape(memory: $0, loss: loss) }
    } + [Shape(facts: .none), Shape(facts: .one)]
    + MemoryKind.allCases.flatMap { memory in
      [1, 7, 40].map { Shape(memory: memory, repeats: $0 != 7, sampled: $0) }
    }

  @Test(arguments: shapes) func gradientsEqualCentralDifferences(shape: Shape) {
    expectGradients(Example(shape)) {
      !["relation_Matrix", "entity_embedding.weight"].contains($0)
    }
  }

  /// More rows than go together, more items than a square of them, a relation with hundreds of tails.
  @Test func manyRowsAndFactsEqualTheReference() {
    expectGradients(Example(Shape(facts: .thousands), itemCount: 50, sequences: 20)) {
      $0.hasPrefix("facts.") || $0 == "repeat_bias"
    }
  }

  private func expectGradients(_ test: Example, of isChecked: (String) -> Bool) {
    let (loss, gradients) = test.fast()
    var reference = test.reference
    #expect(abs(loss - test.loss(reference)) < 1e-5 * max(1, loss))
    for entry in test.parameters.entries where isChecked(entry.name) {
      let all = gradients[keyPath: entry.path]
      // A dozen or two of each tensor.
      let places = Array(stride(from: 0, to: all.count, by: max(1, all.count / 12)))
      let found = places.map { all[$0] }
      let expected = places.map { i -> Float in
        let (value, width) = (reference.tensors[entry.name]?[i] ?? 0, 1e-5)
        reference.tensors[entry.name]?[i] = value + width
        let above = test.loss(reference)
        reference.tensors[entry.name]?[i] = value - width
        let below = test.loss(reference)
        reference.tensors[entry.name]?[i] = value
        return Float((above - below) / (2 * width))
      }
      let size = expected.map(abs).max() ?? 0
      for (a, b) in zip(found, expected) {
        #expect(abs(a - b) <= 1e-3 * size + 2e-6, "\(entry.name)")
      }
    }
  }

  @Test func kernelsTilesShardsAndThreadsGiveTheSame() {
    for shape in [
      Shape(layers: 2), Shape(layers: 2, loss: .bpr), Shape(layers: 2, sampled: 5),
    ] {
      let test = Example(shape)
      let (value, expected) = test.fast()
      func compare(_ other: (Double, KSRParameters), _ how: String) {
        #expect(abs(value - other.0) < 1e-5 * value)
        for entry in expected.entries where entry.name != "relation_Matrix" {
          let difference = relativeDifference(
            other.1[keyPath: entry.path], expected[keyPath: entry.path])
          #expect(difference < 1e-4, "\(entry.name), \(how)")
        }
      }
      let chosen = String(cString: ksr_kernel_path())
      for path in ["portable", "avx2", "avx512"] where ksr_kernel_select(path) {
        compare(test.fast(), path)
      }
      _ = ksr_kernel_select(chosen)
      for tile in 1...8 { compare(test.fast(tile: tile), "tiles of \(tile)") }
      let (_, sharded) = test.fast(shards: 3)
      compare(test.fast(shards: 3), "shards")
      for threads in [2, 3, 8] { #expect(test.fast(shards: 3, threads: threads).1 == sharded) }
    }
  }

  /// Sequences with what came before them, repeated items and steps that are not scored.
  private struct Example {
    let settings: KSRSettings
    let parameters: KSRParameters
    let tails: KnownTails
    let before: [[Int32]]
    let sequences: [(items: [Int32], targets: [Int32])]
    var sample = PackedSequences.Sample()

    init(_ shape: Shape, itemCount: Int = 9, sequences count: Int = 4) {
      var generator = SeededGenerator(seed: UInt64(shape.layers) + (shape.repeats ? 10 : 20))
      var settings = KSRSettings()
      settings.embeddingSize = 5
      settings.kgEmbeddingSize = 4
      settings.hiddenSize = 6
      settings.layerCount = shape.layers
      settings.memory = shape.memory
      settings.nullSlot = shape.hasNullSlot
      settings.repeatBias = shape.repeats
      settings.loss = shape.loss
      settings.dropoutProbability = 0
      settings.gamma = 2
      var parameters = KSRParameters(settings: settings, itemCount: itemCount, relationCount: 3)
      for entry in parameters.entries {
        for i in parameters[keyPath: entry.path].indices {
          parameters[keyPath: entry.path][i] = generator.uniform(-0.8, 0.8)
        }
      }
      tails = Self.tails(shape.facts, itemCount, &generator)
      func items(_ count: Int) -> [Int32] {
        (0..<count).map { _ in Int32(1 + generator.integer(below: itemCount - 1)) }
      }
      let lengths = (0..<count).map { [4, 1, 6, count > 4 ? 30 : 9][$0 % 4] }
      before = lengths.map { items($0 % 4) }
      sequences = lengths.map { length in
        let targets = items(length).enumerated().map { $0 < length / 3 ? -1 : $1 }
        return (items(length), targets)
      }
      (self.settings, self.parameters) = (settings, parameters)
      if shape.sampled > 0 {
        let sampler = NegativeSampler(
          shape.sampled == 7 ? .popularity : .uniform, itemCount: itemCount,
          sequences: sequences.map { $0.items[...] })
        sample = sampler.sample(shape.sampled, &generator)
      }
    }

    private static func tails(
      _ facts: Facts, _ itemCount: Int, _ generator: inout SeededGenerator
    ) -> KnownTails {
      let tailCount = facts == .thousands ? 1000 : 5
      var (offsets, known) = ([Int32(0)], [Int32]())
      for item in 0..<itemCount {
        for slot in 0..<3 {
          let count =
            switch facts {
            case .none: 0
            case .one: item == 3 && slot == 1 ? 1 : 0
            case .some: item == 2 ? 0 : generator.integer(below: 4)
            case .thousands: slot == 2 ? 300 : 1
            }
          // Facts that the graph states twice count once.
          known += (0..<(item == 0 ? 0 : count)).map { _ in
            Int32(generator.integer(below: tailCount))
          }
          offsets.append(Int32(known.count))
        }
      }
      return KnownTails(
        tokens: Vocabulary((0..<tailCount).map { "t\($0)" }), names: [], vectors: nil,
        relationCount: 3, offsets: offsets, facts: known)
    }

    var reference: ReferenceKSR {
      ReferenceKSR(settings: settings, parameters: parameters, tails: tails)
    }

    private func negative(_ item: Int32) -> Int32 {
      item % Int32(parameters.itemCount - 1) + 1
    }

    /// The mean loss over the scored steps.
    func loss(_ reference: ReferenceKSR) -> Double {
      let scored = sequences.reduce(0) { $0 + $1.targets.count { $0 >= 0 } }
      let sum =
        !sample.items.isEmpty
        ? reference.sampledLoss(sequences, before: before, sample)
        : settings.loss == .crossEntropy
          ? reference.loss(sequences, before: before)
          : reference.rankingLoss(sequences, before: before, negative: negative)
      return sum / Double(scored)
    }

    func fast(shards: Int = 1, threads: Int = 1, tile: Int? = nil) -> (Double, KSRParameters) {
      let entries = zip(sequences, before).map { sequence, before in
        var entry = PackedSequences.Entry(items: sequence.items[...], targets: sequence.targets)
        entry.before = before[...]
        if settings.loss == .bpr {
          entry.negatives = sequence.targets.filter { $0 >= 0 }.map(negative)
        }
        return entry
      }
      let facts =
        settings.memory == .facts ? FactTable(tails, itemCount: parameters.itemCount) : .none
      let step = GradientStep(
        settings: settings, itemCount: parameters.itemCount, facts: facts,
        samples: !sample.items.isEmpty, shards: shards, threads: threads)
      if let tile { step.itemTile = tile }
      return step.run(
        (0..<shards).map { shard in
          var packed = PackedSequences(
            stride(from: shard, to: entries.count, by: shards).map { entries[$0] })
          packed.sample = sample
          return packed
        }, parameters: parameters, dropoutSeed: nil)
    }
  }
}
