import AtomicFiles

extension DataReport {
  /// The report for people: findings in groups, the most harmful first, within 100 columns.
  package var text: String {
    let sizes = sizes.map { "\(grouped($0.count)) \($0.unit)" }.joined(separator: ", ")
    var lines = Self.wrapped("\(printable(dataName)): \(sizes)", indent: 0)
    for removal in removals {
      lines += Self.wrapped(printable(removal.description, limit: 400), indent: 0)
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
      lines += ["", "NOT CHECKED"] + skipped.flatMap { Self.wrapped($0, indent: 2) }
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
    return heading + wrapped(finding.meaning, indent: 4)
      + finding.examples.map { "      · " + clipped($0, to: width - 8) }
  }

  private static let width = 100

  private static func clipped(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }

  private static func wrapped(_ text: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(margin + word)
      }
    }
    return lines
  }
}
