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
    /// Its share of the slot, 0 to 1.
    package let weight: Float
    /// The steps of the history that wrote it, from 0, oldest first.
    package let steps: [Int]
  }

  package let slot: Int
  /// The known tails of the items written, the largest weight first.
  ///
  /// A step whose item has several tails under the relation divides its weight equally.
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
    let weights = trace.slotWeights(of: slot, at: row)
    var place: [Int32: Int] = [:]
    var held: [(tail: Int32, weight: Float, steps: [Int])] = []
    var (without, stepsWithout) = (Float(0), [Int]())
    for (s, weight) in weights.enumerated() {
      let known = index.tails.of(item: Int(trace.items[s]), slot: slot)
      if known.isEmpty {
        without += weight
        stepsWithout.append(firstStep + s)
      }
      for tail in known {
        let at = place[tail] ?? held.count
        if at == held.count {
          place[tail] = at
          held.append((tail, 0, []))
        }
        held[at].weight += weight / Float(known.count)
        if held[at].steps.last != firstStep + s { held[at].steps.append(firstStep + s) }
      }
    }
    facts = held.sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.tail < $1.tail }
      .map {
        HeldTail(
          tail: $0.tail, name: index.tails.names[Int($0.tail)], weight: $0.weight, steps: $0.steps)
      }
    weightWithoutFact = without
    stepsWithoutFact = stepsWithout
    unwritten = (0...row).reduce(1) { $0 * (1 - trace.writeGates[$1, slot]) }
    nearest = index.nearest(to: trace.slot(slot, at: row), under: slot, count: count)
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
