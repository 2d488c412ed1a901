import DataCheck
import Testing

/// What is wrong with the graph and its vectors.
@Suite struct GraphTests {
  @Test func relationsWhoseHeadsAreNotItems() throws {
    let report = try Folder.with {
      $0.append("kg", ["d0", "born_in", "p0"], ["d1", "born_in", "p0"])
    }.report()
    #expect(report.kinds == [.headsNotItems])
    #expect(report.findings[0].examples == ["born_in: 0 of 2 heads are items"])
    #expect(report.findings[0].severity == .minor)
  }

  @Test func noRelationOfItems() throws {
    let report = try Folder.with { $0.change("kg") { $0 = [$0[2], $0[1], $0[0]] } }.report()
    #expect(report.findings[0].kind == .headsNotItems && report.findings[0].severity == .severe)
    #expect(report.findings[0].count == 3)
  }

  @Test func inverseRelations() throws {
    let report = try Folder.with { folder in
      for row in folder.tables["kg"] ?? [] where row[1] == "director" {
        folder.append("kg", [row[2], "directed", row[0]])
      }
    }.report()
    #expect(report.kinds == [.headsNotItems, .inverseRelations])
    #expect(
      report.finding(.inverseRelations)?.examples
        == ["directed is the inverse of director, 60 facts"])
  }

  @Test func inverseRelationsBetweenItems() throws {
    let report = try Folder.with { folder in
      for film in stride(from: 0, to: 60, by: 4) {
        for other in [1, 2] {
          folder.append(
            "kg", ["e\(film)", "sequel", "e\(film + other)"],
            ["e\(film + 3)", "sequel", "e\(film + other)"],
            ["e\(film + other)", "prequel", "e\(film)"],
            ["e\(film + other)", "prequel", "e\(film + 3)"])
        }
      }
    }.report()
    #expect(report.kinds == [.inverseRelations])
    #expect(report.findings[0].count == 1)
  }

  @Test func symmetricRelationsAreNoInverses() throws {
    let report = try Folder.with { folder in
      for film in stride(from: 0, to: 60, by: 3) {
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
          folder.append(
            "kg", ["e\(film + a)", "like", "e\(film + b)"],
            ["e\(film + b)", "like", "e\(film + a)"])
        }
      }
    }.report()
    #expect(report.findings == [])
  }

  @Test func hubRelations() throws {
    let folder = Folder.with { folder in
      for film in 0..<60 {
        folder.append("kg", ["e\(film)", "type", film % 10 == 0 ? "t:short" : "t:film"])
      }
    }
    let report = try folder.report()
    #expect(report.kinds == [.hubRelations])
    #expect(report.findings[0].examples == ["type: 90 % of 60 items have t:film"])
    var mixed = folder
    mixed.change("kg") {
      if $0[1] == "type", $0[0].hasSuffix("1") || $0[0].hasSuffix("2") { $0[2] = "t:short" }
    }
    #expect(try mixed.report().findings == [])
  }

  @Test func tailsOfOneItem() throws {
    let folder = Folder.with { folder in
      for film in 0..<60 {
        folder.append("kg", ["e\(film)", "code", "c\(film < 20 ? film : film / 2)x\(film < 20)"])
      }
    }
    let report = try folder.report()
    #expect(report.kinds == [.singleTails])
    #expect(report.findings[0].examples == ["code: 20 of 60 facts (33 %)"])
    var merged = folder
    merged.change("kg") { if $0[2] == "c0xtrue" { $0[2] = "c1xtrue" } }
    #expect(try merged.report().findings == [])
  }

  @Test func vectorsAsTheyShouldBe() throws {
    #expect(try Folder.with { $0.addVectors() }.report().findings == [])
  }

  @Test func missingVectors() throws {
    let report = try Folder.with {
      $0.addVectors()
      $0.remove("ent_feature") { $0[0] == "e7" }
    }.report()
    #expect(report.kinds == [.missingVectors])
    #expect(report.findings[0].count == 1 && report.findings[0].total == 60)
  }

  @Test func missingRelationVectors() throws {
    let report = try Folder.with {
      $0.addVectors()
      $0.remove("rel_feature") { $0[0] == "genre" }
    }.report()
    #expect(report.kinds == [.missingRelationVectors])
    #expect(report.findings[0].examples == ["genre"] && report.findings[0].severity == .severe)
  }

  @Test(arguments: ["0 0 0 0", "2 2 2 2"])
  func deadVectors(vector: String) throws {
    let report = try Folder.with {
      $0.addVectors()
      $0.change("ent_feature") { if $0[0] == "e7" { $0[1] = vector } }
    }.report()
    #expect(report.kinds == [.deadVectors])
    #expect(report.findings[0].examples[0].hasPrefix(Folder.title(7) + ": all "))
  }

  @Test func vectorsOfDifferentWidths() throws {
    let report = try Folder.with {
      $0.addVectors(width: 5)
      let relations = $0.tables["rel_feature"]
      $0.addVectors(width: 4)
      $0.tables["rel_feature"] = relations
    }.report()
    #expect(report.kinds == [.vectorWidths])
  }

  @Test(arguments: ["ent_feature", "rel_feature"]) func halfOfAPair(missing: String) throws {
    let report = try Folder.with {
      $0.addVectors()
      $0.tables[missing] = nil
    }.report()
    #expect(report.kinds == [.halfVectors])
    #expect(report.findings[0].examples[0].hasSuffix("films.\(missing) is not"))
  }

  @Test func rowsThatDoNotCount() throws {
    let report = try Folder.with { $0.append("link", ["f7", "e7"]) }.report()
    #expect(report.kinds == [.odditiesInFiles])
    #expect(report.findings[0].examples[0].hasPrefix("films.link, line 62"))
  }
}
