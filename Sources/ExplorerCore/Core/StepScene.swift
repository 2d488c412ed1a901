import Explanation
import KSRModel

/// What the screen shows of the model at one step of a history.
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

  /// One item of the catalogue as the model ranks it.
  package struct Recommendation: Sendable {
    package let item: Int32
    /// Its place, from 1.
    package let rank: Double
    package let title: String
    /// Its year, where the data tells it.
    package let year: Int?
    /// The score that the network gives.
    package let score: Float
    /// The probability of being next, where the model has probabilities.
    package let probability: Float?
    /// The score over that of the average item, taken apart.
    package let parts: ScoreParts
    package let isTruth: Bool
    /// Whether the user had watched it already.
    package let isSeen: Bool
  }

  /// The step, from 0.
  package let step: Int
  /// The steps that the model sees.
  package let window: ClosedRange<Int>
  /// The cosine of h_t with h_{t−1}; nil at the first step.
  package let cosineWithPrevious: Float?
  /// ‖h_t − h_{t−1}‖; the state before the first step is zero.
  package let changeOfState: Float
  /// The slots in the model's order; empty for a model without memory.
  package let slots: [Slot]
  /// The first items of the ranking; what came next is the last of them if it is not among the
  /// first.
  package let recommendations: [Recommendation]
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

  /// The slot that is read most.
  var leader: Int? { slots.max { $0.attention < $1.attention }?.slot }
}

/// The order of the slots on the screen.
package enum SlotOrder: String, CaseIterable, Sendable {
  /// As they are in the model, so that rows stay where they are.
  case model
  /// The largest α first.
  case attention
  /// The largest change of α first.
  case change
  case name
}
