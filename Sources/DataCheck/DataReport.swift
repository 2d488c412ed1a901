import AtomicFiles
import KSRModel
import Workspace

/// What is wrong with a data folder, and with a model where one is given.
package struct DataReport: Sendable {
  /// The size of something that was looked at, such as 943 `users`.
  package struct Size: Sendable, Equatable {
    package let unit: String
    package let count: Int
  }

  /// The name of the data folder.
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
