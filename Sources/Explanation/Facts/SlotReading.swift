import Glibc
import KSRModel

/// What a memory slot holds, said in two ways that are never mixed.
///
/// ``facts`` is exact: how much of the slot each step still holds, told by the known tails of its
/// item. ``nearest`` is approximate: tails whose vectors point the way that the slot does.
package struct SlotReading: Sendable {
  /// A known tail and how much of the slot was written by items that have it.
  package struct HeldTail: Sendable, Equatable {
    package let tail: Int32
    package let name: String
    /// Its share of the slot, 0 to 1; in a memory of facts w, of which each tail has its own.
    package let weight: Float
    /// m = w^p idf, what a memory of facts matches with; nil in any other.
    package let held: Float?
    /// The steps of the history that wrote it, from 0, oldest first.
    package let steps: [Int]
  }

  package let slot: Int
  /// The known tails of the items written, the largest weight first, in a memory of facts the largest
  /// m.
  ///
  /// A step whose item has several tails under the relation divides its weight equally; in a memory of
  /// facts each of them gets all of it.
  package let facts: [HeldTail]
  /// The share written by items that have no known tail under the relation.
  package let weightWithoutFact: Float
  /// The steps that wrote it, oldest first.
  package let stepsWithoutFact: [Int]
  /// The share that is still the zero that the slot started from.
  package let unwritten: Float
  /// The tails whose vectors are nearest to the slot.
  package let nearest: NearestTails

  /// Reads a slot at a row of a trace whose first row is step `firstStep` of the history.
  package init(
    _ trace: Trace, row: Int, slot: Int, index: TailIndex, nearest count: Int = 5,
    firstStep: Int = 0
  ) {
    self.slot = slot
    // What another run wrote has no steps of this one.
    let patched = trace.reading.slots[slot]
    let items = patched?.items ?? trace.items
    let weights = patched?.weights ?? trace.slotWeights(of: slot, at: row)
    let isOfFacts = trace.factSlots != nil
    var place: [Int32: Int] = [:]
    var held: [(tail: Int32, weight: Float, steps: [Int])] = []
    var (without, stepsWithout) = (Float(0), [Int]())
    for (s, weight) in weights.enumerated() {
      let all = index.tails.of(item: Int(items[s]), slot: slot)
      let known = isOfFacts ? Set(all).sorted() : Array(all)
      // In a memory of facts an item without one writes nothing.
      if known.isEmpty, !isOfFacts {
        without += weight
        if patched == nil { stepsWithout.append(firstStep + s) }
      }
      for tail in known {
        let at = place[tail] ?? held.count
        if at == held.count {
          place[tail] = at
          held.append((tail, 0, []))
        }
        held[at].weight += isOfFacts ? weight : weight / Float(known.count)
        if patched == nil, held[at].steps.last != firstStep + s {
          held[at].steps.append(firstStep + s)
        }
      }
    }
    facts = held.map {
      let idf = log(Float(index.itemCount) / Float(max(1, index.count(of: $0.tail, slot: slot))))
      return HeldTail(
        tail: $0.tail, name: index.tails.names[Int($0.tail)], weight: $0.weight,
        held: isOfFacts ? FactMemory.held($0.weight, idf: idf) : nil, steps: $0.steps)
    }.sorted {
      let sizes = ($0.held ?? $0.weight, $1.held ?? $1.weight)
      return sizes.0 != sizes.1 ? sizes.0 > sizes.1 : $0.tail < $1.tail
    }
    weightWithoutFact = without
    stepsWithoutFact = stepsWithout
    unwritten =
      patched.map { max(0, 1 - $0.weights.reduce(0, +)) }
      ?? (0...row).reduce(1) { $0 * (1 - trace.writeGates[$1, slot]) }
    nearest =
      isOfFacts
      ? .unavailable("The slot holds facts, not a vector.")
      : index.nearest(to: trace.slot(slot, at: row), under: slot, count: count)
  }

  /// Reads a slot at a step of a history, as the model sees it there.
  package init(
    _ states: HistoryStates, step: Int, slot: Int, index: TailIndex, nearest count: Int = 5
  ) {
    let (trace, row) = states.pass(through: step)
    self.init(
      trace, row: row, slot: slot, index: index, nearest: count, firstStep: step - row)
  }
}
