import KSRNumerics
import Randomness
import Testing

@testable import KSRNumerics

@Suite struct StandingTests {
  private func rank(_ place: Int, _ scores: [Float]) -> Double {
    scores.withUnsafeBufferPointer { Standing(of: scores[place], among: $0).rank }
  }

  @Test func equalScoresShareTheMeanOfTheirPlaces() {
    #expect(rank(0, [5, 1, 2]) == 1)
    #expect(rank(1, [5, 1, 2]) == 3)
    #expect((0..<4).map { rank($0, [1, 2, 2, 2]) } == [4, 2, 2, 2])
    #expect(rank(2, [3, 3, 3, 3]) == 2.5)
  }

  @Test func whatIsNotANumberStandsBehindEverything() {
    let scores: [Float] = [.nan, 1, -.infinity, .nan, 2]
    #expect((0..<5).map { rank($0, scores) } == [5, 2, 3, 5, 1])
    #expect(rank(1, [Float](repeating: .nan, count: 7)) == 7)
    var standing = Standing()
    standing.count(1.0, against: Double.nan)
    standing.count(.nan, against: Double.nan)
    standing.count(.nan, against: Double.nan, -1)
    #expect(standing.rank == 2)
    standing = Standing()
    standing.count(Double.nan, against: -.infinity)
    #expect(standing.rank == 1)
  }

  @Test func countedInPiecesAsAtOnce() {
    var generator = SeededGenerator(seed: 3)
    let scores = (0..<1000).map { _ in Float(generator.integer(below: 30)) }
    for place in stride(from: 0, to: 1000, by: 37) {
      var standing = Standing()
      for start in stride(from: 0, to: 1000, by: 300) {
        scores[start..<min(1000, start + 300)].withUnsafeBufferPointer {
          standing.count($0, against: scores[place])
        }
      }
      standing.count(scores[place], against: scores[place], -1)
      #expect(standing.rank == rank(place, scores))
    }
  }
}

@Suite struct LRUCacheTests {
  @Test func theOneNotAskedForTheLongestGoes() {
    var cache = LRUCache<Int, String>(limit: 2)
    cache[1] = "a"
    cache[2] = "b"
    #expect(cache[1] == "a")
    cache[3] = "c"
    #expect(cache[2] == nil && cache[1] == "a" && cache[3] == "c")
    #expect(cache.removeValue(forKey: 1) == "a" && cache[1] == nil)
    cache[3] = nil
    #expect(cache[3] == nil)
  }
}
