import AtomicFiles
import Text

extension DataReport {
  /// The report for people: findings in groups, the most harmful first, within 100 columns.
  package var text: String {
    let sizes = sizes.map { "\(grouped($0.count)) \($0.unit)" }.joined(separator: ", ")
    var lines = "\(printable(dataName)): \(sizes)".wrapped(to: Self.width, indent: 0)
    for removal in removals {
      lines += printable(removal.description, limit: 400).wrapped(to: Self.width, indent: 0)
    }
    for severity in Severity.allCases {
      let group = findings.filter { $0.severity == severity }
      guard !group.isEmpty else { continue }
      lines += ["", severity.rawValue.uppercased()]
      for (place, finding) in group.enumerated() {
        if place > 0 { lines.append("") }
        lines += Self.lines(finding)
      }
    }
    if findings.isEmpty { lines += ["", "Nothing wrong was found."] }
    if !skipped.isEmpty {
      lines += ["", "NOT CHECKED"] + skipped.flatMap { $0.wrapped(to: Self.width, indent: 2) }
    }
    return lines.joined(separator: "\n")
  }

  private static func lines(_ finding: Finding) -> [String] {
    // Some findings are about the whole; they count nothing.
    var number = ""
    if finding.total > 0, finding.count == finding.total {
      number = finding.total == 1 ? "" : "all \(grouped(finding.total)) \(finding.unit)"
    } else if finding.total > 0 {
      number =
        "\(grouped(finding.count)) of \(grouped(finding.total)) \(finding.unit), "
        + percent(finding.share)
    }
    let space = width - 2 - finding.title.count - number.count
    let heading =
      space >= 2 || number.isEmpty
      ? [
        "  \(finding.title)" + (number.isEmpty ? "" : String(repeating: " ", count: space)) + number
      ]
      : [
        "  \(finding.title)", String(repeating: " ", count: max(4, width - number.count)) + number,
      ]
    return heading + finding.meaning.wrapped(to: width, indent: 4)
      + finding.examples.map { "      · " + $0.cut(to: width - 8) }
  }

  private static let width = 100
}
