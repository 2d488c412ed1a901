/// Which of several rows with one identifier counts.
enum Kept: String {
  case first
  case last
}

extension AtomicTable {
  /// The row that counts for each identifier of a column, and a warning if any has more than one.
  func rows(
    of keys: TokenColumn, _ field: String, keeping kept: Kept
  ) -> (rows: [Int], warnings: [DataError]) {
    var rows: [Int] = []
    rows.reserveCapacity(keys.vocabulary.count)
    var repeated: Int?
    for (row, id) in keys.ids.enumerated() {
      // Identifiers are given in the order of appearance.
      if Int(id) == rows.count {
        rows.append(row)
      } else {
        if kept == .last { rows[Int(id)] = row }
        repeated = repeated ?? row
      }
    }
    guard let repeated else { return (rows, []) }
    let token = keys.vocabulary[Int(keys.ids[repeated])]
    let others = keys.ids.count - rows.count - 1
    let warning = DataError(
      file: path, line: line(ofRow: repeated), field: field,
      found: "\(quoted(token)) again" + (others > 0 ? " and \(others) more repetitions" : ""),
      expected: "each once; the \(kept.rawValue) row counts")
    return (rows, [warning])
  }
}
