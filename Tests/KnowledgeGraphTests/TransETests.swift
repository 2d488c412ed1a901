import AtomicFiles
import Randomness
import Testing

@testable import KnowledgeGraph

@Suite struct TransETests {
  private func settings(_ change: (inout TransESettings) -> Void) -> TransESettings {
    var settings = TransESettings()
    change(&settings)
    return settings
  }

  @Test(arguments: TransESettings.Distance.allCases)
  func lossFalls(distance: TransESettings.Distance) throws {
    var generator = SeededGenerator(seed: 5)
    let triples = randomTriples(60, entities: 30, relations: 3, &generator)
    var losses: [Double] = []
    _ = try TransE.train(
      triples,
      settings {
        $0.distance = distance
        $0.dimension = 20
        $0.epochs = 60
      }
    ) { epoch, loss in
      #expect(epoch == losses.count + 1)
      losses.append(loss)
    }
    #expect(losses.count == 60)
    let first = losses.prefix(5).reduce(0, +)
    let last = losses.suffix(5).reduce(0, +)
    #expect(last < first * 0.7, "\(first) \(last)")
  }

  @Test func theSeedDeterminesEveryBit() throws {
    var generator = SeededGenerator(seed: 6)
    let triples = randomTriples(200, entities: 40, relations: 5, &generator)
    func bits(_ seed: UInt64) throws -> [UInt32] {
      let vectors = try TransE.train(
        triples,
        settings {
          $0.dimension = 13
          $0.epochs = 10
          $0.seed = seed
        })
      return (vectors.entities.values + vectors.relations.values).map(\.bitPattern)
    }
    let once = try bits(1)
    #expect(try bits(1) == once)
    #expect(try bits(2) != once)
    // The same on every machine and at every level of optimisation.
    let digest = once.reduce(Vocabulary.hashStart) { hash, bits in
      (0..<4).reduce(hash) { Vocabulary.hashStep($0, UInt8(truncatingIfNeeded: bits >> ($1 * 8))) }
    }
    #expect(digest == 11_959_643_181_732_854_627)
  }

  @Test(arguments: [1, 5, 8, 64, 65])
  func entitiesHaveLengthOne(dimension: Int) throws {
    var generator = SeededGenerator(seed: 7)
    let triples = randomTriples(50, entities: 20, relations: 2, &generator)
    for epochs in [0, 3] {
      let vectors = try TransE.train(
        triples,
        settings {
          $0.dimension = dimension
          $0.epochs = epochs
        })
      #expect(vectors.entities.width == dimension && vectors.relations.width == dimension)
      #expect(vectors.entities.tokens == triples.entities)
      #expect(vectors.relations.tokens == triples.relations)
      for entity in 0..<20 {
        let length = vectors.entities[entity].reduce(0) { $0 + $1 * $1 }
        #expect(abs(length - 1) < 1e-5)
      }
    }
  }

  /// The move of each row is the gradient that finite differences give, whichever rows coincide.
  @Test(arguments: TransESettings.Distance.allCases, [3, 8, 13])
  func followsTheGradient(distance: TransESettings.Distance, dimension: Int) {
    var generator = SeededGenerator(seed: 8)
    let rate: Float = 0.5
    let settings = settings {
      $0.distance = distance
      $0.dimension = dimension
      $0.learningRate = rate
      $0.margin = 4
    }
    // Head, tail, other head, other tail: ordinary corruptions, a loop, and swapped places.
    for (h, t, h2, t2) in [(0, 1, 2, 1), (0, 1, 0, 2), (0, 0, 0, 1), (0, 1, 1, 1), (0, 1, 0, 0)] {
      var entities = TransETable(rows: 3, dimension: dimension, &generator)
      var relations = TransETable(rows: 1, dimension: dimension, &generator)
      let before = (entities.values + relations.values).map(Double.init)

      func gap(_ x: [Double], _ head: Int, _ tail: Int) -> Double {
        let gaps = (0..<dimension).map {
          x[head * dimension + $0] + x[3 * dimension + $0] - x[tail * dimension + $0]
        }
        switch distance {
        case .l1: return gaps.reduce(0) { $0 + abs($1) }
        case .l2: return gaps.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
      }
      func loss(_ x: [Double]) -> Double { max(0, 4 + gap(x, h, t) - gap(x, h2, t2)) }

      let found = entities.withRows { entities in
        relations.withRows { relations in
          TransEDescent(
            entities: entities, relations: relations, lanes: laneCount(dimension),
            settings: settings
          ).descend(
            TransETriple(head: h, relation: 0, tail: t),
            TransETriple(head: h2, relation: 0, tail: t2))
        }
      }
      #expect(abs(Double(found) - loss(before)) < 1e-5)
      #expect(found > 0)
      let after = entities.values + relations.values
      for index in before.indices {
        var up = before
        var down = before
        up[index] += 1e-6
        down[index] -= 1e-6
        let slope = (loss(up) - loss(down)) / 2e-6
        let moved = (before[index] - Double(after[index])) / Double(rate)
        #expect(abs(slope - moved) < 1e-5, "number \(index) of \(h) \(t) \(h2) \(t2)")
      }
      // The filling up to whole groups stays zero.
      let filling = (entities.lanes + relations.lanes).enumerated().flatMap { index, lane in
        (0..<8).filter { index % laneCount(dimension) * 8 + $0 >= dimension }.map { lane[$0] }
      }
      #expect(filling.allSatisfy { $0 == 0 })
    }
  }

  @Test func leavesSatisfiedTriplesAlone() {
    var generator = SeededGenerator(seed: 9)
    var entities = TransETable(rows: 3, dimension: 8, &generator)
    var relations = TransETable(rows: 1, dimension: 8, &generator)
    let before = (entities.lanes, relations.lanes)
    let triple = TransETriple(head: 0, relation: 0, tail: 1)
    let loss = entities.withRows { entities in
      relations.withRows { relations in
        var settings = TransESettings()
        settings.margin = .leastNonzeroMagnitude
        let descent = TransEDescent(
          entities: entities, relations: relations, lanes: 1, settings: settings)
        let other = TransETriple(head: 0, relation: 0, tail: 2)
        let near = descent.distance(entities, relations, entities + 1)
        let far = descent.distance(entities, relations, entities + 2)
        return near < far ? descent.step(triple, other) : descent.step(other, triple)
      }
    }
    #expect(loss == 0)
    #expect(before == (entities.lanes, relations.lanes))
  }

  @Test func corruptsHeadOrTailAlike() {
    var generator = SeededGenerator(seed: 10)
    let triple = TransETriple(head: 1, relation: 0, tail: 3)
    var counts: [[Int]] = [[0, 0, 0, 0], [0, 0, 0, 0]]
    for _ in 0..<6000 {
      let corrupted = triple.corrupted(entities: 4, &generator)
      #expect((corrupted.head == 1) != (corrupted.tail == 3))
      if corrupted.head != 1 { counts[0][corrupted.head] += 1 }
      if corrupted.tail != 3 { counts[1][corrupted.tail] += 1 }
    }
    #expect(counts[0][1] == 0 && counts[1][3] == 0)
    for count in [0, 2, 3].map({ counts[0][$0] }) + [0, 1, 2].map({ counts[1][$0] }) {
      #expect(abs(count - 1000) < 150)
    }
  }

  /// Films with directors, and genres that follow from the directors: the true tail is found among
  /// all entities far better than by chance, although other true tails are left out of the count.
  @Test func ranksTrueTailsFirst() throws {
    var head: [Int32] = []
    var relation: [Int32] = []
    var tail: [Int32] = []
    let films = 60
    let directors = 12
    let genres = 4
    for film in 0..<films {
      let director = film % directors
      head += [Int32(film), Int32(film)]
      relation += [0, 1]
      tail += [Int32(films + director), Int32(films + directors + director % genres)]
    }
    let count = films + directors + genres
    let triples = Triples(
      entities: Vocabulary((0..<count).map { "e\($0)" }), relations: Vocabulary(["by", "is"]),
      head: head, relation: relation, tail: tail)
    let vectors = try TransE.train(
      triples,
      settings {
        $0.dimension = 16
        $0.epochs = 100
        $0.learningRate = 0.02
      })
    let index = GraphIndex(triples)
    var ranks = 0
    for triple in 0..<triples.count {
      let h = Int(head[triple])
      let r = Int(relation[triple])
      let t = Int(tail[triple])
      func distance(_ tail: Int) -> Float {
        zip(zip(vectors.entities[h], vectors.relations[r]), vectors.entities[tail])
          .reduce(0) { $0 + ($1.0.0 + $1.0.1 - $1.1) * ($1.0.0 + $1.0.1 - $1.1) }
      }
      let own = distance(t)
      ranks +=
        1
        + (0..<count).filter {
          distance($0) < own && !index.contains(head: h, relation: r, tail: $0)
        }.count
    }
    let mean = Double(ranks) / Double(triples.count)
    #expect(mean < Double(count) / 15, "mean rank \(mean) of \(count)")
  }

  @Test func tellsWhichSettingIsWrong() {
    var generator = SeededGenerator(seed: 11)
    let triples = randomTriples(5, entities: 3, relations: 1, &generator)
    func error(_ triples: Triples, _ change: (inout TransESettings) -> Void) -> String? {
      do throws(DataError) {
        _ = try TransE.train(triples, settings(change))
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      error(triples) { $0.dimension = 0 }
        == "TransE settings, field dimension: found 0, expected a whole number from 1 to 4096.")
    #expect(error(triples) { $0.epochs = -1 }?.contains("field epochs") == true)
    #expect(error(triples) { $0.learningRate = .nan }?.contains("field learning_rate") == true)
    #expect(error(triples) { $0.margin = .infinity }?.contains("field margin") == true)
    let none = randomTriples(0, entities: 3, relations: 1, &generator)
    #expect(error(none) { _ in }?.contains("found 0 triples of 3 entities") == true)
    let single = randomTriples(2, entities: 1, relations: 1, &generator)
    #expect(error(single) { _ in }?.contains("found 2 triples of 1 entities") == true)
  }
}
