import KSRModel

/// Where items stand in two runs: how far each moved, what came in, what is gone.
package struct RankChanges: Sendable {
  /// One item in both runs.
  package struct Change: Sendable, Equatable {
    package let item: Int32
    /// Its ranks, from 1; ties at the mean of their places.
    package let rankBefore, rankAfter: Double
    package let scoreBefore, scoreAfter: Float

    /// Places gained: above 0 for an item that is nearer to the top now.
    package var gain: Double { rankBefore - rankAfter }
  }

  /// How many places count as the top.
  package let k: Int
  /// The items that were asked for, and the first k before.
  package let changes: [Int32: Change]
  /// Items of the first k before that are not among the first k now, in their order before.
  package let gone: [Change]
  /// How many of the first k are the same in both runs.
  package let overlap: Int

  /// Compares the scores of all items [N] in two runs.
  package init(before: [Float], after: [Float], items: some Sequence<Int32>, k: Int = 10) {
    self.k = k
    let top = topItems(before, count: k).map(\.item)
    let compared = Array(Set(items).union(top))
    let ranks = zip(
      KSRModel.ranks(of: compared, in: before), KSRModel.ranks(of: compared, in: after))
    let changes = Dictionary(
      uniqueKeysWithValues: zip(compared, ranks).map { item, rank in
        (
          item,
          Change(
            item: item, rankBefore: rank.0, rankAfter: rank.1, scoreBefore: before[Int(item)],
            scoreAfter: after[Int(item)])
        )
      })
    self.changes = changes
    let first = top.compactMap { changes[$0] }
    gone = first.filter { $0.rankAfter > Double(k) }
    overlap = first.count - gone.count
  }

  /// Whether an item is among the first k now and was not before.
  package func isNew(_ change: Change) -> Bool {
    change.rankAfter <= Double(k) && change.rankBefore > Double(k)
  }
}
