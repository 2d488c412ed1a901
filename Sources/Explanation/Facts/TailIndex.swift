import KSRModel

/// The known tails of a model's items, arranged for explanations; built once per model.
public struct TailIndex: Sendable {
  /// The facts themselves.
  package let tails: KnownTails
  /// The number of items, the padding item not counted.
  package let itemCount: Int
  /// Whether the model changed its entity vectors in training, so that they and the tails' original
  /// vectors lie in spaces that are no longer quite the same.
  package let entitiesWereTrained: Bool

  /// Where each slot starts in `ids` and `counts`; one more entry than slots.
  private let starts: [Int]
  /// Tails that occur under each slot, ascending.
  private let ids: [Int32]
  /// How many items have the tail under the slot.
  private let counts: [Int32]
  /// The tails' vectors, where the model has them.
  let directions: TailDirections?

  /// The index of a model's facts.
  package init(_ model: TrainedModel) {
    self.init(
      model.tails, itemCount: model.items.count - 1,
      entitiesWereTrained: !model.settings.freezesKnowledgeGraph)
  }

  /// The index of facts about `itemCount` items besides the padding item.
  package init(_ tails: KnownTails, itemCount: Int, entitiesWereTrained: Bool) {
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
        let place = item * tails.relationCount + slot
        for fact in Int(tails.offsets[place])..<Int(tails.offsets[place + 1]) {
          let tail = Int(tails.facts[fact])
          guard counted[tail] != item else { continue }
          if count[tail] == 0 { found.append(Int32(tail)) }
          count[tail] += 1
          counted[tail] = Int32(item)
        }
      }
      found.sort()
      for tail in found.map(Int.init) {
        ids.append(Int32(tail))
        counts.append(count[tail])
        (count[tail], counted[tail]) = (0, 0)
      }
      starts.append(ids.count)
    }
    (self.starts, self.ids, self.counts) = (starts, ids, counts)
    directions = tails.vectors.map(TailDirections.init)
  }

  /// The tails that occur under a slot, ascending.
  package func tails(under slot: Int) -> ArraySlice<Int32> { ids[starts[slot]..<starts[slot + 1]] }

  /// How many items have a tail under a slot.
  package func count(of tail: Int32, slot: Int) -> Int {
    var (low, high) = (starts[slot], starts[slot + 1])
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < tail { low = middle + 1 } else { high = middle }
    }
    return low < starts[slot + 1] && ids[low] == tail ? Int(counts[low]) : 0
  }
}
