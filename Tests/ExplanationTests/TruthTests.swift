import AtomicFiles
import KSRModel
import ModelTestSupport
import Testing
import Workspace

@testable import Explanation

@Suite("Explanations and the truth behind simulated choices")
struct TruthTests {
  /// A truth that is what the shared-tail rule says, none where it names nothing.
  private func small(_ seed: UInt64) throws -> (SmallSession, [[ChoiceTruth.Attribute?]]) {
    let small = try SmallSession(RandomNetwork(seed: seed), users: 21)
    let rule = SharedTailRule(index: TailIndex(small.model))
    var lines = ["user_id:token\tstep:float\trelation:token\tentity:token"]
    var attributes: [[ChoiceTruth.Attribute?]] = []
    for (user, items) in small.histories.enumerated() {
      attributes.append(
        items.indices.map { rule.attribute(of: items[$0], after: items[..<$0]) })
      for (step, attribute) in attributes[user].enumerated() {
        let words = attribute.map { "r\($0.slot)\tt\($0.tail)" } ?? "none\tnone"
        lines.append("u\(user)\t\(step + 1)\t\(words)")
      }
    }
    // Users that the session does not have are of no concern.
    try small.write(lines + ["stranger\t1\tr1\tt1"], "truth")
    return (small, attributes)
  }

  @Test("NAME.truth is read by viewer and step")
  func reading() throws {
    let (small, attributes) = try small(3)
    let truth = try #require(try ChoiceTruth(small.session()))
    #expect(truth.attributes == attributes)
    #expect(attributes.joined().contains { $0 != nil })
  }

  @Test("Without NAME.truth there is none")
  func absent() throws {
    #expect(try ChoiceTruth(SmallSession(RandomNetwork()).session()) == nil)
  }

  @Test(
    "What is wrong with NAME.truth is told",
    arguments: [
      ("u1\t99\tr1\tt1", "step"), ("u1\t0\tr1\tt1", "step"), ("u1\t1.5\tr1\tt1", "step"),
      ("u1\t2\tr9\tt1", "r9"), ("u1\t2\tr1\tt99", "t99"),
    ])
  func wrong(row: String, word: String) throws {
    let small = try SmallSession(RandomNetwork())
    try small.write(["user_id:token\tstep:float\trelation:token\tentity:token", row], "truth")
    let session = try small.session()
    let error = #expect(throws: DataError.self) { _ = try ChoiceTruth(session) }
    #expect(error?.line == 2 && error?.description.contains(word) == true)
  }

  @Test("Everybody names what is asked of the choices that the model never saw")
  func recovery() throws {
    let (small, attributes) = try small(7)
    let session = try small.session()
    let truth = try #require(try ChoiceTruth(session))
    let found = try #require(TruthRecovery(session, truth: truth, threads: 2))
    var (choices, slots) = (0, [Int](repeating: 0, count: 4))
    var (attention, groups, falls) = (0, 0, 0)
    let index = TailIndex(small.model)
    for (user, items) in small.histories.enumerated() {
      for step in items.indices.dropFirst() where user % 10 == 0 || step == items.count - 1 {
        guard let attribute = attributes[user][step] else { continue }
        choices += 1
        slots[attribute.slot] += 1
        // The explanation is given one step before, and never sees the choice.
        let states = HistoryStates(network: session.network, items: Array(items[..<step]))
        let (trace, row) = states.pass(through: step - 1)
        let alpha = Array(trace.attention.row(row))
        if alpha.indices.max(by: { alpha[$0] < alpha[$1] }) == attribute.slot {
          attention += 1
          let runs = AblationRuns(states, step: step - 1)
          let scores = [runs.scores, runs.scoresWithout(relation: attribute.slot)]
          let chances = scores.map { KSRModel.probabilities($0)[Int(items[step])] }
          if chances[1] < chances[0] { falls += 1 }
        }
        let facts = SharedFacts(
          Contributions(states, step: step - 1, item: items[step]), index: index)
        if let group = facts.groups.first, group.amount > 0, group.slot == attribute.slot,
          group.tail == attribute.tail
        {
          groups += 1
        }
      }
    }
    #expect(found.choiceCount == choices && choices > 20)
    #expect(found[.sharedTailRule]?.relation.mean == 1)
    #expect(found[.sharedTailRule]?.tail?.mean == 1)
    #expect(found[.chance]?.relation.mean == 0.25)
    func share(_ count: Int) -> Double { Double(count) / Double(choices) }
    #expect(abs((found[.majority]?.relation.mean ?? 0) - share(slots.max() ?? 0)) < 1e-12)
    #expect(abs((found[.attention]?.relation.mean ?? 0) - share(attention)) < 1e-12)
    #expect(abs((found[.sharedFacts]?.tail?.mean ?? 0) - share(groups)) < 1e-12)
    #expect(found[.attention]?.tail == nil)
    #expect(attention > 0)
    #expect(abs((found.silenced?.mean ?? 0) - Double(falls) / Double(attention)) < 1e-12)
  }
}
