import KSRNumerics
import Testing

@Suite struct ParallelTests {
  @Test func everyIndexOnceWhateverTheThreads() {
    for (count, threads) in [(0, 2), (1, 4), (7, 1), (7, 3), (100, 8)] {
      let seen = Counts(count)
      parallel(count, threads: threads) { seen.add($0) }
      #expect(seen.values == Array(repeating: 1, count: count))
    }
  }

  @Test func stretchesCoverARow() {
    for count in [0, 1, 1 << 15, 100_000] {
      let seen = Counts(count)
      parallel(stretchesOf: count, threads: 3) { start, length in
        for index in start..<start + length { seen.add(index) }
      }
      #expect(seen.values == Array(repeating: 1, count: count))
    }
  }

  @Test func valuesComeInOrder() {
    #expect(parallelMap(100, threads: 4) { $0 * $0 } == (0..<100).map { $0 * $0 })
  }
}

/// Counters, one for each index; each is written by one thread.
private final class Counts: @unchecked Sendable {
  private let base: UnsafeMutableBufferPointer<Int>

  init(_ count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: 0)
  }

  deinit { base.deallocate() }

  func add(_ index: Int) { base[index] += 1 }
  var values: [Int] { Array(base) }
}
