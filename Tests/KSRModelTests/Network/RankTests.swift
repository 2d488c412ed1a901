import KSRModel
import ModelTestSupport
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

  @Test("A score that is not a number comes last")
  func notANumber() {
    let scores: [Float] = [0, 1, .nan, 3, -.infinity, .nan]
    #expect(ranks(of: [1, 2, 3, 4, 5], in: scores) == [2, 5, 1, 3, 5])
    for count in 1...5 {
      #expect(topItems(scores, count: count).map(\.item) == Array([3, 1, 4, 2, 5].prefix(count)))
    }
    var random = RandomNetwork()
    random.overflows = true
    let network = random.network()
    let terms = HistoryStates(network: network, items: [4]).terms(at: 0)
    var search = RankSearch(of: 5, under: terms, in: network)
    var left = 1 << 30
    #expect(search.work(&left, in: network) == 40)
  }

  @Test("A rank found piece by piece is the one found at once", arguments: [1, 5000, 1 << 30])
  func piecewise(multiplications: Int) {
    var random = RandomNetwork(seed: 2)
    random.itemCount = 3000
    let network = random.network()
    let terms = HistoryStates(network: network, items: random.history(6)).terms(at: 5)
    let scores = network.scores(terms)
    var pieces = 0
    for item in stride(from: Int32(0), to: 3000, by: 97) {
      var search = RankSearch(of: item, under: terms, in: network)
      var place: Double?
      while place == nil {
        var left = multiplications
        place = search.work(&left, in: network)
        #expect(left < multiplications)
        pieces += 1
      }
      #expect(place == rank(of: item, in: scores))
    }
    #expect(multiplications > 5000 ? pieces == 31 : pieces > 31)
  }
}
