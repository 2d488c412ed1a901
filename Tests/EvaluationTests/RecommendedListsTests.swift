import Foundation
import KSRModel
import ModelTestSupport
import Testing
import Workspace

@testable import Evaluation

/// RecBole's metrics of what is recommended, by hand, and the lists that they look at.
@Suite struct RecommendedListsTests {
  /// Three users of six items, of which [PAD] is the first.
  ///
  /// As targets of training, item 1 occurs four times,
  /// 2 twice, 3 and 4 once, 5 never: what comes first in a sequence was never to be predicted.
  private static let training: [ArraySlice<Int32>] = [[5, 1, 1, 2], [3, 1, 3, 4], [5, 1, 2], []]
  private static let lists: [[Int32]] = [[1, 2, 3], [1, 3, 5], [1, 2, 4]]

  private func lists(tail: Double = RecommendedLists.tailRatio) -> RecommendedLists {
    RecommendedLists(Self.lists, itemCount: 6, training: Self.training, tailRatio: tail)
  }

  private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  @Test func coverageAndPopularity() {
    // Of six identifiers, with [PAD], are recommended: 1; then 1, 2, 3; then all five.
    #expect(close(lists().value(.itemCoverage, k: 1), 1.0 / 6))
    #expect(close(lists().value(.itemCoverage, k: 2), 3.0 / 6))
    #expect(close(lists().value(.itemCoverage, k: 3), 5.0 / 6))
    #expect(close(lists().value(.averagePopularity, k: 1), 4))
    #expect(close(lists().value(.averagePopularity, k: 2), (3 + 2.5 + 3) / 3))
    #expect(close(lists().value(.averagePopularity, k: 3), (7.0 / 3 + 5.0 / 3 + 7.0 / 3) / 3))
  }

  @Test func entropyAndInequality() {
    // One item only: no entropy, and all of the inequality that six identifiers can have.
    #expect(lists().value(.shannonEntropy, k: 1) == 0)
    #expect(close(lists().value(.giniIndex, k: 1), 5.0 / 6))
    // Frequencies 1, 2, 3 of six places.
    let entropy = -(log(1 / 6.0) / 6 + log(2 / 6.0) / 3 + log(3 / 6.0) / 2)
    #expect(close(lists().value(.shannonEntropy, k: 2), entropy / 3))
    #expect(close(lists().value(.giniIndex, k: 2), 22.0 / 36), "1 · 1 + 3 · 2 + 5 · 3")
    // Frequencies 1, 1, 2, 2, 3 of nine places.
    #expect(close(lists().value(.giniIndex, k: 3), 19.0 / 54), "−3 − 1 + 2 + 3 · 2 + 5 · 3")
  }

  @Test func rareItems() {
    // A tenth of four trained items is one at least: 3, of the two with one interaction.
    #expect(close(lists().value(.tailPercentage, k: 3), 2.0 / 9))
    // Three of four: 3, 4, 2. An item that was not trained on is none of them.
    #expect(close(lists(tail: 0.75).value(.tailPercentage, k: 3), 5.0 / 9))
    #expect(close(lists(tail: 1).value(.tailPercentage, k: 1), 1))
    // Above 1: those with at most so many interactions.
    #expect(close(lists(tail: 1.5).value(.tailPercentage, k: 3), 3.0 / 9))
  }

  @Test func nothingRecommended() {
    let none = RecommendedLists([], itemCount: 4, training: [])
    for kind in MetricKind.ofLists { #expect(none.value(kind, k: 10) == 0) }
  }

  @Test func names() {
    #expect(MetricKind(name: "itemcoverage") == .itemCoverage)
    #expect(MetricKind(name: "NDCG") == .ndcg && MetricKind(name: "AUC") == nil)
    #expect(MetricKind.ofRanks.count + MetricKind.ofLists.count == MetricKind.allCases.count)
  }

  /// Lists of many cases at once are those of each scored alone, without what is masked.
  @Test(arguments: [false, true]) func listsAreTheFirstOfTheScores(masks: Bool) {
    let random = RandomNetwork(seed: 4)
    let histories = (0..<30).map { user in
      let items = random.history(2 + user % 12, stream: UInt64(user))
      return History(
        user: "u\(user)", items: items, timestamps: items.indices.map(Double.init),
        isHeldOut: false)
    }
    let cases = histories.indices.map {
      RankingCase(user: $0, after: histories[$0].items, maxLength: 9)
    }
    let candidates = Candidates(
      .full, for: cases, itemCount: random.itemCount, training: [],
      masking: masks ? histories : nil, seed: 1)
    let network = random.network()
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let found = ranker.first(5, cases, among: candidates, threads: 3)
    for (user, list) in found.enumerated() {
      let items = histories[user].items
      let scores = HistoryStates(network: network, items: items).scores(at: items.count - 1)
      let seen = Set(masks ? items : [])
      #expect(list.map(\.item) == topItems(scores, count: 5) { seen.contains($0) }.map(\.item))
      #expect(list.map(\.score) == list.map(\.score).sorted(by: >))
    }
  }

  /// The target is at its rank in the list, and the baselines' lists follow their scores.
  @Test func listsAgreeWithRanks() {
    let random = RandomNetwork(seed: 5)
    let histories = (0..<20).map { random.history(4, stream: UInt64($0)) }
    let cases = histories.indices.map {
      RankingCase(user: $0, history: histories[$0], step: 3, maxLength: 9)
    }
    let ranker = Ranker(settings: random.settings, parameters: random.parameters())
    let training = histories.map { $0.prefix(3) }
    let neighbours = ItemNeighbours(itemCount: random.itemCount, sequences: training)
    for (ranks, lists) in [
      ranker.ranked(cases, listLength: 40), neighbours.ranked(cases, listLength: 40),
    ] {
      for (place, list) in lists.enumerated() {
        #expect(Set(list) == Set(1...40))
        let rank = ranks[place]
        // Where scores are equal the rank is the mean of their places.
        guard rank == rank.rounded() else { continue }
        if rank < 5 { #expect(list[Int(rank) - 1] == cases[place].target) }
      }
    }
    let popularity = Popularity(itemCount: random.itemCount, sequences: training)
    let order = (1..<Int32(random.itemCount)).sorted { a, b in
      let (x, y) = (training.joined().count { $0 == a }, training.joined().count { $0 == b })
      return x != y ? x > y : a < b
    }
    #expect(popularity.lists(cases, count: 7).allSatisfy { $0 == Array(order.prefix(7)) })
  }
}
