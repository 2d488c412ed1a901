import AtomicFiles
import Randomness
import Testing

@testable import KnowledgeGraph

@Suite struct LinkPredictionTests {
  /// Small whole numbers, so that distances are exact and many are equal.
  private func vectors(
    _ data: LinkPredictionData, width: Int, _ generator: inout SeededGenerator
  ) -> TransE {
    func draw(_ tokens: Vocabulary) -> FeatureVectors {
      FeatureVectors(
        tokens: tokens, width: width,
        values: (0..<tokens.count * width).map { _ in Float(generator.integer(below: 3)) - 1 })
    }
    return TransE(entities: draw(data.entities), relations: draw(data.relations))
  }

  /// Filtered ranks as they are defined: one answer at a time, every other entity looked at.
  private func plainRank(
    _ head: Int32, _ relation: Int32, _ tail: Int32, asksForHead: Bool, _ vectors: TransE,
    norm: Int, known: Set<[Int32]>
  ) -> Double {
    func distance(_ entity: Int32) -> Float {
      let h = vectors.entities[Int(asksForHead ? entity : head)]
      let t = vectors.entities[Int(asksForHead ? tail : entity)]
      let gaps = zip(zip(h, vectors.relations[Int(relation)]), t).map { $0.0 + $0.1 - $1 }
      return gaps.reduce(0) { $0 + (norm == 1 ? abs($1) : $1 * $1) }
    }
    let answer = asksForHead ? head : tail
    let own = distance(answer)
    var (nearer, equal) = (0, 1)
    for entity in Int32(0)..<Int32(vectors.entities.tokens.count) where entity != answer {
      let triple = asksForHead ? [entity, relation, tail] : [head, relation, entity]
      if known.contains(triple) { continue }
      if distance(entity) < own { nearer += 1 }
      if distance(entity) == own { equal += 1 }
    }
    // The mean of the ranks nearer + 1 ... nearer + equal.
    return Double(nearer) + Double(equal + 1) / 2
  }

  @Test(arguments: [1, 2], [1, 3, 20])
  func ranksAreThoseOfTheDefinition(norm: Int, width: Int) {
    var generator = SeededGenerator(seed: 21)
    for entities in [2, 9, 70] {
      let data = LinkPredictionData(
        train: randomTriples(60, entities: entities, relations: 3, &generator),
        validation: randomTriples(20, entities: entities, relations: 3, &generator),
        test: randomTriples(150, entities: entities, relations: 3, &generator))
      let vectors = vectors(data, width: width, &generator)
      let known = Set(
        [data.train, data.validation, data.test].flatMap { list in
          (0..<list.count).map { [list.head[$0], list.relation[$0], list.tail[$0]] }
        })
      let prediction = LinkPrediction(data, asking: data.test, norm: norm)
      let found = prediction.ranks(vectors, threads: 3)
      #expect(prediction.ranks(vectors, threads: 1).heads == found.heads)
      for place in 0..<data.test.count {
        for asksForHead in [true, false] {
          let expected = plainRank(
            data.test.head[place], data.test.relation[place], data.test.tail[place],
            asksForHead: asksForHead, vectors, norm: norm, known: known)
          #expect((asksForHead ? found.heads : found.tails)[place] == expected)
        }
      }
    }
  }

  @Test(arguments: [1, 2]) func distancesThatAreNotNumbersComeLast(norm: Int) {
    var triples = TripleColumns()
    triples.append(0, 0, 1)
    triples.append(0, 0, 2)
    let data = LinkPredictionData(
      Triples(
        entities: Vocabulary((0..<5).map { "e\($0)" }), relations: Vocabulary(["r"]), head: [0],
        relation: [0], tail: [1]))
    let vectors = TransE(
      entities: FeatureVectors(tokens: data.entities, width: 1, values: [0, .nan, 1, 2, .nan]),
      relations: FeatureVectors(tokens: data.relations, width: 1, values: [0]))
    let ranks = LinkPrediction(data, asking: triples, norm: norm).ranks(vectors, threads: 1)
    #expect(ranks.tails[0] == 5)
    #expect(ranks.tails[1] == 2)
  }

  @Test func equalDistancesShareTheirMeanRank() {
    var triples = TripleColumns()
    triples.append(0, 0, 1)
    let all = Triples(
      entities: Vocabulary((0..<11).map { "e\($0)" }), relations: Vocabulary(["r"]), head: [0],
      relation: [0], tail: [1])
    let vectors = TransE(
      entities: FeatureVectors(
        tokens: all.entities, width: 2, values: Array(repeating: 0, count: 22)),
      relations: FeatureVectors(tokens: all.relations, width: 2, values: [0, 0]))
    let ranks = LinkPrediction(LinkPredictionData(all), asking: triples, norm: 2)
      .ranks(vectors, threads: 1)
    #expect(ranks.heads == [6] && ranks.tails == [6])
  }

  @Test func scoresAreMeans() {
    let scores = LinkPredictionScores(ranks: [1, 2, 3.5, 10, 40])
    #expect(scores.questions == 5)
    #expect(abs(scores.mrr - (1 + 0.5 + 1 / 3.5 + 0.1 + 0.025) / 5) < 1e-12)
    #expect(scores.meanRank == 11.3)
    #expect(scores.hits1 == 0.2 && scores.hits3 == 0.4 && scores.hits10 == 0.8)
    #expect(LinkPredictionScores(ranks: []).mrr == 0)
  }

  @Test func knowsEveryAnswer() {
    var generator = SeededGenerator(seed: 8)
    for count in [0, 1, 40, 200] {
      let triples = TripleColumns(randomTriples(count, entities: 8, relations: 3, &generator))
      let known = KnownAnswers([triples], relationCount: 3)
      for entity in Int32(0)..<8 {
        for relation in Int32(0)..<3 {
          let tails = (0..<count).filter {
            triples.head[$0] == entity && triples.relation[$0] == relation
          }.map { triples.tail[$0] }
          let heads = (0..<count).filter {
            triples.tail[$0] == entity && triples.relation[$0] == relation
          }.map { triples.head[$0] }
          #expect(
            Array(known.answers[known.range(entity, relation, asksForHead: false)])
              == Set(tails).sorted())
          #expect(
            Array(known.answers[known.range(entity, relation, asksForHead: true)])
              == Set(heads).sorted())
        }
      }
    }
  }

  @Test func listsOfSeveralFilesShareTheirVocabulary() {
    func triples(_ rows: [(String, String, String)]) -> Triples {
      var entities = Vocabulary()
      var relations = Vocabulary()
      let head = rows.map { Int32(entities.intern($0.0)) }
      let relation = rows.map { Int32(relations.intern($0.1)) }
      let tail = rows.map { Int32(entities.intern($0.2)) }
      return Triples(
        entities: entities, relations: relations, head: head, relation: relation, tail: tail)
    }
    let data = LinkPredictionData(
      train: triples([("a", "r", "b")]), validation: triples([("b", "s", "c")]),
      test: triples([("c", "r", "a")]))
    #expect(data.entities.tokens == ["a", "b", "c"] && data.relations.tokens == ["r", "s"])
    #expect(data.validation.head == [1] && data.validation.tail == [2])
    #expect(data.validation.relation == [1])
    #expect(data.test.head == [2] && data.test.tail == [0] && data.test.relation == [0])
  }
}
