import KSRModel
import Workspace

/// One recommendation whose explanations are put to the test.
struct FidelityCase: Sendable {
  /// The fewest steps that a history must have, so that five can be taken away.
  static let fewestSteps = 6

  let viewer: Int
  /// The history up to the choice.
  let states: HistoryStates
  /// What was chosen after it.
  let chosen: Int32

  /// The last step of the history.
  var step: Int { states.count - 1 }
  /// The steps that the model sees.
  var window: ClosedRange<Int> { states.window(at: step) }

  /// For up to `count` viewers, at even distances, the last choice that the model never saw.
  static func cases(_ session: Session, count: Int) -> [FidelityCase] {
    let eligible = session.viewers.indices.compactMap { viewer -> FidelityCase? in
      let history = session.viewers[viewer]
      let last = (fewestSteps..<max(fewestSteps, history.count)).last {
        session.mark(of: history, step: $0) == .test
      }
      return last.map {
        FidelityCase(
          viewer: viewer,
          states: HistoryStates(network: session.network, items: Array(history.items[..<$0])),
          chosen: history.items[$0])
      }
    }
    let count = min(max(0, count), eligible.count)
    return (0..<count).map { eligible[$0 * eligible.count / count] }
  }

  /// The history without some of its steps.
  func items(without steps: some Collection<Int>) -> [Int32] {
    let steps = Set(steps)
    return states.items.indices.filter { !steps.contains($0) }.map { states.items[$0] }
  }

  /// The given steps of the history and no others, in their order.
  func items(only steps: some Collection<Int>) -> [Int32] {
    steps.sorted().map { states.items[$0] }
  }
}
