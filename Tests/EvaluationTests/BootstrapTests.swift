import Foundation
import KSRNumerics
import Randomness
import Testing

@testable import Evaluation

/// Intervals of means, users resampled whole.
@Suite struct BootstrapTests {
  private func interval(
    _ values: [Double], users: [Int], resamples: Int = 500, seed: UInt64 = 1
  ) -> MeanInterval {
    var generator = SeededGenerator(seed: seed)
    return MeanInterval(values, users: users, resamples: resamples, generator: &generator)
  }

  /// About normal, mean 0 and variance 1.
  private func normal(_ generator: inout SeededGenerator) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + generator.unit() }
  }

  @Test func constantsHaveNoWidth() {
    // The users have different numbers of cases, so sums must be divided by what was drawn.
    let users = (0..<40).map { Int(Double($0).squareRoot()) }
    let exact = interval(Array(repeating: 0.25, count: 40), users: users)
    #expect(exact.mean == 0.25 && exact.low == 0.25 && exact.high == 0.25)
    let rounded = interval(Array(repeating: 0.1, count: 40), users: users)
    for value in [rounded.mean, rounded.low, rounded.high] { #expect(abs(value - 0.1) < 1e-15) }
  }

  @Test func noValuesAndOneUser() {
    let none = interval([], users: [])
    #expect((none.mean, none.low, none.high) == (0, 0, 0))
    let one = interval([1, 2, 6], users: [4, 4, 4])
    #expect((one.mean, one.low, one.high) == (3, 3, 3))
  }

  @Test func theMeanIsOfCasesNotOfUsers() {
    #expect(interval([1, 1, 1, 5], users: [0, 0, 0, 1]).mean == 2)
  }

  @Test func theSeedDecides() {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<60).map { _ in generator.unit() }
    let users = values.indices.map { $0 / 3 }
    #expect(interval(values, users: users) == interval(values, users: users))
    #expect(interval(values, users: users) != interval(values, users: users, seed: 2))
    // In which order the cases are given does not matter.
    let (a, b) = (
      interval(values, users: users),
      interval(values.reversed(), users: users.reversed())
    )
    #expect(abs(a.low - b.low) < 1e-12 && abs(a.high - b.high) < 1e-12)
  }

  @Test func theWidthIsThatOfTheStandardError() {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<1000).map { _ in normal(&generator) }
    let found = interval(values, users: Array(values.indices), resamples: 2000)
    let mean = values.reduce(0, +) / 1000
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1000).squareRoot()
    let expected = 2 * 1.96 * deviation / 1000.0.squareRoot()
    #expect(abs(found.mean - mean) < 1e-12)
    #expect(abs((found.high - found.low) / expected - 1) < 0.08)
    #expect(abs((found.high + found.low) / 2 - mean) < 0.1 * expected)
  }

  /// Forty users with an effect of their own on their four cases: true mean 2.
  private func correlated(_ generator: inout SeededGenerator) -> (values: [Double], users: [Int]) {
    var (values, users) = ([Double](), [Int]())
    for user in 0..<40 {
      let effect = normal(&generator)
      for _ in 0..<4 {
        values.append(2 + effect + normal(&generator) / 2)
        users.append(user)
      }
    }
    return (values, users)
  }

  @Test func coversTheTrueMean() {
    var generator = SeededGenerator(seed: 7)
    var (covered, naive) = (0, 0)
    for trial in 0..<200 {
      let (values, users) = correlated(&generator)
      let found = interval(values, users: users, resamples: 300, seed: UInt64(trial))
      if found.low <= 2, 2 <= found.high { covered += 1 }
      let cases = interval(
        values, users: Array(values.indices), resamples: 300, seed: UInt64(trial))
      if cases.low <= 2, 2 <= cases.high { naive += 1 }
    }
    // 95 % is meant; 200 trials have a standard error of 1.5 points, forty users cost some more.
    #expect((177...199).contains(covered), "\(covered) of 200")
    #expect(naive < 160, "cases drawn singly would promise too much: \(naive) of 200")
  }

  @Test func correlatedUsersWidenTheInterval() {
    var generator = SeededGenerator(seed: 11)
    let (values, users) = correlated(&generator)
    let whole = interval(values, users: users, resamples: 2000)
    let single = interval(values, users: Array(values.indices), resamples: 2000)
    #expect(whole.mean == single.mean)
    // The variances are 1 + 1/16 and (1 + 1/4) / 4 for each user's mean.
    let expected = (1.0625 / 0.3125).squareRoot()
    let ratio = (whole.high - whole.low) / (single.high - single.low)
    #expect(abs(ratio / expected - 1) < 0.2, "\(ratio)")
  }
}
