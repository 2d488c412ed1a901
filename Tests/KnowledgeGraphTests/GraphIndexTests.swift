import AtomicFiles
import Foundation
import Randomness
import TestSupport
import Testing

@testable import KnowledgeGraph

/// Triples drawn uniformly, some of them more than once.
func randomTriples(
  _ count: Int, entities: Int, relations: Int, _ generator: inout SeededGenerator
) -> Triples {
  func draw(_ bound: Int) -> [Int32] {
    (0..<count).map { _ in Int32(generator.integer(below: bound)) }
  }
  return Triples(
    entities: Vocabulary((0..<entities).map { "e\($0)" }),
    relations: Vocabulary((0..<relations).map { "r\($0)" }), head: draw(entities),
    relation: draw(relations), tail: draw(entities))
}

@Suite struct GraphIndexTests {
  @Test func findsTheTailsOfEveryHeadAndRelation() {
    var generator = SeededGenerator(seed: 1)
    for count in [0, 1, 2, 5, 30, 300] {
      let triples = randomTriples(count, entities: 7, relations: 4, &generator)
      let index = GraphIndex(triples)
      var facts = 0
      for head in 0..<7 {
        for relation in 0..<4 {
          let expected = Set(
            (0..<count).filter {
              Int(triples.head[$0]) == head && Int(triples.relation[$0]) == relation
            }.map { triples.tail[$0] })
          #expect(Array(index.tails(of: head, under: relation)) == expected.sorted())
          for tail in 0..<7 {
            #expect(
              index.contains(head: head, relation: relation, tail: tail)
                == expected.contains(Int32(tail)))
          }
          facts += expected.count
        }
      }
      #expect(index.count == facts)
    }
  }

  @Test func choosesRelationsWhoseHeadsAreMostlyItems() throws {
    let folder = NSTemporaryDirectory() + "graph-\(UUID().uuidString)/g"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try writeAtomically("", to: folder + "/g.inter")
    // "half" has one linked head of two; "less" one of three; "inverse" none; of "twice" the
    // repeated triple counts once.
    try writeAtomically(
      """
      head_id:token\trelation_id:token\ttail_id:token
      f1\tall\tx
      f1\thalf\tx
      p\thalf\tx
      f1\tless\tx
      p\tless\tx
      p\tless\ty
      x\tinverse\tf1
      f1\ttwice\tx
      f1\ttwice\tx
      p\ttwice\tx
      p\ttwice\ty

      """, to: folder + "/g.kg")
    try writeAtomically(
      "item_id:token\tentity_id:token\n1\tf1\n2\tnot in the graph\n", to: folder + "/g.link")
    let set = try AtomicFolder(path: folder)
    let index = GraphIndex(try Triples.read(set))
    let chosen = index.relations(headedBy: try Links.read(set)).map { index.relations[$0] }
    #expect(chosen == ["all", "half"])
  }

  @Test(.enabled(if: TestEnvironment.data != nil, "KSR_DATA names no folder of data sets"))
  func choosesRelationsOfRealGraphs() throws {
    let data = try #require(TestEnvironment.data)
    func chosen(_ name: String) throws -> [String] {
      let set = try AtomicFolder(path: data + "/" + name)
      let index = GraphIndex(try Triples.read(set))
      return index.relations(headedBy: try Links.read(set)).map { index.relations[$0] }
    }
    #expect(try chosen("movietweetings-core") == ["has_genre", "released_in"])
    let lens = try chosen("ml-100k")
    #expect(lens.count == 14)
    #expect(lens.allSatisfy { $0.hasPrefix("film.film.") }, "\(lens)")
  }
}
