import AtomicFiles
import KSRModel
import KSRNumerics
import ModelTestSupport
import Testing
import Text

@testable import Explanation

@Suite("Reading another run's state and slots")
struct PatchingTests {
  struct Kind: Sendable, CustomTestStringConvertible {
    let memory: MemoryKind
    let layers: Int

    var testDescription: String { "\(memory), \(layers) layers" }

    func network() -> KSRNetwork {
      var random = RandomNetwork(seed: 5, layers: layers)
      random.settings.memory = memory
      random.settings.repeatBias = true
      return random.network()
    }
  }

  static let kinds = [MemoryKind.linear, .facts, .none].flatMap { memory in
    [1, 2].map { Kind(memory: memory, layers: $0) }
  }

  private let own = RandomNetwork(seed: 5).history(8)
  private let other = RandomNetwork(seed: 5).history(7, stream: 1)

  /// A change that reads the state, if asked for, and some slots of `other` at a step.
  private func patch(
    _ network: KSRNetwork, from items: [Int32], at step: Int, state: Bool, slots: [Int]
  ) -> ReadIntervention {
    let trace = network.trace(items)
    var reading = ReadIntervention.none
    if state { reading.patchState(Array(trace.readState(step))) }
    for slot in slots {
      reading.patch(slot, with: trace.content(of: slot, at: step, in: network.factTable))
    }
    return reading
  }

  @Test("a run that reads what it holds itself is the same run", arguments: kinds)
  func ownPatch(kind: Kind) {
    let network = kind.network()
    let plain = HistoryStates(network: network, items: own)
    let slots = kind.memory == .none ? [] : Array(0..<network.relationCount)
    let patched = HistoryStates(
      network: network, items: own,
      reading: patch(network, from: own, at: 5, state: true, slots: slots))
    for (a, b) in zip(plain.scores(at: 5), patched.scores(at: 5)) { #expect(abs(a - b) < 1e-5) }
    #expect(patched.state(at: 3) == plain.state(at: 3), "the GRU goes on as it was")
  }

  @Test("with the state and all slots of A, B ranks as A but for the repeat bias", arguments: kinds)
  func wholePatch(kind: Kind) {
    let network = kind.network()
    let slots = kind.memory == .none ? [] : Array(0..<network.relationCount)
    let reading = patch(network, from: other, at: 4, state: true, slots: slots)
    var (a, b) = (
      HistoryStates(network: network, items: other).terms(at: 4),
      HistoryStates(network: network, items: own, reading: reading).terms(at: 6)
    )
    (a.repeated, b.repeated) = ([], [])
    for (x, y) in zip(network.scores(a), network.scores(b)) { #expect(abs(x - y) < 1e-5) }
  }

  @Test(
    "a slot of A stands in for B's in the naive equations", arguments: [0, 1, 2, 3])
  func naive(slot: Int) {
    let network = Kind(memory: .linear, layers: 1).network()
    let reading = patch(network, from: other, at: 4, state: false, slots: [slot])
    let (trace, lent) = (network.trace(own), network.trace(other))
    var read = Matrix(rows: 1, columns: trace.memoryReads.columns)
    for a in 0..<network.relationCount {
      let value = a == slot ? lent.slot(a, at: 4) : trace.slot(a, at: 6)
      for (k, value) in value.enumerated() { read[0, k] += trace.attention[6, a] * value }
    }
    let expected = network.preferences(
      states: Matrix(rows: 1, columns: trace.states.columns, values: Array(trace.states.row(6))),
      memoryReads: read
    ).values
    let patched = network.trace(own, reading: reading).preferences.row(6)
    for (a, b) in zip(expected, patched) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("exact contributions add up, and no step has what was patched in", arguments: kinds)
  func contributions(kind: Kind) {
    let network = kind.network()
    let slots = kind.memory == .none ? [] : [1, 3]
    let reading = patch(network, from: other, at: 4, state: true, slots: slots)
    let states = HistoryStates(network: network, items: own, reading: reading)
    for item in [Int32(3), 17, 30] {
      let table = Contributions(states, step: 6, item: item)
      #expect(table.addsUp, "\(table.residual)")
      #expect(table.sequenceSum == 0)
      for slot in slots { #expect(table.relationSums[slot] == 0) }
      let parts = StepParts(states, step: 6).scoreParts(of: item)
      #expect(abs(parts.residual) < 1e-4)
    }
  }

  @Test("batched runs read the same as one by one", arguments: kinds)
  func batched(kind: Kind) {
    let network = kind.network()
    let slots = kind.memory == .none ? [] : [2]
    let reading = patch(network, from: other, at: 4, state: true, slots: slots)
    let questions = (0..<own.count).map { left in
      BatchedRuns.Question(items: own.indices.filter { $0 != left }.map { own[$0] }, item: 9)
    }
    let outcomes = BatchedRuns(network: network, threads: 2, reading: reading)
      .outcomes(of: questions)
    for (question, outcome) in zip(questions, outcomes) {
      let states = HistoryStates(network: network, items: question.items, reading: reading)
      let expected = rank(of: 9, in: states.scores(at: question.items.count - 1))
      #expect(outcome.rank == expected)
    }
  }

  @Test("gradient × input does not go through what was patched in", arguments: kinds)
  func gradient(kind: Kind) {
    let network = kind.network()
    let all = kind.memory == .none ? [] : Array(0..<network.relationCount)
    let states = HistoryStates(
      network: network, items: own,
      reading: patch(network, from: other, at: 4, state: true, slots: all))
    let slopes = GradientTimesInput(states, step: 6, item: 12)
    #expect((slopes.embedding + slopes.entity).allSatisfy { $0 == 0 })
    // With one slot only, the others still have a slope.
    guard kind.memory == .linear else { return }
    let partly = HistoryStates(
      network: network, items: own,
      reading: patch(network, from: other, at: 4, state: true, slots: [1]))
    let rest = GradientTimesInput(partly, step: 6, item: 12)
    #expect(rest.embedding.allSatisfy { $0 == 0 })
    #expect(rest.entity.contains { $0 != 0 })
  }

  @Test(
    "the slope by attention of a patched slot is that of what is read", arguments: [0, 1, 2, 3])
  func attentionSlope(slot: Int) {
    let network = Kind(memory: .linear, layers: 1).network()
    let reading = patch(network, from: other, at: 4, state: false, slots: [1, 2])
    let states = HistoryStates(network: network, items: own, reading: reading)
    func score(_ factor: Float) -> Double {
      var reading = reading
      reading.scale(slot, by: factor)
      let run = HistoryStates(network: network, items: own, reading: reading)
      return Double(Contributions(run, step: 6, item: 12).score)
    }
    let numeric = (score(1.01) - score(0.99)) / 0.02
    let parts = StepParts(states, step: 6).scoreParts(of: 12).relations.map(Double.init)
    let (trace, row) = states.pass(through: 6)
    let slope = parts[slot] - Double(trace.attention[row, slot]) * parts.reduce(0, +)
    #expect(abs(numeric - slope) < 2e-3 * max(1, abs(slope)))
  }

  @Test("edits name whose state and slot are read, and say what they cannot")
  func edits() throws {
    let model = RandomNetwork(seed: 5).model()
    let network = KSRNetwork(model)
    let names = EditNames(model, network) { user throws(UserError) in
      guard user == "ann" else { throw UserError("there is no user \(quoted(user)).") }
      return other
    }
    func run(_ text: String) throws -> EditedHistory {
      try EditedHistory(own, EditScript(parsing: text), in: names)
    }
    let edited = try run("gru:ann:5,slot:relation 2@ann:4:-1")
    #expect(EditScript(edited.edits).text == "gru:ann:5,slot:r2@ann:4:-1")
    #expect(edited.reading.state == Array(network.trace(other).states.row(4)))
    let shorter = network.trace(Array(other.dropFirst()))
    #expect(edited.reading.slots[2] == shorter.content(of: 2, at: 3, in: network.factTable))
    for (text, part) in [
      ("gru:bob:1", "no user \"bob\""), ("gru:ann:8", "no step 8, only 1 to 7"),
      ("slot:r9@ann:1", "no relation"), ("slot:r1@ann:7:-1", "1 to 6 after the edits"),
    ] {
      let error = try #require(throws: UserError.self) { try run(text) }
      #expect(error.description.contains(part), "\(error)")
    }
    let error = try #require(throws: UserError.self) {
      try EditedHistory(own, EditScript(parsing: "gru:ann:1"), in: EditNames(model))
    }
    #expect(error.description.contains("no users here"))
  }
}
