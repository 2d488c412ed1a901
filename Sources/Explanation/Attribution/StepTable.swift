/// The table of an explanation, as screen, text, JSON, CSV and figure write it: a value of each column
/// of ``Attributions/columns`` for each step, and what belongs to no step.
///
/// The removal column adds up to log p of the item (or what stands for it), the written one to its
/// score over the contrast.
package struct StepTable: Sendable {
  package enum Kind: Sendable, Hashable {
    /// By row of the window.
    case step(Int)
    /// What single steps do not carry.
    case together
    /// ρ, where the item is in the history.
    case alreadySeen
    /// What is left without any history.
    case bias
    case all
  }

  package struct Row: Sendable {
    package let kind: Kind
    /// By column; nil where there is none, or none yet.
    package let values: [Float?]
  }

  /// What rows can be ordered by: columns.
  package enum Order: String, CaseIterable, Sendable {
    case removal, leftOutAlone, written

    package var column: Int {
      switch self {
      case .removal: 0
      case .leftOutAlone: 1
      case .written: 3
      }
    }
  }

  /// The steps that the model sees, oldest first.
  package let steps: [Row]
  /// What belongs to no step, the bias last.
  package let rest: [Row]
  package let all: Row

  package init(_ table: Contributions, _ known: StepAttributions.Known) {
    let (removal, written) = (Order.removal.column, Order.written.column)
    func row(_ kind: Kind, removal value: Float?, written amount: Float?) -> Row {
      var values = [Float?](repeating: nil, count: Attributions.columns.count)
      (values[removal], values[written]) = (value, amount)
      return Row(kind: kind, values: values)
    }
    let sums = table.stepSums
    steps = sums.indices.map { place in
      var values = known.values(row: place)
      values[written] = sums[place]
      return Row(kind: .step(place), values: values)
    }
    rest =
      [row(.together, removal: known.whole?.together, written: nil)]
      + (table.repeated == 0 ? [] : [row(.alreadySeen, removal: nil, written: table.repeated)])
      + [row(.bias, removal: known.whole?.bias, written: table.bias)]
    all = row(.all, removal: known.whole?.value, written: table.score)
  }

  /// The steps, the largest value first; of equals the later one.
  ///
  /// Those whose value is not known come after them, by what was written.
  package func ordered(by order: Order) -> [Row] {
    func key(_ row: Row) -> (isKnown: Bool, value: Float) {
      let value = row.values[order.column]
      return (value != nil, value ?? row.values[Order.written.column] ?? 0)
    }
    return steps.indices.sorted { a, b in
      let (x, y) = (key(steps[a]), key(steps[b]))
      if x.isKnown != y.isKnown { return x.isKnown }
      return x.value != y.value ? x.value > y.value : a > b
    }.map { steps[$0] }
  }

  /// The rows of the window with the largest removal values, the largest first.
  package func top(_ count: Int) -> [Int] {
    ordered(by: .removal).prefix(max(0, count)).compactMap {
      if case .step(let row) = $0.kind { row } else { nil }
    }
  }

  /// What a row that is no step is called.
  package static func name(_ kind: Kind, items: String = "items") -> String {
    switch kind {
    case .step(let row): "\(row + 1)"
    case .together: "carried by several \(items) together"
    case .alreadySeen: "already seen"
    case .bias: "bias"
    case .all: "all"
    }
  }
}
