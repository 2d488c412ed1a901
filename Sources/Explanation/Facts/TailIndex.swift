import KSRModel

/// The known tails of a model's items, arranged for explanations; built once per model.
public struct TailIndex: Sendable {
  /// The facts themselves.
  public let tails: KnownTails
  /// The number of items, the padding item not counted.
  public let itemCount: Int
  /// Whether the model changed its entity vectors in training, so that they and the tails' original
  /// vectors lie in spaces that are no longer quite the same.
  public let entitiesWereTrained: Bool

  /// Where each slot starts in `ids` and `counts`; one more entry than slots.
  private let starts: [Int]
  /// Tails that occur under each slot, ascending.
  private let ids: [Int32]
  /// How many items have the tail under the slot.
  private let counts: [Int32]
  /// 1/‖vector‖ by tail; 0 where the vector is zero.
  let inverseNorms: [Float]

  /// The index of a model's facts.
  public init(_ model: TrainedModel) {
    self.init(
      model.tails, itemCount: model.items.count - 1,
      entitiesWereTrained: !model.settings.freezesKnowledgeGraph)
  }

  /// The index of facts about `itemCount` items besides the padding item.
  public init(_ tails: KnownTails, itemCount: Int, entitiesWereTrained: Bool) {
    self.tails = tails
    self.itemCount = itemCount
    self.entitiesWereTrained = entitiesWereTrained
    let tailCount = tails.tokens.count
    var (starts, ids, counts) = ([0], [Int32](), [Int32]())
    var count = [Int32](repeating: 0, count: tailCount)
    // The last item counted for each tail: a fact given twice counts once.
    var counted = [Int32](repeating: 0, count: tailCount)
    for slot in 0..<tails.relationCount {
      var found: [Int32] = []
      for item in 1..<max(1, itemCount + 1) {
        for tail in tails.of(item: item, slot: slot) where counted[Int(tail)] != item {
          if count[Int(tail)] == 0 { found.append(tail) }
          count[Int(tail)] += 1
          counted[Int(tail)] = Int32(item)
        }
      }
      found.sort()
      for tail in found {
        ids.append(tail)
        counts.append(count[Int(tail)])
        count[Int(tail)] = 0
        counted[Int(tail)] = 0
      }
      starts.append(ids.count)
    }
    (self.starts, self.ids, self.counts) = (starts, ids, counts)
    inverseNorms =
      tails.vectors.map { vectors in
        (0..<vectors.rows).map { tail in
          let norm = dotProduct(vectors.row(tail), vectors.row(tail)).squareRoot()
          return norm > 0 ? 1 / norm : 0
        }
      } ?? []
  }

  /// The tails that occur under a slot, ascending.
  public func tails(under slot: Int) -> ArraySlice<Int32> { ids[starts[slot]..<starts[slot + 1]] }

  /// How many items have a tail under a slot.
  public func count(of tail: Int32, slot: Int) -> Int {
    var (low, high) = (starts[slot], starts[slot + 1])
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < tail { low = middle + 1 } else { high = middle }
    }
    return low < starts[slot + 1] && ids[low] == tail ? Int(counts[low]) : 0
  }
}
