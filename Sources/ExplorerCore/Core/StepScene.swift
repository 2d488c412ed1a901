import Explanation
import KSRModel
import Workspace

package struct StepScene: Sendable {
  package struct Slot: Sendable {
    package let slot: Int
    package let name: String
    /// α at this step.
    package let attention: Float
    /// α less that of the step before; nil at the first step.
    package let change: Float?
    /// The write gate z at this step.
    package let gate: Float
    /// The known tails that the slot holds and the weights they have in it.
    ///
    /// Those nearest to it are looked for in the selected slot only, see ``Scene/nearestTails``.
    package let reading: SlotReading
    /// Its value [K].
    package let value: [Float]
  }

  package struct Recommendation: Sendable {
    package let item: Int32
    /// Its place, from 1.
    package let rank: Double
    package let title: String
    package let year: Int?
    package let score: Float
    /// The probability of being next, where the model has probabilities.
    package let probability: Float?
    /// The score over that of the average item, taken apart.
    package let parts: ScoreParts
    package let isTruth: Bool
    package let isSeen: Bool
  }

  /// The step, from 0.
  package let step: Int
  package let window: ClosedRange<Int>
  /// The cosine of h_t with h_{t−1}; nil at the first step.
  package let cosineWithPrevious: Float?
  /// ‖h_t − h_{t−1}‖; the state before the first step is zero.
  package let changeOfState: Float
  /// The slots in the model's order; empty for a model without memory.
  package let slots: [Slot]
  /// What α leaves to no relation; nil without a null slot.
  package let nullAttention: Float?
  /// The first items of the ranking; what came next is the last of them if it is not among the
  /// first.
  package let recommendations: [Recommendation]
  /// Whether the list is there; while the items are being ranked it is empty.
  let isRanked: Bool
  /// How many items of the ranking were left out because the user had watched them.
  package let hiddenCount: Int

  /// The slots in another order; those that are equal keep the model's.
  func slots(by order: SlotOrder) -> [Slot] {
    func sorted(_ key: (Slot) -> Float) -> [Slot] {
      slots.enumerated().sorted {
        let (a, b) = (key($0.element), key($1.element))
        return a != b ? a > b : $0.offset < $1.offset
      }.map(\.element)
    }
    switch order {
    case .model: return slots
    case .attention: return sorted(\.attention)
    case .change: return sorted { abs($0.change ?? 0) }
    case .name: return slots.sorted { ($0.name, $0.slot) < ($1.name, $1.slot) }
    }
  }

  /// A recommendation by row, the last for rows after it.
  func recommendation(_ row: Int) -> Recommendation? {
    recommendations.isEmpty ? nil : recommendations[min(row, recommendations.count - 1)]
  }

  var leader: Int? { slots.max { $0.attention < $1.attention }?.slot }
}

package enum SlotOrder: String, CaseIterable, Sendable {
  /// As they are in the model, so that rows stay where they are.
  case model
  /// The largest α first.
  case attention
  /// The largest change of α first.
  case change
  case name
}

extension StepScene {
  static let listLength = 100

  init(
    _ step: Int, of states: HistoryStates, edited: EditedHistory? = nil, session: Session,
    tails: TailIndex, hidesSeen: Bool, ranked: Bool = true
  ) {
    self.step = step
    isRanked = ranked
    window = states.window(at: step)
    let moved = StateSimilarity(states, steps: step..<step + 1)
    cosineWithPrevious = moved.withPrevious[0]
    changeOfState = moved.changes[0]
    slots = StepScene.slots(step, states, session, tails)
    let (trace, row) = states.pass(through: step)
    nullAttention = trace.nullAttention.isEmpty ? nil : trace.nullAttention[row]
    (recommendations, hiddenCount) =
      ranked ? StepScene.ranking(step, states, edited, session, hidesSeen) : ([], 0)
  }

  private static func slots(
    _ step: Int, _ states: HistoryStates, _ session: Session, _ tails: TailIndex
  ) -> [Slot] {
    let network = session.network
    guard network.settings.memory != .none, network.relationCount > 0 else { return [] }
    let (trace, row) = states.pass(through: step)
    let before = step > 0 ? states.pass(through: step - 1) : nil
    return (0..<network.relationCount).map { slot in
      let attention = trace.attention[row, slot]
      return Slot(
        slot: slot, name: session.model.relationNames[slot], attention: attention,
        change: before.map { attention - $0.trace.attention[$0.row, slot] },
        gate: trace.writeGates[row, slot],
        reading: SlotReading(
          trace, row: row, slot: slot, index: tails, nearest: 0, firstStep: step - row),
        value: trace.factSlots == nil ? Array(trace.slot(slot, at: row)) : [])
    }
  }

  private static func ranking(
    _ step: Int, _ states: HistoryStates, _ edited: EditedHistory?, _ session: Session,
    _ hidesSeen: Bool
  ) -> ([Recommendation], hidden: Int) {
    let scores = states.scores(at: step)
    let follower = step + 1 < states.count ? states.items[step + 1] : nil
    // What came next is a fact about the history as it was.
    let next = edited.map { $0.next(after: step) } ?? follower
    let seen = Set(states.items[...step])
    var chosen = topItems(scores, count: listLength) {
      hidesSeen && seen.contains($0) && $0 != next
    }
    if let next, !chosen.contains(where: { $0.item == next }) {
      chosen.append(ScoredItem(item: next, score: scores[Int(next)]))
    }
    let probabilities: [Float]? =
      session.model.settings.loss == .crossEntropy ? KSRModel.probabilities(scores) : nil
    let parts = StepParts(states, step: step)
    // Those of the list are in order already, unless it has gaps.
    let first = hidesSeen ? 0 : min(listLength, chosen.count)
    let ranks =
      (0..<first).map { Double($0 + 1) }
      + KSRModel.ranks(of: chosen[first...].map(\.item), in: scores)
    let list = chosen.enumerated().map { place, candidate in
      Recommendation(
        item: candidate.item, rank: ranks[place],
        title: session.model.itemNames[Int(candidate.item)], year: session.year(of: candidate.item),
        score: candidate.score, probability: probabilities.map { $0[Int(candidate.item)] },
        parts: parts.scoreParts(of: candidate.item), isTruth: candidate.item == next,
        isSeen: seen.contains(candidate.item))
    }
    return (list, hidesSeen ? seen.count { $0 != next } : 0)
  }
}
