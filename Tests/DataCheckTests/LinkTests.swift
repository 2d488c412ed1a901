import DataCheck
import Testing

/// What is wrong with links: each finding on a folder with exactly that defect.
@Suite struct LinkTests {
  @Test func cleanFolderHasNoFindings() throws {
    let report = try Folder().report()
    #expect(report.findings == [])
    #expect(report.skipped == [])
    #expect(report.text.contains("No problems found."))
  }

  @Test func unlinkedItems() throws {
    let report = try Folder.with { $0.remove("link") { $0[0] == "f7" } }.report()
    #expect(report.kinds == [.unlinkedItems])
    let finding = try #require(report.finding(.unlinkedItems))
    #expect(finding.count == 1 && finding.unit == "items")
    #expect(finding.examples[0].hasPrefix("\(Folder.title(7)) (1955), "))
    #expect(finding.measures["interactions"] ?? 0 > 0)
    #expect(finding.severity == .minor)
  }

  @Test func manyUnlinkedItemsAreSevere() throws {
    let report = try Folder.with { $0.remove("link") { $0[0].hasSuffix("1") } }.report()
    #expect(report.finding(.unlinkedItems)?.severity == .moderate)
    let half = try Folder.with {
      $0.remove("link") { ["1", "3", "5", "7"].contains($0[0].suffix(1)) }
    }
    .report()
    #expect(half.finding(.unlinkedItems)?.severity == .severe)
  }

  @Test func entitiesMissingInTheGraph() throws {
    let report = try Folder.with { $0.remove("kg") { $0[0] == "e7" } }.report()
    #expect(report.kinds == [.missingEntities])
    #expect(report.findings[0].examples[0].contains("\(Folder.title(7)) (1955) → e7, "))
  }

  @Test func entitiesWithoutFacts() throws {
    // The entity is known, as a tail of something that is no item.
    let report = try Folder.with {
      $0.remove("kg") { $0[0] == "e7" }
      $0.append("kg", ["e8", "director", "e7"], ["e14", "director", "e7"])
    }.report()
    #expect(report.kinds == [.withoutFacts])
    #expect(report.findings[0].examples == ["\(Folder.title(7)) (1955) → \(Folder.title(7))"])
  }

  @Test func itemsSharingAnEntity() throws {
    // Films 7 and 19 agree in genre, director and (made so) year and name.
    let report = try Folder.with {
      $0.change("link") { if $0[0] == "f19" { $0[1] = "e7" } }
      $0.change("item") { if $0[0] == "f19" { $0[1] = Folder.title(7); $0[2] = "1955" } }
    }.report()
    #expect(report.kinds == [.sharedEntities])
    let finding = report.findings[0]
    #expect(finding.count == 2 && finding.total == 60)
    #expect(finding.examples[0].hasPrefix("\(Folder.title(7)) ← 2: "))
  }

  @Test func namesThatDisagree() throws {
    let report = try Folder.with {
      $0.change("entity") { if $0[0] == "e7" { $0[1] = "Quaint Plumbing" } }
    }.report()
    #expect(report.kinds == [.linkNames])
    #expect(report.findings[0].count == 1 && report.findings[0].total == 60)
    #expect(report.findings[0].examples == ["\(Folder.title(7)) (1955) → Quaint Plumbing"])
    #expect(report.findings[0].severity == .moderate)
  }

  @Test(arguments: [
    ("Misérables, Les (1995)", "Les Misérables"), ("MISERABLES", "Les misérables"),
    ("Ocean's Eleven", "Oceans 11"), ("Film-Noir Days", "film noir days"), ("It", "It (2017)"),
    ("千と千尋の神隠し", "千と千尋の神隠し"),
  ])
  func namesThatAgree(title: String, name: String) throws {
    let report = try Folder.with {
      $0.change("item") { if $0[0] == "f7" { $0[1] = title } }
      $0.change("entity") { if $0[0] == "e7" { $0[1] = name } }
    }.report()
    #expect(report.findings == [])
  }

  @Test func classesThatDisagree() throws {
    let report = try Folder.with {
      $0.change("kg") { if $0[0] == "e7", $0[1] == "genre" { $0[2] = "g:Comedy" } }
    }.report()
    #expect(report.kinds == [.linkClasses])
    #expect(report.findings[0].count == 1 && report.findings[0].total == 60)
    #expect(
      report.findings[0].examples == ["\(Folder.title(7)) (1955), class Drama → g:Comedy"])
  }

  @Test func oneCommonClassIsEnough() throws {
    let report = try Folder.with {
      $0.change("item") { $0[3] += " Comedy" }
      $0.append("kg", ["e7", "genre", "g:Film-Noir"])
    }.report()
    #expect(report.findings == [])
  }

  @Test func yearsThatDisagree() throws {
    let report = try Folder.with {
      $0.change("item") {
        if $0[0] == "f7" { $0[2] = "1960" }
        if $0[0] == "f8" { $0[2] = "1956" }
      }
    }.report()
    #expect(report.kinds == [.linkYears])
    #expect(report.findings[0].examples == ["\(Folder.title(7)) (1960) → y:1955"])
  }

  @Test func decadesAreYearsToo() throws {
    let folder = Folder.with {
      $0.change("kg") { if $0[1] == "year" { $0[2] = String($0[2].dropLast()) + "0s" } }
    }
    #expect(try folder.report().findings == [])
    var wrong = folder
    wrong.change("item") { if $0[0] == "f7" { $0[2] = "1971" } }
    #expect(try wrong.report().kinds == [.linkYears])
  }

  @Test func withoutItemsTheLinksAreSaidToBeUnchecked() throws {
    let report = try Folder.with { $0.tables["item"] = nil }.report()
    #expect(report.findings == [])
    #expect(report.skipped.count == 1)
    #expect(report.text.contains("NOT CHECKED"))
  }
}
