import Foundation
import KSRModel
import KSRNumerics
import ModelTestSupport
import Testing

@testable import Explanation

@Suite("Attention and states")
struct StatesTests {
  @Test("The mean attention and entropy are those of all steps")
  func attention() {
    let random = RandomNetwork(seed: 2)
    let network = random.network()
    let histories = (0..<6).map { random.history(3 + Int($0), stream: $0) } + [[]]
    let summary = AttentionSummary(network: network, histories: histories)
    var rows: [ArraySlice<Float>] = []
    for history in histories {
      let trace = network.trace(history)
      rows += (0..<trace.count).map { trace.attention.row($0) }
    }
    #expect(summary.stepCount == rows.count && rows.count == 33)
    for a in 0..<4 {
      let mean = rows.reduce(Float(0)) { $0 + $1[$1.startIndex + a] } / Float(rows.count)
      #expect(abs(summary.mean[a] - mean) < 1e-6)
      #expect(abs(summary.relative(2 * mean, slot: a) - 2) < 1e-4)
    }
    let entropy = rows.reduce(Float(0)) { $0 - $1.reduce(0) { $0 + $1 * log($1) } }
    #expect(abs(summary.meanEntropy - entropy / Float(rows.count)) < 1e-5)
    let leads = (0..<4).map { a in
      rows.count { row in row.allSatisfy { $0 <= row[row.startIndex + a] } }
    }
    let most = leads.max() ?? 0
    #expect(leads[summary.leader ?? 0] == most)
    #expect(summary.leaderShare == Float(most) / Float(rows.count))
    #expect(summary.hasOneLeader == (summary.leaderShare >= 0.95))
  }

  @Test("A sample is taken at even distances, and long histories up to the window")
  func sample() {
    let random = RandomNetwork(seed: 2)
    let network = random.network()
    let histories = (0..<10).map { random.history(12, stream: $0) }
    let some = AttentionSummary(network: network, histories: histories, sampleSize: 5)
    let even = stride(from: 0, to: 10, by: 2).map { Array(histories[$0].prefix(9)) }
    #expect(some == AttentionSummary(network: network, histories: even))
    #expect(some.stepCount == 45)
    let none = AttentionSummary(network: network, histories: [])
    #expect(none.stepCount == 0 && !none.isCollapsed && none.mean == [0, 0, 0, 0])
  }

  @Test("Collapse is said below .3 ln R and not above")
  func collapse() throws {
    func summary(gamma: Float, memory: MemoryKind = .linear) -> AttentionSummary {
      var random = RandomNetwork(seed: 2)
      random.settings.gamma = gamma
      random.settings.memory = memory
      return AttentionSummary(network: random.network(), histories: [random.history(9)])
    }
    let flat = summary(gamma: 0)
    #expect(abs(flat.meanEntropy - log(4)) < 1e-5 && !flat.isCollapsed && flat.warning == nil)
    let sharp = summary(gamma: 1000)
    #expect(sharp.meanEntropy < 0.3 * log(4) && sharp.isCollapsed)
    let warning = try #require(sharp.warning)
    #expect(warning.hasPrefix("Attention collapsed: mean entropy 0."))
    #expect(warning.contains("of at most 1.39") && warning.contains("γ‖r‖ is too large"))
    #expect(summary(gamma: 1000, memory: .none).warning == nil)
    #expect(abs(AttentionSummary.entropy([0.5, 0, 0.5]) - log(2)) < 1e-6)
  }

  @Test("Similarities are the cosines of the states of HistoryStates", arguments: 1...3)
  func similarity(layers: Int) throws {
    let random = RandomNetwork(layers: layers)
    let states = HistoryStates(network: random.network(), items: random.history(20))
    let all = StateSimilarity(states)
    #expect(all.steps == 0..<20)
    for t in 0..<20 {
      for s in 0..<20 {
        let found = try #require(all.similarity(of: s, t))
        #expect(abs(found - cosine(states.state(at: s), states.state(at: t))) < 1e-5)
      }
      let before = t > 0 ? Array(states.state(at: t - 1)) : [Float](repeating: 0, count: 7)
      let change = zip(states.state(at: t), before).reduce(Float(0)) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }.squareRoot()
      #expect(abs(all.changes[t] - change) < 1e-5)
      #expect(
        all.withPrevious[t].map { abs($0 - cosine(before, states.state(at: t))) < 1e-5 }
          ?? (t == 0))
      let similar = all.mostSimilar(before: t, count: 3)
      let expected = (0..<t).sorted { all.cosines[t, $0] > all.cosines[t, $1] }.prefix(3)
      #expect(similar.map(\.step) == Array(expected))
    }
  }

  @Test("Pieces make the same whole")
  func pieces() {
    let random = RandomNetwork()
    let states = HistoryStates(network: random.network(), items: random.history(20))
    let all = StateSimilarity(states)
    var grown = StateSimilarity(states, steps: 8..<11)
    #expect(grown.steps == 8..<11 && grown.cosines.rows == 3)
    #expect(grown.similarity(of: 7, 8) == nil)
    #expect(grown.mostSimilar(before: 10, count: 9).count == 2)
    grown.extend(states, to: 9..<14)
    #expect(grown.steps == 8..<14)
    grown.extend(states, to: 0..<3)
    grown.extend(states, to: 14..<20)
    #expect(grown.steps == all.steps && grown.changes == all.changes)
    #expect(grown.withPrevious == all.withPrevious)
    #expect(grown.cosines == all.cosines)
    #expect(StateSimilarity(HistoryStates(network: states.network, items: [])).steps.isEmpty)
  }

  @Test("The states of all users most like one are those that comparing each of them finds")
  func similarStates() throws {
    let random = RandomNetwork(seed: 5)
    let session = try SmallSession(random, users: 20, length: 12).session()
    let index = StateIndex(session)
    for (user, step) in [(0, 3), (7, 11), (19, 0)] {
      let states = HistoryStates(network: session.network, items: session.users[user].items)
      let query = Array(states.state(at: step))
      var expected: [SimilarStates.Found] = []
      for other in session.users.indices where other != user {
        let items = session.users[other].items
        let theirs = HistoryStates(network: session.network, items: items)
        expected += (0..<theirs.count).map {
          .init(
            user: other, step: $0, cosine: cosine(query, Array(theirs.state(at: $0))),
            item: items[$0], next: items.indices.contains($0 + 1) ? items[$0 + 1] : nil)
        }
      }
      let total = expected.count
      expected.sort { $0.cosine > $1.cosine }
      // What is kept of the first search serves the others.
      var search = SimilarStates(to: states, step: step, in: index, except: user, count: 7)
      var portions = 0
      while search.work() { portions += 1 }
      #expect(search.compared == total && search.total == total)
      #expect(search.found.count == 7)
      for (found, wanted) in zip(search.found, expected) {
        #expect(abs(found.cosine - wanted.cosine) < 1e-5)
        #expect(found.user != user)
        let items = session.users[found.user].items
        #expect(found.item == items[found.step])
        #expect(found.next == items.dropFirst(found.step + 1).first)
      }
      #expect(search.found.map(\.cosine) == search.found.map(\.cosine).sorted(by: >))
      // A state itself is most like itself.
      var own = SimilarStates(to: states, step: step, in: index, count: 1)
      while own.work() {}
      #expect(abs((own.found.first?.cosine ?? 0) - 1) < 1e-5)
    }
  }

  /// Also of steps past the window; of facts by their m over the tails.
  @Test(
    "The slots most alike are those that comparing each of them finds", arguments: [false, true])
  func similarSlots(facts: Bool) throws {
    var random = RandomNetwork(seed: 8)
    if facts { random.settings.memory = .facts }
    let session = try SmallSession(random, users: 12, length: 12).session()
    let index = StateIndex(session)
    func vector(_ states: HistoryStates, _ step: Int, _ slot: Int) -> [Float] {
      let (trace, row) = states.pass(through: step)
      guard let held = trace.factSlots else { return Array(trace.slot(slot, at: row)) }
      var all = [Float](repeating: 0, count: 10_000)
      for one in held.of(relation: slot, row: row, in: session.network.factTable) {
        all[Int(one.tail)] = one.held
      }
      return all
    }
    for (user, step, slot) in [(0, 3, 0), (7, 11, 1), (5, 8, 0)] {
      let states = HistoryStates(network: session.network, items: session.users[user].items)
      let query = vector(states, step, slot)
      var search = SimilarStates(
        to: states, step: step, by: .slot(slot), in: index, except: user, count: 9)
      while search.work() {}
      #expect(search.isEmpty == query.allSatisfy { $0 == 0 })
      guard !search.isEmpty else {
        #expect(search.found.isEmpty)
        continue
      }
      var expected: [Float] = []
      for other in session.users.indices where other != user {
        let theirs = HistoryStates(network: session.network, items: session.users[other].items)
        for step in 0..<theirs.count {
          let own = vector(theirs, step, slot)
          if own.contains(where: { $0 != 0 }) { expected.append(cosine(query, own)) }
        }
      }
      expected.sort(by: >)
      #expect(search.compared == search.total && search.found.count == min(9, expected.count))
      for (found, wanted) in zip(search.found, expected) {
        #expect(abs(found.cosine - wanted) < 1e-5)
        let theirs = HistoryStates(
          network: session.network, items: session.users[found.user].items)
        #expect(abs(cosine(query, vector(theirs, found.step, slot)) - wanted) < 1e-5)
      }
    }
  }
}
