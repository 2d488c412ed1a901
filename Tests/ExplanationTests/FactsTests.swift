import AtomicFiles
import Foundation
import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import Testing

@testable import Explanation

@Suite("Shared facts and slot readings")
struct FactsTests {
  @Test("Groups, other and bias add up to the score", arguments: NetworkCase.all)
  func addUp(test: NetworkCase) {
    let model = test.random.model()
    let index = TailIndex(model)
    let states = HistoryStates(network: test.random.network(), items: test.random.history(15))
    var grouped = 0
    for item in Int32(1)...12 {
      let table = Contributions(states, step: 14, item: item)
      let facts = SharedFacts(table, index: index)
      let tolerance = 1e-4 * max(abs(table.score), table.magnitude)
      #expect(abs(facts.history + facts.bias + table.repeated - table.score) <= tolerance)
      for group in facts.groups + facts.common {
        #expect(abs(group.steps.reduce(0) { $0 + $1.amount } - group.amount) <= tolerance)
        let having = (1...model.items.count - 1).count {
          model.tails.of(item: $0, slot: group.slot).contains(group.tail)
        }
        #expect(group.catalogueShare == Float(having) / Float(model.items.count - 1))
        #expect(group.historyShare == Float(group.steps.count) / Float(table.items.count))
      }
      let telling = facts.groups.map(\.telling)
      #expect(telling == telling.sorted(by: >))
      grouped += facts.groups.count
      // Each step is in the groups it shares a tail with, or else in other; nowhere else.
      for (row, step) in table.steps.enumerated() {
        var expected: Set<[Int]> = []
        for slot in 0..<4 {
          for tail in model.tails.of(item: Int(table.items[row]), slot: slot)
          where model.tails.of(item: Int(item), slot: slot).contains(tail) {
            expected.insert([slot, Int(tail)])
          }
        }
        let found = (facts.groups + facts.common).filter { $0.steps.contains { $0.step == step } }
        #expect(Set(found.map { [$0.slot, Int($0.tail)] }) == expected)
        // A step of a memory of facts adds by other ways, too.
        #expect(
          facts.otherSteps.contains { $0.step == step } == (expected.isEmpty || table.isOfFacts))
        let amount = found.flatMap(\.steps).filter { $0.step == step }.map(\.amount)
        if !expected.isEmpty, !table.isOfFacts {
          #expect(abs(amount.reduce(0, +) - table.stepSums[row]) <= tolerance)
        }
      }
    }
    #expect(grouped > 0)
  }

  @Test("A step with two shared tails is split by log(N / items with the tail)")
  func split() throws {
    // Slot 0: tail 0 in items 1, 2 (rare), tail 1 in items 1 to 4 (common). N = 8.
    let index = TailIndex(
      Self.tails([[[], [0, 1], [0, 1], [1], [1], [], [], [], []]], names: ["rare", "common"]),
      itemCount: 8, entitiesWereTrained: false)
    #expect(index.count(of: 0, slot: 0) == 2)
    #expect(index.count(of: 1, slot: 0) == 4)
    #expect(index.count(of: 2, slot: 0) == 0)
    var random = RandomNetwork()
    random.itemCount = 9
    random.relationCount = 1
    let states = HistoryStates(network: random.network(), items: [2, 5])
    let table = Contributions(states, step: 1, item: 1)
    let facts = SharedFacts(table, index: index)
    let rare = try #require(facts.groups.first { $0.tail == 0 })
    let common = try #require((facts.groups + facts.common).first { $0.tail == 1 })
    // log 4 : log 2
    #expect(abs(rare.amount - table.stepSums[0] * 2 / 3) < 1e-5)
    #expect(abs(common.amount - table.stepSums[0] / 3) < 1e-5)
    #expect(rare.name == "rare" && rare.steps.map(\.step) == [0])
    #expect(facts.otherSteps.map(\.step) == [1])
    #expect(abs(facts.other - table.stepSums[1]) < 1e-5)
  }

  @Test("Tails that every item has divide a step equally, and a fact given twice counts once")
  func splitWithoutInformation() {
    let index = TailIndex(
      Self.tails([[[], [0, 1, 0], [1, 0, 0]]], names: ["a", "b"]), itemCount: 2,
      entitiesWereTrained: false)
    #expect(index.count(of: 0, slot: 0) == 2)
    var random = RandomNetwork()
    random.itemCount = 3
    random.relationCount = 1
    let states = HistoryStates(network: random.network(), items: [2])
    let table = Contributions(states, step: 0, item: 1)
    let facts = SharedFacts(table, index: index)
    // What every item has tells nothing.
    #expect(facts.groups.isEmpty && facts.common.count == 2)
    for group in facts.common { #expect(abs(group.amount - table.stepSums[0] / 2) < 1e-6) }
  }

  @Test("The index counts as a plain count does", arguments: 1...5)
  func counts(seed: Int) {
    let model = RandomNetwork(seed: UInt64(seed)).model()
    let index = TailIndex(model)
    for slot in 0..<4 {
      var known: [Int32] = []
      for tail in Int32(0)..<15 {
        let count = (1..<41).count { model.tails.of(item: $0, slot: slot).contains(tail) }
        #expect(index.count(of: tail, slot: slot) == count)
        if count > 0 { known.append(tail) }
      }
      #expect(Array(index.tails(under: slot)) == known)
    }
  }

  @Test("What a slot holds is told by the items written", arguments: NetworkCase.all)
  func provenance(test: NetworkCase) {
    let model = test.random.model()
    let index = TailIndex(model)
    let states = HistoryStates(network: test.random.network(), items: test.random.history(15))
    for step in [0, 4, 14] {
      let (trace, row) = states.pass(through: step)
      for slot in 0..<4 {
        let reading = SlotReading(states, step: step, slot: slot, index: index)
        // A plain simulation: what each step still holds shrinks with every later write.
        var held: [Float] = []
        for s in 0...row {
          let gate = trace.writeGates[s, slot]
          held = held.map { $0 * (1 - gate) } + [gate]
        }
        var expected = [Float](repeating: 0, count: 15)
        var without: Float = 0
        for (s, weight) in held.enumerated() {
          let tails = model.tails.of(item: Int(trace.items[s]), slot: slot)
          if tails.isEmpty, test.memory != .facts { without += weight }
          // Of facts each has a weight of its own.
          let parts = test.memory == .facts ? 1 : tails.count
          for tail in tails { expected[Int(tail)] += weight / Float(parts) }
        }
        for fact in reading.facts {
          #expect(abs(fact.weight - expected[Int(fact.tail)]) < 1e-6)
          expected[Int(fact.tail)] = 0
          for s in fact.steps {
            #expect(
              model.tails.of(item: Int(states.items[s]), slot: slot).contains(fact.tail))
          }
        }
        #expect(expected.allSatisfy { $0 == 0 })
        #expect(abs(reading.weightWithoutFact - without) < 1e-6)
        let total = reading.facts.reduce(reading.unwritten + without) { $0 + $1.weight }
        if test.memory != .facts { #expect(abs(total - 1) < 1e-5) }
        let sizes = reading.facts.map { $0.held ?? $0.weight }
        #expect(sizes == sizes.sorted(by: >))
        #expect(reading.facts.allSatisfy { ($0.held != nil) == (test.memory == .facts) })
        if test.pad, slot == 0 { #expect(reading.facts.isEmpty) }
      }
    }
  }

  @Test("Nearest tails are those of the largest cosine under the relation")
  func nearest() throws {
    let random = RandomNetwork(seed: 3)
    let model = random.model()
    let index = TailIndex(model)
    let vectors = try #require(model.tails.vectors)
    let trace = random.network().trace(random.history(6))
    for slot in 0..<4 {
      let value = trace.slot(slot, at: 5)
      let expected = index.tails(under: slot).map { (cosine(vectors.row(Int($0)), value), $0) }
        .sorted { $0.0 > $1.0 }.prefix(3)
      guard case .found(let tails, let note) = index.nearest(to: value, under: slot, count: 3)
      else {
        Issue.record("nothing found for slot \(slot)")
        continue
      }
      #expect(tails.map(\.tail) == expected.map(\.1))
      for (tail, (cosine, _)) in zip(tails, expected) {
        #expect(abs(tail.cosine - cosine) < 1e-5)
        #expect(tail.name == "Tail \(tail.tail)")
      }
      #expect(note == nil)
    }
  }

  @Test(
    "The nearest of many are those of the largest cosine; what has no direction is left out",
    arguments: [1, 5, 15, 16, 17, 64, 200], [1, 3, 10])
  func nearestAmongMany(width: Int, count: Int) {
    var generator = SeededGenerator(seed: UInt64(width * 100 + count))
    var vectors = Matrix(rows: 200, columns: width)
    for row in 0..<200 {
      // Directions in a narrow cone, of very different lengths.
      let length = generator.uniform(0.001, 100)
      for k in 0..<width {
        vectors[row, k] = length * (generator.uniform(-0.05, 0.05) + (k % 3 == 0 ? 1 : -0.5))
      }
    }
    for k in 0..<width { vectors[7, k] = 0 }
    vectors[8, width - 1] = .nan
    vectors[9, 0] = .infinity
    let directions = TailDirections(vectors)
    let candidates = (Int32(0)..<200).filter { $0 % 5 != 0 }
    for _ in 0..<5 {
      let value = (0..<width).map { generator.uniform(-0.3, 0.3) + ($0 % 3 == 0 ? 1 : -0.5) }
      let expected = candidates.filter { !(7...9).contains($0) }
        .map { cosine(vectors.row(Int($0)), value) }.sorted(by: >).prefix(count)
      let found = nearest(directions, to: value, among: candidates, count: count)
      #expect(found.count == count)
      for (tail, expected) in zip(found, expected) {
        #expect(abs(tail.cosine - expected) < 1e-6)
        #expect(abs(cosine(vectors.row(Int(tail.tail)), value) - expected) < 1e-6)
      }
    }
    func found(_ value: [Float], _ candidates: [Int32], _ count: Int) -> [Int32] {
      nearest(directions, to: value, among: candidates, count: count).map(\.tail)
    }
    #expect(found(Array(vectors.row(7)), [1, 2], 1).isEmpty)
    #expect(found([Float](repeating: .infinity, count: width), [1, 2], 1).isEmpty)
    let one = [Float](repeating: 1, count: width)
    #expect(found(one, [7, 8, 9], 2).isEmpty)
    #expect(found(one, [7, 11], 2) == [11])
  }

  /// The nearest candidates, looked for at once and in two parts.
  private func nearest(
    _ directions: TailDirections, to value: [Float], among candidates: [Int32], count: Int
  ) -> [(tail: Int32, cosine: Float)] {
    var (whole, parts) = ([(tail: Int32, cosine: Float)](), [(tail: Int32, cosine: Float)]())
    directions.look(for: value, among: candidates[...], count: count, &whole)
    directions.look(for: value, among: candidates[..<(candidates.count / 3)], count: count, &parts)
    directions.look(for: value, among: candidates[(candidates.count / 3)...], count: count, &parts)
    #expect(whole.map(\.tail) == parts.map(\.tail))
    return whole
  }

  @Test("A search in parts among many tails comes to the same end as one at once")
  func nearestInParts() {
    var random = RandomNetwork(seed: 5)
    (random.itemCount, random.tailCount) = (900, 2000)
    let model = random.model()
    let index = TailIndex(model)
    let trace = random.network().trace(random.history(6))
    for slot in 0..<4 {
      #expect(index.tails(under: slot).count > 512)
      let value = Array(trace.slot(slot, at: 5))
      var (search, parts, result) = (
        NearestTailsSearch(to: value, under: slot, count: 3), 0, NearestTails?.none
      )
      while result == nil {
        var left = 100
        result = search.work(&left, in: index)
        parts += 1
        #expect(left < 100)
      }
      #expect(parts == (index.tails(under: slot).count + 255) / 256)
      #expect(result == index.nearest(to: value, under: slot, count: 3))
    }
  }

  @Test("Where nothing can be compared, the reason is said")
  func nearestUnavailable() {
    var random = RandomNetwork(seed: 3)
    random.settings.hasPadRelation = true
    random.settings.freezesKnowledgeGraph = false
    var model = random.model()
    let trace = random.network().trace(random.history(3))
    let value = Array(trace.slot(1, at: 2))
    guard case .found(_, .some) = TailIndex(model).nearest(to: value, under: 1, count: 3) else {
      Issue.record("a model whose entity vectors were trained needs a note")
      return
    }
    var reasons: Set<String> = []
    func collect(_ nearest: NearestTails) {
      if case .unavailable(let reason) = nearest { reasons.insert(reason) }
    }
    collect(TailIndex(model).nearest(to: value, under: 0, count: 3))  // [PAD]
    collect(TailIndex(model).nearest(to: value.map { _ in 0 }, under: 1, count: 3))
    model.tails.vectors = model.tails.vectors.map { Matrix(rows: $0.rows, columns: $0.columns) }
    collect(TailIndex(model).nearest(to: value, under: 1, count: 3))
    model.tails.vectors = nil
    collect(TailIndex(model).nearest(to: value, under: 1, count: 3))
    #expect(reasons.count == 4)
  }

  /// Facts by slot and item.
  private static func tails(_ facts: [[[Int32]]], names: [String]) -> KnownTails {
    var (offsets, all) = ([Int32(0)], [Int32]())
    for item in facts[0].indices {
      for slot in facts.indices {
        all += facts[slot][item]
        offsets.append(Int32(all.count))
      }
    }
    return KnownTails(
      tokens: Vocabulary(names), names: names, vectors: nil, relationCount: facts.count,
      offsets: offsets, facts: all)
  }
}
