import AtomicFiles
import Foundation
import Randomness

/// In which order values are tried.
package enum SearchAlgorithm: String, Sendable, CaseIterable {
  /// All combinations in declared order, the last setting changing fastest.
  case grid
  /// Combinations at random, none of them twice.
  case random
}

/// The trials of a tuning, in their order; they follow from the space and the seed.
package struct TrialPlan: Sendable {
  /// The values of a trial, in the order of the space's parameters.
  package typealias Values = [SettingValue]

  package let space: SearchSpace
  /// The trials; the first is number 1.
  package let trials: [Values]

  /// The plan of at most `maximum` trials.
  ///
  /// In a grid, `quniform` stands for all its values, and `uniform` and `loguniform`, which have no
  /// end of them, are drawn anew for each combination of the others. A random search of values that
  /// are all listed ends when none is left.
  package init(
    _ space: SearchSpace, _ algorithm: SearchAlgorithm, maximum: Int?, seed: UInt64
  ) {
    self.space = space
    switch algorithm {
    case .grid: trials = Self.grid(space, maximum: maximum ?? Self.largest, seed: seed)
    case .random: trials = Self.random(space, maximum: maximum ?? 30, seed: seed)
    }
  }

  static let largest = 100_000
  /// How many draws in a row may repeat an earlier trial before the space counts as used up.
  private static let repetitions = 1000

  private static func grid(_ space: SearchSpace, maximum: Int, seed: UInt64) -> [Values] {
    let lists = space.parameters.map { values(of: $0.range) }
    var trials: [Values] = []
    var places = lists.map { _ in 0 }
    while trials.count < min(maximum, largest) {
      var generator = SeededGenerator(seed: seed, stream: UInt64(trials.count + 1))
      trials.append(
        zip(space.parameters, zip(lists, places)).map { parameter, listed in
          listed.0?[listed.1] ?? draw(parameter.range, &generator)
        })
      var turning = places.count - 1
      while turning >= 0 {
        places[turning] += 1
        if places[turning] < lists[turning]?.count ?? 1 { break }
        places[turning] = 0
        turning -= 1
      }
      if turning < 0 { break }
    }
    return trials
  }

  private static func random(_ space: SearchSpace, maximum: Int, seed: UInt64) -> [Values] {
    var generator = SeededGenerator(seed: seed)
    var trials: [Values] = []
    var seen: Set<String> = []
    var repeated = 0
    while trials.count < min(maximum, largest), repeated < repetitions {
      let values = space.parameters.map { draw($0.range, &generator) }
      if seen.insert(values.map(\.yaml).joined(separator: "\n")).inserted {
        trials.append(values)
        repeated = 0
      } else {
        repeated += 1
      }
    }
    return trials
  }

  /// All values of a range, or nil if it has no end of them.
  private static func values(of range: SearchSpace.Range) -> Values? {
    switch range {
    case .choice(let values): return values
    case .quantised(let low, let high, let step):
      let first = (low / step).rounded()
      let count = (high / step).rounded() - first
      return (0...Int(min(count, Double(largest)))).map { .float((first + Double($0)) * step) }
    case .uniform, .logUniform: return nil
    }
  }

  private static func draw(
    _ range: SearchSpace.Range, _ generator: inout SeededGenerator
  ) -> SettingValue {
    func between(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * generator.unit()
    }
    switch range {
    case .choice(let values): return values[generator.integer(below: values.count)]
    case .uniform(let low, let high): return .float(between(low, high))
    case .logUniform(let low, let high): return .float(exp(between(low, high)))
    case .quantised(let low, let high, let step):
      return .float((between(low, high) / step).rounded() * step)
    }
  }
}
