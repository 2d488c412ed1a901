import AtomicFiles
import KSRModel
import Text
import Workspace

/// What is wrong with a data folder, and with a model where one is given.
package struct DataReport: Sendable {
  /// The size of something that was looked at, such as 943 `users`.
  package struct Size: Sendable, Equatable {
    package let unit: String
    package let count: Int
  }

  package let dataName: String
  /// How much of what the folder holds.
  package let sizes: [Size]
  /// What is wrong, the most harmful first.
  package let findings: [Finding]
  /// What could not be looked at and why, a sentence each.
  package let skipped: [String]
  /// What settings left out before anything was looked at.
  package let removals: [Removal]

  /// Checks a data folder; an error if a file cannot be read.
  ///
  /// - Parameters:
  ///   - settings: how the files are read and filtered; if not given, as they were for the model.
  ///   - model: a model to check on its own and against the data.
  ///   - examples: the most examples of a finding.
  package init(
    _ folder: AtomicFolder, settings: DataSettings? = nil, model: TrainedModel? = nil,
    examples: Int = 5
  ) throws(DataError) {
    let own = try model?.dataSettings()
    let data = try CheckedData(folder, settings ?? own ?? DataSettings())
    var skipped: [String] = []
    var findings = data.linkCoverage() + data.linkContradictions(&skipped) + data.graphShape()
    findings += data.histories() + data.vectors() + data.oddities()
    if let model { findings += try ModelCheck(model, data).findings() }
    self.init(data, findings: findings, skipped: skipped, examples: examples)
  }

  private init(_ data: CheckedData, findings: [Finding], skipped: [String], examples: Int) {
    dataName = data.folder.name
    sizes = [
      Size(unit: "users", count: data.interactions.users.count),
      Size(unit: "items", count: data.chosenItemCount),
      Size(unit: "interactions", count: data.interactions.count),
      Size(unit: "links", count: data.links.items.count),
      Size(unit: "triples", count: data.triples.count),
      Size(unit: "relations", count: data.graph.relations.count),
    ]
    self.findings = findings.map { finding in
      var finding = finding
      finding.examples = Array(finding.examples.prefix(examples))
      return finding
    }.sorted { a, b in
      if a.severity != b.severity { return a.severity.place < b.severity.place }
      return a.kind.place < b.kind.place
    }
    self.skipped = skipped
    removals = data.removals
  }
}

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
    if findings.isEmpty { lines += ["", "No problems found."] }
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
