import Randomness

/// A set of steps, by their places in the window, in ascending order, and what its equation weighs.
struct WeightedSteps {
  let steps: [Int]
  let weight: Double
}

/// Sets of steps drawn at random: each once, in the order of their first time, with how often it came.
struct DrawnSteps {
  private var order: [[Int]] = []
  private var times: [[Int]: Double] = [:]

  mutating func add(_ steps: [Int]) {
    if times[steps] == nil { order.append(steps) }
    times[steps, default: 0] += 1
  }

  /// The sets, each time weighing so much.
  func weighted(_ each: Double = 1) -> [WeightedSteps] {
    order.map { WeightedSteps(steps: $0, weight: each * (times[$0] ?? 0)) }
  }
}

extension AttributionQuestion {
  /// Steps of the window, by their places in it, left out together.
  func without(_ places: [Int]) -> Ablation { .steps(places.map { $0 + window.lowerBound }) }
  /// Every step of the window left out.
  var withoutAll: Ablation { .steps(Array(window)) }

  /// No history at all: of a history longer than the window not what comes before it, either.
  var withoutHistory: Ablation { .steps(Array(0...step)) }

  /// The history up to the step, without the steps of an ablation.
  func items(under ablation: Ablation) -> [Int32] {
    guard case .steps(let steps) = ablation else { return Array(history) }
    var (kept, next) = ([Int32](), steps.sorted()[...])
    kept.reserveCapacity(history.count)
    for (step, item) in history.enumerated() {
      if next.first == step { next.removeFirst() } else { kept.append(item) }
    }
    return kept
  }

  /// What a method of a stream of its own draws with.
  func generator(_ stream: UInt64) -> SeededGenerator {
    SeededGenerator(seed: self.stream.seed, stream: self.stream.number ^ stream)
  }
}
