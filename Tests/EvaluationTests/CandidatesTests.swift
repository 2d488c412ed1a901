import KSRNumerics
import ModelTestSupport
import Randomness
import Testing
import Workspace

@testable import Evaluation

/// Drawn and masked candidates, and item-kNN, against the plainest way to write them down.
@Suite struct CandidatesTests {
  private static let itemCount = 30

  /// Random histories and, of each, the cases of its steps from the second on.
  private struct Sample {
    var histories: [History]
    var cases: [RankingCase]

    init(seed: UInt64) {
      var generator = SeededGenerator(seed: seed)
      histories = (0..<12).map { user in
        let items = (0..<1 + generator.integer(below: 14)).map { _ in
          Int32(1 + generator.integer(below: CandidatesTests.itemCount - 6))
        }
        return History(
          user: "u\(user)", items: items, timestamps: items.indices.map(Double.init),
          isHeldOut: false)
      }
      cases = histories.indices.flatMap { [histories] user in
        (1..<max(1, histories[user].count)).map {
          RankingCase(user: user, history: histories[user].items, step: $0, maxLength: 9)
        }
      }
    }

    var training: [ArraySlice<Int32>] { histories.map { $0.items.dropLast(2) } }
  }

  /// The rank among some items, by definition.
  private func rank(
    _ target: Int32, among items: some Sequence<Int32>, _ scores: [Double]
  ) -> Double {
    let own = scores[Int(target)]
    let others = items.filter { $0 != target }.map { scores[Int($0)] }
    return 1 + Double(others.count { $0 > own }) + Double(others.count { $0 == own }) / 2
  }

  private func candidates(
    _ sample: Sample, _ mode: CandidateMode, masks: Bool, seed: UInt64 = 1
  ) -> Candidates {
    Candidates(
      mode, for: sample.cases, itemCount: Self.itemCount, training: sample.training,
      masking: masks ? sample.histories : nil, seed: seed)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func maskedHistoriesAreNotRanked(seed: UInt64) {
    let sample = Sample(seed: seed)
    let counts = (0..<Self.itemCount).map { item in
      Double(sample.training.flatMap { $0 }.count { $0 == Int32(item) })
    }
    let masked = candidates(sample, .full, masks: true)
    let popularity = Popularity(itemCount: Self.itemCount, sequences: sample.training)
    let ranks = popularity.ranks(sample.cases, among: masked)
    for (asked, found) in zip(sample.cases, ranks) {
      let seen = Set(sample.histories[asked.user].items.prefix(asked.step))
      let items = (1..<Int32(Self.itemCount)).filter { !seen.contains($0) }
      #expect(found == rank(asked.target, among: items, counts))
    }
  }

  @Test(arguments: [CandidateMode.uniform(5), .uniform(200), .popularity(7)])
  func drawnCandidatesAreFewAndTheSameAgain(mode: CandidateMode) {
    let sample = Sample(seed: 3)
    var random = RandomNetwork(seed: 5)
    random.itemCount = Self.itemCount
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let few = candidates(sample, mode, masks: false)
    let ranks = ranker.ranks(sample.cases, among: few)
    #expect(ranks == ranker.ranks(sample.cases, among: few, threads: 3))
    #expect(
      ranks
        == ranker.ranks(sample.cases, among: candidates(sample, mode, masks: false), threads: 2))
    let full = ranker.ranks(sample.cases)
    #expect(zip(ranks, full).allSatisfy { $0 <= $1 })
    let other = candidates(sample, mode, masks: false, seed: 2)
    if mode != .uniform(200) {
      #expect(ranker.ranks(sample.cases, among: other) != ranks)
      guard case .uniform(let count) = mode else { return }
      #expect(ranks.allSatisfy { $0 <= Double(count + 1) })
    } else {
      // 200 draws of 29 items leave hardly one out.
      #expect(zip(ranks, full).count { $0 != $1 } < ranks.count / 8)
    }
  }

  /// What is drawn by popularity occurs in training, and never is the target.
  @Test func popularityDrawsByTraining() {
    let sample = Sample(seed: 4)
    var drawn: [Int: Int] = [:]
    let few = candidates(sample, .popularity(50), masks: false)
    for index in sample.cases.indices {
      let target = sample.cases[index].target
      _ = few.rank(of: target, case: index) { item -> Int in
        if item != target { drawn[Int(item), default: 0] += 1 }
        return 0
      } whole: {
        Issue.record("all items are ranked")
        return Standing()
      }
    }
    let trained = Set(sample.training.flatMap { $0 }.map(Int.init))
    #expect(Set(drawn.keys) == trained)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func neighboursByDefinition(seed: UInt64) {
    let sample = Sample(seed: seed)
    let users = sample.training.map { Set($0) }
    func count(_ items: Int32...) -> Double {
      Double(users.count { user in items.allSatisfy(user.contains) })
    }
    for masks in [false, true] {
      let candidates = candidates(sample, .full, masks: masks)
      let model = ItemNeighbours(itemCount: Self.itemCount, sequences: sample.training)
      let ranks = model.ranks(sample.cases, among: candidates)
      #expect(ranks == model.ranks(sample.cases, among: candidates, threads: 3))
      for (asked, found) in zip(sample.cases, ranks) {
        let last = asked.items.last ?? 0
        let scores = (0..<Int32(Self.itemCount)).map { item -> Double in
          let product = count(last) * count(item)
          return item == last || product == 0 ? 0 : count(last, item) / product.squareRoot()
        }
        let seen = Set(sample.histories[asked.user].items.prefix(asked.step))
        let items = (1..<Int32(Self.itemCount)).filter { !masks || !seen.contains($0) }
        #expect(found == rank(asked.target, among: items, scores))
      }
    }
  }

  /// Steps that share a pass have the ranks of passes of their own.
  @Test(arguments: 1...3) func casesOfOneHistoryTogether(layers: Int) {
    let random = RandomNetwork(seed: 9, layers: layers)
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let histories = (0..<40).map { random.history(2 + $0 % 20, stream: UInt64($0)) }
    let cases = histories.indices.flatMap { user in
      (1..<histories[user].count).map {
        RankingCase(user: user, history: histories[user], step: $0, maxLength: 9)
      }
    }
    let together = ranker.ranks(cases)
    #expect(together == ranker.ranks(cases, threads: 2))
    // Each on its own; rounding may exchange two scores that are nearly the same.
    let alone = cases.map { ranker.ranks([$0])[0] }
    #expect(zip(together, alone).allSatisfy { abs($0 - $1) <= 1 })
    #expect(zip(together, alone).count { $0 != $1 } <= cases.count / 50)
  }

  @Test func scoresThatAreNotNumbersComeLast() {
    var random = RandomNetwork(seed: 9)
    random.overflows = true
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let sample = Sample(seed: 9)
    #expect(ranker.ranks(sample.cases).allSatisfy { $0 == 40 })
    let drawn = candidates(sample, .uniform(9), masks: false)
    let worst = drawn.rank(of: 1, case: 0) { _ in
      Float.nan
    } whole: {
      Standing()
    }
    let best = drawn.rank(of: 1, case: 0) {
      $0 == 1 ? 0 : Float.nan
    } whole: {
      Standing()
    }
    #expect(worst > 3 && best == 1)
    let masked = candidates(sample, .full, masks: true)
    let ranks = ranker.ranks(sample.cases, among: masked)
    for (asked, found) in zip(sample.cases, ranks) {
      let seen = Set(sample.histories[asked.user].items.prefix(asked.step))
      #expect(found == Double(40 - seen.subtracting([asked.target]).count))
    }
  }

  @Test(
    arguments: [
      ("full", CandidateMode.full), ("uni100", .uniform(100)), ("pop1", .popularity(1)),
      ("uni", nil), ("uni0", nil), ("pop-3", nil), ("labeled", nil), ("", nil), ("Full", nil),
    ] as [(String, CandidateMode?)])
  func modes(text: String, mode: CandidateMode?) {
    #expect(CandidateMode(text) == mode)
    if let mode { #expect(mode.text == text) }
  }
}
