/// The baseline that recommends to everybody what was watched most in training.
public struct Popularity: Sendable {
  /// The rank of each item, by identifier; the padding item has none.
  private let ranks: [Double]

  /// Counts the items of the training sequences.
  public init(itemCount: Int, sequences: some Sequence<ArraySlice<Int32>>) {
    var counts = [Int](repeating: 0, count: itemCount)
    for sequence in sequences { for item in sequence { counts[Int(item)] += 1 } }
    let order = counts.indices.dropFirst().sorted { counts[$0] > counts[$1] }
    var ranks = [Double](repeating: 0, count: itemCount)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, counts[order[end]] == counts[order[start]] { end += 1 }
      // The places start + 1 … end are shared.
      for item in order[start..<end] { ranks[item] = Double(start + end + 1) / 2 }
      start = end
    }
    self.ranks = ranks
  }

  /// The rank of each case's target, ties at the mean of their places.
  public func ranks(_ cases: [RankingCase]) -> [Double] { cases.map { ranks[Int($0.target)] } }
}
