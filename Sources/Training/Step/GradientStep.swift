import CKernels
import KSRModel
import KSRNumerics
import Randomness

/// The loss of one batch and its gradient, computed shard by shard.
///
/// Each shard has its own buffers; their gradients are summed in the shards' order, so the result
/// does not depend on how many threads work.
package final class GradientStep {
  /// A shard's passes with their buffers and gradients.
  private final class Shard {
    let pass: NetworkPass
    let logits: LogitsPass

    init(settings: KSRSettings, itemCount: Int, facts: FactTable) {
      pass = NetworkPass(settings: settings, facts: facts, withGradients: true)
      logits = LogitsPass(settings: settings, itemCount: itemCount)
    }

    /// Adds the gradients of `scale` · Σ loss over the scored positions, and returns Σ loss.
    func run(
      _ batch: PackedSequences, parameters p: KSRParameters, transposed: TransposedWeights,
      items q: ItemVectors, scale: Float, dropoutSeed: UInt64?, clock: PhaseClock?
    ) -> Double {
      pass.forward(
        batch, parameters: p, transposed: transposed, dropoutSeed: dropoutSeed, clock: clock)
      let loss =
        switch pass.settings.loss {
        case .crossEntropy:
          logits.crossEntropy(batch, pass, p, q, scale: scale, clock)
        case .bpr:
          measure(clock, "step/ranking") {
            logits.rankAgainstNegatives(batch, pass, p, q, scale: scale)
          }
        }
      pass.backward(batch, parameters: p, dropoutSeed: dropoutSeed, clock: clock)
      return loss
    }
  }

  private let settings: KSRSettings
  private let threads: Int
  private let passes: [Shard]
  private let items: ItemVectors
  private let transposed = TransposedWeights()
  private let itemWeightParts = MatrixBuffer()  // by block of items: [E E+K]

  /// Room for the gradients of a network of these shapes.
  ///
  /// - Parameter facts: what a memory of facts reads.
  package init(
    settings: KSRSettings, itemCount: Int, facts: FactTable = .none, shards: Int, threads: Int
  ) {
    self.settings = settings
    self.threads = max(1, threads)
    passes = (0..<max(1, shards)).map { _ in
      Shard(settings: settings, itemCount: itemCount, facts: facts)
    }
    items = ItemVectors(count: itemCount, settings: settings)
  }

  /// The most items whose logits are computed at once; a test makes it small.
  var itemTile: Int {
    get { items.tile }
    set { items.tile = newValue }
  }

  /// The mean loss over the scored positions of all shards; `gradients` becomes its gradient.
  ///
  /// - Parameters:
  ///   - dropoutSeed: the seed of the batch's dropout; nil for none.
  ///   - clock: takes the time of the phases; those within the shards add up over the threads.
  package func run(
    _ shards: [PackedSequences], parameters: KSRParameters, dropoutSeed: UInt64?,
    gradients: inout KSRParameters, clock: PhaseClock? = nil
  ) -> Double {
    precondition(shards.count <= passes.count)
    let scored = shards.reduce(0) { $0 + $1.scoredCount }
    let scale = 1 / Float(max(1, scored))
    measure(clock, "step/item vectors") { arrange(parameters) }
    var losses = [Double](repeating: 0, count: shards.count)
    losses.withUnsafeMutableBufferPointer { losses in
      nonisolated(unsafe) let (losses, passes) = (losses, passes)
      let (items, transposed) = (items, transposed)
      parallel(shards.count, threads: threads) { shard in
        guard shards[shard].scoredCount > 0 else { return }
        losses[shard] = passes[shard].run(
          shards[shard], parameters: parameters, transposed: transposed, items: items,
          scale: scale,
          dropoutSeed: dropoutSeed.map { seed in
            var generator = SeededGenerator(seed: seed, stream: UInt64(shard))
            return generator.next()
          }, clock: clock)
      }
    }
    measure(clock, "step/sum of shards") { sum(shards, parameters, &gradients) }
    return losses.reduce(0, +) / Double(max(1, scored))
  }

  /// What all shards need of the parameters: the items' vectors, and the GRU's weights transposed.
  private func arrange(_ p: KSRParameters) {
    let (items, transposed, blocks) = (items, transposed, items.blocks)
    parallel(blocks.count + 1, threads: threads) { part in
      if part == 0 { transposed.compute(p) } else { items.compute(p, blocks[part - 1]) }
    }
  }

  /// The gradient of the batch from those of the shards: the tables' block by block of items, beside
  /// them the sums of what every shard has of the GRU and the linear maps, which leaves zeros there.
  private func sum(
    _ shards: [PackedSequences], _ p: KSRParameters, _ gradients: inout KSRParameters
  ) {
    let blocks = items.blocks
    let (outputs, inputs) = (p.denseLayerI.weight.rows, p.denseLayerI.weight.columns)
    let parts = itemWeightParts.reserve(rows: blocks.count * outputs, columns: inputs)
    // Tables of one value are written at once: each is taken out of it meanwhile.
    var (dx, de) = (Matrix(rows: 0, columns: 0), Matrix(rows: 0, columns: 0))
    swap(&dx, &gradients.itemEmbedding)
    swap(&de, &gradients.entityEmbedding)
    dx.withMutableView { dx in
      de.withMutableView { de in
        withUnsafeMutablePointer(to: &gradients) { gradients in
          nonisolated(unsafe) let (step, gradients) = (self, gradients)
          parallel(blocks.count + 1, threads: threads) { part in
            if part == 0 { return step.sumWeights(shards.count, &gradients.pointee) }
            step.itemGradients(
              blocks[part - 1], shards, p, dx, de,
              weight: parts.rows((part - 1) * outputs..<part * outputs))
          }
        }
      }
    }
    swap(&dx, &gradients.itemEmbedding)
    swap(&de, &gradients.entityEmbedding)
    gradients.denseLayerI.weight.withMutableView { sum in
      sum.base.update(repeating: 0, count: outputs * inputs)
      for block in blocks.indices {
        ksr_add(outputs * inputs, parts.row(block * outputs), sum.base)
      }
    }
  }

  private func sumWeights(_ shards: Int, _ gradients: inout KSRParameters) {
    guard let entries = passes[0].pass.gradients?.entries else { return }
    for entry in entries {
      let count = entry.shape.reduce(1, *)
      guard count > 0 else { continue }
      gradients[keyPath: entry.path].withUnsafeMutableBufferPointer { sum in
        sum.update(repeating: 0)
        for shard in passes.prefix(shards) {
          shard.pass.gradients?[keyPath: entry.path].withUnsafeMutableBufferPointer {
            ksr_accumulate_and_clear(count, $0.baseAddress, sum.baseAddress)
          }
        }
      }
    }
  }

  /// From dLoss/dq of a block of items to W_i, x and e, to which what the sequences read and wrote is
  /// added.
  private func itemGradients(
    _ block: Range<Int>, _ shards: [PackedSequences], _ p: KSRParameters, _ dx: MutableMatrixView,
    _ de: MutableMatrixView, weight: MutableMatrixView
  ) {
    let dq = passes[0].logits.itemVectorGradient.rows(block)
    let size = dq.rows * dq.columns
    for shard in passes.prefix(shards.count).dropFirst() {
      ksr_accumulate_and_clear(
        size, shard.logits.itemVectorGradient.rows(block).base, dq.base)
    }
    ItemVectors.backward(
      p, block, dq: dq, weight: weight, dx: dx, de: settings.freezesKnowledgeGraph ? nil : de)
    for (batch, shard) in zip(shards, passes) where batch.scoredCount > 0 {
      ksr_scatter_add(
        batch.positionCount, dx.columns, batch.item, block.lowerBound, block.upperBound,
        shard.pass.inputGradient.base, dx.base)
      if !settings.freezesKnowledgeGraph, shard.pass.usesMemory(p) {
        ksr_scatter_add(
          batch.positionCount, de.columns, batch.sequenceItem, block.lowerBound, block.upperBound,
          shard.pass.entityGradient.base, de.base)
      }
    }
    dq.base.update(repeating: 0, count: size)
  }
}
