import DataCheck
import Testing

/// What is wrong with interactions.
@Suite struct HistoryTests {
  @Test func shortUsers() throws {
    let report = try Folder.with {
      $0.append("inter", ["v1", "f1", "0"], ["v2", "f1", "0"], ["v2", "f2", "1"])
      $0.append("inter", ["v3", "f1", "0"], ["v3", "f2", "1"], ["v3", "f3", "2"])
    }.report()
    #expect(report.kinds == [.shortUsers])
    #expect(report.findings[0].count == 2 && report.findings[0].total == 23)
    #expect(report.findings[0].examples == ["user v1: 1 interaction", "user v2: 2 interactions"])
  }

  @Test func tiedTimes() throws {
    let report = try Folder.with {
      $0.change("inter") {
        if $0[0] == "u3", $0[2] == "10" { $0[2] = "20" }
        if $0[0] == "u4", $0[2] == "30" { $0[2] = "40" }
      }
    }.report()
    #expect(report.kinds == [.tiedTimes])
    let finding = report.findings[0]
    #expect(finding.count == 4 && finding.total == 100)
    #expect(finding.measures == ["users whose last item is tied": 1])
    #expect(
      finding.meaning.contains("For 1 of 20 users (5.0 %)") || finding.meaning.contains("(5 %)"))
    #expect(finding.severity == .minor)
  }

  @Test func allTimesTiedIsModerate() throws {
    let report = try Folder.with { $0.change("inter") { $0[2] = "1" } }.report()
    #expect(report.findings.map(\.severity) == [.moderate])
    #expect(report.findings[0].share == 1)
  }

  @Test func duplicates() throws {
    let report = try Folder.with { folder in
      for row in (folder.tables["inter"] ?? []).dropFirst().prefix(2) {
        folder.append("inter", row)
      }
    }.report()
    #expect(report.kinds == [.duplicateInteractions])
    #expect(report.findings[0].count == 2 && report.findings[0].total == 102)
    #expect(report.findings[0].examples[0] == "user u0: \(Folder.title(0)) (1950) again")
  }

  @Test func theSameItemLaterIsNoDuplicate() throws {
    let report = try Folder.with { $0.append("inter", ["u0", "f0", "99"]) }.report()
    #expect(report.findings == [])
  }
}
