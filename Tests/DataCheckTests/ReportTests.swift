import AtomicFiles
import DataCheck
import Foundation
import KSRModel
import TestSupport
import Testing

/// The report as a whole: order, text, JSON, errors.
@Suite struct ReportTests {
  private static let troubled = Folder.with { folder in
    folder.change("inter") { $0[2] = "1" }
    folder.append("kg", ["d0", "born_in", "p0"], ["d1", "born_in", "p0"])
    folder.remove("link") { ["1", "3", "5", "7"].contains($0[0].suffix(1)) }
  }

  @Test func mostHarmfulFirst() throws {
    let report = try Self.troubled.report()
    let order = report.findings.map { Severity.allCases.firstIndex(of: $0.severity) ?? 9 }
    #expect(order == order.sorted())
    #expect(Set(order) == [0, 1, 2])
  }

  @Test func textFitsAHundredColumns() throws {
    let text = try Self.troubled.report(examples: 50).text
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    let headings = ["SEVERE", "MODERATE", "MINOR"].compactMap { text.range(of: "\n\($0)\n") }
    #expect(headings.count == 3)
    #expect(headings == headings.sorted { $0.lowerBound < $1.lowerBound })
  }

  @Test(arguments: [0, 1, 3])
  func atMostThatManyExamples(count: Int) throws {
    let counts = try Self.troubled.report(examples: count).findings.map(\.examples.count)
    #expect(counts.max() == count)
  }

  @Test func jsonHoldsWhatTheReportHolds() throws {
    let report = try Self.troubled.report()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json.utf8)) as? [String: Any])
    #expect(object["data"] as? String == "films")
    let findings = try #require(object["findings"] as? [[String: Any]])
    #expect(findings.map { $0["kind"] as? String } == report.kinds.map(\.rawValue))
    #expect(findings.map { $0["share"] as? Double } == report.findings.map(\.share))
    #expect(findings.map { $0["examples"] as? [String] } == report.findings.map(\.examples))
    #expect((object["sizes"] as? [String: Int])?["users"] == 20)
  }

  @Test func controlCharactersDoNotReachTheTerminal() throws {
    let text = try Folder.with {
      $0.change("item") { if $0[0] == "f7" { $0[1] = "Evil\u{1b}[2J" } }
      $0.remove("link") { $0[0] == "f7" }
    }.report().text
    #expect(text.contains("Evil\\u{1B}[2J"))
    #expect(!text.contains("\u{1b}"))
  }

  @Test(arguments: ["kg", "link"])
  func missingFilesAreErrors(suffix: String) {
    #expect(throws: DataError.self) { try Folder.with { $0.tables[suffix] = nil }.report() }
  }

  @Test func brokenRowsAreErrors() {
    #expect(throws: DataError.self) {
      try Folder.with { $0.append("kg", ["e1", "genre"]) }.report()
    }
  }

  @Test(arguments: ["inter", "kg", "link", "item", "entity"])
  func emptyFilesDoNotTrap(suffix: String) {
    let folder = Folder.with { $0.tables[suffix] = Array(($0.tables[suffix] ?? []).prefix(1)) }
    #expect((try? folder.report().text.isEmpty) != true)
  }
}

/// Real data, whose state is known.
@Suite struct RealDataTests {
  private static let aboutLinks: Set<FindingKind> = [
    .linksByChance, .weakLinks, .linkNames, .linkClasses, .linkYears, .sharedEntities,
    .missingEntities,
  ]

  @Test(.enabled(if: TestEnvironment.data != nil, "KSR_DATA is not set"))
  func wrongLinksOfMovieLensAreCaught() throws {
    let path = try #require(TestEnvironment.data) + "/ml-100k"
    let report = try DataReport(AtomicFolder(path: path))
    let finding = try #require(report.findings.first)
    #expect(finding.kind == .linksByChance && finding.severity == .severe)
    #expect(finding.count == 1598)
    #expect(finding.title.contains("class"))
    #expect(finding.examples[0].hasPrefix("Star Wars (1977), class Action Adventure"))
    #expect(report.finding(.unlinkedItems)?.count == 84)
    #expect(report.finding(.headsNotItems)?.count == 10)
    #expect(report.finding(.inverseRelations) != nil)
    #expect(report.finding(.tiedTimes)?.severity == .moderate)
  }

  @Test(.enabled(if: TestEnvironment.data != nil, "KSR_DATA is not set"))
  func rightLinksOfTweetsAreNotTouched() throws {
    let path = try #require(TestEnvironment.data) + "/movietweetings-core"
    let report = try DataReport(AtomicFolder(path: path))
    #expect(Self.aboutLinks.isDisjoint(with: report.kinds))
    #expect(report.finding(.headsNotItems)?.examples == ["in_decade: 0 of 81 heads are items"])
  }

  private static let cinema = TestEnvironment.root + "/sample-data/cinema"

  @Test func bundledDataAndModelAreSound() throws {
    let model = try TrainedModel.read(path: TestEnvironment.root + "/assets/cinema.safetensors")
    let report = try DataReport(AtomicFolder(path: Self.cinema), model: model)
    #expect(report.kinds == [.singleTails])
  }

  /// Links drawn by lot: statistic, names, classes and years all speak up.
  @Test func bundledDataWithWrongLinksIsCaught() throws {
    var folder = try Self.tables(of: Self.cinema)
    folder.shuffleLinks(seed: 3)
    let kinds = try folder.report().kinds
    #expect(kinds.prefix(4) == [.linksByChance, .linkNames, .linkClasses, .linkYears])
  }

  /// Where nothing can be read the statistic still tells right links from links drawn by lot.
  @Test func bundledDataWithoutNames() throws {
    var folder = try Self.tables(of: Self.cinema)
    folder.tables["entity"] = nil
    var numbers: [String: String] = [:]
    func number(_ token: String) -> String {
      let known = numbers[token] ?? "m\(numbers.count)"
      numbers[token] = known
      return known
    }
    folder.change("link") { $0[1] = number($0[1]) }
    folder.change("kg") { $0 = [number($0[0]), $0[1], number($0[2])] }
    #expect(Self.aboutLinks.isDisjoint(with: try folder.report().kinds))
    folder.shuffleLinks(seed: 4)
    #expect(try folder.report().kinds.first == .linksByChance)
  }

  private static func tables(of path: String) throws -> Folder {
    var folder = Folder()
    folder.tables = [:]
    for suffix in ["inter", "item", "link", "kg", "entity"] {
      let text = try String(contentsOfFile: "\(path)/cinema.\(suffix)", encoding: .utf8)
      folder.tables[suffix] = text.split(separator: "\n").map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    }
    return folder
  }
}
