/// The baseline that recommends to everybody what was watched most in training.
public struct Popularity: Sendable {
  private let counts: [Int]

  /// Counts the items of the training sequences.
  public init(itemCount: Int, sequences: some Sequence<ArraySlice<Int32>>) {
    var counts = [Int](repeating: 0, count: itemCount)
    for sequence in sequences { for item in sequence { counts[Int(item)] += 1 } }
    self.counts = counts
  }

  /// The rank of each case's target, ties at the mean of their places.
  public func ranks(_ cases: [RankingCase]) -> [Double] {
    var places: [Int: Double] = [:]
    let sorted = counts.dropFirst().sorted(by: >)
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
      places[sorted[start]] = 1 + Double(start) + Double(end - start - 1) / 2
      start = end
    }
    return cases.map { places[counts[Int($0.target)]] ?? Double(counts.count) }
  }
}
