import KSRNumerics

/// The baseline that recommends to everybody what was watched most in training.
package struct Popularity: Sendable {
  /// How often each item occurs in training, by identifier.
  private let counts: [Int]
  private let standings: [Standing]

  /// Counts the items of the training sequences.
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
