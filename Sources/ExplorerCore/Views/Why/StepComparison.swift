import Explanation
import KSRModel

/// What each step is worth in two other ways, computed a portion at a time: what is really lost
/// without it, and gradient × input.
struct StepComparison {
  /// What is known so far, by row of the table.
  struct Known: Sendable {
    /// The model run again without the step; nil where it has not been yet.
    var without: [WhatIf.WithoutStep?] = []
    /// Gradient × input; empty until it is known.
    var gradient: [Float] = []
  }

  private(set) var known: Known
  private let whatIf: WhatIf
  private let score: ContrastedScore
  private let firstStep: Int
  /// Rows that have not been left out yet, the next one at the end.
  private var waiting: [Int]

  init(_ table: Contributions, _ states: HistoryStates) {
    let step = table.steps.upperBound - 1
    whatIf = WhatIf(states, step: step)
    score = ContrastedScore(of: table.item, over: table.contrast, under: whatIf.scores)
    firstStep = table.steps.lowerBound
    let sums = table.stepSums
    // The largest stand first on the screen, so they come first.
    waiting = sums.indices.sorted {
      let (a, b) = (abs(sums[$0]), abs(sums[$1]))
      return a != b ? a < b : $0 < $1
    }
    known = Known(without: Array(repeating: nil, count: sums.count))
  }

  /// Does a portion, one run of the model; false if nothing was missing.
  mutating func work() -> Bool {
    if known.gradient.isEmpty {
      let gradient = GradientTimesInput(
        whatIf.states, step: whatIf.step, item: score.item, over: score.contrast)
      known.gradient = zip(gradient.embedding, gradient.entity).map { $0 + $1 }
      return true
    }
    guard let row = waiting.popLast() else { return false }
    known.without[row] = whatIf.without(step: firstStep + row, score)
    return true
  }
}
