import CKernels
import KSRModel
import KSRNumerics
import Randomness

/// The loss of one batch and its gradient, computed shard by shard.
///
/// Each shard has its own buffers; their gradients are summed in the shards' order, so the result
/// does not depend on how many threads work.
package final class GradientStep {
  private let settings: KSRSettings
  private let threads: Int
  private let passes: [ShardPass]
  private let items: ItemVectors
  private let columns = GRUColumns()
  private let itemWeightParts = FloatBuffer()  // by block of items: [E E+K]

  /// Room for the gradients of a network of these shapes.
  package init(settings: KSRSettings, itemCount: Int, shards: Int, threads: Int) {
    self.settings = settings
    self.threads = max(1, threads)
    passes = (0..<max(1, shards)).map { _ in ShardPass(settings: settings, itemCount: itemCount) }
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
      nonisolated(unsafe) let (losses, passes, items, columns) = (losses, passes, items, columns)
      parallel(shards.count, threads: threads) { shard in
        guard shards[shard].scoredCount > 0 else { return }
        losses[shard] = passes[shard].run(
          shards[shard], parameters: parameters, columns: columns, items: items, scale: scale,
          dropoutSeed: dropoutSeed.map { seed in
            var generator = SeededGenerator(seed: seed, stream: UInt64(shard))
            return generator.next()
          }, clock: clock)
      }
    }
    measure(clock, "step/sum of shards") { sum(shards, parameters, &gradients) }
    return losses.reduce(0, +) / Double(max(1, scored))
  }

  /// What all shards need of the parameters: the items' vectors, and the GRU's weights as columns.
  private func arrange(_ p: KSRParameters) {
    nonisolated(unsafe) let (items, columns) = (items, columns)
    let blocks = items.blocks
    parallel(blocks.count + 1, threads: threads) { part in
      if part == 0 { columns.compute(p) } else { items.compute(p, blocks[part - 1]) }
    }
  }

  /// The gradient of the batch from those of the shards: the tables' block by block of items, beside
  /// them the sums of what every shard has of the GRU and the linear maps, which leaves zeros there.
  ///
  /// b_i moves the scores of all items alike: its gradient is zero under either loss, and stays
  /// exactly so here, since Adam would make steps out of rounding.
  private func sum(
    _ shards: [PackedSequences], _ p: KSRParameters, _ gradients: inout KSRParameters
  ) {
    let blocks = items.blocks
    let weights = p.denseLayerI.weight.values.count
    nonisolated(unsafe) let parts = itemWeightParts.reserve(blocks.count * weights)
    // Tables of one value are written at once: each is taken out of it meanwhile.
    var (dx, de) = ([Float](), [Float]())
    swap(&dx, &gradients.itemEmbedding.values)
    swap(&de, &gradients.entityEmbedding.values)
    dx.withUnsafeMutableBufferPointer { dx in
      de.withUnsafeMutableBufferPointer { de in
        withUnsafeMutablePointer(to: &gradients) { gradients in
          nonisolated(unsafe) let (step, dx, de) = (self, dx.baseAddress, de.baseAddress)
          nonisolated(unsafe) let gradients = gradients
          parallel(blocks.count + 1, threads: threads) { part in
            if part == 0 { return step.sumWeights(shards.count, &gradients.pointee) }
            step.itemGradients(
              blocks[part - 1], shards, p, dx, de, weight: parts + (part - 1) * weights)
          }
        }
      }
    }
    swap(&dx, &gradients.itemEmbedding.values)
    swap(&de, &gradients.entityEmbedding.values)
    gradients.denseLayerI.weight.values.withUnsafeMutableBufferPointer { sum in
      sum.update(repeating: 0)
      for block in blocks.indices { ksr_add(weights, parts + block * weights, sum.baseAddress) }
    }
  }

  private func sumWeights(_ shards: Int, _ gradients: inout KSRParameters) {
    for entry in passes[0].gradients.entries {
      let count = passes[0].gradients[keyPath: entry.path].count
      guard count > 0 else { continue }
      gradients[keyPath: entry.path].withUnsafeMutableBufferPointer { sum in
        sum.update(repeating: 0)
        for pass in passes.prefix(shards) {
          ksr_take(count, &pass.gradients[keyPath: entry.path], sum.baseAddress)
        }
      }
    }
  }

  /// q_i = W_i [x_i ; e_i] + b_i: from dLoss/dq to W_i, x and e of a block of items, to which what the
  /// sequences read and wrote is added.
  private func itemGradients(
    _ block: Range<Int>, _ shards: [PackedSequences], _ p: KSRParameters,
    _ dx: UnsafeMutablePointer<Float>?, _ de: UnsafeMutablePointer<Float>?,
    weight: UnsafeMutablePointer<Float>
  ) {
    let (e, k) = (p.itemEmbedding.columns, p.entityEmbedding.columns)
    let (q, n, first) = (items.width, block.count, block.lowerBound)
    let dq = passes[0].itemVectorGradient.base + first * q
    for pass in passes.prefix(shards.count).dropFirst() {
      ksr_take(n * q, pass.itemVectorGradient.base + first * q, dq)
    }
    p.itemEmbedding.values.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { return }
      ksr_sgemm(true, false, q, e, n, dq, q, x + first * e, e, 0, weight, e + k)
    }
    p.entityEmbedding.values.withUnsafeBufferPointer { entity in
      guard let entity = entity.baseAddress else { return }
      ksr_sgemm(true, false, q, k, n, dq, q, entity + first * k, k, 0, weight + e, e + k)
    }
    p.denseLayerI.weight.values.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      if let dx {
        ksr_sgemm(false, false, n, e, q, dq, q, w, e + k, 0, dx + first * e, e)
      }
      if let de, !settings.freezesKnowledgeGraph {
        ksr_sgemm(false, false, n, k, q, dq, q, w + e, e + k, 0, de + first * k, k)
      }
    }
    for (batch, pass) in zip(shards, passes) where batch.scoredCount > 0 {
      ksr_scatter_add(
        batch.positionCount, e, batch.item, first, block.upperBound, pass.inputGradient.base, dx)
      if !settings.freezesKnowledgeGraph, pass.forward.usesMemory(p) {
        ksr_scatter_add(
          batch.positionCount, k, batch.sequenceItem, first, block.upperBound,
          pass.entityGradient.base, de)
      }
    }
    dq.update(repeating: 0, count: n * q)
  }
}
