import KSRNumerics

/// The baseline that recommends to everybody what was watched most in training.
package struct Popularity: Sendable {
  /// How often each item occurs in training, by identifier.
  private let counts: [Int]
  private let standings: [Standing]

  package init(itemCount: Int, sequences: some Sequence<ArraySlice<Int32>>) {
    var counts = [Int](repeating: 0, count: itemCount)
    for sequence in sequences { for item in sequence { counts[Int(item)] += 1 } }
    let order = counts.indices.dropFirst().sorted { counts[$0] > counts[$1] }
    var standings = [Standing](repeating: Standing(), count: itemCount)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, counts[order[end]] == counts[order[start]] { end += 1 }
      for item in order[start..<end] {
        standings[item] = Standing(above: start, equal: end - start - 1)
      }
      start = end
    }
    self.counts = counts
    self.standings = standings
  }

  /// The first candidates of each case, best first.
  package func lists(
    _ cases: [RankingCase], among candidates: Candidates = .all, count: Int
  ) -> [[Int32]] {
    counts.map(Float.init).withUnsafeBufferPointer { scores in
      cases.enumerated().map { index, question in
        candidates.first(count, case: index, target: question.target, scores).map(\.item)
      }
    }
  }

  /// The rank of each case's target, ties at the mean of their places.
  package func ranks(_ cases: [RankingCase], among candidates: Candidates = .all) -> [Double] {
    cases.enumerated().map { index, question in
      candidates.rank(of: question.target, case: index) {
        counts[Int($0)]
      } whole: {
        standings[Int(question.target)]
      }
    }
  }
}

/// The baseline that recommends what goes with the last item read: item-kNN with all neighbours.
///
/// An item's score is its cosine with the last item, both as sets of the users who have them in
/// training: users with both / √(users with the one · users with the other). Items that share no
/// user with the last one, and the last one itself, score 0.
package struct ItemNeighbours: Sendable {
  /// Where the users of each item start in `users`; one more entry than items.
  private let userStarts: [Int]
  private let users: [Int32]
  /// The different items of each training sequence.
  private let items: [[Int32]]

  /// Counts who has what in the training sequences, one a user.
  package init(itemCount: Int, sequences: some Sequence<ArraySlice<Int32>>) {
    items = sequences.map { Array(Set($0)).sorted() }
    var starts = [Int](repeating: 0, count: itemCount + 1)
    for own in items { for item in own { starts[Int(item) + 1] += 1 } }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    var next = starts
    var users = [Int32](repeating: 0, count: starts[itemCount])
    for (user, own) in items.enumerated() {
      for item in own {
        users[next[Int(item)]] = Int32(user)
        next[Int(item)] += 1
      }
    }
    userStarts = starts
    self.users = users
  }

  private func count(_ item: Int) -> Int { userStarts[item + 1] - userStarts[item] }

  /// The rank of each case's target, ties at the mean of their places.
  package func ranks(
    _ cases: [RankingCase], among candidates: Candidates = .all, threads: Int = 1
  ) -> [Double] {
    ranked(cases, among: candidates, listLength: 0, threads: threads).ranks
  }

  /// The same with the first candidates of each case, best first; no lists for a length of 0.
  package func ranked(
    _ cases: [RankingCase], among candidates: Candidates = .all, listLength: Int, threads: Int = 1
  ) -> (ranks: [Double], lists: [[Int32]]) {
    let itemCount = userStarts.count - 1
    // Cases with the same last item have the same scores.
    let groups = Dictionary(grouping: cases.indices) { cases[$0].items.last ?? 0 }
      .sorted { $0.key < $1.key }
    var ranks = [Double](repeating: 0, count: cases.count)
    var lists = [[Int32]](repeating: [], count: listLength > 0 ? cases.count : 0)
    ranks.withUnsafeMutableBufferPointer { ranks in
      lists.withUnsafeMutableBufferPointer { lists in
        nonisolated(unsafe) let (ranks, lists) = (ranks, lists)
        let workers = max(1, min(threads, groups.count))
        parallel(workers, threads: workers) { worker in
          var together = [Int32](repeating: 0, count: itemCount)
          var scores = [Double](repeating: 0, count: itemCount)
          for group in stride(from: worker, to: groups.count, by: workers) {
            let (last, members) = groups[group]
            let neighbours = score(Int(last), &together, &scores)
            for index in members {
              ranks[index] = candidates.rank(of: cases[index].target, case: index) {
                scores[Int($0)]
              } whole: {
                standing(Int(cases[index].target), neighbours, scores, itemCount)
              }
            }
            if listLength > 0 {
              scores.map(Float.init).withUnsafeBufferPointer { scores in
                for index in members {
                  lists[index] = candidates.first(
                    listLength, case: index, target: cases[index].target, scores
                  ).map(\.item)
                }
              }
            }
            for item in neighbours { scores[Int(item)] = 0 }
          }
        }
      }
    }
    return (ranks, lists)
  }

  /// Fills in the scores of the items that share a user with the last one, and returns these items.
  private func score(
    _ last: Int, _ together: inout [Int32], _ scores: inout [Double]
  ) -> [Int32] {
    var neighbours: [Int32] = []
    for user in users[userStarts[last]..<userStarts[last + 1]] {
      for item in items[Int(user)] where item != Int32(last) {
        if together[Int(item)] == 0 { neighbours.append(item) }
        together[Int(item)] += 1
      }
    }
    for item in neighbours {
      let product = Double(count(last)) * Double(count(Int(item)))
      scores[Int(item)] = Double(together[Int(item)]) / product.squareRoot()
      together[Int(item)] = 0
    }
    return neighbours
  }

  private func standing(
    _ target: Int, _ neighbours: [Int32], _ scores: [Double], _ itemCount: Int
  ) -> Standing {
    let own = scores[target]
    if own == 0 {
      return Standing(above: neighbours.count, equal: itemCount - 2 - neighbours.count)
    }
    var standing = Standing(above: 0, equal: -1)
    for item in neighbours { standing.count(scores[Int(item)], against: own) }
    return standing
  }
}
