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
}
