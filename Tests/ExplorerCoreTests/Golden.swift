import Foundation
import TestSupport
import Testing

/// Compares a text with the one kept in `Tests/Fixtures/explorer/goldens`.
///
/// A text that is not kept yet is written there, and the test fails, so that somebody looks at it.
/// Residuals are what rounding leaves, which differs from build to build: they are compared as if
/// they were all the same. After a change that is meant, delete the file and run the test twice.
func expectGolden(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for place in ["{item", "{user", "{a ", "{Item", "{User", "{A "] where text.contains(place) {
    Issue.record(
      "\(name) has a noun that was not filled in: \(place)", sourceLocation: sourceLocation)
  }
  let path = TestEnvironment.fixture("explorer/goldens/\(name).txt")
  guard let kept = try? String(contentsOfFile: path, encoding: .utf8) else {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record("\(name) is new: look at \(path)", sourceLocation: sourceLocation)
    return
  }
  let (now, before) = (withoutResiduals(text), withoutResiduals(kept))
  guard now != before else { return }
  let lines = zip(
    now.split(separator: "\n", omittingEmptySubsequences: false),
    before.split(separator: "\n", omittingEmptySubsequences: false))
  let difference = lines.enumerated().first { $0.element.0 != $0.element.1 }
  Issue.record(
    """
    \(name) differs, first in line \((difference?.offset ?? -1) + 1):
    now  \(difference?.element.0 ?? "(another number of lines)")
    kept \(difference?.element.1 ?? "")
    """, sourceLocation: sourceLocation)
}

/// The text with every number like −4e-7, and the room around it, as one sign.
private func withoutResiduals(_ text: String) -> String {
  text.replacing(/[ ]*[-−]?[0-9](\.[0-9])?e-[0-9]+[ ]*[─-]*/, with: "~")
}
