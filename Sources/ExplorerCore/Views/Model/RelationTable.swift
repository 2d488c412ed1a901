import Explanation
import KSRNumerics
import Text

/// The table of relations: how much each is read and written, and what the model is without it.
enum RelationTable {
  /// Where the parts of a row stand.
  private struct Columns {
    let name: Int
    var bar: Int?
    let attention: Int
    let spark: Int
    let sparkWidth: Int
    var leads: Int?
    var gate: Int?
    let change: Int
    let changeWidth: Int
    var moved: Int?

    init(_ width: Int, names: Int) {
      if width >= 100 {
        name = min(max(12, names), width - 91)
        bar = name + 1
        attention = name + 14
        spark = attention + 6
        sparkWidth = 16
        leads = spark + 18
        gate = spark + 25
        change = spark + 32
        changeWidth = 27
        moved = spark + 60
      } else if width >= 70 {
        name = min(max(10, names), width - 62)
        attention = name + 1
        spark = attention + 6
        sparkWidth = 16
        leads = spark + 16
        gate = spark + 23
        change = spark + 29
        changeWidth = 27
      } else if width < 32 {
        name = max(4, width - 14)
        attention = name + 1
        (spark, sparkWidth) = (name, 0)
        change = name + 6
        changeWidth = 7
      } else {
        name = max(4, width - 25)
        attention = name + 1
        spark = attention + 5
        sparkWidth = 8
        change = spark + 10
        changeWidth = 7
      }
    }
  }

  static func lines(_ report: DiagnosisReport, width: Int, _ glyphs: Glyphs) -> [PageLine] {
    guard !report.relations.isEmpty else {
      return [PageLine("This model has no memory.", style: Style(.muted)), PageLine()]
    }
    let columns = Columns(width, names: report.relations.map(\.name.columns).max() ?? 0)
    let hasInterval = columns.changeWidth > 10
    var head = PageLine("Relations", columns: columns.name, style: Style(.title))
    func title(_ text: String, _ column: Int?, _ width: Int, _ alignment: Alignment = .right) {
      guard let column else { return }
      head.put(text, at: column, width, alignment, style: Style(.muted))
    }
    title("mean", columns.bar.map { $0 + 8 }, 4)
    title(glyphs.alpha, columns.attention, 4)
    title(
      columns.sparkWidth == 16 ? "over its steps" : columns.sparkWidth > 0 ? "by step" : "",
      columns.spark, columns.sparkWidth, .left)
    title("leads", columns.leads, 5)
    title("gate z", columns.gate.map { $0 - 1 }, 6)
    title(
      hasInterval ? "NDCG@10 change without it" : "without", columns.change, columns.changeWidth,
      hasInterval ? .left : .right)
    title("ranks moved", columns.moved, 11)
    let top = report.relations.map(\.meanAttention).max() ?? 1
    let rows = report.relations.enumerated().map { slot, relation in
      var line = PageLine()
      line.put(
        relation.name.elided(to: columns.name, glyphs), at: 0, columns.name,
        style: Style(relation.neverMatters ? .muted : .text))
      if let bar = columns.bar {
        line.put(
          glyphs.bar(relation.meanAttention / max(top, 1e-9), width: 12), at: bar, 12,
          style: Style(.bar))
      }
      line.put(glyphs.share(Float(relation.meanAttention)), at: columns.attention, 4, .right)
      line.put(
        spark(relation.attentionByPlace, columns.sparkWidth, glyphs), at: columns.spark,
        columns.sparkWidth, style: Style(.bar))
      if let leads = columns.leads {
        line.put(glyphs.share(Float(relation.leads)), at: leads, 5, .right)
      }
      if let gate = columns.gate {
        line.put(glyphs.share(Float(relation.meanGate)), at: gate, 5, .right)
      }
      line.put(
        change(relation.change, hasInterval, glyphs), at: columns.change, columns.changeWidth,
        hasInterval ? .left : .right, style: Style(role(relation.change)))
      if let moved = columns.moved {
        line.put(MapPage.percent(relation.moved), at: moved, 11, .right)
      }
      line.select(slot, columns: width, shown: columns.name)
      return line
    }
    return [head] + rows + [PageLine()]
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
      let digits = String(Int((abs(value) * 10_000).rounded()))
      let text = "." + digits.filled(to: 4, .right, with: "0")
      if text == ".0000" { return " .0000" }
      return (value < 0 ? String(glyphs.marks.minus) : "+") + text
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
