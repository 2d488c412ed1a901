import Explanation
import KSRNumerics
import Text

/// The table of relations: how much each is read and written, and what the model is without it.
enum RelationTable {
  /// From this width on all columns are there.
  private static let wide = 100

  static func lines(_ report: DiagnosisReport, width: Int, _ glyphs: Glyphs) -> [PageLine] {
    guard !report.relations.isEmpty else {
      return [PageLine("This model has no memory.", style: Style(.muted)), PageLine()]
    }
    let table = table(report.relations, width: width, glyphs)
    let name = table.places[0].width
    let rows = report.relations.indices.map { slot in
      var line = PageLine(table, slot, glyphs)
      line.select(slot, columns: width, shown: name)
      return line
    }
    var head = PageLine("Relations", titlesOf: table)
    // The title of the bars stands over their ends.
    if width >= wide { head.put("mean", at: table.places[1].end - 4, 4, style: Style(.muted)) }
    return [head] + rows + [PageLine()]
  }

  private static func table(
    _ relations: [DiagnosisReport.Relation], width: Int, _ glyphs: Glyphs
  ) -> Table {
    let (isWide, hasInterval, hasSpark) = (width >= wide, width >= 70, width >= 32)
    let names = max(isWide ? 12 : 10, relations.map(\.name.columns).max() ?? 0)
    let top = max(relations.map(\.meanAttention).max() ?? 1, 1e-9)
    func share(
      _ width: Int, _ title: String, gap: Int, drop: Table.Dropping? = nil,
      _ value: KeyPath<DiagnosisReport.Relation, Double> & Sendable
    ) -> Table.Column {
      Table.Column(.fixed(width), .right, title: title, gap: gap, drop: drop) { row, _ in
        .text(glyphs.share(Float(relations[row][keyPath: value])))
      }
    }
    let last = Table.Dropping(turn: 1, below: wide)
    let medium = Table.Dropping(turn: 2, below: 70)
    let name = Table.Column(.flexible(least: 4, most: hasInterval ? names : .max)) { row, width in
      .text(
        glyphs.labels(relations.map(\.name), width: width)[row],
        Style(relations[row].neverMatters ? .muted : .text))
    }
    let bar = Table.Column(.fixed(12), drop: last) { row, _ in
      .bar(Float(relations[row].meanAttention / top))
    }
    let places = Table.Column(
      .fixed(hasInterval ? 16 : 8), title: hasInterval ? "over its steps" : "by step",
      gap: hasInterval ? 2 : 1, drop: .init(turn: 3, below: 32)
    ) { row, width in
      .text(spark(relations[row].attentionByPlace, width, glyphs), Style(.bar))
    }
    let change = Table.Column(
      .fixed(isWide ? 27 : hasInterval ? 26 : 7), hasInterval ? .left : .right,
      title: hasInterval ? "NDCG@10 change without it" : "without",
      gap: isWide || (hasSpark && !hasInterval) ? 2 : 1
    ) { row, _ in
      let change = relations[row].change
      return .text(self.change(change, hasInterval, glyphs), Style(role(change)))
    }
    let moved = Table.Column(.fixed(11), .right, title: "ranks moved", drop: last) { row, _ in
      .text(MapPage.percent(relations[row].moved))
    }
    return Table(
      [
        name, bar, share(4, glyphs.alpha, gap: 1, \.meanAttention), places,
        share(5, "leads", gap: isWide ? 2 : 0, drop: medium, \.leads),
        share(6, "gate z", gap: 1, drop: medium, \.meanGate), change, moved,
      ], width: width, margin: hasInterval ? 0 : hasSpark ? 2 : 1)
  }

  /// Where the interval leaves no doubt, on which side the change is.
  private static func role(_ change: MeanInterval) -> Role {
    if change.high < 0 { return .negative }
    return change.low > 0 ? .positive : .muted
  }

  private static func change(
    _ change: MeanInterval, _ hasInterval: Bool, _ glyphs: Glyphs
  ) -> String {
    func signed(_ value: Double) -> String {
      guard value.isFinite, abs(value) < 1 else { return "  ?  " }
      return glyphs.signed(value, places: 4)
    }
    guard hasInterval else { return signed(change.mean) }
    let to = glyphs.showsBraille ? "…" : "to"
    return "\(signed(change.mean)) (\(signed(change.low)) \(to) \(signed(change.high)))"
  }

  /// The means of neighbouring bins, of those that are known, from 0 to the largest of them.
  private static func spark(
    _ values: [Double?], _ width: Int, _ glyphs: Glyphs
  ) -> String {
    let count = min(width, values.count)
    let means = (0..<count).map { bin -> Double in
      let known = values[bin * values.count / count..<(bin + 1) * values.count / count]
        .compactMap(\.self)
      return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
    }
    // The highest sign of all would run into the row above.
    return glyphs.sparkline(means, in: 0...max(1.15 * (means.filter(\.isFinite).max() ?? 0), 1e-9))
  }
}
