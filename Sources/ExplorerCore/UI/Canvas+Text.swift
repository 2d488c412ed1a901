extension Canvas {
  /// The grid as lines of text without blanks at their ends, as `--print` writes it.
  package var text: String {
    var result = ""
    for index in 0..<size.rows {
      var line = String.UnicodeScalarView()
      for cell in row(index) { line.append(contentsOf: cell.scalars) }
      while line.last == " " { line.removeLast() }
      result.unicodeScalars.append(contentsOf: line)
      result += "\n"
    }
    return result
  }
}
