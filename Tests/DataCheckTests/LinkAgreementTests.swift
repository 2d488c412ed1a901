import DataCheck
import Randomness
import Testing

/// Wrong links in a graph without a readable name, found by statistics.
@Suite struct LinkAgreementTests {
  /// The films under entities e0 … with names that say nothing, and links as the places say.
  private func unreadable(films: Int = 300, links: (Int) -> Int) -> Folder {
    var generator = SeededGenerator(seed: 5)
    var folder = Folder()
    for suffix in ["inter", "item", "link", "kg"] {
      folder.tables[suffix] = Array((folder.tables[suffix] ?? []).prefix(1))
    }
    folder.tables["entity"] = nil
    for film in 0..<films {
      let genre = generator.integer(below: 4)
      folder.append("item", ["f\(film)", "Title \(film)", "1990", "G\(genre) Feature"])
      folder.append("link", ["f\(film)", "m\(links(film))"])
      // One film in eight has another genre in the graph; directors know nothing of genres.
      let known = generator.integer(below: 8) == 0 ? generator.integer(below: 4) : genre
      folder.append(
        "kg", ["m\(film)", "r1", "t\(known)"],
        ["m\(film)", "r2", "d\(generator.integer(below: 9))"])
    }
    for user in 0..<20 {
      for step in 0..<30 {
        folder.append("inter", ["u\(user)", "f\((user * 15 + step) % films)", "\(step)"])
      }
    }
    return folder
  }

  @Test func rightLinksAreSilent() throws {
    #expect(try unreadable { $0 }.report().findings == [])
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func linksDrawnByLotAreFound(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var places = Array(0..<300)
    generator.shuffle(&places)
    let report = try unreadable { places[$0] }.report()
    #expect(report.kinds == [.linksByChance])
    let finding = report.findings[0]
    #expect(finding.severity == .severe)
    #expect(finding.count == 300 && finding.share == 1)
    let agreement = try #require(finding.measures["agreement"])
    let chance = try #require(finding.measures["chance"])
    #expect(abs(agreement - chance) < 0.03 && chance > 0 && chance < 0.1)
    // The film chosen most comes first.
    #expect(finding.examples[0].contains("class G") && finding.examples[0].contains(" → m"))
  }

  @Test func linksOffByOneAreFound() throws {
    #expect(try unreadable { ($0 + 1) % 300 }.report().kinds == [.linksByChance])
  }

  @Test func aQuarterOfRightLinksIsWeak() throws {
    let report = try unreadable { $0 % 4 == 0 ? $0 : ($0 + 4) % 300 }.report()
    #expect(report.kinds == [.weakLinks])
    #expect(report.findings[0].total == 0)
  }

  @Test func halfOfTheLinksWrongIsNoChance() throws {
    let report = try unreadable { $0 % 2 == 0 ? $0 : ($0 + 2) % 300 }.report()
    #expect(report.finding(.linksByChance) == nil)
  }

  @Test func agreeingNamesClearTheLinks() throws {
    var folder = unreadable { ($0 + 1) % 300 }
    folder.tables["entity"] =
      [["entity_id:token", "name:token_seq"]]
      + (0..<300).map { ["m\(($0 + 1) % 300)", "Title \($0)"] }
    #expect(try folder.report().findings == [])
  }

  @Test func fewItemsDecideNothing() throws {
    let report = try unreadable(films: 40) { ($0 + 1) % 40 }.report()
    #expect(report.findings == [])
    #expect(report.skipped.contains { $0.contains("statistics") })
  }

  @Test func theSameEveryTime() throws {
    let folder = unreadable { ($0 + 1) % 300 }
    #expect(try folder.report().json == (try folder.report().json))
  }
}
