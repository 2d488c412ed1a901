import ModelTestSupport
import TestSupport
import Testing

@testable import KSRModel

@Suite struct HistoryStatesTests {
  @Test func everyStepIsTheModelRunOnTheLastItemsUpToIt() {
    let random = RandomNetwork()
    let network = random.network()
    let history = random.history(90)
    let states = HistoryStates(network: network, items: history)
    let window = network.settings.maxItemListLength
    // Twice, so that passes are asked for again after they were dropped.
    for step in Array(0..<90) + [3, 89, 40, 20, 88] {
      let alone = network.trace(Array(history[max(0, step + 1 - window)...step]))
      let last = alone.count - 1
      #expect(relativeDifference(states.state(at: step), alone.states.row(last)) < 1e-5)
      #expect(relativeDifference(states.preference(at: step), alone.preferences.row(last)) < 1e-5)
      #expect(states.window(at: step).count == min(window, step + 1))
    }
  }

  @Test func runsThatKeepTheirPassesTogetherAreTheSameAsAlone() {
    let random = RandomNetwork()
    let network = random.network()
    let items = random.history(40)
    let base = HistoryStates(network: network, items: items)
    var (shorter, reading) = (items, ReadIntervention.none)
    shorter.remove(at: 25)
    reading.scale(1, by: 0)
    let runs = [
      HistoryStates(network: network, items: shorter, like: base),
      HistoryStates(network: network, items: items, reading: reading, like: base),
    ]
    for step in [24, 26, 38, 24, 5, 30, 33, 34, 38] {
      for run in [base] + runs {
        let alone = HistoryStates(network: network, items: run.items, reading: run.reading)
        #expect(run.preference(at: step) == alone.preference(at: step))
        let (trace, row) = run.pass(through: step)
        #expect(trace.attention.row(row) == alone.pass(through: step).trace.attention.row(row))
      }
    }
  }

  @Test func scoresFoundTogetherAreThoseFoundAlone() {
    var random = RandomNetwork()
    // Several pieces of the catalogue.
    random.itemCount = 12_000
    let network = random.network()
    let runs = [3, 4].map { HistoryStates(network: network, items: random.history(20, stream: $0)) }
    for (step, other) in [(3, 19), (3, 19), (0, 7), (19, 1), (11, 4), (12, 5), (3, 19)] {
      runs[0].findScores(at: step, andOf: runs[1], at: other)
      #expect(runs[0].scores(at: step) == network.scores(runs[0].terms(at: step)))
      #expect(runs[1].scores(at: other) == network.scores(runs[1].terms(at: other)))
    }
  }
}
