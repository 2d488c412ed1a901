@testable import ExplorerCore

extension Canvas {
  /// What every grid must be, whatever has been drawn: wide characters whole, nothing but signs.
  var flaw: String? {
    for row in 0..<size.rows {
      let cells = Array(self.row(row))
      for (column, cell) in cells.enumerated() {
        let next = column + 1 < cells.count ? cells[column + 1].width : 1
        let before = column > 0 ? cells[column - 1].width : 1
        if (cell.width == 2) != (next == 0) { return "half of \(cell.base) at \(column), \(row)" }
        if cell.width == 0, before != 2 { return "right half alone at \(column), \(row)" }
        for scalar in cell.scalars where scalar.value >= 0x7F || scalar.value < 0x20 {
          if [.control, .format].contains(scalar.properties.generalCategory) {
            return "U+\(String(scalar.value, radix: 16)) at \(column), \(row)"
          }
        }
      }
    }
    return nil
  }
}
