import Explanation
import Workspace

/// What is selected of the model as a whole.
package struct DiagnosisView: Equatable, Sendable {
  /// The selected row: relations, then slices, then the users predicted best and worst.
  package internal(set) var row = 0
}

/// The model as a whole, as far as it has been counted.
package struct DiagnosisScene: Sendable {
  /// The last report; nil before the first.
  package let report: DiagnosisReport?
  /// Users counted by now, and all of them.
  package let counted: (done: Int, of: Int)
  /// What the names of items and entities say of the links.
  package let links: LinkDiagnosis
  var nouns = Nouns()

  enum Row: Equatable {
    case relation(Int)
    case slice(Int)
    case user(DiagnosisReport.User)
  }

  /// The rows that can be selected.
  var rows: [Row] {
    guard let report else { return [] }
    return report.relations.indices.map { .relation($0) }
      + ([report.all] + report.slices).indices.map { .slice($0) }
      + (report.best + report.worst).map { .user($0) }
  }
}

/// How many links look wrong.
package enum LinkDiagnosis: Sendable, Equatable {
  case unknown
  /// The data has no links, no titles or no names of entities.
  case nothingToCompare
  /// A file that cannot be read, in a sentence.
  case failed(String)
  /// Links with both names, those that look wrong, and titles of some of them.
  case compared(Int, different: Int, titles: [String])
}
