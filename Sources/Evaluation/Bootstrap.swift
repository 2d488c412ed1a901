import KSRNumerics
import Randomness

extension MeanInterval {
  /// The mean of `values` with the middle 95 % of its bootstrap distribution, whole users resampled.
  ///
  /// Steps of one user are not independent, so users are drawn, each with all its cases. For a
  /// paired comparison `values` are the differences between the two models, case by case.
  ///
  /// - Parameters:
  ///   - users: the user of each value.
  ///   - resamples: how many resamples are drawn.
  package init(
    _ values: [Double], users: [Int], resamples: Int = 2000, generator: inout SeededGenerator
  ) {
    precondition(values.count == users.count && resamples > 0)
    var sums: [Int: (sum: Double, count: Int)] = [:]
    for (value, user) in zip(values, users) {
      sums[user, default: (0, 0)].sum += value
      sums[user, default: (0, 0)].count += 1
    }
    let clusters = sums.sorted { $0.key < $1.key }.map(\.value)
    let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    guard !clusters.isEmpty else {
      self.init(mean: mean, low: 0, high: 0)
      return
    }
    var means: [Double] = []
    for _ in 0..<resamples {
      var (sum, count) = (0.0, 0)
      for _ in clusters {
        let drawn = clusters[generator.integer(below: clusters.count)]
        sum += drawn.sum
        count += drawn.count
      }
      means.append(sum / Double(count))
    }
    means.sort()
    // As many resamples lie below the one as above the other.
    let outside = resamples * 25 / 1000
    self.init(mean: mean, low: means[outside], high: means[resamples - 1 - outside])
  }
}
