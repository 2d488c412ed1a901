import Testing

@testable import Training

@Suite struct TrainingWindowTests {
  @Test func everyStepIsScoredOnceInEitherModeForAllSmallSizes() {
    for mode in WindowMode.allCases {
      for length in 0...40 {
        for maxLength in 1...12 {
          for stride in [nil] + (1...14).map(Optional.some) {
            let windows = mode.windows(lengths: [length], maxLength: maxLength, stride: stride)
            var scored: [Int] = []
            for window in windows {
              #expect(window.length >= 1 && window.length <= maxLength)
              #expect(window.firstScored >= 0 && window.firstScored < window.length)
              scored += (window.firstScored..<window.length).map { window.start + $0 }
            }
            #expect(scored.sorted() == Array(0..<max(0, length - 1)))
          }
        }
      }
    }
  }

  @Test func laterWindowsStartHalfAWindowLater() {
    let windows = WindowMode.windows.windows(lengths: [26], maxLength: 10)
    #expect(windows.map(\.start) == [0, 5, 10, 15])
    #expect(windows.map(\.firstScored) == [0, 5, 5, 5])
    #expect(windows.map(\.length) == [10, 10, 10, 10])
  }

  @Test func theStrideSaysHowMuchOfThePastEachStepSees() {
    func starts(_ stride: Int?) -> [Int] {
      WindowMode.windows.windows(lengths: [21], maxLength: 10, stride: stride).map(\.start)
    }
    #expect(starts(nil) == [0, 5, 10])
    #expect(starts(10) == [0, 10])
    #expect(starts(4) == [0, 4, 8, 12])
    #expect(starts(1) == Array(0...10))
    // A longer one would leave steps out.
    #expect(starts(99) == starts(10))
  }

  @Test func everyStepIsScoredOnceWhereverTheSecondWindowStarts() {
    for length in 2...40 {
      for maxLength in 1...12 {
        for first in 1...max(1, maxLength / 2) {
          let windows = WindowMode.windows.windows(
            lengths: [length], maxLength: maxLength
          ) { stride in
            #expect(stride == max(1, maxLength / 2))
            return first
          }
          let scored = windows.flatMap { window in
            (window.firstScored..<window.length).map { window.start + $0 }
          }
          #expect(scored == Array(0..<length - 1))
          #expect(windows.allSatisfy { $0.length <= maxLength && $0.scoredCount > 0 })
        }
      }
    }
  }

  @Test func movieLensTakesThePositionsOfTheDesign() {
    // A user with 700 training items: 14 windows' worth of half steps after the first.
    let windows = WindowMode.windows.windows(lengths: [700], maxLength: 50)
    #expect(windows.reduce(0) { $0 + $1.scoredCount } == 699)
    #expect(windows.dropFirst().allSatisfy { $0.scoredCount <= 25 })
  }

  @Test func prefixesAreRecBolesCases() {
    let windows = WindowMode.prefix.windows(lengths: [5], maxLength: 3)
    #expect(windows.map(\.start) == [0, 0, 0, 1])
    #expect(windows.map(\.length) == [1, 2, 3, 3])
    #expect(windows.allSatisfy { $0.scoredCount == 1 })
  }

  @Test func batchesHoldWholeWindowsAndAllOfThem() {
    let windows = WindowMode.windows.windows(lengths: [9, 1, 4, 30, 2], maxLength: 8)
    for size in 1...40 {
      let ranges = batches(of: windows, scoredPositions: size)
      #expect(ranges.flatMap(Array.init) == Array(windows.indices))
      for range in ranges.dropLast() {
        #expect(windows[range].reduce(0) { $0 + $1.scoredCount } >= size)
        #expect(windows[range.dropLast()].reduce(0) { $0 + $1.scoredCount } < size)
      }
    }
  }
}
