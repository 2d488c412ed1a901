import KSRModel
import ModelTestSupport
import Testing

@testable import Explanation

@Suite("Explanations checked by doing")
struct AblationCheckTests {
  @Test(
    "Without steps or a slot, the sum predicts its score less their cells",
    arguments: NetworkCase.all)
  func prediction(test: NetworkCase) {
    let network = test.random.network()
    let states = HistoryStates(network: network, items: test.random.history(14))
    for step in [0, 5, 13] {
      let runs = AblationRuns(states, step: step)
      for contrast in [Contrast.none, .catalogueMean, .rivals, .item(9)] {
        let table = Contributions(states, step: step, item: 21, over: contrast)
        let size = max(1, abs(table.score), table.magnitude)
        let chosen = [table.steps.lowerBound, table.steps.upperBound - 1]
        let claim = runs.check(.steps(chosen), on: 21, over: contrast)
        let cells = Set([0, table.items.count - 1]).reduce(Float(0)) { $0 + table.stepSums[$1] }
        #expect(abs(claim.scoreBefore - table.score) < 1e-4 * size)
        #expect(
          abs(claim.predictedChange + cells - repeatedChange(states, step, chosen, contrast))
            < 1e-4 * size)
        for slot in 0..<network.relationCount {
          let claim = runs.check(.slot(slot), on: 21, over: contrast)
          #expect(abs(claim.predictedChange + table.relationSums[slot]) < 1e-4 * size)
        }
      }
    }
  }

  /// What a repeat bias makes of the removal: ρ stays where the item was chosen at another step.
  private func repeatedChange(
    _ states: HistoryStates, _ step: Int, _ removed: [Int], _ contrast: Contrast
  ) -> Float {
    let terms = states.terms(at: step)
    let item = ContrastedItem(21, over: contrast, under: terms, in: states.network)
    let left = Set((0...step).filter { !removed.contains($0) }.map { states.items[$0] })
    return (states.network.repeatBias ?? 0)
      * (item.repeated(terms.repeated.filter(left.contains)) - item.repeated(terms.repeated))
  }

  @Test("What really happens is the model run again", arguments: NetworkCase.all)
  func reality(test: NetworkCase) {
    let network = test.random.network()
    let states = HistoryStates(network: network, items: test.random.history(9))
    let runs = AblationRuns(states, step: 8)
    let mean = { (scores: [Float]) in scores.dropFirst().reduce(0, +) / Float(scores.count - 1) }
    let steps = runs.check(.steps([2, 7]), on: 12)
    let without = runs.scoresWithout(steps: [2, 7])
    #expect(steps.rankBefore == rank(of: 12, in: runs.scores))
    #expect(steps.rankAfter == rank(of: 12, in: without))
    #expect(abs(steps.scoreAfter - (without[12] - mean(without))) < 1e-4)
    let slot = runs.check(.slot(1), on: 12, over: .none)
    let silenced = runs.scoresWithout(relation: 1)
    #expect(slot.scoreAfter == silenced[12] && slot.rankAfter == rank(of: 12, in: silenced))
    if test.memory == .none {
      #expect(slot.realChange == 0 && slot.predictedChange == 0 && slot.verdict == .agrees)
    }
  }

  @Test("The last step without its cells is predicted for every item, so ranks are, too")
  func predictedRank() {
    let random = RandomNetwork(seed: 5)
    let network = random.network()
    let states = HistoryStates(network: network, items: random.history(6))
    let runs = AblationRuns(states, step: 5)
    let tables = (0..<network.itemCount).map {
      Contributions(states, step: 5, item: Int32($0), over: .none)
    }
    let scores = tables.map { $0.score - $0.stepSums[4] - $0.stepSums[1] }
    let predicted = runs.predictedScores(.steps([1, 4]))
    #expect(zip(scores, predicted).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(
      runs.check(.steps([1, 4]), on: 3).rankPredicted == rank(of: 3, in: predicted))
    // Nothing taken away changes nothing, to the bit.
    let nothing = runs.check(.steps([]), on: 3)
    #expect(nothing.scoreAfter == nothing.scoreBefore && nothing.rankAfter == nothing.rankBefore)
  }

  @Test(
    "Prediction and reality agree within a factor of two",
    arguments: [
      // before, predicted, after
      (10, 4, 4, "agrees"), (10, 4, 7, "agrees"), (10, 4, 7.1, "otherSize"),
      (10, 4, -2, "agrees"), (10, 4, -2.1, "otherSize"), (10, 4, 10.5, "otherSign"),
      (10, 12, 4, "otherSign"), (10, 10.2, 9.8, "agrees"), (10, 10.21, 9.8, "otherSign"),
      (10, 10, 9.9, "agrees"), (10, 10, 9, "otherSize"), (0.1, 0.11, 0.09, "agrees"),
      (-3, -4, -4.5, "agrees"), (-3, -4, -2, "otherSign"), (Float.nan, 1, 1, "otherSize"),
      (1, Float.infinity, 1, "otherSize"),
    ] as [(Float, Float, Float, String)])
  func verdicts(before: Float, predicted: Float, after: Float, verdict: String) {
    let claim = AblationCheck(
      ablation: .slot(0), scoreBefore: before, scorePredicted: predicted, scoreAfter: after,
      rankBefore: 1, rankPredicted: 1, rankAfter: 1)
    #expect(claim.verdict.rawValue == verdict)
  }
}
