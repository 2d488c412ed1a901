import Randomness
import Testing

@testable import Evaluation

/// The baseline's ranks against a plain restatement.
@Suite struct PopularityTests {
  private func cases(itemCount: Int) -> [RankingCase] {
    (1..<Int32(itemCount)).map {
      RankingCase(user: Int($0), history: [1, $0], step: 1, maxLength: 5)
    }
  }

  @Test(arguments: 0..<60) func ranksByCount(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let itemCount = 2 + generator.integer(below: 30)
    let sequences = (0..<generator.integer(below: 8)).map { _ in
      (0..<generator.integer(below: 12)).map { _ in
        Int32(1 + generator.integer(below: itemCount - 1))
      }
    }
    let watched = sequences.flatMap { $0 }
    let counts = (0..<Int32(itemCount)).map { item in watched.count { $0 == item } }
    let ranks = Popularity(itemCount: itemCount, sequences: sequences.map { $0[...] })
      .ranks(cases(itemCount: itemCount))
    for item in 1..<itemCount {
      // The mean of the places that items of one count share.
      let above = counts.dropFirst().count { $0 > counts[item] }
      let alike = counts.dropFirst().count { $0 == counts[item] }
      let places = (above + 1...above + alike).map(Double.init)
      #expect(ranks[item - 1] == places.reduce(0, +) / Double(alike))
    }
  }

  @Test func byHand() {
    let sequences: [[Int32]] = [[1, 1, 2], [3, 1, 2, 5]]
    let ranks = Popularity(itemCount: 7, sequences: sequences.map { $0[...] })
      .ranks(cases(itemCount: 7))
    #expect(ranks == [1, 2, 3.5, 5.5, 3.5, 5.5])
  }

  @Test func slicesCountAlone() {
    let sequence: [Int32] = [1, 2, 2, 2]
    let ranks = Popularity(itemCount: 3, sequences: [sequence.prefix(1)])
      .ranks(cases(itemCount: 3))
    #expect(ranks == [1, 2])
  }
}
