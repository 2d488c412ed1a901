import AtomicFiles
import KSRModel
import KnowledgeGraph
import Testing
import Workspace

/// What the settings leave of the graph, and what a model file remembers of them.
@Suite struct KeptGraphTests {
  private func settings(_ assignments: String...) throws -> DataSettings {
    var settings = Settings()
    for assignment in assignments { try settings.merge(assignment: assignment) }
    return try DataSettings(settings)
  }

  private func facts(_ triples: Triples) -> [String] {
    (0..<triples.count).map {
      "\(triples.entities[Int(triples.head[$0])]) \(triples.relations[Int(triples.relation[$0])])"
        + " \(triples.entities[Int(triples.tail[$0])])"
    }
  }

  @Test func entitiesAndRelationsGoToTheFixedPoint() throws {
    let data = try DataFolder.films([:])
    // D2 is rare; without it C is, and without C so is D1.
    let kept = try KeptGraph(
      data.folder, settings("entity_kg_num_interval=[2,inf)", "relation_kg_num_interval=[1,9]"))
    #expect(
      facts(kept.triples) == [
        "A genre G1", "A genre G2", "B genre G1", "G1 part_of G0", "G2 part_of G0", "A genre G1",
        "B sequel_of A",
      ])
    #expect(
      kept.removals.map(\.description) == [
        "entity_kg_num_interval [2,inf), relation_kg_num_interval [1, 9]: 3 triples left out"
      ])
    #expect(kept.triples.entities.tokens == ["A", "B", "G1", "G2", "G0"])
    // Without rare relations, entities become rare.
    let text = try #require(
      sentence {
        try KeptGraph(
          data.folder, settings("relation_kg_num_interval=[2,3]", "entity_kg_num_interval=[2,9]"))
      })
    #expect(text.contains("no triples left by the filters"))
  }

  @Test func relationsAreReversed() throws {
    let data = try DataFolder.films([:])
    let kept = try KeptGraph(data.folder, settings("kg_reverse_r=true"))
    let all = facts(kept.triples)
    #expect(all.count == 20 && all[10] == "G1 genre_r A" && all[18] == "A sequel_of_r B")
    #expect(kept.triples.relations.tokens.suffix(2) == ["director_r", "sequel_of_r"])
    let dataset = try Dataset.read(data.folder, settings: settings("kg_reverse_r=true"))
    func vectors(_ tokens: [String]) -> FeatureVectors {
      FeatureVectors(
        tokens: Vocabulary(tokens), width: 2, values: tokens.indices.flatMap { [Float($0), 1] })
    }
    let own = ["genre", "part_of", "directed", "director", "sequel_of"]
    let memory = try MemoryContents(
      dataset, choosing: .list(["directed_r", "genre"]), entities: vectors(["A", "B", "C"]),
      relations: vectors(own))
    #expect(memory.relationVectors.values == [-2, -1, 0, 1])
    // A vector of its own counts before the negative one.
    let given = try MemoryContents(
      dataset, choosing: .list(["directed_r"]), entities: vectors(["A", "B", "C"]),
      relations: vectors(own + ["directed_r"]))
    #expect(given.relationVectors.values == [5, 1])
    let twice = try DataFolder.films([
      "kg": ["head_id:token relation_id:token tail_id:token", "A x B", "B x_r A"]
    ])
    let text = try #require(
      sentence { try KeptGraph(twice.folder, settings("kg_reverse_r=true")) })
    #expect(text.contains("a relation called \"x_r\""))
  }

  @Test func aModelRemembersItsData() throws {
    let data = try DataFolder.films([:])
    let choices = try settings(
      "user_inter_num_interval=[4,inf)", "val_interval={item_id: [a, 'b', c, d]}")
    var split = DataSplit()
    split.ratios = DataSplit.Ratios([2, 1, 1])
    let dataset = try Dataset.read(data.folder, split: split, settings: choices)
    #expect(dataset.histories.map(\.user) == ["u1"])
    #expect(dataset.removals.map(\.count) == [1, 4])
    var network = KSRSettings()
    (network.embeddingSize, network.hiddenSize, network.kgEmbeddingSize) = (2, 3, 2)
    var provenance = Provenance()
    provenance.training = dataset.settings.given
    provenance.split = split
    provenance.trainingDigest = dataset.trainingDigest
    let model = TrainedModel(
      settings: network,
      parameters: KSRParameters(
        settings: network, itemCount: dataset.items.count, relationCount: 1),
      items: dataset.items, itemNames: NameList(dataset.itemNames),
      relations: Vocabulary(["genre"]),
      relationNames: ["genre"],
      tails: KnownTails(itemCount: dataset.items.count, relationCount: 1), provenance: provenance)
    let read = try TrainedModel(
      SafetensorsFile(bytes: model.serialized(file: "m"), file: "m"))
    #expect(read.provenance.split == split)
    #expect(try read.dataSettings() == choices)
    let session = try data.session(read)
    #expect(session.users == dataset.histories)
    #expect(session.warnings.allSatisfy { !$0.contains("differ") })
  }

  @Test func ratiosAreRecBoles() {
    for (parts, count, expected) in [
      ([0.8, 0.1, 0.1], 100, [80, 10, 10]), ([8, 1, 1], 9, [7, 1, 1]), ([8, 1, 1], 2, [1, 0, 1]),
      ([8, 1, 1], 1, [1, 0, 0]), ([8, 1, 1], 3, [1, 1, 1]), ([8, 1, 1], 0, [0, 0, 0]),
      ([1, 0, 1], 5, [3, 0, 2]), ([8, 1, 1], 25, [21, 2, 2]),
    ] as [([Double], Int, [Int])] {
      #expect(DataSplit.Ratios(parts).counts(of: count) == expected, "\(parts) of \(count)")
    }
  }

  /// One time cuts all users: ties by user, and the first interaction is never predicted.
  @Test func splitAtOneTime() throws {
    let data = try DataFolder.films([
      "inter": [
        "user_id:token item_id:token timestamp:float", "u1 a 1", "u1 b 2", "u1 c 9", "u2 a 3",
        "u2 b 9", "u3 c 20", "u3 a 21", "u3 b 30",
      ]
    ])
    var split = DataSplit()
    split.ratios = DataSplit.Ratios([3, 1, 1], isByUser: false)
    let dataset = try Dataset.read(data.folder, split: split)
    let marks = dataset.histories.map { history in
      history.items.indices.dropFirst().map { split.mark(step: $0, of: history) }
    }
    #expect(marks == [[.train, .train], [.train], [.validation, .test]])
    #expect(dataset.trainingSequences.map(\.count) == [3, 2, 0])
  }
}
