import Explanation
import KSRModel
import Workspace

extension StepScene {
  /// How many items of the ranking are kept.
  static let listLength = 100

  /// What the model has to say at a step of a history.
  init(
    _ step: Int, of states: HistoryStates, edited: EditedHistory? = nil, session: Session,
    tails: TailIndex, hidesSeen: Bool
  ) {
    self.step = step
    window = states.window(at: step)
    let moved = StateSimilarity(states, steps: step..<step + 1)
    cosineWithPrevious = moved.withPrevious[0]
    changeOfState = moved.changes[0]
    slots = StepScene.slots(step, states, session, tails)
    (recommendations, hiddenCount) = StepScene.ranking(
      step, states, edited, session, hidesSeen)
  }

  private static func slots(
    _ step: Int, _ states: HistoryStates, _ session: Session, _ tails: TailIndex
  ) -> [Slot] {
    let network = session.network
    guard network.settings.memory == .knowledge, network.relationCount > 0 else { return [] }
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
        value: Array(trace.slot(slot, at: row)))
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
