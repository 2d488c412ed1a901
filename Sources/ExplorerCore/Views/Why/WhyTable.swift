import Explanation

/// The rows and columns of the reasons: a pure function of what was computed and how it is looked
/// at.
///
/// The amounts of a table that nothing has been looked into add up to the score over the contrast;
/// those of a place that has been looked into, to its own amount.
struct WhyTable {
  /// A column of numbers beside the amount.
  struct Column: Equatable {
    enum Kind { case signed, share, rank, count }

    let title: String
    let kind: Kind
    /// The cells that add up to the amount are left out last; the rest only helps to read them.
    let isCell: Bool
    /// What stands above it where the title does not fit; it is cut if that does not, either.
    var short: String { title == "sequence" ? "seq." : title }
  }

  struct Row {
    /// What can be looked into; nil for what has no parts.
    let place: WhyView.Place?
    /// The step, from 1, where the row is one.
    let number: Int?
    let title: String
    /// By column; nil where nothing is known (yet).
    let values: [Float?]
    let amount: Float
    /// Known facts, or what else is said of the row.
    let note: String
  }

  let title: String
  let columns: [Column]
  let amountTitle: String
  /// What the notes say; empty where they say it themselves.
  let noteTitle: String
  /// The largest amount first.
  let rows: [Row]
  /// What all rows add up to.
  let total: Float

  func selected(_ view: WhyView) -> Int { min(max(0, view.row), max(0, rows.count - 1)) }
}

extension WhyTable {
  init(
    _ why: WhyScene, _ view: WhyView, _ model: ModelScene, _ words: Terminology, _ glyphs: Glyphs
  ) {
    let maker = WhyRows(why: why, model: model, words: words, glyphs: glyphs)
    switch view.path.last {
    case .step(let step): self = maker.parts(of: step) ?? maker.steps
    case .part(let part): self = maker.steps(of: part) ?? maker.parts
    case .fact(let slot, let tail): self = maker.steps(sharing: slot, tail) ?? maker.facts
    case .noFact: self = maker.stepsWithoutFact
    case nil:
      switch view.grouping {
      case .steps: self = maker.steps
      case .relations: self = maker.parts
      case .facts: self = maker.facts
      }
    }
  }

  /// A table of rows in any order.
  init(
    _ title: String, _ columns: [Column], amount: String = "sum", notes: String = "",
    rows: [Row]
  ) {
    self.title = title
    self.columns = columns
    amountTitle = amount
    noteTitle = notes
    let order = rows.indices.sorted {
      let (a, b) = (abs(rows[$0].amount), abs(rows[$1].amount))
      return a != b ? a > b : (rows[$0].number ?? 0, $1) > (rows[$1].number ?? 0, $0)
    }
    self.rows = order.map { rows[$0] }
    total = self.rows.reduce(0) { $0 + $1.amount }
  }
}
