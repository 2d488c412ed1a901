import Glibc

/// The known facts as the memory of facts reads them: item × relation → tails, and back.
///
/// A *column* is a relation with one of its tails; `C` columns in all, those of a relation next to
/// each other. Facts are data: nothing here trains.
public struct FactTable: Sendable, Equatable {
  /// The number of relations R.
  package let relationCount: Int
  /// The number of items N, the padding item included.
  package let itemCount: Int
  /// The relation of each column [C].
  package let relation: [Int32]
  /// The tail of each column [C].
  package let tail: [Int32]
  /// idf of each column [C]: ln(items / items that have it), the padding item not counted.
  package let idf: [Float]
  /// Where each item's columns start in `columns` [N + 1].
  package let itemStart: [Int32]
  /// The columns of the items, ascending within each and so by relation: T_a(i) for all a.
  package let columns: [Int32]
  /// Where each column's items start in `items` [C + 1].
  package let columnStart: [Int32]
  /// The items of the columns, ascending within each.
  package let items: [Int32]

  /// No facts about any item: what networks without a memory of facts have.
  public static let none = FactTable(KnownTails(itemCount: 0, relationCount: 0), itemCount: 0)

  /// The facts about `itemCount` items, each once however often the graph states it.
  package init(_ tails: KnownTails, itemCount: Int) {
    let (r, tailCount) = (tails.relationCount, tails.tokens.count)
    var (relation, tail, columnStart) = ([Int32](), [Int32](), [Int32(0)])
    var items: [Int32] = []
    for a in 0..<r {
      let pairs = Self.pairs(tails, under: a, itemCount: itemCount)
      for (place, pair) in pairs.enumerated() {
        if place == 0 || pairs[place - 1].tail != pair.tail {
          if place > 0 { columnStart.append(Int32(items.count)) }
          relation.append(Int32(a))
          tail.append(pair.tail)
        } else if pairs[place - 1].item == pair.item {
          continue
        }
        items.append(pair.item)
      }
      if !pairs.isEmpty { columnStart.append(Int32(items.count)) }
    }
    precondition(tail.allSatisfy { $0 >= 0 && $0 < tailCount })
    var itemStart = [Int32](repeating: 0, count: itemCount + 1)
    for item in items { itemStart[Int(item) + 1] += 1 }
    for item in 0..<itemCount { itemStart[item + 1] += itemStart[item] }
    var next = itemStart
    var columns = [Int32](repeating: 0, count: items.count)
    for column in relation.indices {
      for place in Int(columnStart[column])..<Int(columnStart[column + 1]) {
        let item = Int(items[place])
        columns[Int(next[item])] = Int32(column)
        next[item] += 1
      }
    }
    let known = Float(max(1, itemCount - 1))
    (relationCount, self.itemCount) = (r, itemCount)
    (self.relation, self.tail) = (relation, tail)
    idf = relation.indices.map { log(known / Float(columnStart[$0 + 1] - columnStart[$0])) }
    (self.itemStart, self.columns) = (itemStart, columns)
    (self.columnStart, self.items) = (columnStart, items)
  }

  /// What is known under a relation, by tail and then by item.
  private static func pairs(
    _ tails: KnownTails, under slot: Int, itemCount: Int
  ) -> [(tail: Int32, item: Int32)] {
    // Counted, not sorted: the items come in order already.
    var next = [Int](repeating: 0, count: tails.tokens.count + 1)
    for item in 1..<max(1, itemCount) {
      for known in tails.of(item: item, slot: slot) { next[Int(known) + 1] += 1 }
    }
    for tail in 0..<tails.tokens.count { next[tail + 1] += next[tail] }
    var pairs = [(tail: Int32, item: Int32)](repeating: (0, 0), count: next[tails.tokens.count])
    for item in 1..<max(1, itemCount) {
      for known in tails.of(item: item, slot: slot) {
        pairs[next[Int(known)]] = (known, Int32(item))
        next[Int(known)] += 1
      }
    }
    return pairs
  }

  /// The number of columns C.
  package var columnCount: Int { relation.count }

  /// The columns of an item, of all relations, ascending.
  package func columns(of item: Int) -> ArraySlice<Int32> {
    columns[Int(itemStart[item])..<Int(itemStart[item + 1])]
  }

  /// The items that have a column's tail, ascending.
  package func items(with column: Int) -> ArraySlice<Int32> {
    items[Int(columnStart[column])..<Int(columnStart[column + 1])]
  }

  /// Those of a range.
  package func items(with column: Int, among range: Range<Int>) -> ArraySlice<Int32> {
    let all = items(with: column)
    guard range.lowerBound > 0 || range.upperBound < itemCount else { return all }
    func place(_ item: Int) -> Int {
      var (low, high) = (all.startIndex, all.endIndex)
      while low < high {
        let middle = (low + high) / 2
        if Int(all[middle]) < item { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return all[place(range.lowerBound)..<place(range.upperBound)]
  }

  /// Whether an item has a column's tail.
  package func has(_ item: Int, _ column: Int32) -> Bool {
    var (low, high) = (Int(itemStart[item]), Int(itemStart[item + 1]))
    while low < high {
      let middle = (low + high) / 2
      if columns[middle] < column { low = middle + 1 } else { high = middle }
    }
    return low < Int(itemStart[item + 1]) && columns[low] == column
  }
}

extension KSRSettings {
  /// The facts that such a network reads of those known; none unless its memory is one of facts.
  package func factTable(_ tails: KnownTails, itemCount: Int) -> FactTable {
    memory == .facts ? FactTable(tails, itemCount: itemCount) : .none
  }
}

extension TrainedModel {
  /// The facts that its network reads.
  package var factTable: FactTable { settings.factTable(tails, itemCount: items.count) }
}
