import KSRModel

/// Where items stand in two runs: how far each moved, what came in, what is gone.
public struct RankChanges: Sendable {
  /// One item in both runs.
  public struct Change: Sendable, Equatable {
    /// The item.
    public let item: Int32
    /// Its ranks, from 1; ties at the mean of their places.
    public let rankBefore, rankAfter: Double
    /// Its scores.
    public let scoreBefore, scoreAfter: Float

    /// Places gained: above 0 for an item that is nearer to the top now.
    public var gain: Double { rankBefore - rankAfter }
  }

  /// How many places count as the top.
  public let k: Int
  /// The items that were asked for.
  public let changes: [Int32: Change]
  /// Items of the first k before that are not among the first k now, in their order before.
  public let gone: [Change]
  /// How many of the first k are the same in both runs.
  public let overlap: Int

  /// Compares the scores of all items [N] in two runs.
  public init(before: [Float], after: [Float], items: some Sequence<Int32>, k: Int = 10) {
    self.k = k
    func change(_ item: Int32) -> Change {
      Change(
        item: item, rankBefore: rank(of: item, in: before),
        rankAfter: rank(of: item, in: after), scoreBefore: before[Int(item)],
        scoreAfter: after[Int(item)])
    }
    var changes: [Int32: Change] = [:]
    for item in items where changes[item] == nil { changes[item] = change(item) }
    self.changes = changes
    let first = topItems(before, count: k).map { changes[$0.item] ?? change($0.item) }
    gone = first.filter { $0.rankAfter > Double(k) }
    overlap = first.count - gone.count
  }

  /// Whether an item is among the first k now and was not before.
  public func isNew(_ change: Change) -> Bool {
    change.rankAfter <= Double(k) && change.rankBefore > Double(k)
  }
}
