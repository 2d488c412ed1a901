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
    /// The items that the loss looks at; nil where it looks at all.
    let gathered: GatheredItems?

    init(settings: KSRSettings, itemCount: Int, facts: FactTable, gathers: Bool) {
      pass = NetworkPass(settings: settings, facts: facts, withGradients: true)
      logits = LogitsPass(settings: settings, itemCount: gathers ? 0 : itemCount)
      gathered = gathers ? GatheredItems() : nil
    }

    /// Adds the gradients of `scale` · Σ loss over the scored positions, and returns Σ loss.
    func run(
      _ batch: PackedSequences, parameters p: KSRParameters, transposed: TransposedWeights,
      items q: ItemVectors, scale: Float, dropoutSeed: UInt64?, clock: PhaseClock?
    ) -> Double {
      pass.forward(
        batch, parameters: p, transposed: transposed, dropoutSeed: dropoutSeed, clock: clock)
      guard let gathered else {
        let loss = logits.crossEntropy(batch, pass, p, q, scale: scale, clock)
        pass.backward(batch, parameters: p, dropoutSeed: dropoutSeed, clock: clock)
        return loss
      }
      measure(clock, "step/item vectors of the batch") { gathered.forward(p) }
      let loss = measure(clock, "step/ranking") {
        switch pass.settings.loss {
        case .crossEntropy:
          logits.sampledCrossEntropy(batch, pass, p, gathered, scale: scale)
        case .bpr: logits.rankAgainstNegatives(batch, pass, p, gathered, scale: scale)
        }
      }
      pass.backward(batch, parameters: p, dropoutSeed: dropoutSeed, clock: clock)
      measure(clock, "step/item vectors of the batch") { gathered.backward(batch, p, pass) }
      return loss
    }
  }

  /// The gradient of the tables, where only some rows have one; nil where all have.
  package let rows: RowGradients?

  private let settings: KSRSettings
  private let threads: Int
  private let passes: [Shard]
  private let items: ItemVectors
  private let transposed = TransposedWeights()
  private let itemWeightParts = MatrixBuffer()  // by block of items: [E E+K]
  private let ranks: Ranks
  /// What other ranks' shards have of dLoss/dq for the items of this one.
  private var received: [MatrixBuffer] = []
  private let weightsOfShard = AlignedBuffer<Float>(uninitialized: 0)

  /// Room for the gradients of a network of these shapes.
  ///
  /// - Parameters:
  ///   - facts: what a memory of facts reads.
  ///   - samples: whether a cross-entropy looks at a sample of the items.
  ///   - ranks: the processes that share the shards; all call ``run`` with the same shards.
  package init(
    settings: KSRSettings, itemCount: Int, facts: FactTable = .none, samples: Bool = false,
    shards: Int, threads: Int, ranks: Ranks = .alone
  ) {
    self.settings = settings
    self.ranks = ranks
    self.threads = max(1, threads)
    let gathers = samples || settings.loss == .bpr
    passes = (0..<max(1, shards)).map { _ in
      Shard(settings: settings, itemCount: itemCount, facts: facts, gathers: gathers)
    }
    items = ItemVectors(count: gathers ? 0 : itemCount, settings: settings)
    rows = gathers ? RowGradients() : nil
  }

  /// Finds the rows of the tables that a batch reads, which ``rows`` holds from now on: without a
  /// gradient until ``run(_:parameters:dropoutSeed:gradients:clock:)`` has been called for the batch.
  package func arrange(_ shards: [PackedSequences]) {
    guard let rows else { return }
    nonisolated(unsafe) let passes = passes
    parallel(shards.count, threads: threads) { passes[$0].gathered?.arrange(shards[$0]) }
    rows.arrange(passes.prefix(shards.count).compactMap(\.gathered))
  }

  /// The most items whose logits are computed at once; a test makes it small.
  var itemTile: Int {
    get { items.tile }
    set { items.tile = newValue }
  }

  /// The mean loss over the scored positions of all shards; `gradients` becomes its gradient.
  ///
  /// Where there are ``rows``, they take that of the tables, and the batch has been arranged.
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
    let mine = ranks.part(of: shards.count)
    losses.withUnsafeMutableBufferPointer { losses in
      nonisolated(unsafe) let (losses, passes) = (losses, passes)
      let (items, transposed) = (items, transposed)
      parallel(mine.count, threads: threads) { place in
        let shard = mine.lowerBound + place
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
    if !ranks.isAlone {
      measure(clock, "step/other ranks") { share(shards, parameters, &losses) }
    }
    measure(clock, "step/sum of shards") {
      guard let rows else { return sum(shards, parameters, &gradients) }
      sumWeights(shards.count, &gradients)
      rows.sum(
        passes.prefix(shards.count).compactMap(\.gathered),
        entities: !settings.freezesKnowledgeGraph, threads: threads)
    }
    return losses.reduce(0, +) / Double(max(1, scored))
  }

  // MARK: Ranks

  /// The loss and the gradients of each shard, but dLoss/dq of the whole catalogue, become everybody's.
  private func share(
    _ shards: [PackedSequences], _ p: KSRParameters, _ losses: inout [Double]
  ) {
    let trainsEntities = !settings.freezesKnowledgeGraph
    let entries = passes[0].pass.gradients?.entries.filter { $0.shape.reduce(1, *) > 0 } ?? []
    let count = entries.reduce(2) { $0 + $1.shape.reduce(1, *) }
    weightsOfShard.reserve(count)
    for (shard, batch) in shards.enumerated() where batch.scoredCount > 0 {
      let (owner, pass) = (ranks.owner(shard, of: shards.count), passes[shard].pass)
      let isOwn = owner == ranks.rank
      if isOwn { pack(entries, of: pass, loss: losses[shard]) }
      ranks.share(weightsOfShard.start, count: count, from: owner)
      if !isOwn {
        losses[shard] = unpack(entries, into: pass)
        pass.reserveInputGradients(batch, p)
        passes[shard].gathered?.reserveGradients(p, trainsEntities: trainsEntities)
      }
      var shared: [MutableMatrixView] = []
      if let gathered = passes[shard].gathered {
        shared.append(gathered.inputGradient.all)
        if trainsEntities { shared.append(gathered.entityGradient.all) }
      } else {
        shared.append(pass.inputGradient)
        if trainsEntities, pass.usesMemory(p) { shared.append(pass.entityGradient) }
      }
      for view in shared { ranks.share(view.base, count: view.rows * view.columns, from: owner) }
    }
  }

  private func pack(_ entries: [KSRParameters.Entry], of pass: NetworkPass, loss: Double) {
    UnsafeMutableRawPointer(weightsOfShard.start).storeBytes(of: loss, as: Double.self)
    var start = 2
    for entry in entries {
      pass.gradients?[keyPath: entry.path].withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        weightsOfShard.part(start, count: values.count).update(from: base, count: values.count)
        start += values.count
      }
    }
  }

  private func unpack(_ entries: [KSRParameters.Entry], into pass: NetworkPass) -> Double {
    var start = 2
    for entry in entries {
      pass.gradients?[keyPath: entry.path].withUnsafeMutableBufferPointer { values in
        values.baseAddress?.update(
          from: weightsOfShard.part(start, count: values.count), count: values.count)
        start += values.count
      }
    }
    return UnsafeRawPointer(weightsOfShard.start).load(as: Double.self)
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
    let own = ranks.part(of: blocks.count)
    let ranges = (0..<ranks.count).map { rank in
      let part = ranks.part(of: blocks.count, rank: rank)
      return part.isEmpty
        ? 0..<0 : blocks[part.lowerBound].lowerBound..<blocks[part.upperBound - 1].upperBound
    }
    let mine = ranks.part(of: shards.count).map { passes[$0].logits.itemVectorGradient.all }
    // dLoss/dq of each shard, for the items from the first of this rank on.
    let vectorGradients = ranks.exchange(
      mine, shards: shards.count, columns: items.width, ranges, into: &received)
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
          let ranks = ranks
          parallel(own.count + 1, threads: threads) { part in
            if part == 0 { return step.sumWeights(shards.count, &gradients.pointee) }
            let block = own.lowerBound + part - 1
            step.itemGradients(
              blocks[block], shards, p, vectorGradients, from: ranges[ranks.rank].lowerBound, dx,
              de, weight: parts.rows(block * outputs..<(block + 1) * outputs))
          }
          guard !ranks.isAlone else { return }
          for gradient in mine {
            gradient.base.update(repeating: 0, count: gradient.rows * gradient.columns)
          }
          ranks.complete(dx, ranges)
          if !step.settings.freezesKnowledgeGraph { ranks.complete(de, ranges) }
          ranks.complete(
            parts,
            (0..<ranks.count).map { rank in
              let part = ranks.part(of: blocks.count, rank: rank)
              return part.lowerBound * outputs..<part.upperBound * outputs
            })
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
    _ block: Range<Int>, _ shards: [PackedSequences], _ p: KSRParameters,
    _ vectorGradients: [MutableMatrixView], from first: Int, _ dx: MutableMatrixView,
    _ de: MutableMatrixView, weight: MutableMatrixView
  ) {
    let rows = block.lowerBound - first..<block.upperBound - first
    let dq = vectorGradients[0].rows(rows)
    let size = dq.rows * dq.columns
    for other in vectorGradients.dropFirst() {
      ksr_accumulate_and_clear(size, other.rows(rows).base, dq.base)
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
