import CKernels
import KSRNumerics

/// The items that the loss of a batch looks at, where it does not look at all: their rows of the tables,
/// q and the gradients, and nothing of the size of the catalogue.
///
/// Shapes: `M` items looked at, `U` rows that the batch reads, those of its positions among them.
package final class GatheredItems {
  /// The items looked at: a sample of the catalogue first, ascending, then the targets and negatives
  /// that are not among it, ascending [M].
  private(set) var items: [Int32] = []
  /// By scored row: the place of the target among ``items``.
  private(set) var target: [Int32] = []
  /// The same of its negatives.
  private(set) var negative: [Int32] = []
  /// All items of which the batch reads a row, ascending [U].
  package private(set) var rows: [Int32] = []
  /// dLoss/dx by ``rows`` [U E].
  package let inputGradient = MatrixBuffer()
  /// dLoss/de by ``rows`` [U K], where e is trained.
  package let entityGradient = MatrixBuffer()

  let vectors = MatrixBuffer()  // q [M E]
  let vectorGradient = MatrixBuffer()  // dLoss/dq [M E], to which the loss adds
  private let inputs = MatrixBuffer()  // x [M E]
  private let entities = MatrixBuffer()  // e [M K]
  private let ofItems = MatrixBuffer()  // of ``items``: dLoss/dx, then dLoss/de
  private var rowOfItem: [Int32] = []
  private var rowOfPosition: [Int32] = []
  private var rowOfSequence: [Int32] = []

  package init() {}

  /// Finds the rows that a batch reads.
  package func arrange(_ batch: PackedSequences) {
    let sample = batch.sample.items
    let asked = batch.target + batch.negative
    items = sample
    // What the sample has comes from there, the others behind it.
    var next = 0
    let others = Self.distinct(asked).filter { item in
      while next < sample.count, sample[next] < item { next += 1 }
      return next == sample.count || sample[next] != item
    }
    items += others
    let places = asked.map { item in
      let place = Self.place(of: item, in: sample)
      return Int32(
        place < sample.count && sample[place] == item
          ? place : sample.count + Self.place(of: item, in: others))
    }
    target = Array(places[..<batch.target.count])
    negative = Array(places[batch.target.count...])
    rows = Self.distinct(items + batch.item)
    func find(_ wanted: [Int32]) -> [Int32] { wanted.map { Int32(Self.place(of: $0, in: rows)) } }
    rowOfItem = find(items)
    rowOfPosition = find(batch.item)
    rowOfSequence = find(batch.sequenceItem)
  }

  /// Each once, ascending.
  package static func distinct(_ items: [Int32]) -> [Int32] {
    var result: [Int32] = []
    for item in items.sorted() where result.last != item { result.append(item) }
    return result
  }

  /// How many of the ascending items are smaller: its place, where it is one of them.
  package static func place(of item: Int32, in items: [Int32]) -> Int {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle] < item { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// q of the items looked at.
  package func forward(_ p: KSRParameters) {
    let x = inputs.reserve(rows: items.count, columns: p.itemEmbedding.columns)
    let e = entities.reserve(rows: items.count, columns: p.entityEmbedding.columns)
    p.itemEmbedding.gather(items, into: x)
    p.entityEmbedding.gather(items, into: e)
    let q = vectors.reserve(rows: items.count, columns: p.denseLayerI.weight.rows)
    ItemVectors.forward(p, x: x.view, e: e.view, into: q)
    vectorGradient.zeros(rows: q.rows, columns: q.columns)
  }

  /// From dLoss/dq, and from what the sequences read and wrote, to the rows of the tables and W_i.
  package func backward(_ batch: PackedSequences, _ p: KSRParameters, _ pass: NetworkPass) {
    let trainsEntities = !pass.settings.freezesKnowledgeGraph
    let (e, k) = (p.itemEmbedding.columns, p.entityEmbedding.columns)
    let both = ofItems.reserve(rows: items.count, columns: e + k)
    let (dx, de) = (both.columns(0..<e), both.columns(e..<e + k))
    pass.gradients?.denseLayerI.weight.withMutableView {
      ItemVectors.backward(
        p, x: inputs.view, e: entities.view, dq: vectorGradient.view, weight: $0, adding: true,
        dx: dx, de: trainsEntities ? de : nil)
    }
    spread(dx, rowOfPosition, pass.inputGradient, into: inputGradient)
    guard trainsEntities else { return }
    let written = pass.usesMemory(p) ? pass.entityGradient : nil
    spread(de, rowOfSequence, written, into: entityGradient)
  }

  /// Room for the gradients of a batch whose backward pass runs elsewhere.
  package func reserveGradients(_ p: KSRParameters, trainsEntities: Bool) {
    inputGradient.reserve(rows: rows.count, columns: p.itemEmbedding.columns)
    if trainsEntities {
      entityGradient.reserve(rows: rows.count, columns: p.entityEmbedding.columns)
    }
  }

  /// The gradient by row: that of the items, to which those of the positions are added.
  private func spread(
    _ gradient: MutableMatrixView, _ rowOfPosition: [Int32], _ positions: MutableMatrixView?,
    into buffer: MatrixBuffer
  ) {
    let result = buffer.zeros(rows: rows.count, columns: gradient.columns)
    for (place, row) in rowOfItem.enumerated() {
      result.row(Int(row)).update(from: gradient.row(place), count: gradient.columns)
    }
    guard let positions else { return }
    ksr_scatter_add(
      positions.rows, positions.columns, rowOfPosition, 0, rows.count, positions.base, result.base)
  }

  /// The numbers kept of a batch, by all shards together.
  package static func bufferSize(
    _ settings: KSRSettings, negatives: Int, sampled: Int, shards: Int, _ batch: BatchSize
  ) -> Double {
    let (e, k) = (Double(settings.embeddingSize), Double(settings.kgEmbeddingSize))
    let items = batch.scored * Double(1 + negatives) + Double(sampled * shards)
    return items * (4 * e + 2 * k) + (items + batch.positions) * (e + k)
  }
}
