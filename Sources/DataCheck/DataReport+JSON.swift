import Text

extension DataReport {
  /// The report for programs: one JSON object with sorted keys.
  package var json: String {
    get throws(UserError) { try JSON.text(document) }
  }

  private var document: Document {
    Document(
      data: dataName,
      sizes: Dictionary(sizes.map { ($0.unit, $0.count) }) { $1 },
      findings: findings.map { finding in
        Document.Entry(
          kind: finding.kind.rawValue, severity: finding.severity.rawValue, title: finding.title,
          count: finding.count, total: finding.total, share: finding.share, unit: finding.unit,
          meaning: finding.meaning, examples: finding.examples, measures: finding.measures)
      },
      skipped: skipped, leftOut: removals.map(\.description))
  }

  private struct Document: Encodable {
    struct Entry: Encodable {
      let kind, severity, title: String
      let count, total: Int
      let share: Double
      let unit, meaning: String
      let examples: [String]
      let measures: [String: Double]
    }

    let data: String
    let sizes: [String: Int]
    let findings: [Entry]
    let skipped, leftOut: [String]
  }
}
