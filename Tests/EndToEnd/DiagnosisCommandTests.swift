import Foundation
import TestSupport
import Testing

/// `ksr evaluate --diagnose` as a program.
@Suite struct DiagnosisCommandTests {
  private static let data = TestEnvironment.fixture("explorer/little")

  private func evaluate(_ arguments: String...) throws -> (status: Int32, output: String) {
    try Programs.run(
      Programs.executable("ksr"),
      ["evaluate", Self.data + "/little.safetensors", "--data", Self.data, "--diagnose"]
        + arguments)
  }

  @Test func textAndJSONHaveTheSameNumbers() throws {
    let text = try evaluate()
    #expect(text.status == 0)
    let json = try evaluate("--json")
    let start = try #require(json.output.firstIndex(of: "{"))
    let end = try #require(json.output.lastIndex(of: "}"))
    let object = try JSONSerialization.jsonObject(with: Data(json.output[start...end].utf8))
    let model = try #require((object as? [String: Any])?["model"] as? [String: Any])
    let relations = try #require(model["relations"] as? [[String: Any]])
    #expect(relations.count == 3)
    for relation in relations {
      let change = try #require(relation["change"] as? [String: Double])
      let line = try #require(
        text.output.split(separator: "\n").first {
          $0.hasPrefix(relation["name"] as? String ?? "?")
        })
      for value in change.values { #expect(line.contains(String(format: "%+.4f", value))) }
      let mean = try #require(relation["meanAttention"] as? Double)
      #expect(line.contains(String(format: "%.4f", mean)))
      let byPlace = try #require(relation["attentionByPlace"] as? [Any])
      #expect(line.count { "▁▂▃▄▅▆▇█".contains($0) } == byPlace.count { $0 is NSNumber })
    }
    #expect(text.output.contains("1 of 12 items have no facts"))
    #expect(text.output.contains("predicted best"))
  }

  @Test func itGoesWithNoOtherWayToEvaluate() throws {
    #expect(try evaluate("--explanations").status != 0)
  }
}
