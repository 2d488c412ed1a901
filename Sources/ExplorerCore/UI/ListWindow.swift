/// Which rows of a list are on the screen.
package enum ListWindow {
  /// The rows to show so that the selected one is among them.
  ///
  /// - Parameters:
  ///   - count: how many rows the list has.
  ///   - height: how many of them fit.
  ///   - selection: the row that must be seen.
  package static func rows(of count: Int, height: Int, showing selection: Int) -> Range<Int> {
    guard count > 0, height > 0 else { return 0..<0 }
    guard count > height else { return 0..<count }
    // The selection stands in the middle, so that what comes before and after it is seen, too.
    let first = min(max(0, min(selection, count - 1) - height / 2), count - height)
    return first..<first + height
  }

  /// The rows to show with the selected one among them, and another in the last line if the list
  /// has been left before it.
  static func rows(
    of count: Int, height: Int, showing selection: Int, keeping kept: Int?
  ) -> [Int] {
    var rows = Array(rows(of: count, height: height, showing: selection))
    if let kept, let last = rows.last, kept > last, rows.count > 2, selection != last {
      rows[rows.count - 1] = kept
    }
    return rows
  }
}
