import AtomicFiles
import Foundation
import KSRModel
import Randomness
import Testing
import Workspace

/// What the settings leave of the interactions, by hand and against the plainest way to do it.
@Suite struct KeptInteractionsTests {
  private func settings(_ assignments: [String]) throws -> DataSettings {
    var settings = Settings()
    for assignment in assignments { try settings.merge(assignment: assignment) }
    return try DataSettings(settings)
  }

  private func kept(
    _ files: [String: [String]], _ assignments: String...
  ) throws -> (rows: [String], removals: [String]) {
    let data = try DataFolder(files)
    let kept = try KeptInteractions(data.folder, settings(assignments))
    let all = kept.interactions
    let rows = (0..<all.count).map {
      "\(all.users[Int(all.user[$0])]) \(all.items[Int(all.item[$0])]) \(Int(all.timestamp[$0]))"
    }
    return (rows, kept.removals.map(\.description))
  }

  private static let films: [String: [String]] = [
    "inter": [
      "user_id:token item_id:token rating:float timestamp:float kind:token",
      "u1 a 5 30 x", "u1 b 2 10 y", "u1 a 1 20 x", "u2 a 3 5 z", "u2 c 4 6 x", "u3 b 3 1 y",
      "u1 a 4 20 z",
    ],
    "item": ["item_id:token year:float class:token", "a 1990 A", "b 2000 B"],
    "user": ["user_id:token age:float", "u1 30", "u2 20", "u9 10"],
  ]

  @Test func nothingIsLeftOutUnasked() throws {
    let (rows, removals) = try kept(Self.films)
    #expect(rows.count == 7 && removals == [])
  }

  @Test func repetitionsGoInTheOrderOfTime() throws {
    let first = try kept(Self.films, "rm_dup_inter=first")
    #expect(first.rows == ["u3 b 1", "u2 a 5", "u2 c 6", "u1 b 10", "u1 a 20"])
    #expect(first.removals == ["rm_dup_inter first: 2 interactions left out"])
    let last = try kept(Self.films, "rm_dup_inter=last")
    #expect(last.rows == ["u3 b 1", "u2 a 5", "u2 c 6", "u1 b 10", "u1 a 30"])
  }

  @Test func valuesAreFiltered() throws {
    #expect(
      try kept(Self.films, "val_interval={rating: '[4,inf)'}").rows
        == ["u1 a 30", "u2 c 6", "u1 a 20"])
    #expect(
      try kept(Self.films, "val_interval={kind: [y, z], rating: '(2,9]'}").rows
        == ["u2 a 5", "u3 b 1", "u1 a 20"])
    // A column of the items takes out items, and these their interactions.
    let old = try kept(Self.films, "val_interval={year: '[0,1995]'}")
    #expect(old.rows == ["u1 a 30", "u1 a 20", "u2 a 5", "u1 a 20"])
    #expect(
      old.removals == [
        "val_interval year: 1 rows of films.item left out",
        "filter_inter_by_user_or_item: 3 interactions left out",
      ])
    let kept = try kept(
      Self.films, "val_interval={year: '[0,1995]'}", "filter_inter_by_user_or_item=false")
    #expect(kept.rows.count == 7)
  }

  @Test func theUndescribedGoWhereTheirFileIsLoaded() throws {
    #expect(try kept(Self.films, "load_col={inter: '*', item: [item_id]}").rows.count == 6)
    #expect(try kept(Self.films, "load_col=~").rows.count == 5)
    #expect(try kept(Self.films, "load_col={inter: '*'}").rows.count == 7)
  }

  @Test(arguments: [
    ("val_interval={ratng: '[1,2]'}", "no loaded column \"ratng\", expected rating?"),
    ("val_interval={rating: [3]}", "type token, since val_interval gives a list"),
    ("val_interval={kind: '[1,2]'}", "type float, since val_interval gives intervals"),
    ("val_interval={rating: '[9,10]'}", "no interactions left by the filters (val_interval"),
    ("threshold={kind: 3}", "type float for a threshold"),
    ("threshold={stars: 3}", "no loaded column \"stars\""),
    ("USER_ID_FIELD=viewer", "expected a column viewer"),
    ("TIME_FIELD=when", "expected when:float, since the order"),
    ("benchmark_filename=[train, valid, test]", "train.inter, field benchmark_filename: found no"),
  ])
  func whatCannotBeAppliedIsSaid(assignment: String, part: String) throws {
    let text = try #require(sentence { try kept(Self.films, assignment) })
    #expect(text.contains(part), "\(text)")
  }

  @Test func columnsThatAreNotLoadedFilterNothing() throws {
    for choice in [
      "load_col={inter: [user_id, item_id, timestamp]}", "unload_col={inter: [rating]}",
    ] {
      let text = try #require(
        sentence { try kept(Self.films, choice, "val_interval={rating: '[1,2]'}") })
      #expect(text.contains("no loaded column \"rating\""))
    }
  }

  @Test func thresholdLabelsAndLeavesOutNothing() throws {
    let data = try DataFolder(Self.films)
    let kept = try KeptInteractions(data.folder, settings(["threshold={rating: 3}"]))
    #expect(kept.interactions.count == 7)
    #expect(kept.notes.count == 1 && kept.notes[0].hasPrefix("threshold labels 5 of 7"))
  }

  @Test func otherNamesAndSeparatorsAreRead() throws {
    let data = try DataFolder([
      "inter": ["uid:token,iid:token,t:float", "u1,a,2", "u1,b,1"],
      "kg": ["h:token,r:token,t:token", "A,x,B", "B,x,A"],
      "link": ["e:token,iid:token", "A,a", "B,b"],
      "ent": ["ent_id:token,w:float_seq,v:float_seq", "A,0,1|2|3", "B,0,4|5|6"],
      "rel": ["rel_id:token,v:float_seq", "x,7|8|9"],
    ])
    let choices = try settings([
      "USER_ID_FIELD=uid", "ITEM_ID_FIELD=iid", "TIME_FIELD=t", "HEAD_ENTITY_ID_FIELD=h",
      "RELATION_ID_FIELD=r", "TAIL_ENTITY_ID_FIELD=t", "ENTITY_ID_FIELD=e", "field_separator=,",
      "seq_separator=|", "seq_len={v: 2}", "additional_feat_suffix=[ent, rel]",
      "preload_weight={ent_id: v, rel_id: v}",
    ])
    let dataset = try Dataset.read(data.folder, settings: choices)
    #expect(dataset.items.tokens == ["[PAD]", "a", "b"])
    #expect(dataset.histories.map { $0.items } == [[2, 1]])
    let entities = try #require(try FeatureVectors.entities(of: dataset.folder))
    let relations = try #require(try FeatureVectors.relations(of: dataset.folder))
    #expect(entities.width == 2 && entities.values == [1, 2, 4, 5])
    #expect(relations.values == [7, 8])
  }

  @Test func filesThatComeSplitAreMarked() throws {
    let header = "user_id:token item_id:token timestamp:float"
    let data = try DataFolder([
      "train.inter": [header, "u1 a 3", "u1 b 1", "u2 a 1"],
      "valid.inter": [header, "u1 c 0"], "test.inter": [header, "u1 a 9", "u2 c 5", "u2 b 4"],
      "kg": ["head_id:token relation_id:token tail_id:token", "A r B", "B r C", "C r A"],
      "link": ["item_id:token entity_id:token", "a A", "b B", "c C"],
    ])
    let dataset = try Dataset.read(
      data.folder, settings: settings(["benchmark_filename=[train, valid, test]"]))
    #expect(dataset.items.tokens == ["[PAD]", "a", "b", "c"])
    #expect(dataset.histories.map { $0.items } == [[2, 1, 3, 1], [1, 2, 3]])
    let marks = dataset.histories.map { history in
      history.items.indices.map { dataset.split.mark(step: $0, of: history) }
    }
    #expect(marks == [[.train, .train, .validation, .test], [.train, .test, .test]])
    #expect(dataset.trainingSequences.map { Array($0) } == [[2, 1], [1]])
  }

  /// Rounds until nothing changes, counted anew in each.
  private func naive(
    _ rows: [(Int, Int)], users: Intervals, items: Intervals
  ) -> [Int] {
    var left = Array(rows.indices)
    while true {
      let ofUser = Dictionary(grouping: left) { rows[$0].0 }.mapValues(\.count)
      let ofItem = Dictionary(grouping: left) { rows[$0].1 }.mapValues(\.count)
      let next = left.filter {
        users.contains(Double(ofUser[rows[$0].0] ?? 0))
          && items.contains(Double(ofItem[rows[$0].1] ?? 0))
      }
      if next.count == left.count { return left }
      left = next
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func rareAndFrequentGoToTheFixedPoint(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let rows = (0..<60).map { _ in
      (generator.integer(below: 12), generator.integer(below: 5 + generator.integer(below: 10)))
    }
    let users = ["[2,inf)", "[3,9]", "(4,inf)", "[0,6];[8,inf)"][generator.integer(below: 4)]
    let items = ["[0,inf)", "[2,8]", "[4,inf)", "[5,20]"][generator.integer(below: 4)]
    let expected = try naive(
      rows, users: #require(Intervals(users)), items: #require(Intervals(items)))
    let lines = rows.enumerated().map { "u\($1.0) i\($1.1) \($0)" }
    let files = ["inter": ["user_id:token item_id:token timestamp:float"] + lines]
    let assignments = ["user_inter_num_interval=\(users)", "item_inter_num_interval=\(items)"]
    guard !expected.isEmpty else {
      #expect(sentence { try kept(files, assignments[0], assignments[1]) } != nil)
      return
    }
    #expect(
      try kept(files, assignments[0], assignments[1]).rows
        == expected.map { "u\(rows[$0].0) i\(rows[$0].1) \($0)" })
  }
}
