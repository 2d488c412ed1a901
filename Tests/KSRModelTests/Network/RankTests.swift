import KSRModel
import Randomness
import Testing

@Suite struct RankTests {
  @Test(
    "A rank counts what is above, and shares the places of equals", arguments: [2, 50, 4097, 9000])
  func ranksOfMany(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    // Few different values, so that there are equals; the padding item would be first.
    var scores = (0..<count).map { _ in Float(generator.integer(below: 40)) }
    scores[0] = 1000
    let items = [1, count - 1] + (0..<20).map { _ in 1 + generator.integer(below: count - 1) }
    let expected = items.map { item in
      let better = scores[1...].count { $0 > scores[item] }
      let equal = scores[1...].count { $0 == scores[item] }
      return 1 + Double(better) + Double(equal - 1) / 2
    }
    #expect(ranks(of: items.map(Int32.init), in: scores) == expected)
    #expect(items.map { rank(of: Int32($0), in: scores) } == expected)
  }
}
