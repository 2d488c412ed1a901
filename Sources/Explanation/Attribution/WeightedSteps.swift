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

  /// What a method of a stream of its own draws with.
  func generator(_ stream: UInt64) -> SeededGenerator {
    SeededGenerator(seed: self.stream.seed, stream: self.stream.number ^ stream)
  }
}
