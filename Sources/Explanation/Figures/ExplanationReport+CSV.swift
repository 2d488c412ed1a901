import KSRModel

extension ExplanationReport {
  /// The explanation as CSV: one row per cell, whose `value`s add up to the score over the contrast
  /// but for rounding.
  ///
  /// Columns: `step` (from 1), `item`, `name`, `part` (sequence, relation or bias), `relation`,
  /// `value`, of a relation cell its `item_part` and `relation_part`; then, said of the whole step
  /// and the same in all its rows, `step_sum`, `step_leave_one_out` and `step_gradient_x_input`.
  package var csv: String {
    var lines = [
      "step,item,name,part,relation,value,item_part,relation_part,"
        + "step_sum,step_leave_one_out,step_gradient_x_input"
    ]
    let table = contributions
    let sums = table.stepSums
    for (row, step) in table.steps.enumerated() {
      let item = Int(table.items[row])
      let start = ["\(step + 1)", field(model.items[item]), field(model.itemNames[item])]
      let whole = ["\(sums[row])", "\(without[row].loss)", "\(gradientSum(row: row))"]
      lines.append(
        (start + ["sequence", "", "\(table.sequence[row])", "", ""] + whole)
          .joined(separator: ","))
      for a in 0..<table.relationCount {
        let cell = [
          "relation", field(model.relations[a]), "\(table.cell(row: row, relation: a))",
          "\(table.filmParts[row, a])", "\(table.relationParts[row, a])",
        ]
        lines.append((start + cell + whole).joined(separator: ","))
      }
    }
    lines.append(",,,bias,,\(table.bias),,,,,")
    return lines.joined(separator: "\n") + "\n"
  }

  /// A field as RFC 4180 has it.
  private func field(_ text: String) -> String {
    guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + doubled.joined(separator: "\"\"") + "\""
  }
}
