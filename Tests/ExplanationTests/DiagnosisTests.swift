import Evaluation
import Foundation
import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import Testing
import Workspace

@testable import Explanation

@Suite("The model as a whole")
struct DiagnosisTests {
  private func session(_ random: RandomNetwork = RandomNetwork()) throws -> Session {
    try SmallSession(random).session()
  }

  private func whole(_ session: Session, portion: Int = 1_000_000) -> ModelDiagnosis {
    var diagnosis = ModelDiagnosis(session)
    while diagnosis.work(multiplications: portion) {}
    return diagnosis
  }

  private func text(_ report: DiagnosisReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  /// Also of steps past the window, whose pass is their own.
  @Test("ranks are those of running the model, as it is and without each slot", arguments: 1...3)
  func ranks(layers: Int) throws {
    let session = try session(RandomNetwork(seed: UInt64(layers), layers: layers))
    let diagnosis = whole(session)
    var wanted = 0
    for (place, user) in session.users.enumerated() {
      let states = HistoryStates(network: session.network, items: user.items)
      for step in 1..<user.count where session.mark(of: user, step: step) != .train {
        wanted += 1
        let found = try #require(diagnosis.cases.first { $0.user == place && $0.step == step })
        let runs = AblationRuns(states, step: step - 1)
        #expect(found.target == user.items[step])
        #expect(found.rank == rank(of: found.target, in: runs.scores))
        #expect(
          found.silenced
            == (0..<4).map { rank(of: found.target, in: runs.scoresWithout(relation: $0)) })
      }
    }
    #expect(diagnosis.cases.count == wanted)
    #expect(diagnosis.cases.contains { $0.step > session.network.settings.maxItemListLength })
  }

  @Test("attention, gates and leads are means over the steps that are read")
  func reading() throws {
    let session = try session()
    let report = whole(session).report
    let zeros = [Double](repeating: 0, count: 4)
    var (alpha, gates, leads, first) = (zeros, zeros, zeros, zeros)
    var steps = 0
    for user in session.users {
      let trace = session.network.trace(Array(user.items.prefix(9)))
      for row in 0..<trace.count {
        let attention = Array(trace.attention.row(row))
        for slot in 0..<4 {
          alpha[slot] += Double(attention[slot])
          gates[slot] += Double(trace.writeGates[row, slot])
          if attention[slot] == attention.max() { leads[slot] += 1 }
          if row == 0 { first[slot] += Double(attention[slot]) / Double(session.users.count) }
        }
        steps += 1
      }
    }
    #expect(report.stepCount == steps)
    for (slot, relation) in report.relations.enumerated() {
      #expect(abs(relation.meanAttention - alpha[slot] / Double(steps)) < 1e-9)
      #expect(abs(relation.meanGate - gates[slot] / Double(steps)) < 1e-9)
      #expect(abs(relation.leads - leads[slot] / Double(steps)) < 1e-9)
      #expect(relation.attentionByPlace.count == 9)
      #expect(abs((relation.attentionByPlace[0] ?? 0) - first[slot]) < 1e-9)
    }
    #expect(abs(report.relations.map(\.meanAttention).reduce(0, +) - 1) < 1e-5)
  }

  @Test("the null slot takes what α leaves to no relation", arguments: [true, false])
  func nullSlot(hasNullSlot: Bool) throws {
    var random = RandomNetwork()
    random.settings.memory = .facts
    random.settings.nullSlot = hasNullSlot
    let report = whole(try session(random)).report
    let relations = report.relations.map(\.meanAttention).reduce(0, +)
    #expect((report.nullSlot != nil) == hasNullSlot)
    #expect(abs(relations + (report.nullSlot ?? 0) - 1) < 1e-5)
    if let share = report.nullSlot { #expect(share > 0.01) }
  }

  @Test("the change without a relation is a paired bootstrap interval")
  func change() throws {
    let session = try session()
    let diagnosis = whole(session)
    let report = diagnosis.report
    for (slot, relation) in report.relations.enumerated() {
      var generator = SeededGenerator(seed: 1)
      let wanted = MeanInterval(
        diagnosis.cases.map {
          RankingMetrics.gain(rank: $0.silenced[slot]) - RankingMetrics.gain(rank: $0.rank)
        }, users: diagnosis.cases.map(\.user), generator: &generator)
      #expect(relation.change == wanted)
    }
    #expect(
      abs(report.all.ndcg.mean - RankingMetrics(ranks: diagnosis.cases.map(\.rank)).ndcg) < 1e-12)
  }

  @Test("targets whose scores are not numbers come last")
  func notANumber() throws {
    var random = RandomNetwork()
    random.overflows = true
    let diagnosis = whole(try session(random))
    #expect(!diagnosis.cases.isEmpty)
    for found in diagnosis.cases {
      #expect(found.rank == 40 && found.silenced.allSatisfy { $0 == 40 })
    }
  }

  @Test("slices of one kind cover all cases, each once")
  func slices() throws {
    let report = whole(try session()).report
    let counts = report.slices.map(\.caseCount)
    let all = report.all.caseCount
    #expect(counts.count == 7)
    #expect(counts[0] + counts[1] + counts[2] == all)
    #expect(counts[3] + counts[4] == all)
    #expect(counts[5] + counts[6] == all)
  }

  @Test("portions change nothing, and what is counted so far is whole viewers")
  func portions() throws {
    let session = try session()
    let report = try text(whole(session).report)
    for portion in [1, 3000] {
      #expect(try text(whole(session, portion: portion).report) == report)
    }
    var diagnosis = ModelDiagnosis(session)
    var seen: [Int] = []
    while diagnosis.work(multiplications: 1) {
      let users = Set(diagnosis.cases.map(\.user))
      #expect(users == Set(diagnosis.order.prefix(diagnosis.userCount)))
      #expect(diagnosis.userCount <= diagnosis.userTotal)
      seen.append(diagnosis.userCount)
    }
    #expect(seen == seen.sorted() && diagnosis.isComplete)
    #expect(diagnosis.userCount == session.users.count)
  }

  @Test("the fifth of the items watched most, without sorting")
  func popular() {
    var generator = SeededGenerator(seed: 2)
    for count in [0, 1, 2, 5, 6, 30, 31] {
      for range in [1, 3, 50] {
        let popularity = (0..<count).map { _ in Int32(generator.integer(below: range)) }
        let wanted = (0..<count).dropFirst().sorted {
          popularity[$0] != popularity[$1] ? popularity[$0] > popularity[$1] : $0 < $1
        }.prefix((max(0, count - 1) + 4) / 5)
        let found = DiagnosisSlice.popularItems(popularity)
        #expect(found.indices.filter { found[$0] } == wanted.sorted())
      }
    }
  }

  @Test("the lists of viewers are ordered by how well they are predicted, and share nobody")
  func users() throws {
    let report = whole(try session()).report
    #expect(report.best.map(\.ndcg) == report.best.map(\.ndcg).sorted(by: >))
    #expect(report.worst.map(\.ndcg) == report.worst.map(\.ndcg).sorted())
    #expect(Set(report.best.map(\.place)).isDisjoint(with: report.worst.map(\.place)))
    #expect(report.best.count == 5 && report.worst.count == 5)
    #expect((report.best.last?.ndcg ?? 0) >= (report.worst.last?.ndcg ?? 1))
  }

  @Test("a slot that is never asked for never matters")
  func idle() throws {
    var random = RandomNetwork()
    random.settings.gamma = 1
    var model = random.model()
    model.provenance.split.heldOutUsers = ["*0"]
    // Far against every query: its attention is nothing, so nobody misses it.
    for k in 0..<5 { model.parameters.relationMatrix[2, k] = 0 }
    model.parameters.dense.bias = [40, 0, 0, 0, 0]
    model.parameters.relationMatrix[2, 0] = -40
    let small = try SmallSession(random)
    let folder = try small.session().folder
    let session = try Session(model, folder: try #require(folder))
    let report = whole(session).report
    #expect(report.relations[2].neverMatters)
    #expect(report.relations[2].change.mean == 0)
    #expect(report.relations.contains { !$0.neverMatters })
  }

  @Test("models without memory, and without viewers")
  func nothing() throws {
    var random = RandomNetwork()
    random.settings.memory = .none
    let report = whole(try session(random)).report
    #expect(report.relations.isEmpty && report.all.caseCount > 0)
    var none = ModelDiagnosis(Session(RandomNetwork().model()))
    #expect(none.isComplete && none.userTotal == 0)
    let hasWorked = none.work(multiplications: 1)
    #expect(!hasWorked)
    #expect(none.report.all.caseCount == 0 && none.report.best.isEmpty)
  }

  @Test("items without facts are counted in the model's own facts")
  func facts() throws {
    let session = try session()
    let plain = (1..<41).count { item in
      (0..<4).allSatisfy { session.model.tails.of(item: item, slot: $0).isEmpty }
    }
    #expect(whole(session).report.itemsWithoutFacts == plain)
    #expect(whole(session).report.itemCount == 40)
  }
}
