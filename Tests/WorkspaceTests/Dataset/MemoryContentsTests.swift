import AtomicFiles
import KSRModel
import KSRNumerics
import TestSupport
import Testing
import Workspace

/// The memory's keys, vectors and facts, against the graph told line by line.
@Suite struct MemoryContentsTests {
  private let data: Dataset
  private let entities = vectors(["A", "C", "G1", "D1"])
  private let relations = vectors(["directed", "genre", "part_of", "director", "sequel_of"])

  init() throws {
    let files = try DataFolder.films([
      "entity": ["entity_id:token name:token_seq", "G1 Thriller"],
      "relation": ["relation_id:token name:token_seq", "genre kind"],
    ])
    data = try files.dataset()
  }

  /// Vectors of three numbers that tell the token's place.
  private static func vectors(_ tokens: [String], width: Int = 3) -> FeatureVectors {
    FeatureVectors(
      tokens: Vocabulary(tokens), width: width,
      values: tokens.indices.flatMap { token in (0..<width).map { Float(10 * token + $0 + 1) } })
  }

  private func memory(
    _ choice: MemoryRelations, scale: Float = 1, pad: Bool = false
  ) throws -> MemoryContents {
    try MemoryContents(
      data, choosing: choice, entities: entities, relations: relations, scale: .factor(scale),
      padRelation: pad)
  }

  @Test func choiceOfRelations() throws {
    // part_of joins genres and directed leads to films: neither says something about a film.
    #expect(try memory(.item).relations.tokens == ["genre", "director", "sequel_of"])
    #expect(
      try memory(.all).relations.tokens == [
        "genre", "part_of", "directed", "director", "sequel_of",
      ])
    #expect(
      try memory(.list(["director", "genre", "director"])).relations.tokens
        == ["director", "genre"])
    #expect(
      try memory(.item, pad: true).relations.tokens == ["[PAD]", "genre", "director", "sequel_of"])
    #expect(
      try memory(.item, pad: true).relationNames == ["[PAD]", "kind", "director", "sequel_of"])
  }

  @Test(arguments: [false, true], [1, 0.5, 0] as [Float])
  func keysAreScaledAndPadIsZero(pad: Bool, scale: Float) throws {
    let memory = try memory(.list(["director", "genre"]), scale: scale, pad: pad)
    let expected: [Float] = (pad ? [0, 0, 0] : []) + [31, 32, 33, 11, 12, 13].map { $0 * scale }
    #expect(memory.relationVectors.values == expected)
    #expect(memory.relationVectors.rows == (pad ? 3 : 2))
    // Scaling concerns the keys alone.
    #expect(Array(memory.entityVectors.row(2)) == [1, 2, 3])
  }

  @Test(arguments: [false, true]) func meanLengthOfTheKeysCanBeAskedFor(pad: Bool) throws {
    let memory = try MemoryContents(
      data, choosing: .list(["director", "genre"]), entities: entities, relations: relations,
      scale: .meanLength(0.1), padRelation: pad)
    let lengths = (pad ? 1..<3 : 0..<2).map { row in
      memory.relationVectors.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    #expect(abs((lengths[0] + lengths[1]) / 2 - 0.1) < 1e-6)
    // All by the same number.
    #expect(abs(lengths[0] / lengths[1] - 55.4437 / 20.8327) < 1e-2)
  }

  @Test func entityVectorsStandByItem() throws {
    let memory = try memory(.item)
    // Items are [PAD], b, a, c; the entity of b has no vector.
    #expect(
      memory.entityVectors
        == Matrix(rows: 4, columns: 3, values: [0, 0, 0, 0, 0, 0, 1, 2, 3, 11, 12, 13]))
    #expect(memory.itemsWithoutVector == 1)
  }

  @Test(arguments: [false, true]) func tailsOfTheFilms(pad: Bool) throws {
    let tails = try memory(.item, pad: pad).tails
    let first = pad ? 1 : 0
    func of(_ item: String, _ slot: Int) -> Set<String> {
      Set(
        tails.of(item: data.items.id(of: item) ?? 0, slot: first + slot).map {
          tails.tokens[Int($0)]
        })
    }
    #expect(of("a", 0) == ["G1", "G2"] && of("b", 0) == ["G1"] && of("c", 0) == [])
    #expect(of("a", 1) == [] && of("b", 1) == [] && of("c", 1) == ["D1"])
    #expect(of("a", 2) == [] && of("b", 2) == ["A"] && of("c", 2) == [])
    #expect(tails.facts.count == 5, "the repeated triple counts once")
    #expect(
      Set(zip(tails.tokens.tokens, tails.names).map { "\($0) \($1)" })
        == ["G1 Thriller", "G2 G2", "A A", "D1 D1"])
    let vectors = try #require(tails.vectors)
    for (tail, token) in tails.tokens.tokens.enumerated() {
      let expected = entities.tokens.id(of: token).map { Array(entities[$0]) } ?? [0, 0, 0]
      #expect(Array(vectors.row(tail)) == expected, "\(token)")
    }
  }

  @Test func noTailVectorsAtAll() throws {
    let memory = try MemoryContents(
      data, choosing: .item, entities: Self.vectors(["C", "nothing"]), relations: relations)
    #expect(memory.tails.vectors == nil)
    #expect(memory.itemsWithoutVector == 2)
  }

  /// The facts of every item and slot of a real folder are the lines of its .kg, each once.
  @Test(arguments: [MemoryRelations.item, .all, .list(["film.genre"])], [false, true])
  func tailsEqualThePlainGraph(choice: MemoryRelations, pad: Bool) throws {
    let data = try Dataset.read(
      AtomicFolder(path: TestEnvironment.fixture("recbole-tiny/recbole/tiny-ksr")))
    let memory = try MemoryContents(
      data, choosing: choice, entities: FeatureVectors(data.folder.file("ent_feature")),
      relations: FeatureVectors(data.folder.file("rel_feature")), padRelation: pad)
    let triples = try Triples.read(data.folder)
    let slots = memory.relations.count
    #expect(memory.tails.relationCount == slots)
    #expect(memory.tails.offsets.count == data.items.count * slots + 1)
    var count = 0
    for item in data.items.tokens.indices {
      for (slot, relation) in memory.relations.tokens.enumerated() {
        let entity = item == 0 ? nil : data.links.entity(ofItem: data.items[item])
        var expected: Set<String> = []
        for n in 0..<triples.count
        where triples.entities[Int(triples.head[n])] == entity
          && triples.relations[Int(triples.relation[n])] == relation
        {
          expected.insert(triples.entities[Int(triples.tail[n])])
        }
        let tails = memory.tails.of(item: item, slot: slot).map { memory.tails.tokens[Int($0)] }
        #expect(tails.count == expected.count && Set(tails) == expected)
        count += tails.count
      }
    }
    #expect(count == memory.tails.facts.count && count > 0)
    #expect(Set(memory.tails.facts).count == memory.tails.tokens.count, "no tail without a fact")
  }

  @Test func whatCannotBeIsSaid() throws {
    let width = try #require(
      sentence {
        try MemoryContents(
          data, choosing: .item, entities: entities,
          relations: Self.vectors(["genre"], width: 4))
      })
    #expect(width.contains("films.rel_feature") && width.contains("vectors of 4 numbers"))
    #expect(width.contains("expected 3 as in films.ent_feature"))

    let vector = try #require(
      sentence {
        try MemoryContents(
          data, choosing: .item, entities: entities, relations: Self.vectors(["genre"]))
      })
    #expect(vector.contains("no vector of relation \"director\"") && vector.contains("ksr embed"))

    let unknown = try #require(sentence { try memory(.list(["genre", "mood"])) })
    #expect(unknown.contains("memory_relations") && unknown.contains("no relation \"mood\""))
    #expect(unknown.contains("\"genre\", \"part_of\""))

    let empty = try #require(sentence { try memory(.list([])) })
    #expect(empty.contains("memory_relations") && empty.contains("an empty list"))
  }

  @Test func noRelationOfItemsIsSaid() throws {
    let files = try DataFolder.films([
      "kg": [
        "head_id:token relation_id:token tail_id:token", "D1 directed A", "D1 directed B",
        "D2 directed C",
      ]
    ])
    let data = try files.dataset()
    let said = try #require(
      sentence {
        try MemoryContents(data, choosing: .item, entities: entities, relations: relations)
      })
    #expect(said.contains("no relation whose heads are linked items"))
    #expect(said.contains("memory_relations: all"))
  }

  @Test func aRelationCalledPadIsRefusedBesidePad() throws {
    let files = try DataFolder.films([
      "kg": [
        "head_id:token relation_id:token tail_id:token", "A [PAD] G1", "B genre G1", "C genre G1",
      ]
    ])
    let data = try files.dataset()
    let vectors = Self.vectors(["[PAD]", "genre"])
    let said = try #require(
      sentence {
        try MemoryContents(
          data, choosing: .all, entities: entities, relations: vectors, padRelation: true)
      })
    #expect(said.contains("a relation called [PAD]"))
    #expect(
      try MemoryContents(data, choosing: .all, entities: entities, relations: vectors)
        .relations.count == 2)
  }
}
