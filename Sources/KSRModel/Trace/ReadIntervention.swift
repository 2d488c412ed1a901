/// A change of what is read from the memory; what is written stays as it is.
///
///     α'_a = f_a softmax_a(γ' (W_d h + b_d) · r_a) / Σ_b f_b softmax_b(γ' …)
///
/// Patches put what another run has in the place of the own h_t or of slots wherever they are read
/// (activation patching); the GRU and the writes go on as they were.
/// A factor f_a of 0 silences a slot: its weight goes to the others in proportion to theirs. All
/// factors but one at 0 force the attention onto that slot. With all factors at 0 nothing is read,
/// m = 0. Since attention does not reach the GRU state or the slots, a step's state and memory are
/// those of the unchanged model.
public struct ReadIntervention: Sendable, Hashable {
  /// What takes the place of the model's γ; nil for the model's own.
  package private(set) var gamma: Float?
  /// f_a by slot; slots that are not here have 1.
  package private(set) var factors: [Int: Float]

  /// What takes the place of h_t [H]; nil for the run's own.
  package private(set) var state: [Float]?
  /// What takes the place of slots.
  package private(set) var slots: [Int: SlotContent]

  package static let none = ReadIntervention()

  private init() {
    gamma = nil
    factors = [:]
    state = nil
    slots = [:]
  }

  package var isNone: Bool { self == .none }

  package func factor(of slot: Int) -> Float { factors[slot] ?? 1 }

  /// Multiplies a slot's weight; 0 silences it, and nothing but ``force(_:of:)`` wakes it again.
  ///
  /// - Parameter factor: 0 or more, and finite.
  package mutating func scale(_ slot: Int, by factor: Float) {
    precondition(factor >= 0 && factor.isFinite)
    // A product past the largest number is the largest number.
    let product = min(self.factor(of: slot) * factor, .greatestFiniteMagnitude)
    factors[slot] = product == 1 ? nil : product
  }

  /// Gives one slot of `count` all of the attention, whatever was changed before.
  package mutating func force(_ slot: Int, of count: Int) {
    factors = [:]
    // Behind the relations comes the null slot, where there is one.
    for other in 0...count where other != slot { factors[other] = 0 }
  }

  /// Puts another number in the place of γ.
  package mutating func setGamma(_ value: Float) { gamma = value }

  /// Reads h of another run.
  package mutating func patchState(_ values: [Float]) { state = values }

  /// Reads a slot of another run.
  package mutating func patch(_ slot: Int, with content: SlotContent) { slots[slot] = content }

  /// The same change with one slot silenced.
  package func silencing(_ slot: Int) -> ReadIntervention {
    var other = self
    other.scale(slot, by: 0)
    return other
  }
}

/// What a slot holds at a step, to be read by another run.
package struct SlotContent: Sendable, Hashable {
  /// v_a [K], in a linear memory; empty in any other.
  package let vector: [Float]
  /// The columns with w and m, in a memory of facts.
  package let facts: [FactSlots.Held]
  /// The items that were written, and how much of the slot each still holds: c_{s,a}.
  package let items: [Int32]
  package let weights: [Float]
}
