import AtomicFiles

/// What a column of NAME.item says about the linked items, as classes.
struct ItemClasses {
  let label: String
  /// The linked items for which it says something, those chosen most first.
  let items: [Int]
  /// The classes of each of `items`.
  let classes: [[Int]]
  /// The number of different classes.
  let classCount: Int

  /// Classes of the items that have any.
  init(label: String, items: [Int], texts: (Int) -> [String]) {
    var vocabulary = Vocabulary()
    var kept: [Int] = []
    var classes: [[Int]] = []
    for item in items {
      let own = Set(texts(item).map { vocabulary.intern($0) }).sorted()
      guard !own.isEmpty else { continue }
      kept.append(item)
      classes.append(own)
    }
    self.label = label
    self.items = kept
    self.classes = classes
    classCount = vocabulary.count
  }
}

extension CheckedData {
  /// The columns of NAME.item whose classes can be compared with facts.
  ///
  /// Titles and years are no classes, but years by fives are.
  func itemClasses() -> [ItemClasses] {
    let linked = linkedItems
    var columns = classColumns.map { column in
      ItemClasses(label: column, items: linked) { item in
        pieces(column, of: item)
      }
    }
    columns.append(
      ItemClasses(label: "year", items: linked) { item in year(item).map { ["\($0 / 5)"] } ?? [] })
    return columns.filter { $0.items.count >= LinkAgreement.leastItems }
  }

  /// The columns that may hold classes.
  var classColumns: [String] {
    let others: Set = ["movie_title", "title", "name", "release_year", "year"]
    return (attributes?.columns ?? []).filter { !others.contains($0) }
  }

  /// The pieces of an item's value in a column.
  func pieces(_ column: String, of item: Int) -> [String] {
    guard let row = attributeRow[item], let value = attributes?.value(column, of: row) else {
      return []
    }
    return value.split(whereSeparator: { $0 == " " || $0 == "|" }).map(String.init)
  }
}
