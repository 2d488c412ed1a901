import KSRModel

/// Explanations checked by doing: the model runs again without a step or without a slot.
///
/// A removed step is removed from the history itself, as an edit would: in a history longer than
/// the window an earlier step takes the place that becomes free.
package struct WhatIf: Sendable {
  /// What happened to one item.
  public struct Effect: Sendable, Equatable {
    package let item: Int32
    /// Its score with everything in place.
    package let scoreBefore: Float
    /// Its score after the change.
    package let scoreAfter: Float
    /// Its rank among all items with everything in place, from 1.
    package let rankBefore: Double
    /// Its rank after the change.
    package let rankAfter: Double
  }

  package let states: HistoryStates
  /// The step whose scores are looked at.
  package let step: Int
  /// The scores of all items with everything in place [N].
  package let scores: [Float]

  /// The scores at a step of a history.
  package init(_ states: HistoryStates, step: Int) {
    self.states = states
    self.step = step
    scores = states.scores(at: step)
  }

  /// The scores of all items had the viewer not watched the given steps (from 0) [N].
  ///
  /// Steps after the one looked at change nothing. Without any step left the scores are those of an
  /// empty history.
  package func scoresWithout(steps: Set<Int>) -> [Float] {
    let network = states.network
    let removed = steps.count { (0...step).contains($0) }
    guard removed <= step else { return network.scores(network.parameters.denseLayerU.bias) }
    // Later items stay, so that a history from which nothing is removed is read as it was, bit for
    // bit.
    let kept = states.items.indices.filter { $0 > step || !steps.contains($0) }
      .map { states.items[$0] }
    let edited = HistoryStates(network: network, items: kept, reading: states.reading)
    return network.scores(edited.preference(at: step - removed))
  }

  /// The scores of all items had one slot not been read, the attention being shared out among the
  /// others [N].
  package func scoresWithout(relation: Int) -> [Float] {
    let network = states.network
    guard network.readsMemory else { return scores }
    let (trace, row) = states.pass(through: step)
    let others = (0..<network.relationCount).filter { $0 != relation }
    return network.scores(network.preference(trace, row: row, reading: others))
  }

  /// What a change of the scores does to an item.
  package func effect(on item: Int32, of changed: [Float]) -> Effect {
    effect(on: item, of: changed, rankBefore: rank(of: item, in: scores))
  }

  /// What leaving out each of the given steps, one at a time, does to an item; in their order.
  ///
  /// One run of the model and one scoring of the catalogue for each step.
  package func leaveOneOut(_ steps: some Sequence<Int>, on item: Int32) -> [Effect] {
    let before = rank(of: item, in: scores)
    return steps.map {
      effect(on: item, of: scoresWithout(steps: [$0]), rankBefore: before)
    }
  }

  private func effect(on item: Int32, of changed: [Float], rankBefore: Double) -> Effect {
    Effect(
      item: item, scoreBefore: scores[Int(item)], scoreAfter: changed[Int(item)],
      rankBefore: rankBefore, rankAfter: rank(of: item, in: changed))
  }
}
