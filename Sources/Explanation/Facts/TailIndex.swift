import CKernels
import KSRModel
import KSRNumerics

/// The known tails of a model's items, arranged for explanations; built once per model.
public struct TailIndex: Sendable {
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

/// The tails nearest to a slot in embedding space, or why there are none to show.
package enum NearestTails: Sendable, Equatable {
  /// A tail and the cosine of its vector with the slot.
  package struct NearTail: Sendable, Equatable {
    package let tail: Int32
    package let name: String
    /// The cosine of its vector with the slot's value.
    package let cosine: Float
  }

  /// The nearest first; the note says where the comparison is weaker than it looks.
  case found([NearTail], note: String?)
  /// Why nothing can be compared.
  case unavailable(String)
}

extension TailIndex {
  /// The tails of a slot with the largest cosine to `value`; approximate by nature.
  package func nearest(
    to value: some Collection<Float>, under slot: Int, count: Int
  ) -> NearestTails {
    var search = NearestTailsSearch(to: Array(value), under: slot, count: count)
    var all = Int.max
    while true { if let found = search.work(&all, in: self) { return found } }
  }
}

/// Finds ``NearestTails`` a part at a time: a relation may have as many tails as there are people.
package struct NearestTailsSearch: Sendable {
  private let value: [Float]
  private let slot: Int
  private let count: Int
  private var leaders: [(tail: Int32, cosine: Float)] = []
  private var looked = 0

  /// A search for the `count` tails of a slot with the largest cosine to `value`.
  package init(to value: [Float], under slot: Int, count: Int) {
    (self.value, self.slot, self.count) = (value, slot, count)
  }

  /// Goes on with about so many multiplications as are left, and takes off those it has done.
  ///
  /// - Returns: the tails, or why there are none, when that is known.
  package mutating func work(_ left: inout Int, in index: TailIndex) -> NearestTails? {
    guard let directions = index.directions else {
      return .unavailable("The model file holds no vectors of the tails.")
    }
    let candidates = index.tails(under: slot)
    guard !candidates.isEmpty else {
      return .unavailable("No item has a known tail under this relation.")
    }
    guard norm(value) > 0 else { return .unavailable("The slot is still zero.") }
    let part = candidates.dropFirst(looked).prefix(max(256, left / max(1, value.count)))
    directions.look(for: value, among: part, count: count, &leaders)
    looked += part.count
    left -= part.count * value.count
    guard looked == candidates.count else { return nil }
    guard !leaders.isEmpty || count == 0 else {
      return .unavailable("The tails of this relation have no vectors.")
    }
    let note =
      index.entitiesWereTrained
      ? "Entity vectors were trained (freeze_kg: false); tails are compared in the original space."
      : nil
    return .found(
      leaders.map {
        .init(tail: $0.tail, name: index.tails.names[Int($0.tail)], cosine: $0.cosine)
      }, note: note)
  }
}

/// The vectors of the tails and their lengths, for finding those that point the way a slot does.
struct TailDirections: Sendable {
  /// The vectors themselves [tails K].
  private let vectors: Matrix
  /// 1/‖vector‖ by tail; 0 where there is no direction.
  private let inverseNorms: [Float]

  init(_ vectors: Matrix) {
    self.vectors = vectors
    inverseNorms = vectors.rowLengths.map { length in
      let inverse = 1 / length
      // Not so for zeros, and for what is no number.
      return inverse > 0 && inverse.isFinite ? inverse : 0
    }
  }

  /// Finds the candidates with the largest cosine to `value` among some more of them; none has no
  /// direction.
  ///
  /// - Parameter leaders: those found so far, best first; never more than `count`.
  func look(
    for value: [Float], among candidates: ArraySlice<Int32>, count: Int,
    _ leaders: inout [(tail: Int32, cosine: Float)]
  ) {
    let length = norm(value)
    guard count > 0, length > 0, length.isFinite else { return }
    let (unit, width) = (value.map { $0 / length }, vectors.columns)
    // Laid side by side first: the processor then waits for many of them at a time.
    let height = 256
    var rows = [Float](repeating: 0, count: height * width)
    var products = [Float](repeating: 0, count: height)
    var rest = candidates
    while !rest.isEmpty {
      let some = Array(rest.prefix(height))
      rest = rest.dropFirst(height)
      vectors.withValues { ksr_gather_rows(some.count, width, $0.baseAddress, some, &rows) }
      ksr_matvec(some.count, width, rows, width, unit, nil, &products)
      for (product, tail) in zip(products, some) where inverseNorms[Int(tail)] > 0 {
        let cosine = product * inverseNorms[Int(tail)]
        if leaders.count == count {
          guard cosine > leaders[count - 1].cosine else { continue }
          leaders.removeLast()
        }
        // Of equals the first to come stays in front.
        let place = leaders.firstIndex { $0.cosine < cosine } ?? leaders.count
        leaders.insert((tail, cosine), at: place)
      }
    }
  }
}
