import Evaluation
import KSRModel
import KSRNumerics
import Randomness

/// The parameter randomisation test: how much of an explanation is left where nothing was learnt.
///
/// After Adebayo and others, "Sanity checks for saliency maps" (2018). A network of the same shape, with the same knowledge graph but parameters drawn at random, is
/// asked about the same choices. Explanations that come out the same would say nothing about the
/// model.
package struct ParameterRandomisation: Sendable, Encodable {
  package let caseCount: Int
  /// Kendall's τ of the steps' exact contributions under the two models.
  package let stepAgreement: MeanInterval
  /// The share of choices with the same first step under both.
  package let sameFirstStep: MeanInterval
  /// Kendall's τ of the slots' contributions; nil where there is no memory.
  package let slotAgreement: MeanInterval?
  /// The share of choices with the same first slot under both; nil where there is no memory.
  package let sameFirstSlot: MeanInterval?
  /// The smallest, over choices, of the largest difference between two steps' amounts, relative to the
  /// largest amount: 0 would mean one explanation that is the same.
  package let smallestDifference: Double
}

extension FidelityStudy {
  /// The exact contributions of what was chosen, compared with those of a network drawn at random.
  package func parameterRandomisation(seed: UInt64 = 1) -> ParameterRandomisation {
    var generator = SeededGenerator(seed: seed)
    let other = network.randomised(using: &generator)
    struct Agreement: Sendable {
      let step, slot: Double?
      let sameStep, sameSlot: Double
      let difference: Double
    }
    let agreements = parallelMap(caseCount, threads: threads) { i in
      let test = cases[i]
      let states = HistoryStates(network: other, items: test.states.items)
      let tables = [test.states, states].map {
        Contributions($0, step: test.step, item: test.chosen)
      }
      let steps = tables.map { $0.stepSums.map(Double.init) }
      let slots = tables.map { $0.relationSums.map(Double.init) }
      let size = steps[0].reduce(0) { max($0, abs($1)) }
      return Agreement(
        step: RankAgreement.kendall(steps[0], steps[1]),
        slot: RankAgreement.kendall(slots[0], slots[1]),
        sameStep: RankAgreement.order(steps[0]).first == RankAgreement.order(steps[1]).first
          ? 1 : 0,
        sameSlot: RankAgreement.order(slots[0]).first == RankAgreement.order(slots[1]).first
          ? 1 : 0,
        difference: zip(steps[0], steps[1]).reduce(0) { max($0, abs($1.0 - $1.1)) }
          / max(size, 1e-30))
    }
    func interval(_ values: [Double?]) -> MeanInterval {
      var generator = SeededGenerator(seed: seed)
      let known = zip(values, cases.map(\.user)).filter { $0.0 != nil }
      return MeanInterval(
        known.map { $0.0 ?? 0 }, users: known.map(\.1), generator: &generator)
    }
    let hasSlots = network.readsMemory && network.relationCount > 1
    return ParameterRandomisation(
      caseCount: caseCount, stepAgreement: interval(agreements.map(\.step)),
      sameFirstStep: interval(agreements.map(\.sameStep)),
      slotAgreement: hasSlots ? interval(agreements.map(\.slot)) : nil,
      sameFirstSlot: hasSlots ? interval(agreements.map(\.sameSlot)) : nil,
      smallestDifference: agreements.map(\.difference).min() ?? 0)
  }
}

extension KSRNetwork {
  /// A network of the same shape whose learnt parameters are drawn at random (Xavier's uniform, no
  /// biases); entity and relation vectors stay.
  func randomised(using generator: inout SeededGenerator) -> KSRNetwork {
    var drawn = parameters
    for entry in parameters.entries
    where !["entity_embedding.weight", "relation_Matrix"].contains(entry.name) {
      let count = drawn[keyPath: entry.path].count
      let bound =
        entry.shape.count == 2 ? (6 / Float(entry.shape[0] + entry.shape[1])).squareRoot() : 0
      drawn[keyPath: entry.path] = (0..<count).map { _ in generator.uniform(-bound, bound) }
    }
    return KSRNetwork(settings: settings, parameters: drawn, facts: factTable)
  }
}
