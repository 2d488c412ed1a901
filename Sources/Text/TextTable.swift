/// Where a text stands in a column wider than itself.
package enum Alignment: Sendable {
  case left
  case right
}

extension StringProtocol {
  /// The text with blanks, or another character, up to a width; a longer text stays whole.
  package func filled(
    to width: Int, _ alignment: Alignment = .left, with character: Character = " "
  ) -> String {
    let fill = String(repeating: character, count: Swift.max(0, width - count))
    return alignment == .left ? self + fill : fill + self
  }

  /// The text cut to a width, with a sign for what is left out at its end.
  package func cut(to width: Int) -> String {
    count <= width ? String(self) : prefix(Swift.max(0, width - 1)) + "…"
  }

  /// The words of the text in lines of at most `width`.
  ///
  /// - Parameters:
  ///   - indent: blanks before each line, part of the width.
  ///   - splitsWords: whether words longer than a line are cut in pieces, or stay whole.
  ///   - measure: the width of a text; its characters if not given.
  package func wrapped(
    to width: Int, indent: Int = 0, splitsWords: Bool = true,
    measure: (Substring) -> Int = { $0.count }
  ) -> [String] {
    let room = Swift.max(1, width - indent)
    var lines: [Substring] = []
    for word in String(self).split(separator: " ") {
      if let last = lines.last, measure(last) + 1 + measure(word) <= room {
        lines[lines.count - 1] = last + " " + word
        continue
      }
      var rest = word
      while splitsWords, measure(rest) > room {
        var piece = rest.prefix(room)
        while piece.count > 1, measure(piece) > room { piece.removeLast() }
        lines.append(piece)
        rest = rest.dropFirst(piece.count)
      }
      if !rest.isEmpty { lines.append(rest) }
    }
    return lines.map { String(repeating: " ", count: indent) + $0 }
  }
}

/// A table of text whose columns are as wide as their widest cell.
package struct TextTable {
  package struct Column {
    let heading: String
    let alignment: Alignment
    let minimum: Int

    package static func left(_ heading: String = "", width: Int = 0) -> Column {
      Column(heading: heading, alignment: .left, minimum: width)
    }

    package static func right(_ heading: String = "", width: Int = 0) -> Column {
      Column(heading: heading, alignment: .right, minimum: width)
    }
  }

  private let columns: [Column]
  private let gap: Int
  private var rows: [[String]] = []

  /// A table without rows.
  ///
  /// - Parameters:
  ///   - columns: their headings and least widths; without any heading there is no line of them.
  ///   - gap: blanks between columns.
  package init(_ columns: [Column], gap: Int = 2) {
    (self.columns, self.gap) = (columns, gap)
    if columns.contains(where: { !$0.heading.isEmpty }) { rows = [columns.map(\.heading)] }
  }

  /// Adds a row; cells that are not given stay empty.
  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, without blanks at their ends.
  package var lines: [String] {
    let widths = columns.indices.map { column in
      rows.reduce(columns[column].minimum) { width, row in
        column < row.count ? max(width, row[column].count) : width
      }
    }
    return rows.map { row in
      let cells = zip(row, zip(columns, widths)).map { cell, place in
        cell.filled(to: place.1, place.0.alignment)
      }
      var line = cells.joined(separator: String(repeating: " ", count: gap))
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
