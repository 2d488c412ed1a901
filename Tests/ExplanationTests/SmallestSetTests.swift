import KSRModel
import ModelTestSupport
import Testing

@testable import Explanation

@Suite("The smallest set without which a recommendation falls")
struct SmallestSetTests {
  /// The sizes of all sets of steps, without which the item is not among the first k: the smallest.
  private func bruteForce(
    _ states: HistoryStates, step: Int, item: Int32, k: Int, upTo limit: Int
  ) -> Int? {
    let runs = AblationRuns(states, step: step)
    let items = Array(Set(states.items[...step])).sorted()
    let masks = (1..<(1 << items.count) - 1).filter { $0.nonzeroBitCount <= limit }
    return masks.filter { mask in
      let left = Set(items.indices.filter { mask >> $0 & 1 == 1 }.map { items[$0] })
      let steps = Set((0...step).filter { left.contains(states.items[$0]) })
      return rank(of: item, in: runs.scoresWithout(steps: steps)) > Double(k)
    }.map(\.nonzeroBitCount).min()
  }

  @Test("is as small as the smallest of all sets", arguments: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 16])
  func smallest(seed: Int) throws {
    var random = RandomNetwork(seed: UInt64(seed), layers: 1 + seed % 3)
    random.settings.gamma = 3
    random.settings.memory = seed % 5 == 4 ? .none : .linear
    let network = random.network()
    // Longer than the window of nine at times; few items, so that some come again.
    let items = random.history(seed % 2 == 0 ? 7 : 12).map { 1 + $0 % 8 }
    let reading =
      seed % 3 == 0 && random.settings.memory == .linear
      ? ReadIntervention.none.silencing(1) : .none
    let states = HistoryStates(network: network, items: items, reading: reading)
    let step = items.count - 1
    let k = 1 + seed % 4
    let scores = network.scores(states.terms(at: step))
    for item in topItems(scores, count: k).map(\.item) {
      var search = SmallestSetSearch(states, step: step, item: item, k: k)
      while search.work(runs: 7) {}
      let outcome = try #require(search.outcome)
      let best = bruteForce(states, step: step, item: item, k: k, upTo: 4)
      switch outcome {
      case .found(let steps, let after, let isProven):
        let items = Set(steps.map { states.items[$0] })
        #expect(isProven)
        if let best { #expect(items.count == best) } else { #expect(items.count > 4) }
        let scores = AblationRuns(states, step: step).scoresWithout(steps: Set(steps))
        #expect(after == rank(of: item, in: scores) && after > Double(k))
        #expect(steps == steps.sorted())
        for (s, watched) in states.items[...step].enumerated() where items.contains(watched) {
          #expect(steps.contains(s), "every time that an item was watched")
        }
      case .notFound(let size): #expect(size == 3 && best ?? 4 > 3)
      case .notAmongFirst: Issue.record("it is among the first")
      }
    }
  }

  @Test("the result does not depend on the portions, and the limit is said")
  func portions() throws {
    let random = RandomNetwork(seed: 3)
    let states = HistoryStates(network: random.network(), items: random.history(9))
    let scores = states.network.scores(states.terms(at: 8))
    var isUnproven = false
    for item in topItems(scores, count: 6).map(\.item) {
      var outcomes: [SmallestSetSearch.Outcome?] = []
      for portion in [1, 5, 1000] {
        var search = SmallestSetSearch(states, step: 8, item: item, k: 10)
        while search.work(runs: portion) {}
        let isIdle = search.work(runs: 1) == false
        #expect(isIdle)
        outcomes.append(search.outcome)
      }
      #expect(outcomes[0] == outcomes[1] && outcomes[1] == outcomes[2])
      var short = SmallestSetSearch(states, step: 8, item: item, k: 10, runLimit: 0)
      while short.work(runs: 100) {}
      if case .found(let steps, _, false) = try #require(short.outcome) {
        isUnproven = true
        #expect(steps.count > 2)
      }
    }
    #expect(isUnproven, "no recommendation needs three items: choose another seed")
  }

  @Test("an item that is not among the first, and a history of one step")
  func nothingToFind() {
    let random = RandomNetwork(seed: 2)
    let states = HistoryStates(network: random.network(), items: random.history(5))
    let ranking = topItems(
      states.network.scores(states.terms(at: 4)), count: 40)
    let low = SmallestSetSearch(states, step: 4, item: ranking[20].item)
    #expect(low.outcome == .notAmongFirst(rank: 21))
    var only = SmallestSetSearch(
      states, step: 0,
      item: topItems(
        states.network.scores(states.terms(at: 0)), count: 1)[0].item)
    while only.work(runs: 3) {}
    #expect(only.outcome == .notFound(size: 3))
  }

  @Test("sets of a size come once each, below their bound")
  func sets() {
    for size in 1...3 {
      var sets = UnitSets(size: size)
      var found: [[Int]] = []
      while let set = sets.next(below: { 5 + $0.count }) { found.append(set) }
      let expected = (0..<(1 << 7)).map { mask in (0..<7).filter { mask >> $0 & 1 == 1 } }
        .filter { set in
          set.count == size && set.enumerated().allSatisfy { $0.element < 5 + $0.offset }
        }
      #expect(Set(found) == Set(expected) && found.count == expected.count)
    }
  }
}
