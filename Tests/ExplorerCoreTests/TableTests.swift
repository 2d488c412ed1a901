import Randomness
import Testing
import Text

@testable import ExplorerCore

@Suite("Tables")
struct TableTests {
  /// A column with a letter of its own in each cell that it has.
  private func column(
    _ letter: Character, _ width: Table.Width, _ alignment: Alignment = .left, gap: Int = 1,
    drop: Table.Dropping? = nil
  ) -> Table.Column {
    Table.Column(width, alignment, title: String(letter), gap: gap, drop: drop) { _, width in
      .text(String(repeating: letter, count: width))
    }
  }

  /// Columns in any order, of any kind, some of which are dropped.
  private func columns(_ generator: inout SeededGenerator) -> [Table.Column] {
    (0..<generator.integer(below: 8) + 1).map { place in
      let width: Table.Width =
        switch generator.integer(below: 3) {
        case 0: .flexible(least: generator.integer(below: 4))
        case 1: .flexible(most: generator.integer(below: 30))
        default: .fixed(generator.integer(below: 12))
        }
      let drop =
        generator.integer(below: 2) == 0
        ? nil
        : Table.Dropping(
          turn: generator.integer(below: 3) + 1, below: generator.integer(below: 90),
          leaving: generator.integer(below: 20))
      return column(
        Character(String(place)), width, generator.integer(below: 2) == 0 ? .left : .right,
        gap: generator.integer(below: 3), drop: drop)
    }
  }

  @Test("at every width columns keep apart, in their order, and none leaves the table")
  func places() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      let columns = columns(&generator)
      for width in 1...100 {
        let table = Table(columns, width: width, margin: width % 2)
        var end = 0
        for place in table.places {
          let isSound = place.start >= end && place.width >= 0 && place.end <= width
          if !isSound { Issue.record("\(columns.map(\.width)) at \(width): \(place)") }
          end = place.end
        }
        #expect(table.places.map(\.column.title) == table.places.map(\.column.title).sorted())
      }
    }
  }

  @Test("columns are dropped by their turns, those of one turn together, and no others")
  func turns() {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<300 {
      let columns = columns(&generator)
      for width in 1...100 {
        let table = Table(columns, width: width)
        let kept = Set(table.places.map(\.column.title))
        let turnsKept = Set(columns.filter { kept.contains($0.title) }.compactMap(\.dropping?.turn))
        for column in columns where !kept.contains(column.title) {
          // A column that is gone stays for no turn, and all of earlier turns are gone, too.
          guard let turn = column.dropping?.turn else {
            Issue.record("\(column.title) was dropped at \(width)")
            continue
          }
          #expect(turnsKept.allSatisfy { $0 > turn })
        }
      }
    }
  }

  @Test("what a flexible column gets is what the others leave, in equal parts")
  func flexible() {
    let fixed = column("f", .fixed(5), .right)
    func widths(_ columns: [Table.Column], _ width: Int, margin: Int = 0) -> [Int] {
      Table(columns, width: width, margin: margin).places.map(\.width)
    }
    #expect(widths([column("a", .flexible()), fixed], 20) == [14, 5])
    #expect(widths([column("a", .flexible()), fixed], 20, margin: 2) == [12, 5])
    #expect(widths([column("a", .flexible(most: 9)), fixed], 20) == [9, 5])
    #expect(widths([column("a", .flexible()), fixed, column("b", .flexible())], 20) == [6, 5, 6])
    #expect(widths([column("a", .flexible()), fixed], 4) == [0, 3], "cut at the end")
    #expect(widths([column("a", .flexible(least: 3)), fixed], 4) == [3, 0])
  }

  @Test("a column is dropped below its width, or where it leaves too little, and room comes back")
  func dropping() {
    let columns = [
      column("a", .flexible()), column("b", .fixed(5), drop: .init(turn: 1, leaving: 10)),
      column("c", .fixed(5), drop: .init(turn: 2, below: 15)),
    ]
    func shown(_ width: Int) -> String {
      Table(columns, width: width).places.map { $0.column.title }.joined()
    }
    #expect(shown(22) == "abc" && shown(21) == "ac" && shown(15) == "ac" && shown(14) == "a")
    #expect(Table(columns, width: 14).places.map(\.width) == [14])
  }

  @Test("cells stand in their columns at any width, and nothing is drawn outside of the line")
  func drawing() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<60 {
      let columns = columns(&generator)
      for width in stride(from: 1, to: 90, by: 3) {
        var frame = Frame(Size(columns: 96, rows: 3), glyphs: .unicode)
        let table = Table(columns, width: width)
        let line = Rect(column: 3, row: 1, columns: width, rows: 1)
        table.draw(0, isSelected: true, in: line, &frame)
        var expected = [Character](repeating: " ", count: 96)
        for place in table.places {
          for column in place.start..<place.end {
            expected[3 + column] = Character(place.column.title)
          }
        }
        let lines = frame.canvas.text.split(separator: "\n", omittingEmptySubsequences: false)
        while expected.last == " " { expected.removeLast() }
        #expect(lines[0].isEmpty && lines[2].isEmpty)
        #expect(String(lines[1]) == String(expected))
        for column in 0..<96 {
          let isInside = column >= 3 && column < 3 + width
          let cell = frame.canvas[column, 1]
          if cell.style.role == .selection { #expect(isInside) }
        }
      }
    }
  }

  @Test("a selected row keeps the colours of signed bars, and bars come after its look")
  func selection() {
    let table = Table(
      [
        column("a", .fixed(4)),
        Table.Column(.fixed(6), keepsLook: true) { _, _ in .signedBar(1, BarScale([1, -1])) },
        column("b", .fixed(4)),
      ], width: 16)
    var frame = Frame(Size(columns: 20, rows: 1), glyphs: .unicode)
    table.draw(0, isSelected: true, in: Rect(Size(columns: 16, rows: 1)), &frame)
    let roles = (0..<20).map { frame.canvas[$0, 0].style.role }
    #expect(roles[0..<4].allSatisfy { $0 == .selection })
    #expect(roles[4..<8].allSatisfy { $0 == .text } && roles[8..<11].allSatisfy { $0 == .positive })
    #expect(roles[11] == .text && roles[12..<16].allSatisfy { $0 == .selection })
    #expect(roles[16..<20].allSatisfy { $0 == .text })
  }

  @Test("rows that are seen are drawn one a line and answer clicks")
  func clicks() {
    let table = Table([Table.Column(.flexible()) { row, _ in .text("row \(row)") }], width: 8)
    var frame = Frame(Size(columns: 8, rows: 3), glyphs: .unicode)
    let rows = ListWindow.rows(of: 9, height: 3, showing: 5)
    table.draw(rows, selected: 5, in: Rect(frame.canvas.size), &frame) { .select(.history, $0) }
    #expect(frame.canvas.text == "row 4\nrow 5\nrow 6\n")
    #expect(frame.action(at: Point(column: 2, row: 2)) == .select(.history, 6))
    #expect(frame.canvas[7, 1].style == Style(.selection))
  }

  @Test("the row that is kept in sight takes the last line, unless it or the selected one has it")
  func keeping() {
    func rows(_ height: Int, _ selected: Int, keeping kept: Int?) -> [Int] {
      ListWindow.rows(of: 10, height: height, showing: selected, keeping: kept)
    }
    #expect(rows(4, 0, keeping: 9) == [0, 1, 2, 9])
    #expect(rows(4, 0, keeping: 3) == [0, 1, 2, 3])
    #expect(rows(4, 0, keeping: nil) == [0, 1, 2, 3])
    #expect(rows(4, 8, keeping: 1) == [6, 7, 8, 9], "not above the rows that are seen")
    #expect(rows(2, 0, keeping: 9) == [0, 1], "two rows are too few")
    for height in 0...12 {
      for selected in 0..<10 {
        for kept in 0..<10 {
          let rows = rows(height, selected, keeping: kept)
          #expect(rows.count == min(10, height) && rows == rows.sorted())
          #expect(rows.isEmpty || rows.contains(selected))
        }
      }
    }
  }
}
