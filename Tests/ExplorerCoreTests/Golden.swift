import Foundation
import TestSupport
import Testing

/// Compares a text with the one kept in `Tests/Fixtures/explorer/goldens`.
///
/// A text that is not kept yet is written there, and the test fails, so that somebody looks at it.
/// After a change that is meant, delete the file and run the test twice.
func expectGolden(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let path = TestEnvironment.fixture("explorer/goldens/\(name).txt")
  guard let kept = try? String(contentsOfFile: path, encoding: .utf8) else {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record("\(name) is new: look at \(path)", sourceLocation: sourceLocation)
    return
  }
  guard text != kept else { return }
  let lines = zip(
    text.split(separator: "\n", omittingEmptySubsequences: false),
    kept.split(separator: "\n", omittingEmptySubsequences: false))
  let difference = lines.enumerated().first { $0.element.0 != $0.element.1 }
  Issue.record(
    """
    \(name) differs, first in line \((difference?.offset ?? -1) + 1):
    now  \(difference?.element.0 ?? "(another number of lines)")
    kept \(difference?.element.1 ?? "")
    """, sourceLocation: sourceLocation)
}
