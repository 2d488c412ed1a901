import Randomness
import Testing

@testable import ExplorerCore

@Suite("Columns and bars of the reasons")
struct WhyColumnsTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  @Test("at any width columns keep apart, and the cells shown add up to the row")
  func columns() throws {
    for keys in ["w", "w,b", "w,b,b", "w,Enter", "w,b,Enter", "w,b,b,Enter"] {
      let scene = try little.scene(keys)
      let table = try #require(Explorer.table(try little.run(keys).state, scene))
      for width in 10...260 {
        let columns = WhyColumns(table, width: width, .unicode)
        let taken = columns.table.places.map { $0.start..<$0.end }
        for (a, b) in zip(taken, taken.dropFirst()) {
          #expect(a.upperBound <= b.lowerBound, "\(keys) at \(width)")
        }
        #expect(taken[taken.count - 1].upperBound <= width && columns.titleWidth >= 12)
        guard !columns.cells.isEmpty else { continue }
        for row in table.rows {
          let values = columns.cells.compactMap { WhyColumns.value(of: row, $0) }
          guard !values.isEmpty else { continue }
          // A relation that adds less than can be printed has no column.
          let slack = 0.005 * Float(table.columns.count)
          // Where the rows are ordered by another number, cells are parts of what was written.
          let written = table.columns.firstIndex { $0.title == "written" }
          let amount = table.isLed ? written.flatMap { row.values[$0] } : row.amount
          #expect(
            abs(values.reduce(0, +) - (amount ?? .nan)) < slack, "\(keys) at \(width)")
        }
      }
    }
  }

  @Test("no two columns have one head, whatever the relations are called")
  func heads() throws {
    for keys in ["w", "w,b", "w,b,b", "w,Enter"] {
      let scene = try little.scene(keys)
      let table = try #require(Explorer.table(try little.run(keys).state, scene))
      for width in 10...260 {
        let heads = WhyColumns(table, width: width, .unicode).table.places.map(\.column.title)
          .filter { !$0.isEmpty }
        #expect(Set(heads).count == heads.count, "\(keys) at \(width): \(heads)")
      }
    }
    let names = [
      "sequence", "rank", "others", "written", "film.film.directed_by", "film.film.produced_by",
      "film.series.produced_by", "removal",
    ]
    let columns =
      [WhyTable.Column(title: "written", kind: .signed, isCell: false)]
      + names.map { WhyTable.Column(title: $0, kind: .signed, isCell: true) }
    var table = WhyTable(
      "by step", columns, amount: "removal",
      rows: [
        .init(
          place: .step(0), number: 1, title: "A", values: Array(repeating: 0.5, count: 9),
          amount: 1, note: "")
      ])
    table.isLed = true
    for width in 10...260 {
      let heads = WhyColumns(table, width: width, .unicode).table.places.map(\.column.title)
        .filter { !$0.isEmpty }
      #expect(Set(heads).count == heads.count, "\(width): \(heads)")
    }
  }

  @Test("rows that do not fit are counted, at any size")
  func hiddenRows() throws {
    for (columns, rows) in [(80, 24), (40, 12), (40, 8), (24, 9), (120, 36), (200, 60)] {
      for keys in ["w", "w,b", "w,b,b", "w,End,G"] {
        let state = try little.run(keys, columns: columns, rows: rows).state
        let text = little.frame(state).canvas.text
        let table = try #require(Explorer.table(state, little.cache.scene(for: state)))
        let shown = table.rows.count { row in
          let title =
            row.number.map { "\($0) \(row.title.prefix(6))" } ?? String(row.title.prefix(8))
          return text.split(separator: "\n").contains {
            $0.contains(title) && !$0.hasPrefix("│▶") && $0.contains(/[+−·…] |[.][0-9]{2}/)
          }
        }
        if shown < table.rows.count, columns < 100 {
          let counts = text.matches(of: /(\d+) more/).compactMap { Int($0.output.1) }
          #expect(!counts.isEmpty, "\(columns)x\(rows) \(keys): \(text)")
        }
      }
    }
  }

  @Test("bars have one unit on both sides of zero")
  func scale() {
    #expect(BarScale([1, 2]).columnsBelow(of: 10) == 0)
    #expect(BarScale([-1, -2]).columnsBelow(of: 10) == 10)
    #expect(BarScale([3, -1, .nan]).columnsBelow(of: 8) == 2)
    #expect(BarScale([1000, -0.01]).columnsBelow(of: 8) == 1)
    #expect(BarScale([0.01, -1000]).columnsBelow(of: 8) == 7)
    #expect(BarScale([]).columnsBelow(of: 8) == 0)
  }

  @Test("a bar below zero ends at zero, and a larger one is not shorter", arguments: [true, false])
  func bars(isUnicode: Bool) {
    let glyphs = isUnicode ? Glyphs.unicode : .ascii
    var last = 0
    for tenths in 1...60 {
      let text = glyphs.barToTheLeft(Double(Float(tenths) / 10), width: 6)
      #expect(text.columns >= last && text.columns <= 6 && text.columns > 0)
      last = text.columns
      var frame = Frame(Size(columns: 20, rows: 1), glyphs: glyphs)
      let scale = BarScale([6, -6])
      frame.signedBar(
        -Float(tenths) / 10, scale, Rect(Size(columns: 20, rows: 1)), at: 4, columns: 12)
      let row = String(frame.canvas.text.dropLast())
      #expect(row.columns == 10 && row.hasSuffix(text))
    }
  }
}
